"""The picture of several runs, each in two storeys, on one clock and with shared axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from relusgd.pictures.kit.parts import AtRows, Part
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.stack import Cell, GridShape, lay_cells, panel_sheet
from relusgd.pictures.kit.text_fit import widest
from relusgd.pictures.kit.ticks import Ticks, even_ticks
from relusgd.pictures.moments.captions import with_other_names
from relusgd.pictures.moments.script import Script, film_axis
from relusgd.pictures.panels.legend import (
    LETTERS,
    draw_entries_left_of,
    entries_width,
    reference_entries,
)
from relusgd.pictures.panels.marks import x_limits
from relusgd.pictures.scenes.scales import (
    Scales,
    axis_names,
    position_ticks,
    shared_function_limits,
)
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.bare_axes import outermost, write_heights, write_positions
from relusgd.pictures.storeys.caption import Caption, are_read_easily
from relusgd.pictures.storeys.counter import TimeCounter
from relusgd.pictures.storeys.empty_storey import say_that_it_is_empty
from relusgd.pictures.storeys.error_corner import Corner, corner_size
from relusgd.pictures.storeys.layout import StoreyBoxes, says_something, two_storeys
from relusgd.pictures.storeys.lower import MARGIN
from relusgd.pictures.storeys.path_names import has_elbows_inside
from relusgd.pictures.storeys.run_heads import HEAD_LINES, HeadError, RunTitles
from relusgd.pictures.storeys.run_storeys import RunStoreys

TICK_LINES = 2.3
"""The least distance of two labels of time, in heights of a letter."""

LEAST_HEIGHT = 5.0
"""A lower storey has labels from this height on, in heights of a letter."""

LEAST_FOR_CORNER = 13.0
"""An upper storey has the errors in a corner from this height on, in heights of a letter; else the
error stands in the line of the title."""

GAP = 0.03
"""The free paper between the storeys of a run, as a share of the height of both."""

MOST_Y_TICKS = 4
"""Of these ticks the outermost two have labels."""


def draw_several_runs(sheet: Sheet, group: RunGroup, script: Script | None = None) -> list[Part]:
    """Draw what never changes in the picture of several runs, and give its parts that change."""
    return SeveralRunsBuilder(sheet, group, script or Script.of_all(len(group))).draw()


class SeveralRunsBuilder:
    """The picture while it is put together."""

    def __init__(self, sheet: Sheet, group: RunGroup, script: Script) -> None:
        self.sheet = sheet
        self.group = group
        self.script = script
        self.fine = panel_sheet(sheet, len(group.views))
        self.time = film_axis(group.clock, script)
        self.epochs = group.clock.astype(np.int64)
        self.x_name, self.y_name = axis_names(group.views)
        # The heights of the storeys decide on their labels, and these on the room for everything.
        # The widths of the runs decide on the lines of their titles, and these on the heights.
        self._lay_out(labels=["0"], title_lines=1)
        labels = [*self.y_ticks.labels, *self.time_ticks.labels]
        self._lay_out(labels, self.titles.lines)

    def _lay_out(self, labels: Sequence[str], title_lines: int) -> None:
        """The places of everything, with room for these labels at the left and for titles of so
        many lines; and the ticks and titles that fit there.
        """
        self.head_lines = title_lines
        self.boxes = StoreyBoxes.of(self.sheet, labels, paths=False, y_name=self.y_name)
        self.cells = self._lay_cells(self.boxes.upper)
        self.storeys = [self._storeys_of(cell) for cell in self.cells]
        self._choose_scales()
        self.time_ticks = self._choose_time_ticks()
        self.titles = self._fitting_titles()

    def _lay_cells(self, area: Box) -> list[Cell]:
        """The places of the runs, and the ticks of x under them."""
        views = self.group.views
        letters = self.fine.scale.text
        self.shape = shape = GridShape.best(len(views), area)
        x_range = Scales.of(views).x
        room = area.width / shape.columns - 2 * letters
        self.x_ticks = position_ticks(views, x_range, room, letters)
        # Labels at the edges of neighbours stand half in the gap, with free paper between them.
        two_halves = widest(self.x_ticks.labels, letters) + 0.3 * letters
        return lay_cells(
            area,
            len(views),
            shape,
            head=self.fine.lines(HEAD_LINES[self.head_lines]),
            gap=max(2.0 * letters, two_halves),
            row_gap=0.6 * self.fine.scale.line,
        )

    def _storeys_of(self, cell: Cell) -> tuple[Box, Box | None]:
        """The upper and the lower storey of a run."""
        if "units" not in self.sheet.look.show:
            return cell.axes, None
        gap = round(GAP * cell.axes.height)
        return two_storeys(cell.axes, gap=max(gap, 3))

    def _choose_scales(self) -> None:
        """The scales that all runs share, with room for each one's errors in a corner."""
        views = self.group.views
        low, high = shared_function_limits(views)
        self.scales = replace(Scales.of(views), y=(low, high))
        self.y_ticks = outermost(even_ticks(low, high, MOST_Y_TICKS))
        first_upper, _ = self.storeys[0]
        has_room = first_upper.height >= LEAST_FOR_CORNER * self.fine.scale.text
        shows_errors = "loss" in self.sheet.look.show
        self.errors_in_head = shows_errors and not has_room
        self.corners: list[Corner] = []
        if shows_errors and has_room:
            self.corners = self._free_corners(self.scales)
            highest = max(corner.limits[1] for corner in self.corners)
            self.scales = replace(self.scales, y=(low, highest))

    def _free_corners(self, scales: Scales) -> list[Corner]:
        """Where the errors of each run stand in its upper storey."""
        corners = []
        for view, (upper, _) in zip(self.group.views, self.storeys, strict=True):
            width, height = corner_size(self.fine, upper, view)
            corners.append(Corner.free(view, upper, scales, width, height))
        return corners

    def _choose_time_ticks(self) -> Ticks:
        """The ticks of the lower storeys; none where these are too low for labels."""
        letters = self.fine.scale.text
        _, lower = self.storeys[0]
        if lower is None or lower.height < LEAST_HEIGHT * letters:
            return Ticks((), ())
        ticks = self.time.upright_ticks(lower.height, TICK_LINES * letters, MARGIN)
        first, *others = ticks.labels
        return replace(ticks, labels=(f"epoch {first}", *others))

    def _fitting_titles(self) -> RunTitles:
        """The titles over the runs: short ones where the full ones have no room."""
        return RunTitles.fitting(
            self.fine,
            self.group.titles,
            self.group.short,
            float(self.cells[0].head.width),
            with_error=self.errors_in_head,
        )

    def draw(self) -> list[Part]:
        """Draw what never changes, and give the parts that change."""
        parts: list[Part] = []
        for number, view in enumerate(self.group.views):
            rows = self.group.rows(view)
            for part in self._draw_run(number, view):
                parts.append(AtRows(part, rows))
        parts += self._draw_head()
        self._write_names()
        return parts

    def _draw_run(self, number: int, view: View) -> list[Part]:
        """The storeys of a run, its errors, its title and the labels of its axes."""
        head = self.cells[number].head
        upper, lower = self.storeys[number]
        storeys = RunStoreys(self.fine, view, self.scales, self.time, view.clock)
        corner = self._corner_of(number)
        parts = storeys.draw(upper, lower, corner)
        if lower and not has_elbows_inside(view):
            say_that_it_is_empty(self.fine, lower, self.fine.scale.text)
        if corner:
            parts.append(storeys.draw_errors(corner, self.group.error_axis))
        if self.errors_in_head:
            parts.append(HeadError(self.fine, head, view, self.group.error_name))
        self.titles.write(number, head, self.head_lines)
        self._write_labels(number)
        return parts

    def _corner_of(self, number: int) -> Box | None:
        """The box of a run's errors in its upper storey."""
        if not self.corners:
            return None
        upper, _ = self.storeys[number]
        width, height = corner_size(self.fine, upper, self.group.views[number])
        return self.corners[number].box(upper, width, height)

    def _write_labels(self, number: int) -> None:
        """The labels of a run's axes, where no other run has the same beside it or under it."""
        sheet, cell = self.fine, self.cells[number]
        upper, lower = self.storeys[number]
        if cell.y_labels:
            heights_of_labels: list[float] = []
            if lower and self.time_ticks.places:
                first, last = self.time.limits(MARGIN)
                heights_of_labels = write_heights(sheet, lower, (last, first), self.time_ticks)
            write_heights(sheet, upper, self.scales.y, self.y_ticks, heights_of_labels)
        if cell.x_labels:
            lowest = lower or upper
            write_positions(sheet, lowest, x_limits(self.scales.x), self.x_ticks)

    def _draw_head(self) -> list[Part]:
        """The counter of epochs, and the caption in the room that it leaves."""
        sheet, head = self.sheet, self.boxes.head
        sheet.write_title(self.boxes.title)
        counter = TimeCounter(sheet, head, "epoch", self.epochs)
        gap = 1.5 * sheet.scale.text
        room = head.width - TimeCounter.width(sheet, "epoch", self.epochs) - gap
        caption = Caption(sheet, head, room, self._readable_script(room))
        return [counter, caption]

    def _readable_script(self, room: float) -> Script:
        """The script with the places of runs in its captions where their titles are too long."""
        captions = self.script.captions
        if are_read_easily(captions, self.sheet, room):
            return self.script
        titles = self.group.short
        places = [self.shape.place_name(number) for number in range(len(titles))]
        return replace(self.script, captions=with_other_names(captions, titles, places))

    def _write_names(self) -> None:
        """The names of the axes, and what the lines to compare with are."""
        sheet, area = self.sheet, self.boxes.upper
        taken = self._name_references(area)
        if says_something(self.y_name):
            sheet.name_y(area, self.y_name, room=area.height)
        beside = taken + sheet.scale.text
        sheet.name_x(area, self.x_name, room=area.width - 2 * beside)

    def _name_references(self, area: Box) -> float:
        """The lines to compare with, in the line of the name of x; gives the width that they
        take.
        """
        sheet = self.fine
        entries = reference_entries(sheet, self.group.views)
        if not entries:
            return 0.0
        words = [entry.long for entry in entries]
        width = entries_width(words, LETTERS * sheet.scale.text)
        is_wide = width > area.width / 3
        height = self.sheet.x_name_height(area)
        return draw_entries_left_of(sheet, area.right, height, entries, short=is_wide)
