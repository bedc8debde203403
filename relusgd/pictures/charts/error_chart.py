"""A chart of errors with their spread over seeds: over epochs, a varied number, or names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.kit.axis import ErrorAxis, TimeAxis
from relusgd.pictures.kit.fonts import drawable
from relusgd.pictures.kit.number_text import with_minus_signs
from relusgd.pictures.kit.plain_matplotlib import Axes, to_rgba_array
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.text_fit import shortened, widest
from relusgd.pictures.kit.ticks import Ticks
from relusgd.pictures.panels.marks import looks_of, pale, run_look

APART = 8.0
"""The distance of points at one place, in pixels of a picture 1000 wide."""

BAND_OPACITY = 0.16
"""Of a band, so that those of several runs can be seen on each other."""


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
        """The axis of epochs or steps."""
        if self.last is not None:
            return TimeAxis(0.0, self.last)
        ends = [float(series.x[-1]) for series in self.series]
        return TimeAxis(0.0, max(ends, default=1.0))


def errors_axis(charts: Sequence[Chart]) -> ErrorAxis:
    """The axis that has room for everything in all charts."""
    errors = [np.empty(0)]
    level = None
    for chart in charts:
        for series in chart.series:
            errors += [series.low, series.middle, series.high]
        if level is None:
            level = chart.level
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
        last_place = len(chart.places) - 1
        axes.set_xlim(-side, last_place + side)
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
        height = float(np.log10(chart.level))
        axes.axhline(height, **looks_of(sheet, None)["noise"], zorder=2.0)
    return axes


def named_ticks(places: Sequence[str], room: float, pixels: float) -> Ticks:
    """A tick for every place; of labels that would touch, only every second, third … is written."""
    places = [with_minus_signs(place) for place in places]
    count = len(places)
    width = widest(places, pixels) + 0.6 * pixels
    every = max(1, int(np.ceil(width * count / room)))
    labels = [""] * count
    labels[::every] = places[::every]
    numbers = [float(number) for number in range(count)]
    return Ticks(tuple(numbers), tuple(labels))


def draw_chart(sheet: Sheet, axes: Axes, chart: Chart, errors: ErrorAxis) -> None:
    """The series, each a line in a band; points at one place stand closely side by side."""
    count = len(chart.series)
    points = [series.x for series in chart.series if series.points]
    taken = np.concatenate([np.empty(0), *points])
    shares_places = len(np.unique(taken)) < len(taken)
    shift = side_by_side(sheet, axes, count) if shares_places else 0.0
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
    pixel = (last - first) / axes.bbox.width
    of_points = APART * sheet.scale.thick * pixel
    widest_that_fits = 0.5 / max(count, 1)
    return min(of_points, widest_that_fits)


def aside(number: int, count: int, shift: float) -> float:
    """How far this one of so many series side by side stands from their common place."""
    middle = (count - 1) / 2
    return shift * (number - middle)


def draw_series(sheet: Sheet, axes: Axes, series: Series, x: Array, errors: ErrorAxis) -> None:
    """The medians over their range, a band or upright lines, and a ring around the best."""
    low, high = errors.place(series.low), errors.place(series.high)
    middle = errors.place(series.middle)
    look = run_look(sheet, series.colour)
    if series.points:
        _draw_ranges(sheet, axes, series, x, low, high)
        look |= {
            "marker": "o",
            "markersize": sheet.points(7),
            "markeredgecolor": sheet.colours.paper,
            "markeredgewidth": sheet.points(1),
        }
    else:
        colour = sheet.run_colour(series.colour)
        axes.fill_between(
            x,
            low,
            high,
            facecolor=to_rgba_array(colour, BAND_OPACITY),
            edgecolor=to_rgba_array(colour, pale(sheet, colour)["alpha"]),
            linewidth=sheet.points(0.9),
            zorder=1.9,
        )
    axes.plot(x, middle, **look, solid_joinstyle="round", zorder=2.5)
    if series.best is not None:
        _ring(sheet, axes, series, x[series.best], middle[series.best])


def _draw_ranges(
    sheet: Sheet, axes: Axes, series: Series, x: Array, low: Array, high: Array
) -> None:
    """An upright line from the lowest to the highest error at each place."""
    look = pale(sheet, sheet.run_colour(series.colour))
    axes.vlines(x, low, high, **look, linewidth=sheet.points(2.0), zorder=2.4)


def _ring(sheet: Sheet, axes: Axes, series: Series, x: float, y: float) -> None:
    """A ring around the best error of a series."""
    axes.plot(
        x,
        y,
        marker="o",
        markersize=sheet.points(14),
        markerfacecolor="none",
        markeredgecolor=sheet.run_colour(series.colour),
        markeredgewidth=sheet.points(2),
        linestyle="",
        zorder=2.6,
    )


def chart_error_ticks(errors: ErrorAxis, height: int, line: int) -> Ticks:
    """The ticks of errors of a panel of this height. line: the height of a line of text."""
    most = max(2, height // (2 * line))
    return errors.ticks(most)


def write_panel_title(sheet: Sheet, box: Box, title: str) -> None:
    """The title of one of several panels, over the left end of its axes and as wide at most."""
    letters = sheet.scale.text
    sheet.text(
        box.left,
        box.top + 0.35 * sheet.scale.line,
        shortened(title, letters, box.width),
        pixels=letters,
        va="baseline",
    )
