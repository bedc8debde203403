"""A page of small charts: how quantities went over the epochs of a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relusgd.model.network import Array, Range
from relusgd.pictures.charts.chart_head import ChartHead
from relusgd.pictures.kit.axis import ErrorAxis, TimeAxis
from relusgd.pictures.kit.band import Band, shade_band, summarise
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.plain_matplotlib import Axes
from relusgd.pictures.kit.sheet import Box, LineLook, Sheet
from relusgd.pictures.kit.stack import Cell, GridShape, Stack, around, lay_cells, settle
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.text_fit import shortened
from relusgd.pictures.kit.ticks import Ticks, even_ticks
from relusgd.pictures.panels.legend import draw_entries, wrap_entries

COLUMNS = 3

LETTERS = 0.8
"""The height of letters in and around charts, in parts of the usual one."""

LABEL_ROOM = 4.2
"""The room between two charts, where the labels of y stand, in heights of a letter."""

HEAD_LINES = 2.5
"""The room above a chart, for its title and its legend, in lines of text."""


@dataclass(frozen=True, eq=False)
class TimeCurve:
    """A quantity at some moments: x in epochs, y its values, shape (n,) each.

    is_limit: whether it is something that the curve before it is held against, drawn dashed in the
    same colour. colour: train or test for the errors, which have colours of their own.
    """

    name: str
    x: Array
    y: Array
    is_limit: bool = False
    colour: str = ""


@dataclass(frozen=True, eq=False)
class TimeChart:
    """Curves with common axes; is_logarithmic: whether y is."""

    title: str
    curves: Sequence[TimeCurve]
    is_logarithmic: bool = True


@dataclass(frozen=True, eq=False)
class TimeChartsPage:
    """A title, a note beside it, and charts."""

    title: str
    note: str
    charts: Sequence[TimeChart]


def save_time_charts(page: TimeChartsPage, path: Path, look: Look) -> None:
    """Write the page as .png, .svg or .pdf. Raises as `write_figure` does."""
    sheet = draw_sheet(lambda sheet: TimeChartsBuilder(sheet, page).draw(), look)
    write_figure(sheet, path)


class TimeChartsBuilder:
    """The page while it is put together."""

    def __init__(self, sheet: Sheet, page: TimeChartsPage) -> None:
        self.sheet = sheet.finer(1.0, LETTERS)
        self.charts = page.charts
        self.head = ChartHead(sheet, sheet.look.title or page.title, page.note)
        self.time = TimeAxis(0.0, _last_epoch(page.charts))
        settle(self.sheet, self._lay_out)

    def _lay_out(self, stack: Stack) -> list[str]:
        """The head from the top, the name of x at the bottom, and the charts in the rest."""
        sheet, count = self.sheet, len(self.charts)
        self.head.take_from(stack)
        stack.skip_top(0.3)
        stack.skip_bottom(0.35)
        stack.skip_x_labels()
        self.cells = lay_cells(
            stack.rest(),
            count,
            GridShape.of_columns(count, min(COLUMNS, count)),
            head=sheet.lines(HEAD_LINES),
            gap=round(LABEL_ROOM * sheet.scale.text),
            row_gap=sheet.lines(1.1),
        )
        self.scales = []
        for chart, cell in zip(self.charts, self.cells, strict=True):
            scale = ValueScale.of(chart, cell.axes.height, sheet.scale.line)
            self.scales.append(scale)
        labels: list[str] = []
        for scale_in_first_column in self.scales[::COLUMNS]:
            labels += scale_in_first_column.ticks.labels
        return labels

    def draw(self) -> None:
        """Draw everything."""
        self.head.draw()
        for chart, cell, scale in zip(self.charts, self.cells, self.scales, strict=True):
            self._draw_chart(chart, cell, scale)
        everything = around([cell.axes for cell in self.cells])
        self.sheet.name_x(everything, "epoch")

    def _draw_chart(self, chart: TimeChart, cell: Cell, scale: ValueScale) -> None:
        """The curves of a chart on its axes, and its head."""
        sheet, box = self.sheet, cell.axes
        axes = sheet.axes(box)
        axes.set_xlim(self.time.limits())
        axes.set_ylim(scale.limits)
        x_ticks = self.time.ticks(box.width, sheet.scale.text)
        sheet.set_ticks(axes, "x", cell.x_ticks(x_ticks))
        sheet.set_ticks(axes, "y", scale.ticks)
        sheet.calm(axes)
        looks = self._looks(chart)
        for curve, look in zip(chart.curves, looks, strict=True):
            x = self.time.place(curve.x)
            y = scale.place(curve.y)
            self._draw_curve(axes, summarise(x, y, box.width), look)
        self._write_head(chart, box, looks)

    def _draw_curve(self, axes: Axes, band: Band, look: LineLook) -> None:
        """A curve, in a shade where it moves more than can be drawn."""
        axes.plot(band.x, band.middle, **look, solid_joinstyle="round", zorder=2.5)
        shade_band(axes, band, look["color"], alpha=0.15, order=2.0)

    def _looks(self, chart: TimeChart) -> list[LineLook]:
        """How every curve is drawn: a limit is dashed, in the colour of the curve before it."""
        points = self.sheet.points
        looks: list[LineLook] = []
        number = -1
        for curve in chart.curves:
            if not curve.is_limit:
                number += 1
            look: LineLook = {"color": self._colour(curve, max(number, 0))}
            if curve.is_limit:
                look |= {"linewidth": points(1.5), "linestyle": (0, (4, 2))}
            else:
                look |= {"linewidth": points(2.2)}
            looks.append(look)
        return looks

    def _colour(self, curve: TimeCurve, number: int) -> str:
        """The colour of an error, or else that of the run with this number."""
        own = {"train": self.sheet.colours.train, "test": self.sheet.colours.test}
        return own.get(curve.colour) or self.sheet.run_colour(number)

    def _write_head(self, chart: TimeChart, box: Box, looks: Sequence[LineLook]) -> None:
        """The title of a chart, and below it its legend in one line."""
        sheet, line = self.sheet, self.sheet.scale.line
        letters = sheet.scale.text
        title = shortened(chart.title, letters, box.width, bold=True)
        title_height = box.top + 1.35 * line
        sheet.text(box.left, title_height, title, pixels=letters, bold=True, va="baseline")
        names = [curve.name for curve in chart.curves]
        in_one_line, *_ = wrap_entries(sheet, names, box.width)
        draw_entries(
            sheet,
            box.left,
            box.top + 0.6 * line,
            [looks[number] for number in in_one_line],
            [names[number] for number in in_one_line],
        )


def _last_epoch(charts: Sequence[TimeChart]) -> float:
    """The end of the longest curve."""
    ends: list[float] = []
    for chart in charts:
        ends += [float(curve.x[-1]) for curve in chart.curves]
    return max(ends, default=1.0)


@dataclass(frozen=True, eq=False)
class ValueScale:
    """The y axis of a chart: where values stand, and its ticks."""

    errors: ErrorAxis | None
    limits: Range
    ticks: Ticks

    @classmethod
    def of(cls, chart: TimeChart, height: float, line: int) -> ValueScale:
        """The axis of a chart of this height. line: the height of a line of text."""
        most = max(2, int(height / (2.0 * line)))
        curves = [curve.y for curve in chart.curves]
        if chart.is_logarithmic:
            errors = ErrorAxis.around(curves, None)
            return cls(errors, errors.limits, errors.ticks(most))
        values = np.concatenate([np.empty(0), *curves])
        finite = values[np.isfinite(values)]
        low = float(finite.min(initial=0.0))
        high = max(float(finite.max(initial=0.0)), low + 1.0)
        free_paper = 0.06 * (high - low)
        top = high + free_paper
        return cls(None, (low, top), even_ticks(low, top, most))

    def place(self, values: Array) -> Array:
        """Where these values stand; shape as given."""
        return values if self.errors is None else self.errors.place(values)
