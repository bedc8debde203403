"""The axes of a picture: the learned function, the strip of active units, the errors. Each draws once what never changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import StepPatch
from numpy.typing import NDArray

from relusgd.model.network import Array
from relusgd.pictures.axis import ErrorAxis, StepAxis, Ticks
from relusgd.pictures.layout import Box
from relusgd.pictures.marks import error_axis, errors_of, looks_of, noise_level, original, step_axis, test_points_shown, x_limits
from relusgd.pictures.sheet import MOVING, Sheet
from relusgd.pictures.view import View

FAR = 1e5
"""Heights beyond this many panels are drawn as this many: no pixel differs, and no number overflows."""


class Part(Protocol):
    """Something in a picture that changes from snapshot to snapshot. moving: what is drawn anew, in the order of drawing."""

    moving: list[Artist]

    def show(self, index: int) -> None:
        """Take the state of this snapshot; draws nothing."""


def moving_line(axes: Axes, order: float, **look: Any) -> Line2D:
    line = Line2D([], [], zorder=MOVING + order, **look)
    axes.add_line(line)
    return line


def moving_dots(axes: Axes, order: float, **look: Any) -> Any:
    """Round markers whose places, sizes and colours change; matplotlib's types know no arrays of colours."""
    return axes.scatter([], [], marker="o", zorder=MOVING + order, **look)


class CurvePanel:
    """Data, truth, the learned function through its breakpoints, and the units that it is made of."""

    def __init__(self, sheet: Sheet, box: Box, view: View, ticks: tuple[Ticks, Ticks]) -> None:
        self._sheet, self._view, self._point = sheet, view, sheet.points(1.0)
        self._axes = sheet.axes(box)
        self._axes.set(xlim=x_limits(view), ylim=view.y_limits)
        sheet.set_ticks(self._axes, "x", ticks[0], labels="active" not in sheet.look.show)
        sheet.set_ticks(self._axes, "y", ticks[1])
        self._draw_data()
        self._make_units()
        self._make_curve()
        self.moving: list[Artist] = [*self._units, self._halo, self._curve, self._kinks]

    def _draw_data(self) -> None:
        view, looks, dataset = self._view, looks_of(self._sheet, self._view), self._view.dataset
        if view.y_limits[0] < view.baseline < view.y_limits[1] and "units" in self._sheet.look.show:
            self._axes.axhline(view.baseline, color=self._sheet.colours.faint, linewidth=self._sheet.points(0.8), zorder=1.6)
        if test_points_shown(view):
            self._axes.plot(*original(view, dataset.x_test, dataset.y_test), **looks["test data"], zorder=2.0)
        self._axes.plot(*original(view, dataset.x_train, dataset.y_train), **looks["data"], zorder=2.1)
        if view.truth is not None:
            self._axes.plot(*view.truth, **looks["truth"], zorder=2.2)

    def _make_units(self) -> None:
        self._units: list[Artist] = []
        if "units" not in self._sheet.look.show:
            return
        self._lines: Any = LineCollection([], zorder=MOVING)
        self._axes.add_collection(self._lines, autolim=False)
        paper, (low, high) = self._sheet.colours.paper, self._view.y_limits
        inset = 0.02 * (high - low)
        self._elbow_height = np.clip(self._view.baseline, low + inset, high - inset)
        self._elbows = moving_dots(self._axes, 0.1, edgecolors=paper, linewidths=self._sheet.points(0.8))
        self._units = [self._lines, self._elbows]

    def _make_curve(self) -> None:
        sheet, look = self._sheet, looks_of(self._sheet, self._view)["learned"]
        line = {key: value for key, value in look.items() if key in ("color", "linewidth")}
        halo = {"color": sheet.colours.paper, "linewidth": look["linewidth"] + sheet.points(2.4), "alpha": 0.75}
        self._halo = moving_line(self._axes, 0.2, **halo)
        self._curve = moving_line(self._axes, 0.3, solid_joinstyle="round", **line)
        colours = {"facecolors": sheet.colours.paper, "edgecolors": sheet.colours.learned}
        self._kinks = moving_dots(self._axes, 0.4, linewidths=sheet.points(1.6), **colours)

    def show(self, index: int) -> None:
        self._show_curve(index)
        if self._units:
            self._show_units(index)

    def _show_curve(self, index: int) -> None:
        curve = self._view.curve(index)
        y = self._kept_near(curve.y)
        self._halo.set_data(curve.x, y)
        self._curve.set_data(curve.x, y)
        strength = relative(curve.kink, self._view.kink_scale)
        seen = strength > 0.04 if len(strength) <= 400 else np.zeros(len(strength), dtype=bool)
        self._kinks.set_offsets(np.column_stack([curve.x[1:-1], y[1:-1]])[seen])
        self._kinks.set_sizes((self._point * (3.0 + 5.0 * strength[seen])) ** 2)

    def _show_units(self, index: int) -> None:
        units = self._view.units(index)
        strength = relative(units.strength, self._view.unit_scale)
        order = np.argsort(strength, kind="stable")
        lines, strength, sign, elbow = units.lines[order], strength[order], units.sign[order], units.elbow[order]
        lines[:, :, 1] = self._kept_near(lines[:, :, 1])
        colours = sign_colours(self._sheet, sign)
        self._lines.set_segments(list(lines))
        crowd = min(1.0, (60 / max(len(strength), 1)) ** 0.5)
        self._lines.set(linewidths=self._point * (0.8 + 2.4 * crowd * strength), color=with_alpha(colours, crowd * (0.25 + 0.6 * strength)))
        height = np.full(len(elbow), self._elbow_height)
        self._elbows.set_offsets(np.column_stack([elbow, height])[np.isfinite(elbow)])
        self._elbows.set_sizes((self._point * (4.0 + 7.0 * strength[np.isfinite(elbow)])) ** 2)
        self._elbows.set_facecolor(colours[np.isfinite(elbow)])

    def _kept_near(self, y: Array) -> Array:
        low, high = self._view.y_limits
        return np.clip(y, low - FAR * (high - low), high + FAR * (high - low))


