"""What stands over each of several runs: its title, and the error where no corner has it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from relusgd.pictures.kit.changing_number import changing_number
from relusgd.pictures.kit.number_text import error_text
from relusgd.pictures.kit.plain_matplotlib import Artist
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.text_fit import shortened
from relusgd.pictures.kit.title_lines import fits, title_lines
from relusgd.pictures.scenes.scales import errors_of
from relusgd.pictures.scenes.view import View

HEAD_ERROR = 8.5
"""The room of the error in the line of the title, in heights of a letter."""

HEAD_LINES = {1: 1.3, 2: 2.4}
"""The height of a head with so many lines of title, in lines of text."""

LETTERS_ABOVE = 0.3
"""How far above the lower edge of a head its letters stand, in lines of text."""

LINE_DISTANCE = 1.05
"""The distance of two lines of a title, in lines of text."""


class HeadError:
    """The compared error of a run, at the right of its title. name: train or test."""

    def __init__(self, sheet: Sheet, head: Box, view: View, name: str) -> None:
        self._errors = errors_of(view)[name]
        pixels = sheet.scale.text
        colour = sheet.colours.test if name == "test" else sheet.colours.train
        baseline = round(head.bottom + LETTERS_ABOVE * sheet.scale.line)
        left = head.right - HEAD_ERROR * pixels + pixels
        sheet.text(left, baseline, name, pixels=pixels, colour=colour)
        self._number = changing_number(
            sheet, pixels, head.right, baseline, colour=colour, ends_there=True
        )
        self.moving: list[Artist] = [self._number]

    def show(self, index: int) -> None:
        self._number.set_text(error_text(float(self._errors[index])))


@dataclass(frozen=True)
class RunTitles:
    """The titles over the runs of a picture, all of them full or all of them short.

    lines: that the longest one needs, 1 or 2. width: of a head in pixels; beside_error: the pixels
    that the line with the error has for a title.
    """

    sheet: Sheet
    titles: Sequence[str]
    lines: int
    width: float
    beside_error: float

    @classmethod
    def fitting(
        cls,
        sheet: Sheet,
        full: Sequence[str],
        short: Sequence[str],
        width: float,
        *,
        with_error: bool,
    ) -> RunTitles:
        """The full titles if each of them fits on one line, else the short ones.

        with_error: whether the error of the run stands in the line, too.
        """
        pixels = sheet.scale.text
        room = width - HEAD_ERROR * pixels if with_error else width
        for titles in (full, short):
            if all(fits(title, pixels, room) for title in titles):
                return cls(sheet, titles, 1, width, room)
        return cls(sheet, short, 2, width, room)

    def write(self, number: int, head: Box, lines: int) -> None:
        """Write the title of a run into its head, which has so many lines."""
        title, pixels = self.titles[number], self.sheet.scale.text
        if lines == 1:
            self._write_in_line(shortened(title, pixels, self.beside_error, bold=True), head, 0)
            return
        upper, lower = title_lines(title, pixels, self.width, self.beside_error)
        self._write_in_line(upper, head, 1)
        self._write_in_line(lower, head, 0)

    def _write_in_line(self, words: str, head: Box, line: int) -> None:
        """line: counted from the lowest one, from 0."""
        height = LETTERS_ABOVE + line * LINE_DISTANCE
        baseline = head.bottom + height * self.sheet.scale.line
        self.sheet.text(head.left, baseline, words, pixels=self.sheet.scale.text, bold=True)
