"""The picture of one training step: the function before and after, and where the elbows went.

On one axis of x, from the top: the function before and after the step, with the points of its batch
and their residuals; the elbows with an arrow each, all of them lengthened by one factor where they
would be too short to be seen; and by how much the function changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from relusgd.diagnostics.elbow_step import ElbowStep, UnitStep
from relusgd.model.network import Array
from relusgd.model.points import Dataset
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.plain_matplotlib import Axes, LineCollection
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.stack import Stack, settle
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.text_fit import shortened, text_width
from relusgd.pictures.kit.ticks import Ticks, even_ticks
from relusgd.pictures.panels.legend import Entry, draw_legend, legend_lines
from relusgd.pictures.panels.marks import x_limits
from relusgd.pictures.scenes.contributions import OUTPUT, TERM
from relusgd.pictures.scenes.scales import position_ticks
from relusgd.pictures.step.elbow_arrows import Arrows
from relusgd.pictures.step.elbow_panel import ElbowPanel
from relusgd.pictures.step.step_looks import step_looks
from relusgd.pictures.step.step_scene import StepScene

ELBOWS = 0.17
"""The height of the panel of elbows, as a share of the picture's."""

CHANGE = 0.14
"""The height of the panel of the change."""

SMALLEST_DOT = 4.5
"""The least diameter of a point that pulls, in pixels of a picture 1000 wide."""

LARGEST_DOT = 11.0
"""The diameter of the point that pulls most."""


def save_elbow_step(
    step: ElbowStep,
    dataset: Dataset,
    path: Path,
    look: Look | None = None,
    *,
    words: Sequence[str] = (),
    unit: UnitStep | None = None,
) -> None:
    """Write the picture of a step as .png, .svg or .pdf. Raises as `write_figure` does.

    words: lines above the picture. unit: the one that is drawn strong, with its contribution.
    """
    write_figure(draw_elbow_step(step, dataset, look, words=words, unit=unit), path)


def draw_elbow_step(
    step: ElbowStep,
    dataset: Dataset,
    look: Look | None = None,
    *,
    words: Sequence[str] = (),
    unit: UnitStep | None = None,
) -> Sheet:
    """The same as a figure."""
    scene = StepScene.of(step, dataset, unit)
    with np.errstate(all="ignore"):
        return draw_sheet(lambda sheet: StepBuilder(sheet, scene, words).draw(), look)


