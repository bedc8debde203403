"""The picture of errors over time: for each group its median in a band, in panels on one clock.

Where a picture has two errors, each has a row of panels. A line ends, and its band is open at the
top, where so many runs have diverged that the quantile is infinite.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from relusgd.pictures.charts.chart_head import ChartHead
from relusgd.pictures.charts.colour_legend import ColourLegend
from relusgd.pictures.charts.error_chart import (
    Chart,
    chart_axes,
    chart_error_ticks,
    draw_chart,
    errors_axis,
    write_panel_title,
)
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.sheet import Sheet
from relusgd.pictures.kit.stack import Cell, GridShape, Stack, around, lay_cells, settle
from relusgd.pictures.kit.stills import draw_sheet, write_figure

COLUMNS = 3
"""The most panels side by side."""

BESIDE_PLACES = 0.35
"""The room beside the first and the last of named places, in distances between two of them."""


@dataclass(frozen=True, eq=False)
class CourseRow:
    """Panels of one error: its name, as on the axis, and the charts."""

    error: str
    charts: Sequence[Chart]


@dataclass(frozen=True, eq=False)
class CoursePicture:
    """What the picture shows.

    titles: of the panels, the same ones in all rows; with several rows at most COLUMNS. names: of
    the colours, for the legend; with one colour it needs none. note: at the right of the title.
    """

    title: str
    note: str
    titles: Sequence[str]
    rows: Sequence[CourseRow]
    names: Sequence[str]
    names_title: str

    @property
    def charts(self) -> list[Chart]:
        """All charts, row by row."""
        return list(chain.from_iterable(row.charts for row in self.rows))


def save_courses(picture: CoursePicture, path: Path, look: Look | None = None) -> None:
    """Write the picture as .png, .svg or .pdf. Raises as `write_figure` does."""
    write_figure(draw_courses(picture, look), path)


def draw_courses(picture: CoursePicture, look: Look | None = None) -> Sheet:
    """The picture as a figure."""
    return draw_sheet(lambda sheet: CourseBuilder(sheet, picture).draw(), look)


class CourseBuilder:
    """The picture while it is put together."""

    def __init__(self, sheet: Sheet, picture: CoursePicture) -> None:
        self.sheet = sheet
        self.picture = picture
        self.charts = picture.charts
        self.errors = errors_axis(self.charts)
        self.head = ChartHead(sheet, picture.title, picture.note)
        self.legend = ColourLegend(
            sheet, picture.names_title, picture.names, self.head.left, self.head.room
        )
        settle(sheet, self._lay_out)

    @property
    def columns(self) -> int:
        """The panels side by side."""
        return min(COLUMNS, len(self.picture.titles))

    def _lay_out(self, stack: Stack) -> list[str]:
        """Head and legend from the top, the name of x at the bottom, the panels in the rest."""
        sheet = self.sheet
        self.head.take_from(stack)
        self.legend.take_from(stack)
        stack.skip_bottom(0.35)
        stack.skip_x_labels()
        has_titles = any(self.picture.titles)
        count = len(self.charts)
        self.cells = lay_cells(
            stack.rest(),
            count,
            GridShape.of_columns(count, self.columns),
            head=sheet.lines(1.5 if has_titles else 0.3),
            gap=round(1.2 * sheet.scale.text),
            row_gap=0,
        )
        lowest = min(cell.axes.height for cell in self.cells)
        self.ticks = chart_error_ticks(self.errors, lowest, sheet.scale.line)
        return [*self.ticks.labels]

    def draw(self) -> None:
        """Draw everything."""
        self.head.draw()
        self.legend.draw()
        titles = list(self.picture.titles) * len(self.picture.rows)
        for title, chart, cell in zip(titles, self.charts, self.cells, strict=True):
            self._draw_panel(title, chart, cell)
        boxes = [cell.axes for cell in self.cells]
        first = 0
        for row in self.picture.rows:
            stop = first + len(row.charts)
            self.sheet.name_y(around(boxes[first:stop]), row.error)
            first = stop
        everything = around(boxes)
        self.sheet.name_x(everything, self.charts[0].x_name, room=everything.width)

    def _draw_panel(self, title: str, chart: Chart, cell: Cell) -> None:
        """A chart under its title; only charts at the foot of the grid have labels of x."""
        sheet, box = self.sheet, cell.axes
        letters = sheet.scale.text
        side = BESIDE_PLACES if chart.places else 0.0
        y_ticks = cell.y_ticks(self.ticks)
        axes = chart_axes(sheet, box, chart, self.errors, y_ticks, side)
        if not cell.x_labels:
            x_ticks = chart.time.ticks(box.width, letters)
            sheet.set_ticks(axes, "x", cell.x_ticks(x_ticks))
            sheet.calm(axes)
        draw_chart(sheet, axes, chart, self.errors)
        write_panel_title(sheet, box, title)
