"""The picture of a sweep: the errors of many runs over what was varied, with the median, the range
and each seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

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
    write_panel_title,
)
from relusgd.pictures.kit.axis import ErrorAxis
from relusgd.pictures.kit.fonts import drawable
from relusgd.pictures.kit.plain_matplotlib import Axes
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.spread_apart import spread_apart
from relusgd.pictures.kit.stack import Cell, GridShape, Stack, around, lay_cells, settle
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.text_fit import widest
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

LOST_MARGIN = 0.035
"""The first cross for lost runs stands so much under the upper edge, as a share of the axis."""

LOST_LINE = 0.06
"""That of the next colour stands so much under it."""


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

    sheet = draw_sheet(draw)
    write_figure(sheet, path)


class SweepBuilder:
    """The picture of a sweep while it is put together."""

    def __init__(self, sheet: Sheet, picture: SweepPicture) -> None:
        self.sheet = sheet
        self.picture = picture
        self.panels = picture.panels
        errors = [np.empty(0)]
        for panel in self.panels:
            errors += [dots.errors for dots in panel.dots]
        self.errors = ErrorAxis.of_results(errors, None)
        self.head = ChartHead(sheet, picture.title, picture.note)
        self.names = self._names_beside_lines()
        self.legend = ColourLegend(
            sheet,
            picture.names_title,
            () if self.names else picture.names,
            self.head.left,
            self.head.room,
            mark={"marker": "o", "markersize": sheet.points(7)},
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
        sheet, count = self.sheet, len(self.panels)
        text = sheet.scale.text
        self.head.take_from(stack)
        self.legend.take_from(stack)
        stack.skip_bottom(0.35)
        stack.skip_x_labels()
        has_titles = any(panel.title for panel in self.panels)
        area = stack.rest()
        if self.names:
            names = [drawable(self.picture.names_title), *self.names]
            # A part of a name stands in the free room beside the last place.
            beside = round(0.6 * (widest(names, text) + text))
            area = replace(area, width=area.width - beside)
        self.cells = lay_cells(
            area,
            count,
            GridShape.of_columns(count, min(COLUMNS, count)),
            head=sheet.lines(1.5 if has_titles else 0.3),
            gap=round(1.2 * text),
            row_gap=sheet.lines(1.7),
        )
        height = self.cells[0].axes.height
        self.ticks = chart_error_ticks(self.errors, height, sheet.scale.line)
        return [*self.ticks.labels]

    def draw(self) -> None:
        """Draw everything."""
        self.head.draw()
        self.legend.draw()
        for panel, cell in zip(self.panels, self.cells, strict=True):
            self._draw_panel(panel, cell)
        first_chart = self.panels[0].chart
        if self.names:
            self._name_lines(first_chart, self.cells[0].axes)
        everything = around([cell.axes for cell in self.cells])
        self.sheet.name_y(everything, self.picture.error)
        self.sheet.name_x(everything, drawable(first_chart.x_name), room=everything.width)

    def _draw_panel(self, panel: SweepPanel, cell: Cell) -> None:
        """Medians and ranges, and the runs; colours stand side by side at each place."""
        sheet, count = self.sheet, len(panel.dots)
        ticks = cell.y_ticks(self.ticks)
        axes = chart_axes(sheet, cell.axes, panel.chart, self.errors, ticks, SIDE)
        shift = side_by_side(sheet, axes, count)
        for series in panel.chart.series:
            x = series.x + aside(series.colour, count, shift)
            draw_series(sheet, axes, series, x, self.errors)
        for number, dots in enumerate(panel.dots):
            distance = aside(number, count, shift)
            self._draw_dots(axes, dots, distance)
            self._draw_lost(axes, dots, number, distance)
        write_panel_title(sheet, cell.axes, panel.title)

    def _name_lines(self, chart: Chart, box: Box) -> None:
        """The name of each colour at the right end of its line, and over them what they name."""
        sheet = self.sheet
        text = sheet.scale.text
        line = 1.3 * text
        places = spread_apart(self._heights_of_ends(chart, box), line, box.height - line)
        title = drawable(self.picture.names_title)
        left = self._left_of_names(chart, box, widest([title, *self.names], text))
        for series, place in zip(chart.series, places, strict=True):
            sheet.text(
                left,
                box.bottom + place,
                self.names[series.colour],
                pixels=text,
                colour=sheet.run_colour(series.colour),
                bold=True,
                va="center_baseline",
            )
        highest = float(places.max())
        sheet.text(
            left,
            box.bottom + highest + line,
            title,
            pixels=text,
            colour=sheet.colours.faint,
            va="center_baseline",
        )

    def _heights_of_ends(self, chart: Chart, box: Box) -> Array:
        """How many pixels over the foot of the box each line ends; at the top where it is lost."""
        low, high = self.errors.limits
        last_errors = [self.errors.place(series.middle[-1:])[0] for series in chart.series]
        places = np.nan_to_num(np.array(last_errors), nan=high)
        return np.asarray((places - low) / (high - low) * box.height)

    def _left_of_names(self, chart: Chart, box: Box, width: float) -> float:
        """Where names of this width begin: behind the last place, but within the picture."""
        text = self.sheet.scale.text
        last = len(chart.places) - 1
        end_of_lines = box.left + (last + SIDE) / (last + 2 * SIDE) * box.width
        # Bold names are wider than `width`, which is that of regular ones.
        rightmost = self.sheet.width - 1.15 * width - 0.5 * text
        return min(end_of_lines + 1.5 * text, rightmost)

    def _draw_dots(self, axes: Axes, dots: Dots, aside: float) -> None:
        """A dot for every run, or for every second, third … of very many."""
        every = max(1, len(dots.x) // MOST_DOTS)
        colour = self.sheet.run_colour(dots.colour)
        axes.plot(
            dots.x[::every] + aside,
            self.errors.place(dots.errors[::every]),
            **pale(self.sheet, colour),
            marker="o",
            markersize=self.sheet.points(4.5),
            markeredgewidth=0,
            linestyle="",
            zorder=2.3,
        )

    def _draw_lost(self, axes: Axes, dots: Dots, number: int, aside: float) -> None:
        """A cross for the runs without a result, at the upper edge, with their count."""
        low, high = self.errors.limits
        from_top = LOST_MARGIN + LOST_LINE * number
        for place, lost in dots.lost.items():
            axes.text(
                place + aside,
                high - from_top * (high - low),
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
        self.ticks = chart_error_ticks(self.errors, self.box.height, self.sheet.scale.line)
        return [*self.ticks.labels]

    def draw(self) -> None:
        """Draw everything."""
        sheet = self.sheet
        self.head.draw()
        axes = sheet.axes(self.box)
        # A little more than from 0 to 100 %, so that the first and the last dot are whole.
        axes.set(xlim=(-2, 102), ylim=self.errors.limits)
        sheet.set_ticks(axes, "x", even_ticks(0, 100, 10))
        sheet.set_ticks(axes, "y", self.ticks)
        sheet.calm(axes)
        self._draw_seeds(axes)
        self._draw_median(axes)
        sheet.name_y(self.box, self.picture.error)
        sheet.name_x(self.box, "share of the seeds, %")

    def _draw_seeds(self, axes: Axes) -> None:
        """The errors from the lowest to the highest, each in the middle of its share of the
        seeds."""
        sheet = self.sheet
        count = len(self.values)
        percent = 100 * (np.arange(count) + 0.5) / count
        axes.plot(
            percent,
            self.errors.place(self.values),
            color=sheet.run_colour(0),
            linewidth=sheet.points(2),
            marker="o",
            markersize=sheet.points(7 if count <= FEW_SEEDS else 4),
            zorder=2.4,
        )

    def _draw_median(self, axes: Axes) -> None:
        """A dashed line from the axis of errors to the curve at 50 %, and down from there."""
        median = np.median(self.values, keepdims=True)
        level = float(self.errors.place(median)[0])
        left, _ = axes.get_xlim()
        axes.plot(
            [left, 50, 50],
            [level, level, self.errors.low],
            color=self.sheet.colours.faint,
            linewidth=self.sheet.points(1.2),
            linestyle="--",
            zorder=2.2,
        )
