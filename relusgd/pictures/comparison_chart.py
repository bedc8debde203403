"""A chart of errors with their spread over seeds: over the epochs, over a number that was varied, or over names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from relusgd.model.network import Array
from relusgd.pictures.axis import ErrorAxis, Ticks, TimeAxis
from relusgd.pictures.fonts import drawable
from relusgd.pictures.layout import Box
from relusgd.pictures.loss_panel import run_dash
from relusgd.pictures.marks import looks_of
from relusgd.pictures.sheet import Sheet
from relusgd.pictures.wording import text_width


@dataclass(frozen=True, eq=False)
class Series:
    """Errors along x, each shape (n,): median, lowest and highest over the seeds. best: the place of the one that is marked.

    points: whether each x stands for itself and is marked by a dot.
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
    """Series with a common x. places: the names of places 0, 1, … along x; without them x are epochs. level: noise²."""

    series: Sequence[Series]
    x_name: str
    places: Sequence[str] = ()
    level: float | None = None

    @property
    def time(self) -> TimeAxis:
        return TimeAxis(0.0, max((float(series.x[-1]) for series in self.series), default=1.0))


def errors_axis(charts: Sequence[Chart]) -> ErrorAxis:
    """The axis that has room for everything in all charts."""
    errors = [
        part
        for chart in charts
        for series in chart.series
        for part in (series.low, series.middle, series.high)
    ]
    levels = [chart.level for chart in charts if chart.level is not None]
    return ErrorAxis.around(errors or [np.empty(0)], levels[0] if levels else None)


def chart_axes(
    sheet: Sheet, box: Box, chart: Chart, errors: ErrorAxis, ticks: Ticks, *, labels: bool
) -> Axes:
    """The axes of a chart with its ticks; labels: whether the errors are written."""
    axes = sheet.axes(box)
    if chart.places:
        last = len(chart.places) - 1
        axes.set(
            xlim=(-0.5, last + 0.5) if last < 3 else (-0.25, last + 0.25),
            ylim=(errors.low, errors.high),
        )
        sheet.set_ticks(
            axes,
            "x",
            named_ticks([drawable(place) for place in chart.places], box.width, sheet.scale.text),
        )
    else:
        axes.set(xlim=chart.time.limits(), ylim=(errors.low, errors.high))
        sheet.set_ticks(axes, "x", chart.time.ticks(box.width, sheet.scale.text))
    sheet.set_ticks(axes, "y", ticks, labels=labels)
    if chart.level is not None:
        axes.axhline(float(np.log10(chart.level)), **looks_of(sheet, None)["noise"], zorder=2.0)
    return axes


def named_ticks(places: Sequence[str], room: float, pixels: float) -> Ticks:
    """A tick for every place; of labels that would touch every second, third … is written."""
    widest = max(text_width(label, pixels) for label in places) + 0.6 * pixels
    every = max(1, int(np.ceil(widest * len(places) / room)))
    return Ticks(
        tuple(map(float, range(len(places)))),
        tuple(label if not n % every else "" for n, label in enumerate(places)),
    )


def draw_chart(sheet: Sheet, axes: Axes, chart: Chart, errors: ErrorAxis) -> None:
    """The series, each a line in a band."""
    shift = (
        min(0.06, 0.3 / max(len(chart.series), 1))
        if any(series.points for series in chart.series)
        else 0.0
    )
    for number, series in enumerate(chart.series):
        x = (
            series.x + shift * (number - (len(chart.series) - 1) / 2)
            if chart.places
            else chart.time.place(series.x)
        )
        draw_series(sheet, axes, series, x, errors)


def draw_series(sheet: Sheet, axes: Axes, series: Series, x: Array, errors: ErrorAxis) -> None:
    colour = sheet.colours.runs[series.colour % len(sheet.colours.runs)]
    low, middle, high = (errors.place(part) for part in (series.low, series.middle, series.high))
    look: dict[str, Any] = {
        "color": colour,
        "linewidth": sheet.points(3.0),
        "linestyle": run_dash(series.colour),
    }
    if series.points:
        axes.vlines(x, low, high, color=colour, linewidth=sheet.points(2.0), alpha=0.5, zorder=2.4)
        look |= {
            "marker": "o",
            "markersize": sheet.points(7),
            "markeredgecolor": sheet.colours.paper,
            "markeredgewidth": sheet.points(1),
        }
    else:
        axes.fill_between(x, low, high, color=colour, alpha=0.16, linewidth=0, zorder=1.9)
    axes.plot(x, middle, **look, solid_joinstyle="round", zorder=2.5)
    if series.best is not None:
        ring: dict[str, Any] = {
            "markersize": sheet.points(14),
            "markerfacecolor": "none",
            "markeredgecolor": colour,
            "markeredgewidth": sheet.points(2),
        }
        axes.plot(
            x[[series.best]], middle[[series.best]], marker="o", linestyle="", zorder=2.6, **ring
        )
