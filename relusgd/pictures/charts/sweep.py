"""The picture of a sweep: the errors of many runs over what was varied, with the median, the range
and each seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.charts.chart_head import ChartHead
from relusgd.pictures.charts.colour_legend import ColourLegend
from relusgd.pictures.charts.error_chart import (
    Chart,
    aside,
    chart_axes,
    chart_error_ticks,
    draw_series,
    side_by_side,
)
from relusgd.pictures.kit.axis import ErrorAxis
from relusgd.pictures.kit.fonts import drawable
from relusgd.pictures.kit.plain_matplotlib import Axes
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.spread_apart import spread_apart
from relusgd.pictures.kit.stack import Cell, GridShape, Stack, around, lay_cells, settle, widest
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.text_fit import shortened
from relusgd.pictures.kit.ticks import even_ticks
from relusgd.pictures.panels.marks import pale

MOST_DOTS = 3000
"""In a panel of more runs, every second, third … run has a dot."""

COLUMNS = 3

SIDE = 0.5
"""Free room before the first and after the last place of a panel."""

MOST_BESIDE = 0.22
"""Names stand beside their lines if the widest takes at most this share of the picture's width."""

FEW_SEEDS = 60
"""The dots of more seeds are smaller."""


@dataclass(frozen=True, eq=False)
class Dots:
    """Every run of a series: its places along x and errors, shape (n,) each; lost: how many
    diverged or failed, by place."""

    x: Array
    errors: Array
    colour: int
    lost: dict[int, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class SweepPanel:
    """A chart of medians and ranges with the runs that they are of."""

    title: str
    chart: Chart
    dots: Sequence[Dots]


@dataclass(frozen=True, eq=False)
class SweepPicture:
    """What the picture shows.

    names: of the colours, for the legend; with one colour it needs none. error: as on the axis.
    """

    title: str
    note: str
    panels: Sequence[SweepPanel]
    names: Sequence[str] = ()
    names_title: str = ""
    error: str = "test error"


@dataclass(frozen=True, eq=False)
class QuantilePicture:
    """The errors of runs that differ in their seeds alone, shape (n,), in any order."""

    title: str
    note: str
    errors: Array
    error: str = "test error"


def save_sweep_picture(picture: SweepPicture | QuantilePicture, path: Path) -> None:
    """Write the picture as .png, .svg or .pdf. Raises as `write_figure` does."""

    def draw(sheet: Sheet) -> None:
        if isinstance(picture, SweepPicture):
            SweepBuilder(sheet, picture).draw()
        else:
            QuantileBuilder(sheet, picture).draw()

    write_figure(draw_sheet(draw), path)


class SweepBuilder:
    """The picture of a sweep while it is put together."""

    def __init__(self, sheet: Sheet, picture: SweepPicture) -> None:
        self.sheet = sheet
        self.picture = picture
        self.panels = picture.panels
        every_error = [dots.errors for panel in self.panels for dots in panel.dots]
        self.errors = ErrorAxis.of_results([np.empty(0), *every_error], None)
        self.head = ChartHead(sheet, picture.title, picture.note)
        self.names = self._names_beside_lines()
        dot = {"marker": "o", "markersize": sheet.points(7)}
        in_legend = () if self.names else picture.names
        self.legend = ColourLegend(
            sheet, picture.names_title, in_legend, self.head.left, self.head.room, dot
        )
        settle(sheet, self._lay_out)

    def _names_beside_lines(self) -> list[str]:
        """The names of the colours, where they stand at the right ends of the lines: of a single
        panel, and if they are short."""
        picture, text = self.picture, self.sheet.scale.text
        if len(self.panels) > 1 or len(picture.names) < 2:
            return []
        names = [drawable(name) for name in (picture.names_title, *picture.names)]
        if widest(names, text) > MOST_BESIDE * self.sheet.width:
            return []
        return names[1:]

    def _lay_out(self, stack: Stack) -> list[str]:
        """Words from the top, the name of x at the bottom, and the panels in the rest, all with the
        same axes."""
        sheet, line, count = self.sheet, self.sheet.scale.line, len(self.panels)
        self.head.take_from(stack)
        self.legend.take_from(stack)
        stack.skip_bottom(0.35)
        stack.skip_x_labels()
        titled = any(panel.title for panel in self.panels)
        area = stack.rest()
        if self.names:
            text = sheet.scale.text
            names = [drawable(self.picture.names_title), *self.names]
            area = replace(area, width=area.width - round(0.6 * (widest(names, text) + text)))
        self.cells = lay_cells(
            area,
            count,
            GridShape.of_columns(count, min(COLUMNS, count)),
            head=sheet.lines(1.5 if titled else 0.3),
            gap=round(1.2 * sheet.scale.text),
            row_gap=sheet.lines(1.7),
        )
        self.ticks = chart_error_ticks(self.errors, self.cells[0].axes.height, line)
        return [*self.ticks.labels]

    def draw(self) -> None:
        self.head.draw()
        self.legend.draw()
        for panel, cell in zip(self.panels, self.cells, strict=True):
            self._draw_panel(panel, cell)
        panels = around([cell.axes for cell in self.cells])
        if self.names:
            self._name_lines(self.panels[0].chart, self.cells[0].axes)
        self.sheet.name_y(panels, self.picture.error)
        name = drawable(self.panels[0].chart.x_name)
        self.sheet.name_x(panels, name, room=panels.width)

    def _draw_panel(self, panel: SweepPanel, cell: Cell) -> None:
        sheet, box = self.sheet, cell.axes
        ticks = cell.y_ticks(self.ticks)
        axes = chart_axes(sheet, box, panel.chart, self.errors, ticks, SIDE)
        count = len(panel.dots)
        shift = side_by_side(sheet, axes, count)
        for series in panel.chart.series:
            x = series.x + aside(series.colour, count, shift)
            draw_series(sheet, axes, series, x, self.errors)
        for number, dots in enumerate(panel.dots):
            self._draw_dots(axes, dots, aside(number, count, shift))
            self._draw_lost(axes, dots, number, aside(number, count, shift))
        title = shortened(panel.title, sheet.scale.text, box.width)
        height = box.top + 0.35 * sheet.scale.line
        sheet.text(box.left, height, title, pixels=sheet.scale.text, va="baseline")

    def _name_lines(self, chart: Chart, box: Box) -> None:
        """The name of each colour at the right end of its line, and over them what they name."""
        sheet, text = self.sheet, self.sheet.scale.text
        low, high = self.errors.limits
        ends = [float(self.errors.place(series.middle[-1:])[0]) for series in chart.series]
        heights = (np.nan_to_num(np.array(ends), nan=high) - low) / (high - low) * box.height
        line = 1.3 * text
        places = spread_apart(heights, line, box.height - line)
        title = drawable(self.picture.names_title)
        widest_name = widest([title, *self.names], text)
        last = len(chart.places) - 1
        end = box.left + (last + SIDE) / (last + 2 * SIDE) * box.width
        left = min(end + 1.5 * text, sheet.width - 1.15 * widest_name - 0.5 * text)
        look: dict[str, Any] = {"pixels": text, "va": "center_baseline"}
        for series, place in zip(chart.series, places, strict=True):
            name, colour = self.names[series.colour], sheet.run_colour(series.colour)
            sheet.text(left, box.bottom + place, name, colour=colour, bold=True, **look)
        above = box.bottom + float(places.max()) + line
        sheet.text(left, above, title, colour=sheet.colours.faint, **look)

    def _draw_dots(self, axes: Axes, dots: Dots, aside: float) -> None:
        every = max(1, len(dots.x) // MOST_DOTS)
        axes.plot(
            dots.x[::every] + aside,
            self.errors.place(dots.errors[::every]),
            **pale(self.sheet, self.sheet.run_colour(dots.colour)),
            marker="o",
            markersize=self.sheet.points(4.5),
            markeredgewidth=0,
            linestyle="",
            zorder=2.3,
        )

    def _draw_lost(self, axes: Axes, dots: Dots, number: int, aside: float) -> None:
        """A cross for the runs without a result, at the upper edge, with their count."""
        low, high = self.errors.limits
        height = high - (0.035 + 0.06 * number) * (high - low)
        for place, lost in dots.lost.items():
            axes.text(
                place + aside,
                height,
                f"×{lost}" if lost > 1 else "×",
                color=self.sheet.run_colour(dots.colour),
                ha="center",
                va="center",
                fontsize=self.sheet.points(15),
            )


class QuantileBuilder:
    """The error below which every share of the seeds lies; dashed, the median."""

    def __init__(self, sheet: Sheet, picture: QuantilePicture) -> None:
        self.sheet = sheet
        self.picture = picture
        self.values = np.sort(picture.errors)
        self.errors = ErrorAxis.of_results([self.values], None)
        self.head = ChartHead(sheet, picture.title, picture.note)
        settle(sheet, self._lay_out)

    def _lay_out(self, stack: Stack) -> list[str]:
        self.head.take_from(stack)
        stack.skip_top(0.4)
        stack.skip_bottom(0.35)
        stack.skip_x_labels()
        self.box = stack.rest()
        line = self.sheet.scale.line
        self.ticks = chart_error_ticks(self.errors, self.box.height, line)
        return [*self.ticks.labels]

    def draw(self) -> None:
        sheet = self.sheet
        self.head.draw()
        axes = sheet.axes(self.box)
        axes.set(xlim=(-2, 102), ylim=self.errors.limits)
        sheet.set_ticks(axes, "x", even_ticks(0, 100, 10))
        sheet.set_ticks(axes, "y", self.ticks)
        sheet.calm(axes)
        self._draw_seeds(axes)
        self._draw_median(axes)
        sheet.name_y(self.box, self.picture.error)
        sheet.name_x(self.box, "share of the seeds, %")

    def _draw_seeds(self, axes: Axes) -> None:
        sheet, count = self.sheet, len(self.values)
        share = 100 * (np.arange(count) + 0.5) / count
        axes.plot(
            share,
            self.errors.place(self.values),
            color=sheet.run_colour(0),
            linewidth=sheet.points(2),
            marker="o",
            markersize=sheet.points(7 if count <= FEW_SEEDS else 4),
            zorder=2.4,
        )

    def _draw_median(self, axes: Axes) -> None:
        """A dashed line from the axis of errors to the curve at 50 %, and down from there."""
        level = float(self.errors.place(np.median(self.values, keepdims=True))[0])
        axes.plot(
            [-2, 50, 50],
            [level, level, self.errors.low],
            color=self.sheet.colours.faint,
            linewidth=self.sheet.points(1.2),
            linestyle="--",
            zorder=2.2,
        )