class ActivePanel:
    """How many units are active along x."""

    def __init__(self, sheet: Sheet, box: Box, view: View, ticks: tuple[Ticks, Ticks]) -> None:
        self._view = view
        axes = sheet.axes(box)
        most = sum(view.history.hidden)
        axes.set(xlim=x_limits(view), ylim=(0, 1.12 * most))
        sheet.set_ticks(axes, "x", ticks[0])
        sheet.set_ticks(axes, "y", ticks[1], grid=False)
        look: dict[str, Any] = {"facecolor": sheet.colours.active, "edgecolor": sheet.colours.faint, "linewidth": sheet.points(1.0)}
        self._steps = StepPatch([0], [view.low, view.high], fill=True, zorder=MOVING, **look)
        axes.add_patch(self._steps)
        self.moving: list[Artist] = [self._steps]

    def show(self, index: int) -> None:
        edges, counts = self._view.active(index)
        self._steps.set_data(counts, edges)


class LossPanel:
    """Training and test error over the steps: the past strong, the future pale."""

    def __init__(self, sheet: Sheet, box: Box, view: View, ticks: tuple[Ticks, Ticks]) -> None:
        self._sheet, self._steps, self._errors = sheet, step_axis(view), error_axis(view)
        self._step = view.history.step
        self._axes = sheet.axes(box)
        self._axes.set(xlim=self._steps.limits(), ylim=(self._errors.low, self._errors.high))
        sheet.set_ticks(self._axes, "x", ticks[0])
        sheet.set_ticks(self._axes, "y", ticks[1])
        self._now = moving_line(self._axes, 0.0, color=sheet.colours.faint, linewidth=sheet.points(0.9))
        self._curves = [ErrorCurve(self, name, errors, box.width) for name, errors in errors_of(view).items()]
        if (level := noise_level(view)) is not None:
            look = looks_of(sheet, view)["noise"]
            self._axes.plot(self._steps.limits(), [np.log10(level)] * 2, **look, zorder=2.0)
        self.moving: list[Artist] = [self._now, *(line for curve in self._curves for line in curve.moving)]

    @property
    def parts(self) -> tuple[Sheet, Axes, StepAxis, ErrorAxis, NDArray[np.int64]]:
        return self._sheet, self._axes, self._steps, self._errors, self._step

    def show(self, index: int) -> None:
        now = float(self._steps.place(self._step[index]))
        self._now.set_data([now, now], [self._errors.low, self._errors.high])
        for curve in self._curves:
            curve.show(index)


