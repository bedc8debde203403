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

from relusgd.errors import InputError
from relusgd.pictures.charts.error_chart import Chart, chart_axes, draw_chart, errors_axis
from relusgd.pictures.charts.panel_scales import panel_scales
from relusgd.pictures.kit.fonts import drawable
from relusgd.pictures.kit.look import Look
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
)
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.text_fit import text_width, widest
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
from relusgd.pictures.panels.marks import pale, run_look
from relusgd.pictures.panels.panel_head import (
    HEAD_NUMBERS,
    PanelHead,
    fewest_lines,
    title_level,
)
from relusgd.pictures.scenes.scales import axis_names, position_ticks
from relusgd.pictures.scenes.view import View

MOST_PANELS = 16

FEW_PLACES = 3
"""Charts of up to this many places have more free room at their sides."""

SIDE, WIDE_SIDE = 0.25, 0.5
"""The room before the first and after the last place, in distances of two of them; and the same of
few places."""

CHARTS, LOWER_CHARTS = 0.25, 0.2
"""The height of the charts as a share of the picture; and the same under more than three panels."""


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
        count = len(self.panels)
        if not 1 <= count <= MOST_PANELS:
            raise InputError(
                f"{count} panels do not fit into one picture",
                f"up to {MOST_PANELS} do",
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
        """Points, truth and references, the two kinds of learned functions, and the noise."""
        sheet = self.fine
        entries = curve_legend(sheet, self.views, learned=False)
        colours = {panel.colour for panel in self.panels}
        colour = sheet.colours.ink if len(colours) > 1 else sheet.colours.runs[0]
        shown_look = {"color": colour, "linewidth": sheet.points(3.4)}
        if any(panel.others for panel in self.panels):
            behind_look = {**pale(sheet, colour), "linewidth": sheet.points(1.3)}
            entries.append(Entry(shown_look, "learned, median seed", "median seed"))
            entries.append(Entry(behind_look, "other seeds", "seeds"))
        else:
            entries.append(Entry(shown_look, "learned", "learned"))
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
        """Which of the titles of a panel, from long to short, fits over all panels."""
        levels = list(zip(*(panel.titles for panel in self.panels), strict=True))
        fewest = [options[-1] for options in self.numbers]
        width = self.cells[0].head.width
        return title_level(self.fine, width, levels, fewest, self.head_lines)

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
        row_of_charts = None
        if self.charts:
            share = LOWER_CHARTS if len(self.panels) > 3 else CHARTS
            height = round(share * self.sheet.height)
            row_of_charts = stack.take_bottom(max(height, 3 * line))
            stack.skip_bottom(2.55)
        self.area = stack.rest()
        self._place_panels()
        labels = list(chain.from_iterable(ticks.labels for ticks in self.y_ticks))
        if row_of_charts is None:
            return labels
        self.chart_boxes = self._boxes_in(row_of_charts)
        most = max(1, int(row_of_charts.height / (1.3 * line)))
        self.error_ticks = self.errors.ticks(most)
        return [*labels, *self.error_ticks.labels]

    def _place_panels(self) -> None:
        """The places of the panels, with as many lines of head as their titles need, and ticks."""
        area = self.area
        text, line = self.sheet.scale.text, self.sheet.scale.line
        shape = self._shape()
        self.x_ticks = self._x_ticks(area.width / shape.columns - 3 * text)
        if self.shared:
            gap = 1.2 * text + 0.5 * self._widest(self.x_ticks)
            row_gap = 0.35 * line
        else:
            # Every panel has labels of its own at its left and under it.
            y_ticks = self._y_ticks(area.height / shape.rows)
            gap = 1.5 * text + self._widest(y_ticks)
            row_gap = 1.7 * line
        width = column_width(area, shape, gap)
        shortest_titles = [panel.titles[-1] for panel in self.panels]
        fewest_numbers = [options[-1] for options in self.numbers]
        self.head_lines = fewest_lines(
            self.fine,
            width,
            shortest_titles,
            fewest_numbers,
            shape.rows,
        )
        self.cells = lay_cells(
            area,
            len(self.panels),
            shape,
            head=self.fine.lines(1.15 * self.head_lines),
            gap=gap,
            row_gap=row_gap,
        )
        self.y_ticks = self._y_ticks(self.cells[0].axes.height)

    def _shape(self) -> GridShape:
        count, columns = len(self.panels), self.picture.columns
        if columns:
            return GridShape.of_columns(count, columns)
        if count == 1:
            return GridShape(1, 1)
        most_columns = 4 if count > 9 else 3
        return GridShape.best(count, self.area, most=most_columns)

    def _x_ticks(self, room: float) -> list[Ticks]:
        """The ticks of x of every panel. room: pixels for their labels."""
        letters = self.fine.scale.text
        ticks = []
        for view, scales in zip(self.views, self.scales, strict=True):
            ticks.append(position_ticks([view], scales.x, room, letters))
        return ticks

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
        """Draw everything."""
        for number, cell in enumerate(self.cells):
            self._draw_panel(number, cell)
        for number in range(len(self.charts)):
            self._draw_chart(number)
        self._write_title_and_names()

    def _draw_panel(self, number: int, cell: Cell) -> None:
        """The last function of a group's median run over those of its other runs, and its head."""
        panel = self.panels[number]
        x_ticks, y_ticks = self.x_ticks[number], self.y_ticks[number]
        if self.shared:
            x_ticks = cell.x_ticks(x_ticks)
            y_ticks = cell.y_ticks(y_ticks)
        curve = CurvePanel(
            self.fine,
            cell.axes,
            panel.view,
            self.scales[number],
            x_ticks,
            y_ticks,
            self.sheet.run_colour(panel.colour),
            calm=True,
        )
        curve.draw_behind(panel.others)
        if panel.best:
            curve.emphasise()
        last_snapshot = len(panel.view) - 1
        curve.show(last_snapshot)
        sample = run_look(self.sheet, panel.colour)
        head = PanelHead(self.fine, cell.head, self.head_lines, sample)
        numbers = head.draw(panel.titles[self.title_level], self.numbers[number])
        numbers.show(0)

    def _draw_chart(self, number: int) -> None:
        """A chart of errors; of several side by side the first has labels."""
        chart, box = self.charts[number], self.chart_boxes[number]
        ticks = self.error_ticks if number == 0 else self.error_ticks.unlabelled()
        side = WIDE_SIDE if len(chart.places) <= FEW_PLACES else SIDE
        axes = chart_axes(self.fine, box, chart, self.errors, ticks, side)
        draw_chart(self.fine, axes, chart, self.errors)

    def _write_title_and_names(self) -> None:
        """The title, the legend, the note, and the names of the axes of panels and charts."""
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
        sheet = self.sheet
        words = drawable(self.picture.note)
        letters = LETTERS * sheet.scale.text
        box = self.title or self.legend
        taken = self._width_of_title() if self.title else self._width_of_legend()
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

    def _width_of_title(self) -> float:
        """The pixels of the user's title and the gap behind it."""
        text = self.sheet.scale.text
        title = drawable(self.sheet.look.title or "")
        return text_width(title, TITLE_LETTERS * text, bold=True) + text

    def _width_of_legend(self) -> float:
        """The pixels of the legend in one line and the gap behind it."""
        letters = LETTERS * self.sheet.scale.text
        words = [entry.long for entry in self.entries]
        return entries_width(words, letters) + GAP * letters
