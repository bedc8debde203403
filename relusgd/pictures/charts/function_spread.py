"""The picture of functions that differ in their seeds: mean and band, over a chart of their errors.

Each panel has the functions of one group, and beside them those of references in other colours.
The chart beneath has the errors over the number that tells the groups apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.charts.chart_head import ChartHead
from relusgd.pictures.charts.error_chart import Chart, chart_axes, draw_chart, errors_axis
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.parts import kept_near
from relusgd.pictures.kit.plain_matplotlib import Axes, to_rgba_array
from relusgd.pictures.kit.robust_limits import robust_limits
from relusgd.pictures.kit.sheet import Sheet
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
from relusgd.pictures.kit.text_fit import shortened
from relusgd.pictures.kit.ticks import fitting_ticks
from relusgd.pictures.panels.legend import Entry, draw_legend, legend_lines, noise_entry
from relusgd.pictures.panels.marks import looks_of, pale, run_look, x_limits

MEDIAN_DASH = (0, (1, 1.3))
"""Medians are dotted, so that a mean can be seen under them."""

CHART_SHARE = 0.24
"""The height of the chart, as a share of the picture."""


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
        sheet = self.fine
        looks = looks_of(sheet, None)
        entries = []
        if any(panel.points is not None for panel in self.panels):
            entries.append(Entry(looks["data"], "training data", "data"))
        if any(panel.truth is not None for panel in self.panels):
            entries.append(Entry(looks["truth"], "true function", "truth"))
        colours = {band.colour: band.name for band in self.picture.bands}
        for colour, name in colours.items():
            entries.append(Entry(self._mean_look(colour), f"{name}, mean", name))
        entries.append(Entry(self._median_look(min(colours)), "median", "median"))
        return entries

    def _mean_look(self, colour: int) -> dict[str, Any]:
        return {"color": self.sheet.run_colour(colour), "linewidth": self.fine.points(3.0)}

    def _median_look(self, colour: int) -> dict[str, Any]:
        return {
            "color": self.sheet.run_colour(colour),
            "linewidth": self.fine.points(2.0),
            "linestyle": MEDIAN_DASH,
        }

    def _chart_entries(self) -> list[Entry]:
        chart = self.picture.chart
        if chart is None:
            return []
        pairs = zip(chart.series, self.picture.chart_names, strict=True)
        entries = [Entry(run_look(self.fine, one.colour), name, name) for one, name in pairs]
        if chart.level is not None:
            entries.append(noise_entry(self.fine))
        return entries

    def _lay_out(self, stack: Stack) -> list[str]:
        """Head and legend from the top, the chart from the bottom, and the panels in the rest."""
        line = self.sheet.scale.line
        self.head.take_from(stack)
        self.legend = stack.take_top(legend_lines(self.sheet, self.entries, stack.width) * line)
        stack.skip_top(0.2)
        stack.skip_bottom(0.35)
        stack.skip_x_labels()
        labels: list[str] = []
        if self.picture.chart is not None:
            self.chart_box = stack.take_bottom(round(CHART_SHARE * self.sheet.height))
            self.chart_legend = stack.take_bottom(round(1.3 * line))
            stack.skip_bottom(2.4)
            most = max(1, int(self.chart_box.height / (1.5 * line)))
            self.error_ticks = self.errors.ticks(most)
            labels += self.error_ticks.labels
        self.area = stack.rest()
        count = len(self.panels)
        shape = GridShape(1, 1) if count == 1 else GridShape.best(count, self.area)
        head = self.fine.lines(1.3) if any(panel.title for panel in self.panels) else 0
        gap = 1.6 * self.sheet.scale.text
        row_gap = 0.4 * line
        self.cells = lay_cells(self.area, count, shape, head=head, gap=gap, row_gap=row_gap)
        axes = self.cells[0].axes
        self.y_ticks = panel_ticks(self.heights, axes.height, line)
        self.x_ticks = fitting_ticks(*self.domain, axes.width, self.fine.scale.text)
        return [*labels, *self.y_ticks.labels]

    def draw(self) -> None:
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
        sheet, box = self.fine, cell.axes
        axes = sheet.axes(box)
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
        words = shortened(panel.title, sheet.scale.text, box.width)
        height = box.top + 0.35 * sheet.scale.line
        sheet.text(box.left, height, words, pixels=sheet.scale.text, va="baseline")

    def _draw_band(self, axes: Axes, band: FunctionBand) -> None:
        sheet = self.fine
        colour = sheet.run_colour(band.colour)
        low, high = (kept_near(edge, self.heights) for edge in (band.low, band.high))
        axes.fill_between(
            band.x,
            low,
            high,
            facecolor=to_rgba_array(colour, 0.16),
            edgecolor=to_rgba_array(colour, pale(sheet, colour)["alpha"]),
            linewidth=sheet.points(0.9),
            zorder=1.9,
        )
        mean, median = (kept_near(line, self.heights) for line in (band.mean, band.median))
        axes.plot(band.x, mean, **self._mean_look(band.colour), zorder=2.5)
        axes.plot(band.x, median, **self._median_look(band.colour), zorder=2.7)


def _domain(bands: Sequence[FunctionBand]) -> tuple[float, float]:
    return min(float(band.x[0]) for band in bands), max(float(band.x[-1]) for band in bands)


def _heights(panels: Sequence[FunctionPanel]) -> tuple[float, float]:
    """The limits of y: points, truth and means whole, and most of the bands."""
    core = [band.mean for panel in panels for band in panel.bands]
    core += [panel.points[1] for panel in panels if panel.points is not None]
    core += [panel.truth[1] for panel in panels if panel.truth is not None]
    # A narrow peak of one band may be cut, the bulk of all bands may not.
    edges = [np.quantile(edge, share) for edge, share in _edges(panels)]
    wished = np.array(edges).reshape(-1, 2)
    return robust_limits(np.concatenate(core), wished, extent=0.5, margin=0.06)


def _edges(panels: Sequence[FunctionPanel]) -> list[tuple[Array, float]]:
    """The lower and the upper edge of every band, with the share of it that lies below."""
    bands = [band for panel in panels for band in panel.bands]
    return [edge for band in bands for edge in ((band.low, 0.02), (band.high, 0.98))]
