"""The elbows of many runs over time as a density, under their last functions: what training does
with any seed, and what only with some."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from relusgd.model.network import Array, Booleans, Integers
from relusgd.pictures.kit.axis import TimeAxis
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.parts import kept_near
from relusgd.pictures.kit.plain_matplotlib import Axes, LineCollection
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.text_fit import shortened, text_width
from relusgd.pictures.kit.ticks import even_ticks
from relusgd.pictures.panels.marks import x_limits
from relusgd.pictures.scenes.scales import (
    Scales,
    axis_names,
    position_ticks,
    shared_domain,
    shared_function_limits,
)
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.bare_axes import (
    FUNCTION,
    PATHS,
    bare_axes,
    outermost,
    write_heights,
    write_positions,
)
from relusgd.pictures.storeys.density import COLUMNS, mixed_colours, row_heights
from relusgd.pictures.storeys.layout import CAPTION_LETTERS, StoreyBoxes, says_something
from relusgd.pictures.storeys.lower import MARGIN
from relusgd.pictures.storeys.one_run import TICK_LINES
from relusgd.pictures.storeys.path_names import Named, names_of_bends
from relusgd.pictures.storeys.upper import UpperStorey
from relusgd.pictures.storeys.word_writer import BESIDE
from relusgd.words import counted

MOST_SNAPSHOTS = 6000
"""Snapshots of all runs together of which the density is taken."""

MOST_OF_ONE = 200
"""The most of one run."""

FEWEST_OF_ONE = 20
"""The fewest of one run."""

FUNCTION_LINE = 1.6
"""The width of a run's function, in pixels."""

FEW_FUNCTIONS = 8
"""The lines of so many functions can each be told from the paper."""


def save_elbows(views: Sequence[View], path: Path, look: Look | None = None) -> None:
    """Write the picture as .png, .svg or .pdf. Raises as `write_figure` does."""
    sheet = draw_sheet(lambda sheet: ElbowsBuilder(sheet, views).draw(), look)
    write_figure(sheet, path)


