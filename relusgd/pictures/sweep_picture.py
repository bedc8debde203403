"""The errors of many runs in one picture: over what was varied, with the median, the range and each seed; panels share their axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.axis import ErrorAxis, Ticks, even_ticks
from relusgd.pictures.comparison_chart import Chart, chart_axes, draw_series
from relusgd.pictures.fonts import drawable
from relusgd.pictures.layout import Box, flow
from relusgd.pictures.look import Look
from relusgd.pictures.loss_panel import run_dash
from relusgd.pictures.painter import write_figure
from relusgd.pictures.sheet import STYLE, Sheet, entry_width
from relusgd.pictures.wording import shortened, text_width

MOST_DOTS = 3000
"""Of more runs in a panel every so many-th has a dot."""

COLUMNS = 3


@dataclass(frozen=True, eq=False)
class Dots:
    """Every run of a series: its places along x and errors, shape (n,) each; lost: how many diverged or failed, by place."""

    x: Array
    errors: Array
    colour: int
    lost: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Panel:
    """A chart of medians and ranges with the runs that they are of."""

    title: str
    chart: Chart
    dots: Sequence[Dots]


@dataclass(frozen=True, eq=False)
class SweepPicture:
    """What the picture shows. names: of the colours, for the legend; with one colour it needs none. error: as on the axis."""

    title: str
    note: str
    panels: Sequence[Panel]
    names: Sequence[str] = ()
    names_title: str = ""
    error: str = "test error"


@dataclass(frozen=True, eq=False)
class Quantiles:
    """The errors of runs that differ in their seeds alone, shape (n,), in any order."""

    title: str
    note: str
    errors: Array
    error: str = "test error"


def save_sweep_picture(picture: SweepPicture | Quantiles, path: Path) -> None:
    """Write the picture as .png, .svg or .pdf. Raises as `save_still` does."""
    with matplotlib.rc_context(STYLE):
        sheet = Sheet(Look())
        top = write_head(sheet, picture)
        if isinstance(picture, SweepPicture):
            draw_panels(sheet, picture, top)
        else:
            draw_quantiles(sheet, picture, top)
    write_figure(sheet, path)


def write_head(sheet: Sheet, picture: SweepPicture | Quantiles) -> int:
    """Title, note and legend; gives the height that is left below them."""
    text, line, margin = sheet.scale.text, sheet.scale.line, round(sheet.scale.text)
    room, top = sheet.width - 2 * margin, sheet.height - round(0.55 * line)
    large = 1.25 * text
    title = shortened(picture.title, large, room, bold=True)
    sheet.text(margin, top, title, pixels=large, bold=True, va="top")
    used = text_width(title, large, bold=True) + 1.2 * text
    note = drawable(picture.note)
    if used + text_width(note, text) <= room:
        sheet.text(
            sheet.width - margin,
            top - 0.2 * text,
            note,
            pixels=text,
            colour=sheet.colours.faint,
            va="top",
            ha="right",
        )
        top -= round(1.6 * line)
    else:
        sheet.text(
            margin,
            top - 1.3 * line,
            shortened(note, text, room),
            pixels=text,
            colour=sheet.colours.faint,
            va="top",
        )
        top -= round(2.5 * line)
    if isinstance(picture, SweepPicture) and len(picture.names) > 1:
        top = _write_legend(sheet, picture, margin, top, room)
    return top


def _write_legend(sheet: Sheet, picture: SweepPicture, left: int, top: int, room: float) -> int:
    pixels, line = 0.93 * sheet.scale.text, sheet.scale.line
    start = text_width(picture.names_title, pixels) + 1.2 * pixels
    sheet.text(
        left,
        top - 0.5 * line,
        picture.names_title,
        pixels=pixels,
        colour=sheet.colours.faint,
        va="center_baseline",
    )
    names = [shortened(name, pixels, room / 3) for name in picture.names]
    lines = flow([entry_width(name, pixels) for name in names], room - start, 1.2 * pixels)
    for number, entries in enumerate(lines):
        x = left + start
        for entry in entries:
            look: dict[str, Any] = {
                "color": _colour(sheet, entry),
                "linewidth": sheet.points(3),
                "linestyle": run_dash(entry),
            }
            look |= {"marker": "o", "markersize": sheet.points(7)}
            sheet.entry(x, top - (number + 0.5) * line, look, names[entry], pixels=pixels)
            x += entry_width(names[entry], pixels) + 1.2 * pixels
    return top - len(lines) * line


def _colour(sheet: Sheet, number: int) -> str:
    return sheet.colours.runs[number % len(sheet.colours.runs)]


def _error_ticks(errors: ErrorAxis, height: int, line: int) -> Ticks:
    return errors.ticks(max(2, height // (2 * line)))


def draw_panels(sheet: Sheet, picture: SweepPicture, top: int) -> None:
    """The charts in rows, all with the same axes."""
    text, line = sheet.scale.text, sheet.scale.line
    charts = [panel.chart for panel in picture.panels]
    errors = ErrorAxis.around(
        [np.empty(0), *(dots.errors for panel in picture.panels for dots in panel.dots)], None
    )
    columns = min(COLUMNS, len(charts))
    rows = -(-len(charts) // columns)
    heading = (
        round(1.5 * line) if any(panel.title for panel in picture.panels) else round(0.3 * line)
    )
    below, foot = round(1.7 * line), round(1.3 * line)
    height = (top - foot - round(0.3 * line)) // rows - heading - below
    ticks = _error_ticks(errors, height, line)
    left = round(2.0 * line + max((text_width(label, text) for label in ticks.labels), default=0.0))
    gap = round(1.2 * text)
    width = (sheet.width - left - gap * columns) // columns
    for number, panel in enumerate(picture.panels):
        row, column = divmod(number, columns)
        bottom = top - (row + 1) * (heading + height + below) + below
        box = Box(left + column * (width + gap), bottom, width, height)
        _draw_panel(sheet, box, panel, errors, ticks, labels=column == 0)
        sheet.text(
            box.left,
            box.top + 0.35 * line,
            shortened(panel.title, text, width),
            pixels=text,
            va="baseline",
        )
    middle = top - heading - ((rows - 1) * (heading + height + below) + height) / 2
    sheet.text(
        0.9 * text, middle, picture.error, pixels=text, rotation=90, ha="center", va="center"
    )
    sheet.text(
        left + (sheet.width - left - gap) / 2,
        0.45 * line,
        drawable(charts[0].x_name),
        pixels=text,
        ha="center",
    )


def _draw_panel(
    sheet: Sheet, box: Box, panel: Panel, errors: ErrorAxis, ticks: Ticks, *, labels: bool
) -> None:
    axes = chart_axes(sheet, box, panel.chart, errors, ticks, labels=labels)
    last = len(panel.chart.places) - 1
    axes.set_xlim(-0.5, last + 0.5)
    count = len(panel.dots)
    shift = min(0.12, 0.6 / max(count, 1))
    for series in panel.chart.series:
        draw_series(
            sheet, axes, series, series.x + shift * (series.colour - (count - 1) / 2), errors
        )
    for number, dots in enumerate(panel.dots):
        aside = shift * (number - (count - 1) / 2)
        chosen = slice(None, None, max(1, len(dots.x) // MOST_DOTS))
        look: dict[str, Any] = {
            "color": _colour(sheet, dots.colour),
            "markersize": sheet.points(5.5),
            "alpha": 0.5,
            "markeredgewidth": 0,
        }
        axes.plot(
            dots.x[chosen] + aside,
            errors.place(dots.errors[chosen]),
            marker="o",
            linestyle="",
            zorder=2.3,
            **look,
        )
        for place, lost in dots.lost.items():
            height = errors.high - (0.035 + 0.06 * number) * (errors.high - errors.low)
            words = f"×{lost}" if lost > 1 else "×"
            axes.text(
                place + aside,
                height,
                words,
                color=_colour(sheet, dots.colour),
                ha="center",
                va="center",
                fontsize=sheet.points(15),
            )


def draw_quantiles(sheet: Sheet, picture: Quantiles, top: int) -> None:
    """The error below which every share of the seeds lies."""
    text, line = sheet.scale.text, sheet.scale.line
    found = np.sort(picture.errors)
    errors = ErrorAxis.around([found], None)
    bottom = round(3.2 * line)
    height = top - bottom - round(0.4 * line)
    ticks = _error_ticks(errors, height, line)
    left = round(2.0 * line + max((text_width(label, text) for label in ticks.labels), default=0.0))
    axes = sheet.axes(Box(left, bottom, sheet.width - left - round(1.5 * text), height))
    axes.set(xlim=(-2, 102), ylim=(errors.low, errors.high))
    sheet.set_ticks(axes, "x", even_ticks(0, 100, 10))
    sheet.set_ticks(axes, "y", ticks)
    share = 100 * (np.arange(len(found)) + 0.5) / len(found)
    colour = _colour(sheet, 0)
    size = 7 if len(found) <= 60 else 4
    axes.plot(
        share,
        errors.place(found),
        color=colour,
        linewidth=sheet.points(2),
        marker="o",
        markersize=sheet.points(size),
        zorder=2.4,
    )
    middle = float(np.median(found))
    level = float(errors.place(np.array(middle)))
    axes.plot(
        [-2, 50, 50],
        [level, level, errors.low],
        color=sheet.colours.faint,
        linewidth=sheet.points(1.2),
        linestyle="--",
        zorder=2.2,
    )
    sheet.text(
        0.9 * text,
        bottom + height / 2,
        picture.error,
        pixels=text,
        rotation=90,
        ha="center",
        va="center",
    )
    sheet.text(
        left + (sheet.width - left) / 2,
        0.45 * line,
        "share of the seeds, %",
        pixels=text,
        ha="center",
    )
