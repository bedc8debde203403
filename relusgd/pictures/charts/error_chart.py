"""A chart of errors with their spread over seeds: over epochs, a varied number, or names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.kit.axis import ErrorAxis, TimeAxis
from relusgd.pictures.kit.fonts import drawable
from relusgd.pictures.kit.plain_matplotlib import Axes, to_rgba_array
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.stack import widest
from relusgd.pictures.kit.ticks import Ticks
from relusgd.pictures.panels.marks import looks_of, pale, run_look

APART = 8.0
"""The distance of points at one place, in pixels of a picture 1000 wide."""


@dataclass(frozen=True, eq=False)
class Series:
    """Errors along x, each shape (n,): median, lowest and highest over the seeds.

    colour: its number among those of runs; points: whether each x stands for itself and is marked
    by a dot; best: the index of the x that is marked by a ring.
    """

    x: Array
    middle: Array
    low: Array
    high: Array
    colour: int
    points: bool = False
    best: int | None = None


@dataclass(frozen=True, eq=False)
class Chart:
    """Series with a common x.

    places: the names of places 0, 1, … along x; without them x are epochs or steps, up to `last` or
    the end of the longest series. level: noise².
    """

    series: Sequence[Series]
    x_name: str
    places: Sequence[str] = ()
    level: float | None = None
    last: float | None = None

    @property
    def time(self) -> TimeAxis:
        ends = [float(series.x[-1]) for series in self.series]
        return TimeAxis(0.0, max(ends, default=1.0) if self.last is None else self.last)


def errors_axis(charts: Sequence[Chart]) -> ErrorAxis:
    """The axis that has room for everything in all charts."""
    errors = [np.empty(0)]
    for chart in charts:
        for series in chart.series:
            errors += [series.low, series.middle, series.high]
    levels = [chart.level for chart in charts if chart.level is not None]
    level = levels[0] if levels else None
    if any(chart.places for chart in charts):
        return ErrorAxis.of_results(errors, level)
    return ErrorAxis.around(errors, level)


def chart_axes(
    sheet: Sheet, box: Box, chart: Chart, errors: ErrorAxis, error_ticks: Ticks, side: float
) -> Axes:
    """The axes of a chart with its ticks; side: free room beyond the first and the last place."""
    axes = sheet.axes(box)
    letters = sheet.scale.text
    if chart.places:
        axes.set_xlim(-side, len(chart.places) - 1 + side)
        names = [drawable(place) for place in chart.places]
        ticks = named_ticks(names, box.width, letters)
    else:
        axes.set_xlim(chart.time.limits())
        ticks = chart.time.ticks(box.width, letters)
    axes.set_ylim(errors.limits)
    sheet.set_ticks(axes, "x", ticks)
    sheet.set_ticks(axes, "y", error_ticks)
    sheet.calm(axes)
    if chart.level is not None:
        axes.axhline(float(np.log10(chart.level)), **looks_of(sheet, None)["noise"], zorder=2.0)
    return axes


def named_ticks(places: Sequence[str], room: float, pixels: float) -> Ticks:
    """A tick for every place; of labels that would touch, only every second, third … is written."""
    needed = widest(places, pixels) + 0.6 * pixels
    every = max(1, int(np.ceil(needed * len(places) / room)))
    labels = [""] * len(places)
    labels[::every] = places[::every]
    return Ticks(tuple(map(float, range(len(places)))), tuple(labels))


def draw_chart(sheet: Sheet, axes: Axes, chart: Chart, errors: ErrorAxis) -> None:
    """The series, each a line in a band; points at one place stand closely side by side."""
    count = len(chart.series)
    points = [series.x for series in chart.series if series.points]
    taken = np.concatenate([np.empty(0), *points])
    shift = side_by_side(sheet, axes, count) if len(np.unique(taken)) < len(taken) else 0.0
    for number, series in enumerate(chart.series):
        x = series.x + aside(number, count, shift)
        if not chart.places:
            x = chart.time.place(series.x)
        draw_series(sheet, axes, series, x, errors)


def side_by_side(sheet: Sheet, axes: Axes, count: int) -> float:
    """The distance along x of so many series at one place: as close as their points allow, so that
    all are seen to stand at that place.
    """
    first, last = axes.get_xlim()
    a_pixel = (last - first) / axes.bbox.width
    return min(APART * sheet.scale.thick * a_pixel, 0.5 / max(count, 1))


def aside(number: int, count: int, shift: float) -> float:
    """How far this one of so many series side by side stands from their common place."""
    return shift * (number - (count - 1) / 2)


def draw_series(sheet: Sheet, axes: Axes, series: Series, x: Array, errors: ErrorAxis) -> None:
    """The medians over their range, a band or upright lines, and a ring around the best."""
    colour = sheet.run_colour(series.colour)
    low, high = errors.place(series.low), errors.place(series.high)
    middle = errors.place(series.middle)
    look = run_look(sheet, series.colour)
    faint = pale(sheet, colour)
    if series.points:
        axes.vlines(x, low, high, **faint, linewidth=sheet.points(2.0), zorder=2.4)
        look |= {
            "marker": "o",
            "markersize": sheet.points(7),
            "markeredgecolor": sheet.colours.paper,
            "markeredgewidth": sheet.points(1),
        }
    else:
        fill, edge = to_rgba_array(colour, 0.16), to_rgba_array(colour, faint["alpha"])
        axes.fill_between(
            x, low, high, facecolor=fill, edgecolor=edge, linewidth=sheet.points(0.9), zorder=1.9
        )
    axes.plot(x, middle, **look, solid_joinstyle="round", zorder=2.5)
    if series.best is not None:
        axes.plot(
            x[series.best],
            middle[series.best],
            marker="o",
            markersize=sheet.points(14),
            markerfacecolor="none",
            markeredgecolor=colour,
            markeredgewidth=sheet.points(2),
            linestyle="",
            zorder=2.6,
        )


def chart_error_ticks(errors: ErrorAxis, height: int, line: int) -> Ticks:
    """The ticks of errors of a panel of this height. line: the height of a line of text."""
    return errors.ticks(max(2, height // (2 * line)))