class ErrorCurve:
    """One error over the steps. With more snapshots than pixels, their median and range a few pixels at a time."""

    def __init__(self, panel: LossPanel, name: str, errors: Array, columns: int) -> None:
        sheet, axes, steps, axis, step = panel.parts
        self._x, self._y = steps.place(step), axis.place(errors)
        self._line = summarise(self._x, self._y, columns)
        colour = {"train": sheet.colours.data, "test": sheet.colours.test}[name]
        order = {"train": 0.1, "test": 0.2}[name]
        axes.plot(self._line.x, self._line.middle, color=colour, linewidth=sheet.points(1.1), alpha=0.45, zorder=1.8 + order)
        if len(self._line.x) < len(self._x):
            axes.fill_between(self._line.x, self._line.low, self._line.high, color=colour, alpha=0.13, linewidth=0, zorder=1.7)
        self._past = moving_line(axes, order, color=colour, linewidth=sheet.points(2.0), solid_joinstyle="round")
        dot = {"markersize": sheet.points(7), "markeredgecolor": sheet.colours.paper, "markeredgewidth": sheet.points(0.9)}
        self._dot = moving_line(axes, order + 0.2, color=colour, marker="o", **dot)
        self.moving: list[Artist] = [self._past, self._dot]

    def show(self, index: int) -> None:
        past = int(np.searchsorted(self._line.x, self._x[index], side="right"))
        self._past.set_data(self._line.x[:past], self._line.middle[:past])
        self._dot.set_data([self._x[index]], [self._y[index]])


@dataclass(frozen=True, eq=False)
class Summary:
    """Values along x, each shape (n,): the median, lowest and highest of the snapshots around x."""

    x: Array
    middle: Array
    low: Array
    high: Array


def summarise(x: Array, y: Array, columns: int, wide: int = 3) -> Summary:
    """y along ascending x as it is; or, when there are more values than columns, in parts of x that are `wide` columns wide."""
    if len(x) <= columns:
        return Summary(x, y, y, y)
    part = ((x - x[0]) / (x[-1] - x[0]) * (columns / wide)).astype(np.int64)
    order = np.lexsort((y, part))
    first = np.flatnonzero(np.diff(part, prepend=-1))
    stop = np.append(first[1:], len(x))
    finite = np.add.reduceat(np.isfinite(y), first)
    last = np.maximum(first + finite - 1, first)
    sorted_y = y[order]
    return Summary((x[first] + x[stop - 1]) / 2, sorted_y[(first + last) // 2], sorted_y[first], sorted_y[last])


def relative(strength: Array, full: float) -> Array:
    """Strengths between 0 and 1; square roots, so that the weaker half can be told apart."""
    with np.errstate(all="ignore"):
        return np.sqrt(np.clip(np.nan_to_num(strength / full, nan=0.0, posinf=1.0), 0.0, 1.0))


def sign_colours(sheet: Sheet, sign: Array) -> Array:
    """Colours (n, 4) for output weights below, at and above 0, or without one sign."""
    table = np.array([to_rgba(colour) for colour in (sheet.colours.negative, sheet.colours.neutral, sheet.colours.positive)])
    return np.asarray(table[np.sign(sign).astype(int) + 1])


def with_alpha(colours: Array, alpha: Array) -> Array:
    return np.column_stack([colours[:, :3], alpha])