class StepBuilder:
    """The picture while it is put together."""

    def __init__(self, sheet: Sheet, scene: StepScene, words: Sequence[str]) -> None:
        self.sheet = sheet
        self.scene = scene
        self.view = scene.view
        self.words = words
        self.domain = self.view.low, self.view.high
        self.y_limits = scene.y_limits
        self.looks = step_looks(sheet, self.view)
        number = None if scene.unit is None else scene.unit.number
        self.arrows = Arrows.of(*scene.elbows(), *self.domain, number)
        self.change_x, self.change_y = scene.change()
        self.change_limits = _change_limits(self.change_y)
        self.entries = self._legend()
        settle(sheet, self._lay_out)
        pixels = sheet.scale.text
        self.x_ticks = position_ticks([self.view], self.domain, self.curve.width, pixels)

    def _legend(self) -> list[Entry]:
        """What is in the picture, in the order of drawing."""
        looks, scene = self.looks, self.scene
        entries = []
        if scene.others.any():
            entries.append(Entry(looks["data"], "training data", "data"))
        if self.view.truth is not None:
            entries.append(Entry(looks["truth"], "true function", "truth"))
        entries.append(Entry(looks["before"], "f before", "before"))
        entries.append(Entry(looks["after"], "after", "after"))
        votes = scene.share > 0
        if votes.any():
            entries.append(Entry(looks["pulling"], "points that pull, residuals", "pull"))
        if not votes.all():
            entries.append(Entry(looks["silent"], "no vote", "no vote"))
        moves = "and move" if self.arrows.factor == 1 else f"and move × {self.arrows.factor:,}"
        if scene.unit is not None:
            name = self.scene.colour_name(scene.unit.number)
            words = f"unit {scene.unit.number}"
            term = OUTPUT if self.view.deep else TERM
            entries.append(Entry(looks[name], f"{words}, {term}", words))
            entries.append(Entry(looks[f"elbow {name}"], f"elbow {moves}", f"elbow {moves}"))
        elif self.view.deep:
            words = f"elbow of layer 1 {moves}"
            entries.append(Entry(looks["elbow neutral"], words, f"elbow {moves}"))
        else:
            words = f"elbow {moves}, v > 0"
            entries.append(Entry(looks["elbow positive"], words, words))
            entries.append(Entry(looks["elbow negative"], "v < 0", "v < 0"))
        return entries

    def _lay_out(self, stack: Stack) -> list[str]:
        """Words from the top, small panels from the bottom, and the functions in the rest."""
        sheet = self.sheet
        line = sheet.scale.line
        stack.skip_top(0.5)
        self.title = stack.take_title()
        self.lines = [stack.take_top(line) for _ in self.words]
        stack.skip_top(0.2)
        self.legend = stack.take_top(legend_lines(sheet, self.entries, stack.width) * line)
        stack.skip_top(0.3)
        stack.skip_bottom(0.35)
        stack.skip_x_labels()
        self.change = stack.take_bottom(max(round(CHANGE * sheet.height), 2 * line))
        stack.skip_bottom(0.45)
        self.elbows = stack.take_bottom(max(round(ELBOWS * sheet.height), 2 * line))
        stack.skip_bottom(0.45)
        self.curve = stack.rest()
        most = max(2, min(8, int(self.curve.height / (2.2 * line))))
        self.y_ticks = even_ticks(*self.y_limits, most)
        self.change_ticks = even_ticks(
            *self.change_limits, max(1, int(self.change.height / (1.6 * line)))
        )
        return [*self.y_ticks.labels, *self.change_ticks.labels]

    def draw(self) -> None:
        sheet = self.sheet
        sheet.write_title(self.title)
        pixels = sheet.scale.text
        for box, words in zip(self.lines, self.words, strict=True):
            fitting = shortened(words, pixels, box.width)
            sheet.text(box.left, box.bottom + 0.3 * pixels, fitting, pixels=pixels)
        draw_legend(sheet, self.legend, self.entries)
        self._draw_functions()
        axes = self._axes(self.elbows, (0.0, 1.0), Ticks((), ()))
        ElbowPanel(sheet, self.elbows, axes, self.scene, self.arrows, self.looks).draw()
        self._draw_change()
        sheet.name_y(self.curve, self.view.dataset.y_name, room=self.curve.height)
        sheet.name_y(self.elbows, "elbows", letters=0.9, room=self.elbows.height)
        fits = text_width("change of f", 0.9 * pixels) <= self.change.height
        name = "change of f" if fits else "Δf"
        sheet.name_y(self.change, name, letters=0.9, room=self.change.height)
        sheet.name_x(self.change, self.view.dataset.x_name, room=self.change.width)

    def _axes(self, box: Box, y_limits: tuple[float, float], y_ticks: Ticks) -> Axes:
        axes = self.sheet.axes(box)
        axes.set(xlim=x_limits(self.domain), ylim=y_limits)
        if len(self.scene.x) == 1 and box is not self.curve:
            hairline = self.looks["pulling"]["linewidth"]
            axes.axvline(
                self.scene.x[0], color=self.sheet.colours.train, linewidth=hairline, zorder=1.8
            )
        is_lowest = box is self.change
        self.sheet.set_ticks(axes, "x", self.x_ticks if is_lowest else self.x_ticks.unlabelled())
        self.sheet.set_ticks(axes, "y", y_ticks)
        return axes

    # The functions and the points

    def _draw_functions(self) -> None:
        axes = self._axes(self.curve, self.y_limits, self.y_ticks)
        looks, view, scene = self.looks, self.view, self.scene
        scaling, others = view.dataset.scaling, scene.others
        x = scaling.x_to_original(view.dataset.x_train[others])
        y = scaling.y_to_original(view.dataset.y_train[others])
        axes.plot(x, y, **looks["data"], zorder=2.1)
        if view.truth is not None:
            axes.plot(*view.truth, **looks["truth"], zorder=2.2)
        self._draw_points(axes)
        if scene.unit is not None:
            self._draw_unit(axes, scene.unit)
        before, after = view.curve(0), view.curve(1)
        axes.plot(after.x, after.y, **looks["after"], solid_joinstyle="round", zorder=3.1)
        axes.plot(before.x, before.y, **looks["before"], solid_joinstyle="round", zorder=3.2)

    def _draw_points(self, axes: Axes) -> None:
        """The points of the batch: larger where they pull more, with their residuals as lines."""
        scene, looks, sheet = self.scene, self.looks, self.sheet
        votes = scene.share > 0
        ends = np.stack([scene.y, scene.f], axis=1)[votes]
        segments = [[(x, y), (x, f)] for x, (y, f) in zip(scene.x[votes], ends, strict=True)]
        colour = sheet.colours.train
        hairlines = LineCollection(
            segments, colors=colour, linewidths=looks["pulling"]["linewidth"], zorder=2.6
        )
        axes.add_collection(hairlines, autolim=False)
        size = np.sqrt(scene.share[votes] / max(float(scene.share.max()), 1e-300))
        diameter = sheet.points(1.0) * (SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * size)
        axes.scatter(
            scene.x[votes],
            scene.y[votes],
            s=diameter**2,
            color=colour,
            edgecolors=sheet.colours.paper,
            linewidths=sheet.points(0.8),
            zorder=3.4,
        )
        axes.plot(scene.x[~votes], scene.y[~votes], **looks["silent"], zorder=3.3)

    def _draw_unit(self, axes: Axes, unit: UnitStep) -> None:
        """What the unit adds to f: thin before the step, thick after it."""
        look = self.looks[self.scene.colour_name(unit.number)]
        axes.axhline(
            self.view.baseline,
            color=self.sheet.colours.faint,
            linewidth=self.sheet.points(0.8),
            zorder=1.6,
        )
        for network, thickness in ((self.scene.step.before, 0.6), (self.scene.step.after, 1.4)):
            x, y = self.scene.unit_line(network)
            width = look["linewidth"] * thickness
            axes.plot(x, y, color=look["color"], linewidth=width, zorder=2.7)

    # The change

    def _draw_change(self) -> None:
        axes = self._axes(self.change, self.change_limits, self.change_ticks)
        colour = self.sheet.colours.learned
        axes.fill_between(
            self.change_x, self.change_y, 0.0, linewidth=0, color=colour, alpha=0.25, zorder=2.0
        )
        axes.axhline(
            0.0, color=self.sheet.colours.faint, linewidth=self.sheet.points(0.9), zorder=2.1
        )
        axes.plot(
            self.change_x,
            self.change_y,
            color=colour,
            linewidth=self.sheet.points(2.0),
            solid_joinstyle="round",
            zorder=2.2,
        )


def _change_limits(change: Array) -> tuple[float, float]:
    """Limits of y around a change and 0."""
    finite = change[np.isfinite(change)]
    low = min(float(finite.min(initial=0.0)), 0.0)
    high = max(float(finite.max(initial=0.0)), 0.0)
    if low == high:
        return -1.0, 1.0
    margin = 0.12 * (high - low)
    return low - margin, high + margin
