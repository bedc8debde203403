"""The picture of one run in two storeys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from relusgd.model.network import Integers
from relusgd.pictures.kit.parts import Part
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.kit.ticks import even_ticks
from relusgd.pictures.moments.script import Script, film_axis
from relusgd.pictures.panels.legend import (
    LETTERS,
    draw_entries_left_of,
    entries_width,
    reference_entry,
)
from relusgd.pictures.panels.marks import x_limits
from relusgd.pictures.scenes.reference_curve import ReferenceCurve
from relusgd.pictures.scenes.scales import Scales, error_axis, position_ticks
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.bare_axes import outermost, write_heights, write_positions
from relusgd.pictures.storeys.caption import Caption
from relusgd.pictures.storeys.counter import TimeCounter
from relusgd.pictures.storeys.error_corner import Corner, corner_size
from relusgd.pictures.storeys.layout import StoreyBoxes, says_something
from relusgd.pictures.storeys.lower import MARGIN
from relusgd.pictures.storeys.run_storeys import RunStoreys
from relusgd.pictures.storeys.upper import BARS_SHARE
from relusgd.pictures.storeys.words import Words

TICK_LINES = 2.3
"""The least distance of two labels of time, in heights of a letter."""


def draw_one_run(sheet: Sheet, view: View, script: Script | None = None) -> list[Part]:
    """Draw what never changes in the picture of one run, and give its parts that change."""
    return OneRunBuilder(sheet, view, script or Script.of_all(len(view))).draw()


class OneRunBuilder:
    """The picture while it is put together. aside: pixels at the right that are kept free."""

    def __init__(self, sheet: Sheet, view: View, script: Script, aside: int = 0) -> None:
        self.sheet = sheet
        self.view = view
        self.script = script
        self.time = film_axis(view.history.step, script)
        # The heights of the storeys decide on their labels, and these on the room at the left.
        labels = self._lay_out(["0"], aside)
        self._lay_out(labels, aside)

    def _lay_out(self, labels: Sequence[str], aside: int) -> list[str]:
        """The storeys, with room for these labels at their left; gives the labels that fit."""
        shown = self.sheet.look.show
        self.boxes = StoreyBoxes.of(
            self.sheet,
            labels,
            paths="units" in shown,
            y_name=self.view.dataset.y_name,
            aside=aside,
        )
        self._choose_scales("loss" in shown)
        return [*self.y_ticks.labels, *self._time_labels()]

    def _choose_scales(self, with_errors: bool) -> None:
        """The scales, with room for the errors in a corner and for bars; and the ticks of y."""
        low, high = self.view.function_limits
        if self.view.has_bars and "units" in self.sheet.look.show:
            share_above_bars = 1 - 2 * BARS_SHARE
            low = high - (high - low) / share_above_bars
        scales = replace(Scales.of([self.view]), y=(low, high))
        storey = self.boxes.upper
        self.corner: Box | None = None
        if with_errors:
            width, height = corner_size(self.sheet, storey, self.view)
            corner = Corner.free(self.view, storey, scales, width, height)
            self.corner = corner.box(storey, width, height)
            scales = replace(scales, y=corner.limits)
        self.scales = scales
        self.y_ticks = outermost(even_ticks(*self.view.function_limits, 4))

    def _time_labels(self) -> list[str]:
        """Choose the ticks of time by the height of the lower storey; gives their labels."""
        if self.boxes.lower is None:
            return []
        least = TICK_LINES * self.sheet.scale.text
        ticks = self.time.upright_ticks(self.boxes.lower.height, least, MARGIN)
        first, *others = ticks.labels
        labels = [f"step {first}", *others]
        self.time_ticks = replace(ticks, labels=tuple(labels))
        return labels

    def draw(self) -> list[Part]:
        """Draw what never changes, and give the parts that change."""
        parts, rows = self.draw_storeys()
        parts += self._draw_head()
        self.name_axes()
        return [*parts, self.words(rows)]

    def draw_storeys(self) -> tuple[list[Part], Integers]:
        """The parts of both storeys that change, and the rows of pixels that `words` takes."""
        view, boxes = self.view, self.boxes
        storeys = RunStoreys(self.sheet, view, self.scales, self.time, view.history.step)
        parts = storeys.draw(boxes.upper, boxes.lower, self.corner)
        if self.corner:
            parts.append(storeys.draw_errors(self.corner, error_axis(view)))
        return parts, storeys.rows

    def words(self, rows: Integers, others: Sequence[int] = ()) -> Words:
        """The words beside what is drawn.

        rows: of pixels of the lower storey before each snapshot, shape (snapshots,). others:
        snapshots whose functions are in the picture, too.
        """
        words = Words(
            self.sheet,
            self.boxes.upper,
            self.boxes.lower,
            self.corner,
            self.view,
            self.scales,
            self.script,
            rows,
            others,
        )
        self._name_at_the_foot(words.unnamed)
        return words

    def _name_at_the_foot(self, references: Sequence[ReferenceCurve]) -> None:
        """Name references by samples of their lines, at the right of the line of the name of x."""
        sheet, lowest = self.sheet, self.boxes.lowest
        text = sheet.scale.text
        entries = [reference_entry(sheet, reference) for reference in references]
        long_names = [entry.long for entry in entries]
        x_name_width = text_width(self.view.dataset.x_name, text)
        room = (lowest.width - x_name_width) / 2 - text
        is_wide = entries_width(long_names, LETTERS * text) > room
        height = sheet.x_name_height(lowest)
        draw_entries_left_of(sheet, lowest.right, height, entries, short=is_wide)

    def _draw_head(self) -> list[Part]:
        """The counter of steps, and the caption in the room that it leaves."""
        sheet, head = self.sheet, self.boxes.head
        steps = self.view.history.step
        sheet.write_title(self.boxes.title)
        counter = TimeCounter(sheet, head, "step", steps)
        gap = 1.5 * sheet.scale.text
        room = head.width - TimeCounter.width(sheet, "step", steps) - gap
        caption = Caption(sheet, head, room, self.script)
        return [counter, caption]

    def name_axes(self) -> None:
        """The labels of the axes and their names."""
        sheet, boxes, dataset = self.sheet, self.boxes, self.view.dataset
        upper, lowest = boxes.upper, boxes.lowest
        heights_of_labels: list[float] = []
        if boxes.lower:
            first, last = self.time.limits(MARGIN)
            heights_of_labels = write_heights(sheet, boxes.lower, (last, first), self.time_ticks)
        write_heights(sheet, upper, self.scales.y, self.y_ticks, heights_of_labels)
        x_ticks = position_ticks([self.view], self.scales.x, lowest.width, sheet.scale.text)
        write_positions(sheet, lowest, x_limits(self.scales.x), x_ticks)
        if says_something(dataset.y_name):
            sheet.name_y(upper, dataset.y_name, room=upper.height)
        sheet.name_x(lowest, dataset.x_name, room=lowest.width)
