"""The picture of several runs, each in two storeys, on one clock and with shared axes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from relusgd.pictures.kit.number_text import error_text
from relusgd.pictures.kit.parts import AtRows, Part
from relusgd.pictures.kit.plain_matplotlib import Artist
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.stack import Cell, GridShape, lay_cells, panel_sheet, widest
from relusgd.pictures.kit.text_fit import shortened, text_width
from relusgd.pictures.kit.ticks import Ticks, even_ticks
from relusgd.pictures.moments.script import Script, film_axis
from relusgd.pictures.panels.header import changing_number
from relusgd.pictures.panels.legend import (
    LETTERS,
    draw_entries_left_of,
    entries_width,
    reference_entries,
)
from relusgd.pictures.panels.marks import x_limits
from relusgd.pictures.scenes.scales import Scales, axis_names, errors_of, position_ticks
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.bare_axes import outermost, write_heights, write_positions
from relusgd.pictures.storeys.caption import Caption
from relusgd.pictures.storeys.counter import TimeCounter
from relusgd.pictures.storeys.error_corner import Corner, corner_size
from relusgd.pictures.storeys.layout import StoreyBoxes, says_something, two_storeys
from relusgd.pictures.storeys.lower import MARGIN
from relusgd.pictures.storeys.run_storeys import RunStoreys

TICK_LINES = 2.3
"""The least distance of two labels of time, in heights of a letter."""

LEAST_HEIGHT = 5.0
"""A lower storey has labels from this height on, in heights of a letter."""

LEAST_FOR_CORNER = 13.0
"""An upper storey has the errors in a corner from this height on, in heights of a letter; else the
error stands in the line of the title."""

HEAD_ERROR = 8.5
"""The room of the error in the line of the title, in heights of a letter."""

GAP = 0.03
"""The free paper between the storeys of a run, as a share of the height of both."""


def draw_several_runs(sheet: Sheet, group: RunGroup, script: Script | None = None) -> list[Part]:
    """Draw what never changes in the picture of several runs, and give its parts that change."""
    return SeveralRunsBuilder(sheet, group, script or Script.of_all(len(group))).draw()


class HeadError:
    """The compared error of a run, at the right of its title. name: train or test."""

    def __init__(self, sheet: Sheet, head: Box, view: View, name: str) -> None:
        self._errors = errors_of(view)[name]
        pixels = sheet.scale.text
        colour = sheet.colours.test if name == "test" else sheet.colours.train
        baseline = round(head.bottom + 0.3 * sheet.scale.line)
        left = head.right - HEAD_ERROR * pixels + pixels
        sheet.text(left, baseline, name, pixels=pixels, colour=colour)
        self._number = changing_number(
            sheet, pixels, head.right, baseline, colour=colour, ends_there=True
        )
        self.moving: list[Artist] = [self._number]

    def show(self, index: int) -> None:
        self._number.set_text(error_text(float(self._errors[index])))


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
        labels = ["0"]
        for _ in range(2):  # the heights of the storeys decide on their labels, these on the room
            self.boxes = StoreyBoxes.of(sheet, labels, paths=False, y_name=self.y_name)
            self.cells = self._lay_cells(self.boxes.upper)
            self.storeys = [self._storeys_of(cell) for cell in self.cells]
            self._choose_scales()
            labels = [*self.y_ticks.labels, *self.time_ticks.labels]
        self.titles = self._fitting_titles()

    def _lay_cells(self, area: Box) -> list[Cell]:
        group, letters = self.group, self.fine.scale.text
        count = len(group.views)
        shape = GridShape.best(count, area)
        scales = Scales.of(group.views)
        room = area.width / shape.columns - 2 * letters
        self.x_ticks = position_ticks(group.views, scales.x, room, letters)
        gap = max(2.0 * letters, widest(self.x_ticks.labels, letters) + 0.3 * letters)
        row_gap = 0.6 * self.fine.scale.line
        return lay_cells(area, count, shape, head=self.fine.lines(1.3), gap=gap, row_gap=row_gap)

    def _storeys_of(self, cell: Cell) -> tuple[Box, Box | None]:
        if "units" not in self.sheet.look.show:
            return cell.axes, None
        return two_storeys(cell.axes, gap=max(round(GAP * cell.axes.height), 3))

    def _choose_scales(self) -> None:
        """The scales that all runs share, with room for each one's errors in a corner."""
        views = self.group.views
        low = min(view.function_limits[0] for view in views)
        high = max(view.function_limits[1] for view in views)
        scales = replace(Scales.of(views), y=(low, high))
        self.y_ticks = outermost(even_ticks(low, high, 4))
        self.corners: list[Corner] = []
        letters = self.fine.scale.text
        with_errors = "loss" in self.sheet.look.show
        has_corners = self.storeys[0][0].height >= LEAST_FOR_CORNER * letters
        self.errors_in_head = with_errors and not has_corners
        if with_errors and has_corners:
            self.corners = [
                Corner.free(view, upper, scales, *corner_size(self.fine, upper))
                for view, (upper, _) in zip(views, self.storeys, strict=True)
            ]
            high = max(corner.limits[1] for corner in self.corners)
        self.scales = replace(scales, y=(low, high))
        self.time_ticks = Ticks((), ())
        lower = self.storeys[0][1]
        if lower and lower.height >= LEAST_HEIGHT * self.fine.scale.text:
            least = TICK_LINES * self.fine.scale.text
            ticks = self.time.upright_ticks(lower.height, least, MARGIN)
            first = f"epoch {ticks.labels[0]}"
            self.time_ticks = replace(ticks, labels=(first, *ticks.labels[1:]))

    def _fitting_titles(self) -> list[str]:
        """The full titles if all of them fit over their runs, else the short ones."""
        room, letters = float(self.cells[0].head.width), self.fine.scale.text
        if self.errors_in_head:
            room -= HEAD_ERROR * letters
        fit = all(text_width(title, letters, bold=True) <= room for title in self.group.titles)
        titles = self.group.titles if fit else self.group.short
        return [shortened(title, letters, room, bold=True) for title in titles]

    def draw(self) -> list[Part]:
        parts: list[Part] = []
        for number, view in enumerate(self.group.views):
            rows = self.group.rows(view)
            parts += [AtRows(part, rows) for part in self._draw_run(number, view)]
        parts += self._draw_head()
        area = self.boxes.upper
        taken = self._name_references(area)
        if says_something(self.y_name):
            self.sheet.name_y(area, self.y_name, room=area.height)
        self.sheet.name_x(area, self.x_name, room=area.width - 2 * (taken + self.sheet.scale.text))
        return parts

    def _name_references(self, area: Box) -> float:
        """What the lines to compare with are, in the line of the name of x; gives its width."""
        entries = reference_entries(self.fine, self.group.views)
        if not entries:
            return 0.0
        words = [entry.long for entry in entries]
        short = entries_width(words, LETTERS * self.fine.scale.text) > area.width / 3
        height = self.sheet.x_name_height(area)
        return draw_entries_left_of(self.fine, area.right, height, entries, short=short)

    def _draw_run(self, number: int, view: View) -> list[Part]:
        cell, (upper, lower) = self.cells[number], self.storeys[number]
        storeys = RunStoreys(self.fine, view, self.scales, self.time, view.clock)
        place = None
        if self.corners:
            place = self.corners[number].box(upper, *corner_size(self.fine, upper))
        parts = storeys.draw(upper, lower, place)
        if place:
            parts.append(storeys.draw_errors(place, self.group.error_axis))
        if self.errors_in_head:
            parts.append(HeadError(self.fine, cell.head, view, self.group.error_name))
        self._write_title_and_labels(number, cell)
        return parts

    def _write_title_and_labels(self, number: int, cell: Cell) -> None:
        """The title over a run and the labels of its axes."""
        sheet, (upper, lower) = self.fine, self.storeys[number]
        sheet.text(
            cell.head.left,
            cell.head.bottom + 0.3 * sheet.scale.line,
            self.titles[number],
            pixels=sheet.scale.text,
            bold=True,
        )
        if cell.y_labels:
            of_time: list[float] = []
            first, last = self.time.limits(MARGIN)
            if lower and self.time_ticks.places:
                of_time = write_heights(sheet, lower, (last, first), self.time_ticks)
            write_heights(sheet, upper, self.scales.y, self.y_ticks, of_time)
        if cell.x_labels:
            write_positions(sheet, lower or upper, x_limits(self.scales.x), self.x_ticks)

    def _draw_head(self) -> list[Part]:
        sheet, head = self.sheet, self.boxes.head
        sheet.write_title(self.boxes.title)
        counter = TimeCounter(sheet, head, "epoch", self.epochs)
        room = head.width - TimeCounter.width(sheet, "epoch", self.epochs) - 1.5 * sheet.scale.text
        return [counter, Caption(sheet, head, room, self.script)]
