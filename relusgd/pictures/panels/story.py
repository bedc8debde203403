"""A run's story in one still: the start, a few key moments and the end, and under them the paths of
the elbows over time."""

from __future__ import annotations

from pathlib import Path

from relusgd.pictures.kit.axis import TimeAxis
from relusgd.pictures.kit.circled_number import write_circled
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.number_text import error_text
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.stack import Cell, GridShape, Stack, axes_area, lay_cells, settle
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.text_fit import widest
from relusgd.pictures.kit.ticks import Ticks, even_ticks
from relusgd.pictures.moments.key_moments import key_moments
from relusgd.pictures.panels.curve_panel import CurvePanel
from relusgd.pictures.panels.header import Field
from relusgd.pictures.panels.legend import curve_legend, draw_legend, legend_lines
from relusgd.pictures.panels.marks import x_limits
from relusgd.pictures.panels.panel_head import PanelHead
from relusgd.pictures.panels.story_paths import draw_breakpoints, draw_elbows, paths_name
from relusgd.pictures.scenes.scales import Scales, errors_of, position_ticks
from relusgd.pictures.scenes.view import View

MOMENTS = 6
"""Snapshots that have a panel."""

PATHS = 0.34
"""The height of the paths, as a share of the picture's."""

LABEL = 1.4
"""The least distance of two moments on the axis of time, in heights of a letter."""

TIME_MARGIN = 0.03
"""Free paper at either end of the axis of time, as a share of its length."""


def save_story(view: View, path: Path, look: Look | None = None) -> None:
    """Write the story of a run as .png, .svg or .pdf. Raises as `write_figure` does."""
    write_figure(draw_story(view, look), path)


def draw_story(view: View, look: Look | None = None) -> Sheet:
    """The story of a run as a figure."""
    return draw_sheet(lambda sheet: StoryBuilder(sheet, view).draw(), look)


