"""The picture of several runs: a grid of panels with shared axes, and their errors beneath."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relusgd.model.history import ERROR_NAMES
from relusgd.pictures.kit.parts import AtRows, Part
from relusgd.pictures.kit.sheet import Box, Sheet
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
from relusgd.pictures.kit.text_fit import widest
from relusgd.pictures.panels.curve_panel import CurvePanel
from relusgd.pictures.panels.error_panel import ErrorPanel
from relusgd.pictures.panels.header import Field, Header, fields, header_width, shorter_words
from relusgd.pictures.panels.legend import (
    LETTERS,
    curve_legend,
    draw_entries_left_of,
    draw_legend,
    entries_width,
    legend_lines,
    noise_entry,
)
from relusgd.pictures.panels.marks import run_look
from relusgd.pictures.panels.panel_head import (
    HEAD_NUMBERS,
    PanelHead,
    fewest_lines,
    title_letters,
    title_level,
)
from relusgd.pictures.scenes.scales import Scales, axis_names, position_ticks
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import View

WORDS_OVER_PANELS = (
    ("train", "test", "elbows", "dead"),
    ("test", "elbows", "dead"),
    ("test", "elbows"),
    ("test",),
)
"""The words of the numbers that may stand over a panel, the most first."""


def draw_grid(sheet: Sheet, group: RunGroup) -> list[Part]:
    """Draw what never changes in the picture of several runs, and give its parts that change."""
    return GridBuilder(sheet, group).draw()


class GridBuilder:
    """The picture of a group while it is put together."""

    def __init__(self, sheet: Sheet, group: RunGroup) -> None:
        self.sheet = sheet
        self.group = group
        self.fine = panel_sheet(sheet, len(group.views))
        self.scales = Scales.of(group.views)
        self.clock = self._clock()
        self.entries = curve_legend(self.fine, group.views, learned=False)
        self.numbers = [panel_fields(view, self.fine) for view in group.views]
        settle(sheet, self._lay_out)
        self.titles = self._choose_titles()

    def _clock(self) -> list[Field]:
        """The epoch, and the step where it is the same in all runs."""
        clock = self.group.clock
        large = self.sheet.scale.large
        epoch = clock.astype(np.int64)
        listed = [Field.counting("epoch", epoch, large)]
        if steps := self.group.steps_per_epoch:
            step = np.rint(steps * clock).astype(np.int64)
            listed.append(Field.counting("step", step, large))
        return listed

    def _lay_out(self, stack: Stack) -> list[str]:
        """Words from the top, the errors from the bottom, and the grid in the rest."""
        sheet = self.sheet
        stack.skip_top(0.5)
        self.title = stack.take_title()
        self.header = stack.take_top(sheet.lines(1.25))
        self._place_legend(stack)
        stack.skip_top(0.25)
        stack.skip_bottom(0.35)
        self.errors: Box | None = None
        if "loss" in sheet.look.show:
            stack.skip_x_labels()
            lowest = 2 * sheet.scale.line
            height = max(round(0.15 * sheet.height), lowest)
            self.errors = stack.take_bottom(height)
            stack.skip_bottom(0.35)
        stack.skip_x_labels()
        self.area = stack.rest()
        self._place_panels()
        return self._choose_y_ticks()

    def _place_legend(self, stack: Stack) -> None:
        """In the line of the header if it fits beside its words, else under it."""
        header = self.header
        gap = 2 * self.sheet.scale.text
        taken = round(header_width(self.clock) + gap)
        room = header.width - taken
        self.beside = legend_lines(self.sheet, self.entries, room) == 1
        if self.beside:
            self.legend = Box(header.left + taken, header.bottom, room, header.height)
            return
        lines = legend_lines(self.sheet, self.entries, header.width)
        self.legend = stack.take_top(lines * self.sheet.scale.line)

    def _place_panels(self) -> None:
        """The places of the panels, with as many lines of head as their titles need, and ticks."""
        area, views = self.area, self.group.views
        text = self.sheet.scale.text
        letters = self.fine.scale.text
        shape = GridShape.best(len(views), area)
        room = area.width / shape.columns - 2 * text
        self.x_ticks = position_ticks(views, self.scales.x, room, letters)
        # Labels at the edges of neighbours stand half in the gap, with free paper between them.
        two_halves = widest(self.x_ticks.labels, letters) + 0.3 * letters
        gap = max(1.2 * text, two_halves)
        width = column_width(area, shape, gap)
        fewest = self._fewest_numbers()
        self.head_lines = fewest_lines(self.fine, width, self.group.short, fewest, shape.rows)
        self.cells = lay_cells(
            area,
            len(views),
            shape,
            head=self.fine.lines(1.15 * self.head_lines),
            gap=gap,
            row_gap=0.35 * self.fine.scale.line,
        )

    def _fewest_numbers(self) -> list[list[Field]]:
        """For every panel, the numbers that stand over it where there is little room."""
        return [options[-1] for options in self.numbers]

    def _choose_y_ticks(self) -> list[str]:
        """Choose the ticks of y by the heights of the panels; gives their labels."""
        line = self.sheet.scale.line
        self.y_ticks = panel_ticks(self.scales.y, self.cells[0].axes.height, line)
        labels = [*self.y_ticks.labels]
        if self.errors:
            rows = int(self.errors.height / (1.3 * line))
            self.error_ticks = self.group.error_axis.ticks(max(1, rows))
            labels += self.error_ticks.labels
        return labels

    def _choose_titles(self) -> Sequence[str]:
        """The full titles if all of them fit over their panels, else the short ones."""
        levels = [self.group.titles, self.group.short]
        fewest = self._fewest_numbers()
        width = self.cells[0].head.width
        level = title_level(self.fine, width, levels, fewest, self.head_lines)
        titles = levels[level]
        self.title_letters = title_letters(self.fine, width, titles, fewest, self.head_lines)
        return titles

    def draw(self) -> list[Part]:
        """Draw what never changes, and give the parts that change."""
        sheet, group = self.sheet, self.group
        parts: list[Part] = [Header(sheet, self.header, self.clock)]
        for number, cell in enumerate(self.cells):
            parts += self._draw_panel(number, cell)
        if self.errors:
            epochs = group.time_axis.ticks(self.errors.width, sheet.scale.text)
            parts.append(ErrorPanel.of_group(sheet, self.errors, group, epochs, self.error_ticks))
        self._write_title_and_names()
        return parts

    def _draw_panel(self, number: int, cell: Cell) -> list[Part]:
        """The panel of a run and what stands over it, each at the run's row for every moment."""
        view = self.group.views[number]
        curve = CurvePanel(
            self.fine,
            cell.axes,
            view,
            self.scales,
            cell.x_ticks(self.x_ticks),
            cell.y_ticks(self.y_ticks),
            self.sheet.run_colour(number),
        )
        sample = run_look(self.sheet, number)
        head = PanelHead(self.fine, cell.head, self.head_lines, sample, self.title_letters)
        header = head.draw(self.titles[number], self.numbers[number])
        rows = self.group.rows(view)
        return [AtRows(header, rows), AtRows(curve, rows)]

    def _write_title_and_names(self) -> None:
        """The user's title, the legend, and the names of the axes."""
        sheet = self.sheet
        sheet.write_title(self.title)
        self._write_legend()
        area = axes_area(self.cells, self.area)
        taken = 0.0
        if self.errors:
            taken = self._write_noise(area)
            sheet.name_x(self.errors, "epoch")
            sheet.name_y(self.errors, ERROR_NAMES[self.group.error_name])
        x_name, y_name = axis_names(self.group.views)
        beside = taken + sheet.scale.text
        sheet.name_x(area, x_name, room=area.width - 2 * beside)
        sheet.name_y(area, y_name, room=area.height)

    def _write_legend(self) -> None:
        """The legend under the header, or beside its words in short words if it needs them."""
        sheet, header = self.sheet, self.header
        if not self.beside:
            draw_legend(sheet, self.legend, self.entries)
            return
        long_words = [entry.long for entry in self.entries]
        width = entries_width(long_words, LETTERS * sheet.scale.text)
        is_wide = width > self.legend.width
        height = header.bottom + 0.42 * header.height
        draw_entries_left_of(sheet, self.legend.right, height, self.entries, short=is_wide)

    def _write_noise(self, area: Box) -> float:
        """What the line at noise² is, in the line of the name of x; gives its width."""
        if self.group.noise is None:
            return 0.0
        height = self.sheet.x_name_height(area)
        entries = [noise_entry(self.sheet)]
        return draw_entries_left_of(self.sheet, area.right, height, entries, short=False)


def panel_fields(view: View, sheet: Sheet) -> list[list[Field]]:
    """What may stand over a panel, the most first: errors, elbows inside, dead units."""
    text = HEAD_NUMBERS * sheet.scale.text
    by_word = {field.word: field for field in shorter_words(fields(view, text, text))}
    # Without test points the training error stands in the place of the test error.
    if "test" not in by_word:
        by_word["test"] = by_word.pop("train")
    options = []
    for words in WORDS_OVER_PANELS:
        there = [by_word[word] for word in words if word in by_word]
        options.append(there)
    return options
