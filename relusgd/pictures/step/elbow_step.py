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
from relusgd.model.network import Array, Range
from relusgd.model.points import Dataset
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.plain_matplotlib import Axes, LineCollection
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.stack import Stack, settle
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.text_fit import shortened, text_width
from relusgd.pictures.kit.ticks import Ticks, even_ticks
from relusgd.pictures.panels.legend import Entry, draw_legend, legend_lines
from relusgd.pictures.panels.marks import original, x_limits
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

SMALL_NAMES = 0.9
"""The height of the letters beside the low panels, in heights of a letter."""


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
        before, after = scene.elbows()
        chosen = None if scene.unit is None else scene.unit.number
        self.arrows = Arrows.of(before, after, *self.domain, chosen)
        self.change_x, self.change_y = scene.change()
        self.change_limits = _change_limits(self.change_y)
        self.entries = self._legend()
        settle(sheet, self._lay_out)
        letters = sheet.scale.text
        self.x_ticks = position_ticks([self.view], self.domain, self.curve.width, letters)

    def _legend(self) -> list[Entry]:
        """What is in the picture, in the order of drawing."""
        looks = self.looks
        scene = self.scene
        entries = []
        if scene.others.any():
            entries.append(Entry(looks["data"], "training data", "data"))
        if self.view.truth is not None:
            entries.append(Entry(looks["truth"], "true function", "truth"))
        entries.append(Entry(looks["before"], "f before", "before"))
        entries.append(Entry(looks["after"], "after", "after"))
        pulls = scene.share > 0
        if pulls.any():
            entries.append(Entry(looks["pulling"], "points that pull, residuals", "pull"))
        if not pulls.all():
            entries.append(Entry(looks["silent"], "no vote", "no vote"))
        return [*entries, *self._elbow_entries()]

    def _elbow_entries(self) -> list[Entry]:
        """What is said of elbows, and of the chosen unit if there is one."""
        looks = self.looks
        scene = self.scene
        factor = self.arrows.factor
        moves = "and move" if factor == 1 else f"and move × {factor:,}"
        elbow_moves = f"elbow {moves}"
        if scene.unit is not None:
            name = scene.colour_name(scene.unit.number)
            unit = f"unit {scene.unit.number}"
            adds = OUTPUT if self.view.deep else TERM
            return [
                Entry(looks[name], f"{unit}, {adds}", unit),
                Entry(looks[f"elbow {name}"], elbow_moves, elbow_moves),
            ]
        if self.view.deep:
            words = f"elbow of layer 1 {moves}"
            return [Entry(looks["elbow neutral"], words, elbow_moves)]
        words = f"{elbow_moves}, v > 0"
        return [
            Entry(looks["elbow positive"], words, words),
            Entry(looks["elbow negative"], "v < 0", "v < 0"),
        ]

    def _lay_out(self, stack: Stack) -> list[str]:
        """Words from the top, small panels from the bottom, and the functions in the rest."""
        sheet = self.sheet
        line = sheet.scale.line
        stack.skip_top(0.5)
        self.title = stack.take_title()
        self.lines = [stack.take_top(line) for _ in self.words]
        stack.skip_top(0.2)
        lines = legend_lines(sheet, self.entries, stack.width)
        self.legend = stack.take_top(lines * line)
        stack.skip_top(0.3)
        stack.skip_bottom(0.35)
        stack.skip_x_labels()
        self.change = stack.take_bottom(self._low_panel(CHANGE))
        stack.skip_bottom(0.45)
        self.elbows = stack.take_bottom(self._low_panel(ELBOWS))
        stack.skip_bottom(0.45)
        self.curve = stack.rest()
        return self._choose_y_ticks()

    def _low_panel(self, share: float) -> int:
        """The height of a low panel: a share of the picture's, and two lines of text at least."""
        sheet = self.sheet
        wanted = round(share * sheet.height)
        return max(wanted, 2 * sheet.scale.line)

    def _choose_y_ticks(self) -> list[str]:
        """Choose the ticks of y by the heights of the panels; gives their labels."""
        line = self.sheet.scale.line
        labels_with_room = int(self.curve.height / (2.2 * line))
        most = max(2, min(8, labels_with_room))
        self.y_ticks = even_ticks(*self.y_limits, most)
        labels_of_change = int(self.change.height / (1.6 * line))
        self.change_ticks = even_ticks(*self.change_limits, max(1, labels_of_change))
        return [*self.y_ticks.labels, *self.change_ticks.labels]

    def draw(self) -> None:
        """Draw everything."""
        sheet = self.sheet
        sheet.write_title(self.title)
        self._write_lines()
        draw_legend(sheet, self.legend, self.entries)
        self._draw_functions()
        self._draw_elbows()
        self._draw_change()
        self._write_names()

    def _write_lines(self) -> None:
        """The lines of words above the picture, cut to its width."""
        sheet = self.sheet
        letters = sheet.scale.text
        for box, words in zip(self.lines, self.words, strict=True):
            fitting = shortened(words, letters, box.width)
            baseline = box.bottom + 0.3 * letters
            sheet.text(box.left, baseline, fitting, pixels=letters)

    def _write_names(self) -> None:
        """The names of the axes; that of the change is short where the panel is low."""
        sheet = self.sheet
        dataset = self.view.dataset
        letters = SMALL_NAMES * sheet.scale.text
        long_name = "change of f"
        is_high = text_width(long_name, letters) <= self.change.height
        change = long_name if is_high else "Δf"
        sheet.name_y(self.curve, dataset.y_name, room=self.curve.height)
        sheet.name_y(self.elbows, "elbows", letters=SMALL_NAMES, room=self.elbows.height)
        sheet.name_y(self.change, change, letters=SMALL_NAMES, room=self.change.height)
        sheet.name_x(self.change, dataset.x_name, room=self.change.width)

    def _axes(self, box: Box, y_limits: Range, y_ticks: Ticks) -> Axes:
        """The axes of a panel; the lowest has labels of x.

        A batch of one sample has a line at its x in the panels under the functions.
        """
        sheet = self.sheet
        scene = self.scene
        axes = sheet.axes(box)
        axes.set(xlim=x_limits(self.domain), ylim=y_limits)
        is_one_sample = len(scene.x) == 1
        if is_one_sample and box is not self.curve:
            axes.axvline(
                scene.x[0],
                color=sheet.colours.train,
                linewidth=self.looks["pulling"]["linewidth"],
                zorder=1.8,
            )
        is_lowest = box is self.change
        x_ticks = self.x_ticks if is_lowest else self.x_ticks.unlabelled()
        sheet.set_ticks(axes, "x", x_ticks)
        sheet.set_ticks(axes, "y", y_ticks)
        return axes

    # The functions and the points

    def _draw_functions(self) -> None:
        """The functions before and after, over points, truth and what a chosen unit adds."""
        axes = self._axes(self.curve, self.y_limits, self.y_ticks)
        looks = self.looks
        view = self.view
        scene = self.scene
        x_of_others = view.dataset.x_train[scene.others]
        y_of_others = view.dataset.y_train[scene.others]
        x, y = original(view, x_of_others, y_of_others)
        axes.plot(x, y, **looks["data"], zorder=2.1)
        if view.truth is not None:
            axes.plot(*view.truth, **looks["truth"], zorder=2.2)
        self._draw_points(axes)
        if scene.unit is not None:
            self._draw_unit(axes, scene.unit)
        before = view.curve(0)
        after = view.curve(1)
        axes.plot(after.x, after.y, **looks["after"], solid_joinstyle="round", zorder=3.1)
        axes.plot(before.x, before.y, **looks["before"], solid_joinstyle="round", zorder=3.2)

    def _draw_points(self, axes: Axes) -> None:
        """The points of the batch: larger where they pull more, with their residuals as lines."""
        scene = self.scene
        looks = self.looks
        sheet = self.sheet
        colour = sheet.colours.train
        pulls = scene.share > 0
        x = scene.x[pulls]
        y = scene.y[pulls]
        f = scene.f[pulls]
        point = np.column_stack([x, y])
        value = np.column_stack([x, f])
        residuals = LineCollection(
            list(np.stack([point, value], axis=1)),
            colors=colour,
            linewidths=looks["pulling"]["linewidth"],
            zorder=2.6,
        )
        axes.add_collection(residuals, autolim=False)
        axes.scatter(
            x,
            y,
            s=self._diameters(scene.share[pulls]) ** 2,
            color=colour,
            edgecolors=sheet.colours.paper,
            linewidths=sheet.points(0.8),
            zorder=3.4,
        )
        axes.plot(scene.x[~pulls], scene.y[~pulls], **looks["silent"], zorder=3.3)

    def _diameters(self, share: Array) -> Array:
        """The diameters of dots, whose area grows with their share of all pulling, in points."""
        strongest = max(float(self.scene.share.max()), 1e-300)
        size = np.sqrt(share / strongest)
        pixels = SMALLEST_DOT + (LARGEST_DOT - SMALLEST_DOT) * size
        return np.asarray(self.sheet.points(1.0) * pixels)

    def _draw_unit(self, axes: Axes, unit: UnitStep) -> None:
        """What the unit adds to f: thin before the step, thick after it."""
        scene = self.scene
        look = self.looks[scene.colour_name(unit.number)]
        axes.axhline(
            self.view.baseline,
            color=self.sheet.colours.faint,
            linewidth=self.sheet.points(0.8),
            zorder=1.6,
        )
        for network, thickness in ((scene.step.before, 0.6), (scene.step.after, 1.4)):
            x, y = scene.unit_line(network)
            axes.plot(
                x,
                y,
                color=look["color"],
                linewidth=look["linewidth"] * thickness,
                zorder=2.7,
            )

    # The elbows and the change

    def _draw_elbows(self) -> None:
        """The elbows, with an arrow each."""
        no_ticks = Ticks((), ())
        axes = self._axes(self.elbows, (0.0, 1.0), no_ticks)
        panel = ElbowPanel(
            self.sheet,
            self.elbows,
            axes,
            self.scene,
            self.arrows,
            self.looks,
        )
        panel.draw()

    def _draw_change(self) -> None:
        """By how much the function changed, and a line at 0."""
        axes = self._axes(self.change, self.change_limits, self.change_ticks)
        sheet = self.sheet
        x = self.change_x
        y = self.change_y
        colour = sheet.colours.learned
        axes.fill_between(
            x,
            y,
            0.0,
            linewidth=0,
            color=colour,
            alpha=0.25,
            zorder=2.0,
        )
        axes.axhline(
            0.0,
            color=sheet.colours.faint,
            linewidth=sheet.points(0.9),
            zorder=2.1,
        )
        axes.plot(
            x,
            y,
            color=colour,
            linewidth=sheet.points(2.0),
            solid_joinstyle="round",
            zorder=2.2,
        )


def _change_limits(change: Array) -> Range:
    """Limits of y around a change and 0."""
    finite = change[np.isfinite(change)]
    low = min(float(finite.min(initial=0.0)), 0.0)
    high = max(float(finite.max(initial=0.0)), 0.0)
    if low == high:
        return -1.0, 1.0
    margin = 0.12 * (high - low)
    return low - margin, high + margin