class StoryBuilder:
    """The picture while it is put together. rows: the snapshots that have a panel."""

    def __init__(self, sheet: Sheet, view: View) -> None:
        self.sheet = sheet
        self.view = view
        self.fine = sheet.finer(0.7)
        self.rows = key_moments(view, MOMENTS, self._label_share())
        self.scales = Scales.of([view])
        self.time = TimeAxis(float(view.clock[0]), float(view.clock[-1]))
        self.entries = curve_legend(self.fine, [view])
        settle(sheet, self._lay_out)

    @property
    def _paths_height(self) -> int:
        return round(PATHS * self.sheet.height)

    def _label_share(self) -> float:
        """The part of the axis of time that a label takes."""
        axis = self._paths_height / (1 + 2 * TIME_MARGIN)
        return LABEL * self.sheet.scale.text / axis

    def _lay_out(self, stack: Stack) -> list[str]:
        """Title and legend from the top, the paths from the bottom, and the moments in the rest."""
        sheet = self.sheet
        line = sheet.scale.line
        stack.skip_top(0.4)
        self.title = stack.take_title(1.3)
        lines = legend_lines(sheet, self.entries, stack.width)
        self.legend = stack.take_top(lines * line)
        stack.skip_top(0.21)
        stack.skip_bottom(2.55)
        self.paths = stack.take_bottom(self._paths_height)
        stack.skip_bottom(2.6)
        self.area = stack.rest()
        self._place_moments()
        labels_with_room = int(self.cells[0].axes.height / (2.0 * line))
        most = max(2, min(5, labels_with_room))
        self.y_ticks = even_ticks(*self.scales.y, most)
        epochs = [self._moment(row) for row in self.rows]
        return [*self.y_ticks.labels, *epochs]

    def _place_moments(self) -> None:
        """The places of the panels, and the ticks of x under them."""
        count = len(self.rows)
        area = self.area
        text = self.sheet.scale.text
        letters = self.fine.scale.text
        room = area.width / 3 - 3 * text
        self.x_ticks = position_ticks([self.view], self.scales.x, room, letters)
        two_halves = widest(self.x_ticks.labels, letters) + 0.3 * text
        self.cells = lay_cells(
            area,
            count,
            GridShape.best(count, area),
            head=self.fine.lines(1.15),
            gap=max(1.2 * text, two_halves),
            row_gap=0.35 * self.fine.scale.line,
        )

    def _moment(self, row: int) -> str:
        """When the snapshot was taken, in epochs: a whole number at the end of one."""
        clock = float(self.view.clock[row])
        return f"{clock:,.0f}" if clock.is_integer() else f"{clock:,.3g}"

    def _moment_words(self, row: int) -> str:
        """The same in words; within an epoch the step."""
        if float(self.view.clock[row]).is_integer():
            return f"epoch {self._moment(row)}"
        return f"step {self.view.history.step[row]:,}"

    def draw(self) -> None:
        """Draw everything."""
        moments = zip(self.rows, self.cells, strict=True)
        for number, (row, cell) in enumerate(moments, start=1):
            self._draw_moment(number, row, cell)
        self._draw_paths()
        self._write_title_and_names()

    def _draw_moment(self, number: int, row: int, cell: Cell) -> None:
        """The panel of a snapshot; over it its number in a circle, when it was, and its error."""
        curve = CurvePanel(
            self.fine,
            cell.axes,
            self.view,
            self.scales,
            cell.x_ticks(self.x_ticks),
            cell.y_ticks(self.y_ticks),
        )
        curve.show(row)
        head = cell.head
        letters = self.fine.scale.text
        across = head.left + 0.65 * letters
        height = head.bottom + 0.47 * head.height
        self._write_number(number, across, height, 0.9 * letters)
        taken = round(1.7 * letters)
        beside = Box(head.left + taken, head.bottom, head.width - taken, head.height)
        words = PanelHead(self.fine, beside, 1, None)
        header = words.draw(self._moment_words(row), self._error_options(row))
        header.show(row)

    def _error_options(self, row: int) -> list[list[Field]]:
        """The compared error of a snapshot in ever fewer words, and last none."""
        letters = self.fine.scale.text
        errors = errors_of(self.view)
        name = "test" if "test" in errors else "train"
        error = error_text(float(errors[name][row]))
        return [
            [Field.fixed(f"{name} MSE", error, letters)],
            [Field.fixed(name, error, letters)],
            [Field.fixed("", "", letters)],
        ]

    def _write_number(self, number: int, x: float, y: float, letters: float) -> None:
        """The number of a moment in a circle around pixel (x, y)."""
        write_circled(self.sheet, number, x, y, pixels=letters, room=0.22, rim=1.1)

    def _draw_paths(self) -> None:
        """Epochs downwards; at the moments of the panels above a thin line, their number and their
        epoch."""
        sheet = self.sheet
        view = self.view
        axes = sheet.axes(self.paths)
        first, last = self.time.limits(TIME_MARGIN)
        axes.set(xlim=x_limits(self.scales.x), ylim=(last, first))
        x_ticks = position_ticks([view], self.scales.x, self.paths.width, sheet.scale.text)
        sheet.set_ticks(axes, "x", x_ticks)
        sheet.set_ticks(axes, "y", self._epoch_ticks())
        for row in self.rows:
            axes.axhline(
                self._place_of(row),
                color=sheet.colours.faint,
                linewidth=sheet.points(0.9),
                zorder=1.6,
            )
        if view.deep:
            draw_breakpoints(sheet, axes, view, self.time)
        else:
            draw_elbows(sheet, axes, view, self.time, self.scales)
        self._number_lines()

    def _number_lines(self) -> None:
        """The numbers of the moments at the right ends of their lines."""
        paths = self.paths
        letters = 0.8 * self.sheet.scale.text
        first, last = self.time.limits(TIME_MARGIN)
        for number, row in enumerate(self.rows, start=1):
            share_down = (self._place_of(row) - first) / (last - first)
            height = paths.top - share_down * paths.height
            self._write_number(number, paths.right, height, letters)

    def _place_of(self, row: int) -> float:
        """The place of a snapshot on the axis of time."""
        return float(self.time.place(self.view.clock[row]))

    def _epoch_ticks(self) -> Ticks:
        """The epochs of the panels, where their labels stay apart: first those of both ends."""
        low, high = self.time.limits(TIME_MARGIN)
        pixels = self.paths.height / (high - low)
        least = 1.1 * self.sheet.scale.text
        first, *later = self.rows
        *inner, last = later or self.rows
        by_rank = [last, first, *reversed(inner)]
        labels: dict[float, str] = {}
        for row in by_rank:
            place = self._place_of(row)
            distances = [abs(place - other) for other in labels]
            is_apart = all(distance * pixels > least for distance in distances)
            if is_apart:
                labels[place] = self._moment(row)
        return Ticks(tuple(labels), tuple(labels.values()))

    def _write_title_and_names(self) -> None:
        """The user's title, the legend, and the names of the axes and of the paths."""
        sheet = self.sheet
        dataset = self.view.dataset
        paths = self.paths
        text = sheet.scale.text
        sheet.write_title(self.title)
        draw_legend(sheet, self.legend, self.entries)
        sheet.name_x(paths, dataset.x_name, room=paths.width)
        sheet.text(
            paths.left,
            paths.top + 0.4 * text,
            paths_name(self.view),
            pixels=0.93 * text,
            colour=sheet.colours.faint,
        )
        sheet.name_y(paths, "epoch")
        area = axes_area(self.cells, self.area)
        sheet.name_y(area, dataset.y_name, room=area.height)
