"""The panel of errors over time: the past strong, the future pale. For one run over steps, for several over epochs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist

from relusgd.model.network import Array
from relusgd.pictures.axis import ErrorAxis, Ticks, TimeAxis
from relusgd.pictures.group import Group
from relusgd.pictures.layout import Box
from relusgd.pictures.marks import looks_of
from relusgd.pictures.panels import moving_line
from relusgd.pictures.scales import error_axis, errors_of, noise_level, step_axis
from relusgd.pictures.sheet import Sheet
from relusgd.pictures.view import View

PART_COLUMNS = 3
"""So many columns of pixels show one median and range, where there are more snapshots."""


class LossPanel:
    """Training and test error of one run over the steps."""

    def __init__(self, sheet: Sheet, box: Box, view: View, ticks: tuple[Ticks, Ticks]) -> None:
        self._base = ErrorAxes(sheet, box, step_axis(view), error_axis(view), ticks)
        self._base.draw_level(noise_level(view))
        self._x = self._base.time.place(view.history.step)
        colours = {"train": sheet.colours.data, "test": sheet.colours.test}
        self._curves = []
        for order, (name, errors) in enumerate(errors_of(view).items(), 1):
            line = summarise(self._x, self._base.error.place(errors), box.width)
            self._curves.append(
                ErrorCurve(self._base, line, errors, order=order / 10, color=colours[name])
            )
        self.moving: list[Artist] = [
            self._base.now,
            *(line for curve in self._curves for line in curve.moving),
        ]

    def show(self, index: int) -> None:
        self._base.show(self._x[index])
        for curve in self._curves:
            curve.show(self._x[index], index)


class GroupLossPanel:
    """One error of each of several runs over the epochs; a line ends, with a mark, where its run does."""

    def __init__(self, sheet: Sheet, box: Box, group: Group, ticks: tuple[Ticks, Ticks]) -> None:
        self._base = ErrorAxes(sheet, box, group.time_axis, group.error_axis, ticks)
        self._base.draw_level(group.noise)
        self._x = self._base.time.place(group.epoch)
        self._rows = [group.rows(view) for view in group.views]
        self._curves = [
            self._make_curve(group, number, box.width) for number in range(len(group.views))
        ]
        self.moving: list[Artist] = [
            self._base.now,
            *(line for curve in self._curves for line in curve.moving),
        ]

    def _make_curve(self, group: Group, number: int, columns: int) -> ErrorCurve:
        view, sheet = group.views[number], self._base.sheet
        errors = errors_of(view)[group.error_name]
        line = summarise(self._base.time.place(view.epoch), self._base.error.place(errors), columns)
        end = float(
            self._x[-1] if view.epoch[-1] <= 1 else self._base.time.place(view.epoch[-1:])[0]
        )  # one solution is a level
        x, middle = (
            np.append(line.x, end),
            np.append(line.middle, self._base.error.place(errors[-1:])),
        )
        if end < self._x[-1]:
            self._base.mark_end(end, middle[-1], color=sheet.colours.runs[number])
        look = {"color": sheet.colours.runs[number], "linestyle": run_dash(number)}
        return ErrorCurve(
            self._base,
            Summary(x, middle, middle, middle),
            errors,
            order=number / 20,
            end=end,
            **look,
        )

    def show(self, moment: int) -> None:
        self._base.show(self._x[moment])
        for curve, rows in zip(self._curves, self._rows, strict=True):
            curve.show(self._x[moment], int(rows[moment]))


def run_dash(number: int) -> Any:
    """From the sixth run on, colours alone are too alike."""
    return "-" if number < 5 else (0, (4, 1.2))


class ErrorAxes:
    """Axes of errors over time, and the line that says now."""

    def __init__(
        self, sheet: Sheet, box: Box, time: TimeAxis, error: ErrorAxis, ticks: tuple[Ticks, Ticks]
    ) -> None:
        self.sheet, self.time, self.error = sheet, time, error
        self.axes = sheet.axes(box)
        self.axes.set(xlim=time.limits(), ylim=(error.low, error.high))
        sheet.set_ticks(self.axes, "x", ticks[0])
        sheet.set_ticks(self.axes, "y", ticks[1])
        self.now = moving_line(
            self.axes, 0.0, color=sheet.colours.faint, linewidth=sheet.points(0.9)
        )

    def draw_level(self, level: float | None) -> None:
        """The error of the truth itself, if it is known."""
        if level is not None:
            look = looks_of(self.sheet, None)["noise"]
            self.axes.plot(self.time.limits(), [np.log10(level)] * 2, **look, zorder=2.0)

    def mark_end(self, x: float, y: float, **look: Any) -> None:
        """A short upright line where a run ends before the others."""
        self.axes.plot(
            [x],
            [y],
            marker="|",
            markersize=self.sheet.points(9),
            markeredgewidth=self.sheet.points(1.4),
            zorder=2.0,
            **look,
        )

    def show(self, x: float) -> None:
        self.now.set_data([x, x], [self.error.low, self.error.high])


class ErrorCurve:
    """One error over time. With more snapshots than pixels, their median and range a few pixels at a time."""

    def __init__(
        self,
        base: ErrorAxes,
        line: Summary,
        errors: Array,
        *,
        order: float,
        end: float = math.inf,
        **look: Any,
    ) -> None:
        sheet, axes = base.sheet, base.axes
        self._line, self._y, self._end = line, base.error.place(errors), end
        axes.plot(
            line.x, line.middle, linewidth=sheet.points(1.1), alpha=0.45, zorder=1.8 + order, **look
        )
        if len(line.x) < len(self._y) and np.any(line.low < line.high):
            axes.fill_between(
                line.x,
                line.low,
                line.high,
                color=look["color"],
                alpha=0.13,
                linewidth=0,
                zorder=1.7,
            )
        self._past = moving_line(
            axes, order, linewidth=sheet.points(2.0), solid_joinstyle="round", **look
        )
        dot = {
            "markersize": sheet.points(7),
            "markeredgecolor": sheet.colours.paper,
            "markeredgewidth": sheet.points(0.9),
        }
        self._dot = moving_line(axes, order + 0.5, color=look["color"], marker="o", **dot)
        self.moving: list[Artist] = [self._past, self._dot]

    def show(self, x: float, row: int) -> None:
        x = min(x, self._end)
        past = int(np.searchsorted(self._line.x, x, side="right"))
        until = self._line.middle[: max(past, 1)]
        self._past.set_data(np.append(self._line.x[:past], x), np.append(until[:past], until[-1]))
        self._dot.set_data([x], [self._y[row]])


@dataclass(frozen=True, eq=False)
class Summary:
    """Values along x, each shape (n,): the median, lowest and highest of the snapshots around x."""

    x: Array
    middle: Array
    low: Array
    high: Array


def summarise(x: Array, y: Array, columns: int) -> Summary:
    """y along ascending x as it is; or, when there are more values than that, in parts of x that are PART_COLUMNS wide."""
    if len(x) <= columns / PART_COLUMNS:
        return Summary(x, y, y, y)
    part = ((x - x[0]) / (x[-1] - x[0]) * (columns / PART_COLUMNS)).astype(np.int64)
    order = np.lexsort((y, part))
    first = np.flatnonzero(np.diff(part, prepend=-1))
    stop = np.append(first[1:], len(x))
    finite = np.add.reduceat(np.isfinite(y), first)
    last = np.maximum(first + finite - 1, first)
    sorted_y = y[order]
    return Summary(
        (x[first] + x[stop - 1]) / 2, sorted_y[(first + last) // 2], sorted_y[first], sorted_y[last]
    )
