"""The picture of a comparison: the learned functions of groups of runs, and their errors beneath.

In each panel the functions of other seeds lie behind the one that is shown.

Panels stand in rows and columns as the caller says, or as fits; charts of errors stand under all of
them, or one under each column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np

from relusgd.errors import InputError
from relusgd.model.network import Array
from relusgd.pictures.charts.error_chart import Chart, chart_axes, draw_chart, errors_axis
from relusgd.pictures.kit.fonts import drawable
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.robust_limits import robust_limits
from relusgd.pictures.kit.sheet import TITLE_LETTERS, Box, Sheet
from relusgd.pictures.kit.stack import (
    Cell,
    GridShape,
    Stack,
    axes_area,
    column_width,
    lay_cells,
    panel_sheet,
    panel_ticks,
    settle,
    widest,
)
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.kit.ticks import Ticks
from relusgd.pictures.panels.curve_panel import CurvePanel
from relusgd.pictures.panels.header import Field
from relusgd.pictures.panels.legend import (
    GAP,
    LETTERS,
    Entry,
    curve_legend,
    draw_legend,
    entries_width,
    legend_lines,
    noise_entry,
)
from relusgd.pictures.panels.marks import original, pale, run_look
from relusgd.pictures.panels.panel_head import (
    HEAD_NUMBERS,
    PanelHead,
    fewest_lines,
    title_level,
)
from relusgd.pictures.scenes.scales import Scales, axis_names, position_ticks, shared_domain
from relusgd.pictures.scenes.view import View

MOST_PANELS = 16

ALIKE = 0.2
"""Panels share their axes while the ranges of each are at least this part of those of all."""

FEW_PLACES = 3
"""Charts of up to this many places have more free room at their sides."""


@dataclass(frozen=True, eq=False)
class ComparisonPanel:
    """One group.

    titles: over the panel, from long to short, as many as others have; numbers: words and texts at
    the title's right, or under it.

    view: the run that is drawn; colour: its number among those of runs; others: the runs behind it;
    best: whether it stands out.
    """

    titles: Sequence[str]
    view: View
    colour: int
    others: Sequence[View] = ()
    numbers: Sequence[tuple[str, str]] = ()
    best: bool = False


@dataclass(frozen=True, eq=False)
class ComparisonPicture:
    """What the picture shows.

    columns: of the panels, which then go on row by row; None: as fits.

    charts: none, one under all panels, or one under each column. error: what the charts show, as on
    their axis. note: which groups these are, where there are others.
    """

    panels: Sequence[ComparisonPanel]
    charts: Sequence[Chart] = field(default_factory=list)
    columns: int | None = None
    error: str = "test error"
    note: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.panels) <= MOST_PANELS:
            raise InputError(
                f"{len(self.panels)} panels do not fit into one picture", f"up to {MOST_PANELS} do"
            )


def save_comparison(picture: ComparisonPicture, path: Path, look: Look | None = None) -> None:
    """Write the picture as .png, .svg or .pdf. Raises as `write_figure` does."""
    write_figure(draw_comparison(picture, look), path)


def draw_comparison(picture: ComparisonPicture, look: Look | None = None) -> Sheet:
    """The picture as a figure."""
    return draw_sheet(lambda sheet: ComparisonBuilder(sheet, picture).draw(), look)


class ComparisonBuilder:
    """The picture while it is put together."""

    def __init__(self, sheet: Sheet, picture: ComparisonPicture) -> None:
        self.sheet = sheet
        self.picture = picture
        self.panels = picture.panels
        self.charts = picture.charts
        self.views = [panel.view for panel in self.panels]
        self.fine = panel_sheet(sheet, len(self.panels))
        self.scales = panel_scales(self.views)
        self.shared = all(scales is self.scales[0] for scales in self.scales)
        self.errors = errors_axis(self.charts)
        self.entries = self._legend_entries()
        self.numbers = [self._number_options(panel) for panel in self.panels]
        settle(sheet, self._lay_out)
        self.title_level = self._choose_title_level()

    def _legend_entries(self) -> list[Entry]:
        sheet = self.fine
        entries = curve_legend(sheet, self.views, learned=False)
        colours = {panel.colour for panel in self.panels}
        colour = sheet.colours.ink if len(colours) > 1 else sheet.colours.runs[0]
        strong = {"color": colour, "linewidth": sheet.points(3.4)}
        if any(panel.others for panel in self.panels):
            faint = {**pale(sheet, colour), "linewidth": sheet.points(1.3)}
            entries.append(Entry(strong, "learned, median seed", "median seed"))
            entries.append(Entry(faint, "other seeds", "seeds"))
        else:
            entries.append(Entry(strong, "learned", "learned"))
        if any(chart.level is not None for chart in self.charts):
            entries.append(noise_entry(sheet))
        return entries

    def _number_options(self, panel: ComparisonPanel) -> list[list[Field]]:
        """What may stand over a panel, the most first."""
        letters = HEAD_NUMBERS * self.fine.scale.text
        fields = [Field.fixed(word, text, letters) for word, text in panel.numbers]
        if not fields:
            return [[Field.fixed("", "", letters)]]
        return [fields[:count] for count in range(len(fields), 0, -1)]

    def _choose_title_level(self) -> int:
        levels = list(zip(*(panel.titles for panel in self.panels), strict=True))
        fewest = [options[-1] for options in self.numbers]
        return title_level(self.fine, self.cells[0].head.width, levels, fewest, self.head_lines)

    def _lay_out(self, stack: Stack) -> list[str]:
        """Title and legend from the top, the charts from the bottom, and the panels in the rest."""
        line = self.sheet.scale.line
        stack.skip_top(0.5)
        self.title = stack.take_title()
        lines = legend_lines(self.sheet, self.entries, stack.width)
        self.legend = stack.take_top(lines * line)
        stack.skip_top(0.2)
        stack.skip_bottom(0.35)
        stack.skip_x_labels()
        row = None
        if self.charts:
            share = 0.2 if len(self.panels) > 3 else 0.25
            row = stack.take_bottom(max(round(share * self.sheet.height), 3 * line))
            stack.skip_bottom(2.55)
        self.area = stack.rest()
        self._place_panels()
        labels = chain.from_iterable(ticks.labels for ticks in self.y_ticks)
        if row is None:
            return [*labels]
        self.chart_boxes = self._boxes_in(row)
        self.error_ticks = self.errors.ticks(max(1, int(row.height / (1.3 * line))))
        return [*labels, *self.error_ticks.labels]

    def _place_panels(self) -> None:
        area, count = self.area, len(self.panels)
        text, letters = self.sheet.scale.text, self.fine.scale.text
        shape = self._shape()
        room = area.width / shape.columns - 3 * text
        self.x_ticks = [
            position_ticks([view], scales.x, room, letters)
            for view, scales in zip(self.views, self.scales, strict=True)
        ]
        if self.shared:
            gap = 1.2 * text + 0.5 * self._widest(self.x_ticks)
            row_gap = 0.35 * self.sheet.scale.line
        else:
            gap = 1.5 * text + self._widest(self._y_ticks(area.height / shape.rows))
            row_gap = 1.7 * self.sheet.scale.line
        width = column_width(area, shape, gap)
        shortest = [panel.titles[-1] for panel in self.panels]
        fewest = [options[-1] for options in self.numbers]
        self.head_lines = fewest_lines(self.fine, width, shortest, fewest, shape.rows)
        head = self.fine.lines(1.15 * self.head_lines)
        self.cells = lay_cells(area, count, shape, head=head, gap=gap, row_gap=row_gap)
        self.y_ticks = self._y_ticks(self.cells[0].axes.height)

    def _shape(self) -> GridShape:
        count, columns = len(self.panels), self.picture.columns
        if columns:
            return GridShape.of_columns(count, columns)
        if count == 1:
            return GridShape(1, 1)
        return GridShape.best(count, self.area, most=4 if count > 9 else 3)

    def _y_ticks(self, height: float) -> list[Ticks]:
        line = self.sheet.scale.line
        return [panel_ticks(scales.y, height, line) for scales in self.scales]

    def _widest(self, ticks: Sequence[Ticks]) -> float:
        labels = chain.from_iterable(one.labels for one in ticks)
        return widest(labels, self.fine.scale.text)

    def _boxes_in(self, row: Box) -> list[Box]:
        """The whole row for a single chart, else the parts under the columns."""
        if len(self.charts) == 1:
            return [row]
        above = [cell.axes for cell in self.cells[: len(self.charts)]]
        return [Box(axes.left, row.bottom, axes.width, row.height) for axes in above]

    def draw(self) -> None:
        for number, cell in enumerate(self.cells):
            self._draw_panel(number, cell)
        for number in range(len(self.charts)):
            self._draw_chart(number)
        self._write_title_and_names()

    def _draw_panel(self, number: int, cell: Cell) -> None:
        panel = self.panels[number]
        x_ticks, y_ticks = self.x_ticks[number], self.y_ticks[number]
        if self.shared:
            x_ticks, y_ticks = cell.x_ticks(x_ticks), cell.y_ticks(y_ticks)
        scales, colour = self.scales[number], self.sheet.run_colour(panel.colour)
        curve = CurvePanel(
            self.fine, cell.axes, panel.view, scales, x_ticks, y_ticks, colour, calm=True
        )
        curve.draw_behind(panel.others)
        if panel.best:
            curve.emphasise()
        curve.show(len(panel.view) - 1)
        sample = run_look(self.sheet, panel.colour)
        head = PanelHead(self.fine, cell.head, self.head_lines, sample)
        head.draw(panel.titles[self.title_level], self.numbers[number]).show(0)

    def _draw_chart(self, number: int) -> None:
        chart, errors = self.charts[number], self.errors
        ticks = self.error_ticks if number == 0 else self.error_ticks.unlabelled()
        side = 0.5 if len(chart.places) <= FEW_PLACES else 0.25
        axes = chart_axes(self.fine, self.chart_boxes[number], chart, errors, ticks, side)
        draw_chart(self.fine, axes, chart, errors)

    def _write_title_and_names(self) -> None:
        sheet = self.sheet
        sheet.write_title(self.title)
        draw_legend(sheet, self.legend, self.entries)
        self._write_note()
        area = axes_area(self.cells, self.area)
        x_name, y_name = axis_names(self.views)
        sheet.name_x(area, x_name, room=area.width)
        sheet.name_y(area, y_name, room=area.height)
        if self.charts:
            first = self.chart_boxes[0]
            row = Box(self.area.left, first.bottom, self.area.width, first.height)
            sheet.name_x(row, self.charts[0].x_name)
            sheet.name_y(row, self.picture.error, room=row.height)

    def _write_note(self) -> None:
        """Which groups these are, at the right of the title or, without one, of the legend."""
        sheet, words = self.sheet, drawable(self.picture.note)
        letters = LETTERS * sheet.scale.text
        if self.title:
            title = drawable(sheet.look.title or "")
            taken = text_width(title, TITLE_LETTERS * sheet.scale.text, bold=True)
            taken += sheet.scale.text
        else:
            long = [entry.long for entry in self.entries]
            taken = entries_width(long, letters) + GAP * letters
        box = self.title or self.legend
        if not words or taken + text_width(words, letters) > box.width:
            return
        sheet.text(
            box.right,
            box.top - 0.5 * sheet.scale.line,
            words,
            pixels=letters,
            colour=sheet.colours.faint,
            ha="right",
            va="center_baseline",
        )


def panel_scales(views: Sequence[View]) -> list[Scales]:
    """The scales of the panels: the same object for all, unless some would then be flat."""
    shared = last_scales(views)
    own = [last_scales([view]) for view in views]
    if all(fills(scales.x, shared.x) and fills(scales.y, shared.y) for scales in own):
        return [shared] * len(views)
    return own


def fills(part: tuple[float, float], whole: tuple[float, float]) -> bool:
    """Whether a range is at least ALIKE of another."""
    return part[1] - part[0] >= ALIKE * (whole[1] - whole[0])


def last_scales(views: Sequence[View]) -> Scales:
    """The scales of the last snapshots: all data and the truth, and most of what was learned."""
    curves = [view.curve(len(view) - 1) for view in views]
    shown = np.concatenate([shown_heights(view) for view in views])
    learned = np.array([[curve.y.min(), curve.y.max()] for curve in curves])
    kinks = finite(np.concatenate([curve.kink for curve in curves]))
    kinks = kinks[kinks > 0]
    return Scales(
        x=shared_domain(views),
        y=robust_limits(shown, learned, extent=0.4, margin=0.06),
        unit=1.0,
        kink=float(np.quantile(kinks, 0.9)) if len(kinks) else 1.0,
        bend=1.0,
    )


def shown_heights(view: View) -> Array:
    """y of the points and of the truth, what is not finite left out."""
    dataset = view.dataset
    heights = [
        original(view, dataset.x_train, dataset.y_train)[1],
        original(view, dataset.x_test, dataset.y_test)[1],
    ]
    if view.truth is not None:
        heights.append(view.truth[1])
    return finite(np.concatenate(heights))


def finite(values: Array) -> Array:
    return values[np.isfinite(values)]
