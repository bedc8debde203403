"""The picture of functions that differ in their seeds: mean and band, over a chart of their errors.

Each panel has the functions of one group, and beside them those of references in other colours.
The chart beneath has the errors over the number that tells the groups apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import numpy as np

from relusgd.model.network import Array, Range
from relusgd.pictures.charts.chart_head import ChartHead
from relusgd.pictures.charts.error_chart import (
    BAND_OPACITY,
    Chart,
    chart_axes,
    draw_chart,
    errors_axis,
    write_panel_title,
)
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.parts import kept_near
from relusgd.pictures.kit.plain_matplotlib import Axes, to_rgba_array
from relusgd.pictures.kit.robust_limits import robust_limits
from relusgd.pictures.kit.sheet import LineLook, Sheet
from relusgd.pictures.kit.stack import (
    Cell,
    GridShape,
    Stack,
    axes_area,
    lay_cells,
    panel_sheet,
    panel_ticks,
    settle,
)
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.ticks import fitting_ticks
from relusgd.pictures.panels.legend import Entry, draw_legend, legend_lines, noise_entry
from relusgd.pictures.panels.marks import looks_of, pale, run_look, x_limits

MEDIAN_DASH = (0, (1, 1.3))
"""Medians are dotted, so that a mean can be seen under them."""

CHART_SHARE = 0.24
"""The height of the chart, as a share of the picture."""

PEAKS = 0.02
"""The share of x at which an edge of a band may leave the picture."""


@dataclass(frozen=True, eq=False)
class FunctionBand:
    """Functions over x, shape (K,) each: their mean, their median, and the edges of their band.

    colour: its number among those of runs. name: in the legend.
    """

    name: str
    x: Array
    mean: Array
    median: Array
    low: Array
    high: Array
    colour: int


@dataclass(frozen=True, eq=False)
class FunctionPanel:
    """One group: its bands, and where they are the same for all runs its points (x, y); the true
    function (x, y), where it is known.
    """

    title: str
    bands: Sequence[FunctionBand]
    points: tuple[Array, Array] | None = None
    truth: tuple[Array, Array] | None = None


@dataclass(frozen=True, eq=False)
class FunctionPicture:
    """What the picture shows.

    note: at the right of the title. chart: of errors over what tells the groups apart, if there is
    one; chart_names: of its series.
    """

    title: str
    note: str
    panels: Sequence[FunctionPanel]
    x_name: str = "x"
    y_name: str = "y"
    chart: Chart | None = None
    chart_names: Sequence[str] = ()

    @property
    def bands(self) -> list[FunctionBand]:
        """All bands, panel after panel."""
        return list(chain.from_iterable(panel.bands for panel in self.panels))


def save_functions(picture: FunctionPicture, path: Path, look: Look | None = None) -> None:
    """Write the picture as .png, .svg or .pdf. Raises as `write_figure` does."""
    write_figure(draw_functions(picture, look), path)


def draw_functions(picture: FunctionPicture, look: Look | None = None) -> Sheet:
    """The picture as a figure."""
    return draw_sheet(lambda sheet: FunctionBuilder(sheet, picture).draw(), look)


class FunctionBuilder:
    """The picture while it is put together."""

    def __init__(self, sheet: Sheet, picture: FunctionPicture) -> None:
        self.sheet = sheet
        self.picture = picture
        self.panels = picture.panels
        self.fine = panel_sheet(sheet, len(self.panels))
        self.head = ChartHead(sheet, sheet.look.title or picture.title, picture.note)
        self.domain = _domain(picture.bands)
        self.heights = _heights(self.panels)
        self.entries = self._entries()
        self.chart_entries = self._chart_entries()
        if picture.chart is not None:
            self.errors = errors_axis([picture.chart])
        settle(sheet, self._lay_out)

    def _entries(self) -> list[Entry]:
        """The legend of the panels."""
        looks = looks_of(self.fine, None)
        entries = []
        if any(panel.points is not None for panel in self.panels):
            entries.append(Entry(looks["data"], "training data", "data"))
        if any(panel.truth is not None for panel in self.panels):
            entries.append(Entry(looks["truth"], "true function", "truth"))
        names = {band.colour: band.name for band in self.picture.bands}
        for colour, name in names.items():
            entries.append(Entry(self._mean_look(colour), f"{name}, mean", name))
        first_colour = min(names)
        entries.append(Entry(self._median_look(first_colour), "median", "median"))
        return entries

    def _mean_look(self, colour: int) -> LineLook:
        return {
            "color": self.sheet.run_colour(colour),
            "linewidth": self.fine.points(3.0),
        }

    def _median_look(self, colour: int) -> LineLook:
        return {
            "color": self.sheet.run_colour(colour),
            "linewidth": self.fine.points(2.0),
            "linestyle": MEDIAN_DASH,
        }

    def _chart_entries(self) -> list[Entry]:
        """The legend of the chart."""
        chart = self.picture.chart
        if chart is None:
            return []
        entries = []
        for series, name in zip(chart.series, self.picture.chart_names, strict=True):
            look = run_look(self.fine, series.colour)
            entries.append(Entry(look, name, name))
        if chart.level is not None:
            entries.append(noise_entry(self.fine))
        return entries

    def _lay_out(self, stack: Stack) -> list[str]:
        """Head and legend from the top, the chart from the bottom, and the panels in the rest."""
        self.head.take_from(stack)
        lines = legend_lines(self.sheet, self.entries, stack.width)
        self.legend = stack.take_top(lines * self.sheet.scale.line)
        stack.skip_top(0.2)
        stack.skip_bottom(0.35)
        stack.skip_x_labels()
        labels: list[str] = []
        if self.picture.chart is not None:
            labels += self._place_chart(stack)
        self.area = stack.rest()
        self._place_panels()
        return [*labels, *self.y_ticks.labels]

    def _place_chart(self, stack: Stack) -> Sequence[str]:
        """The place of the chart and of its legend at the bottom, and the labels of its errors."""
        line = self.sheet.scale.line
        self.chart_box = stack.take_bottom(round(CHART_SHARE * self.sheet.height))
        self.chart_legend = stack.take_bottom(round(1.3 * line))
        stack.skip_bottom(2.4)
        most = max(1, int(self.chart_box.height / (1.5 * line)))
        self.error_ticks = self.errors.ticks(most)
        return self.error_ticks.labels

    def _place_panels(self) -> None:
        """The places of the panels, and their ticks."""
        count, line = len(self.panels), self.sheet.scale.line
        shape = GridShape(1, 1) if count == 1 else GridShape.best(count, self.area)
        has_titles = any(panel.title for panel in self.panels)
        self.cells = lay_cells(
            self.area,
            count,
            shape,
            head=self.fine.lines(1.3) if has_titles else 0,
            gap=1.6 * self.sheet.scale.text,
            row_gap=0.4 * line,
        )
        first = self.cells[0].axes
        self.y_ticks = panel_ticks(self.heights, first.height, line)
        self.x_ticks = fitting_ticks(*self.domain, first.width, self.fine.scale.text)

    def draw(self) -> None:
        """Draw everything."""
        sheet, picture = self.sheet, self.picture
        self.head.draw()
        draw_legend(sheet, self.legend, self.entries)
        for panel, cell in zip(self.panels, self.cells, strict=True):
            self._draw_panel(panel, cell)
        area = axes_area(self.cells, self.area)
        sheet.name_x(area, picture.x_name, room=area.width)
        sheet.name_y(area, picture.y_name, room=area.height)
        if picture.chart is not None:
            self._draw_chart(picture.chart)

    def _draw_chart(self, chart: Chart) -> None:
        sheet, box = self.sheet, self.chart_box
        axes = chart_axes(self.fine, box, chart, self.errors, self.error_ticks, 0.25)
        draw_chart(self.fine, axes, chart, self.errors)
        draw_legend(sheet, self.chart_legend, self.chart_entries)
        sheet.name_x(box, chart.x_name, room=box.width)
        sheet.name_y(box, "error", room=box.height)

    def _draw_panel(self, panel: FunctionPanel, cell: Cell) -> None:
        """The bands of a group with its points and the truth, under its title."""
        sheet = self.fine
        axes = sheet.axes(cell.axes)
        axes.set(xlim=x_limits(self.domain), ylim=self.heights)
        sheet.set_ticks(axes, "x", cell.x_ticks(self.x_ticks))
        sheet.set_ticks(axes, "y", cell.y_ticks(self.y_ticks))
        sheet.calm(axes)
        looks = looks_of(sheet, None)
        if panel.points is not None:
            axes.plot(*panel.points, **looks["data"], zorder=2.8)
        if panel.truth is not None:
            axes.plot(*panel.truth, **looks["truth"], zorder=2.6)
        for band in panel.bands:
            self._draw_band(axes, band)
        write_panel_title(sheet, cell.axes, panel.title)

    def _draw_band(self, axes: Axes, band: FunctionBand) -> None:
        """A pale band, and in it the mean and the median function."""
        sheet, limits = self.fine, self.heights
        colour = sheet.run_colour(band.colour)
        axes.fill_between(
            band.x,
            kept_near(band.low, limits),
            kept_near(band.high, limits),
            facecolor=to_rgba_array(colour, BAND_OPACITY),
            edgecolor=to_rgba_array(colour, pale(sheet, colour)["alpha"]),
            linewidth=sheet.points(0.9),
            zorder=1.9,
        )
        mean, median = kept_near(band.mean, limits), kept_near(band.median, limits)
        axes.plot(band.x, mean, **self._mean_look(band.colour), zorder=2.5)
        axes.plot(band.x, median, **self._median_look(band.colour), zorder=2.7)


def _domain(bands: Sequence[FunctionBand]) -> Range:
    """From the leftmost to the rightmost x of all bands."""
    first = min(float(band.x[0]) for band in bands)
    last = max(float(band.x[-1]) for band in bands)
    return first, last


def _heights(panels: Sequence[FunctionPanel]) -> Range:
    """The limits of y: points, truth and means whole, and most of the bands."""
    whole, bulks = [], []
    for panel in panels:
        for band in panel.bands:
            whole.append(band.mean)
            bulks.append(_bulk(band))
        for curve in (panel.points, panel.truth):
            if curve is not None:
                _, y = curve
                whole.append(y)
    return robust_limits(np.concatenate(whole), np.array(bulks), extent=0.5, margin=0.06)


def _bulk(band: FunctionBand) -> Range:
    """The heights between which most of a band lies: a narrow peak of it may be cut."""
    low = np.quantile(band.low, PEAKS)
    high = np.quantile(band.high, 1 - PEAKS)
    return float(low), float(high)