class ElbowsBuilder:
    """The picture while it is put together. views: at least one."""

    def __init__(self, sheet: Sheet, views: Sequence[View]) -> None:
        self.sheet = sheet
        self.views = views
        first = min(float(view.clock[0]) for view in views)
        last = max(float(view.clock[-1]) for view in views)
        self.time = TimeAxis(first, last)
        low, high = shared_function_limits(views)
        # Of the strengths that scales hold, this picture shows none: those of one run do.
        self.scales = replace(Scales.of(views[:1]), x=shared_domain(views), y=(low, high))
        self.y_ticks = outermost(even_ticks(low, high, 4))
        self.x_name, self.y_name = axis_names(views)
        # The height of the lower storey decides on its labels, and these on the room at the left.
        labels = self._lay_out(["0"])
        self._lay_out(labels)

    def _lay_out(self, labels: Sequence[str]) -> list[str]:
        """The storeys, with room for these labels at their left; gives the labels that fit."""
        self.boxes = StoreyBoxes.of(self.sheet, labels, paths=True, y_name=self.y_name)
        return [*self.y_ticks.labels, *self._time_labels()]

    @property
    def lower(self) -> Box:
        """The lower storey, which this picture always has."""
        return self.boxes.lowest

    def _time_labels(self) -> list[str]:
        """Choose the ticks of time by the height of the lower storey; gives their labels."""
        least = TICK_LINES * self.sheet.scale.text
        ticks = self.time.upright_ticks(self.lower.height, least, MARGIN)
        first, *others = ticks.labels
        labels = [f"epoch {first}", *others]
        self.time_ticks = replace(ticks, labels=tuple(labels))
        return labels

    def draw(self) -> None:
        """Draw everything."""
        upper = UpperStorey(
            self.sheet,
            self.boxes.upper,
            self.views[0],
            self.scales,
            self.sheet.colours.learned,
        )
        self._draw_functions(upper.front)
        self._draw_density()
        self._write_heading()
        self._label_axes()

    def _draw_functions(self, axes: Axes) -> None:
        """The last function of every run."""
        colour = self.sheet.colours.learned
        lines = []
        for view in self.views:
            curve = view.curve(len(view) - 1)
            y = kept_near(curve.y, self.scales.y)
            lines.append(np.column_stack([curve.x, y]))
        functions = LineCollection(
            lines,
            colors=colour,
            alpha=self.sheet.least_opacity(colour) * thinning(len(lines)),
            linewidths=self.sheet.points(FUNCTION_LINE),
        )
        axes.add_collection(functions, autolim=False)
        axes.set_zorder(FUNCTION)

    def _draw_density(self) -> None:
        """The bends of all runs together, as an image: rows of time, columns of x."""
        first, last = self.time.limits(MARGIN)
        box, scales = self.lower, self.scales
        axes = bare_axes(self.sheet, box, x_limits(scales.x), (last, first), order=PATHS)
        heights = row_heights(box, first, last)
        up = np.zeros((box.height, COLUMNS))
        down = np.zeros((box.height, COLUMNS))
        for view in self.views:
            self._add(view, heights, up, down)
        deep = all(view.deep for view in self.views)
        colours = mixed_colours(self.sheet, up, down, deep=deep)
        axes.imshow(
            np.clip(colours, 0.0, 1.0),
            extent=(*scales.x, last, first),
            aspect="auto",
            interpolation="bilinear",
            interpolation_stage="rgba",
        )

    def _add(self, view: View, heights: Array, up: Array, down: Array) -> None:
        """Add the bends of a run to the rows of time; after its end, there is nothing of it.

        heights: the moment of each row of pixels, shape (rows,). up, down: the sums so far, shape
        (rows, COLUMNS), which are added to.
        """
        snapshots = self._sampled(view, heights)
        bends = [view.bends(int(snapshot), COLUMNS) for snapshot in snapshots]
        with np.errstate(all="ignore"):
            rising = np.nan_to_num(np.stack([bend.up for bend in bends]), posinf=0.0)
            falling = np.nan_to_num(np.stack([bend.down for bend in bends]), posinf=0.0)
        shown, is_there = self._shown(view, snapshots, heights)
        up[is_there] += rising[shown[is_there]]
        down[is_there] += falling[shown[is_there]]

    def _shown(self, view: View, snapshots: Integers, heights: Array) -> tuple[Integers, Booleans]:
        """Which of these snapshots each row of time shows, and whether the run has begun and not
        ended there."""
        place = self.time.place(view.clock[snapshots])
        if is_solved_at_once(view):
            # Its solution stands from the middle between its two snapshots to the end.
            shown = (heights > place.mean()).astype(np.int64)
            return shown, heights >= place[0]
        row_height = heights[1] - heights[0]
        shown = np.searchsorted(place, heights, side="right") - 1
        has_begun = shown >= 0
        has_ended = heights > place[-1] + row_height
        return shown, has_begun & ~has_ended

    def _sampled(self, view: View, heights: Array) -> Integers:
        """The snapshots of a run that are shown: those of some rows of time, evenly spaced."""
        if is_solved_at_once(view):
            return np.arange(2)
        share_of_run = MOST_SNAPSHOTS // len(self.views)
        rows = int(np.clip(share_of_run, FEWEST_OF_ONE, MOST_OF_ONE))
        chosen = np.linspace(0, len(heights) - 1, rows).astype(int)
        place = self.time.place(view.clock)
        before = np.searchsorted(place, heights[chosen], side="right") - 1
        return np.unique(np.clip(before, 0, len(view) - 1))

    def _write_heading(self) -> None:
        """The user's title, and what the picture shows."""
        sheet, head = self.sheet, self.boxes.head
        sheet.write_title(self.boxes.title)
        pixels = CAPTION_LETTERS * sheet.scale.text
        runs = counted(len(self.views), "run")
        words = f"Elbows of {runs} over time, and their last functions"
        sheet.text(
            head.left,
            head.bottom + 0.28 * head.height,
            shortened(words, pixels, head.width, bold=True),
            pixels=pixels,
            bold=True,
        )

    def _name_colours(self) -> float:
        """Say at the right of the name of x what the colours of the density mean; gives the pixels
        that it takes.
        """
        sheet = self.sheet
        pixels = sheet.scale.text
        height = sheet.x_name_height(self.lower)
        right = float(self.lower.right)
        for words, colour in reversed(self._names_of_bends()):
            sheet.text(
                right,
                height,
                words,
                pixels=pixels,
                colour=colour,
                ha="right",
                va="center_baseline",
            )
            right -= text_width(words, pixels) + BESIDE * pixels
        return self.lower.right - right

    def _names_of_bends(self) -> list[Named]:
        """The ways in which units bend the functions.

        None of deep networks, whose elbows of the first layer have one colour.
        """
        names: dict[str, str] = {}
        for view in self.views:
            if not view.deep:
                names.update(names_of_bends(view, self.sheet.colours))
            if len(names) == 2:
                break
        return [*names.items()]

    def _label_axes(self) -> None:
        """The labels of the three axes, and the names of x and y."""
        sheet, upper, lower = self.sheet, self.boxes.upper, self.lower
        write_heights(sheet, upper, self.scales.y, self.y_ticks)
        first, last = self.time.limits(MARGIN)
        write_heights(sheet, lower, (last, first), self.time_ticks)
        x_ticks = position_ticks(self.views, self.scales.x, lower.width, sheet.scale.text)
        write_positions(sheet, lower, x_limits(self.scales.x), x_ticks)
        if says_something(self.y_name):
            sheet.name_y(upper, self.y_name, room=upper.height)
        sheet.name_x(lower, self.x_name, room=lower.width - 2 * self._name_colours())


def thinning(functions: int) -> float:
    """How much fainter each of so many functions is drawn, so that the picture is dark only where
    many of them lie on each other.
    """
    factor = math.sqrt(FEW_FUNCTIONS / functions)
    return min(1.0, factor)


def is_solved_at_once(view: View) -> bool:
    """Whether a run is the initial network and a solution, as that of ridge regression."""
    last_step = int(view.history.step[-1])
    return len(view) == 2 and last_step == 1
