"""What stands over a panel: its title, and numbers beside it or below it."""

from __future__ import annotations

import math
from collections.abc import Sequence

from relusgd.pictures.kit.fonts import drawable
from relusgd.pictures.kit.sheet import Box, LineLook, Sheet
from relusgd.pictures.kit.text_fit import shortened, text_width
from relusgd.pictures.kit.title_lines import fits, fits_on_two, title_lines
from relusgd.pictures.panels.header import Field, Header, header_width

HEAD_TITLE = 1.05
"""The height of the letters of a panel's title, in parts of that of plain words."""

SMALLER_TITLES = (1.0, 0.9, 0.8)
"""By what titles on two lines are made smaller, so that none is cut."""

HEAD_NUMBERS = 0.95
"""The height of the letters of a panel's numbers, in parts of that of plain words."""

SAMPLE = 2.2
"""The room of the sample of a line before a panel's title, in heights of the title's letters."""


class PanelHead:
    """What stands over a panel: a title, after a sample of its line if it has one, and numbers.

    With one line of text the numbers stand at the right of the title, with two lines below it. A
    title that needs both lines has the numbers at the right of the second one.

    letters: the height of the title's, in pixels.
    """

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        lines: int,
        sample: LineLook | None,
        letters: float | None = None,
    ) -> None:
        self._sheet = sheet
        self._box = box
        self._lines = lines
        self._sample = sample
        self._pixels = letters or HEAD_TITLE * sheet.scale.text
        self._title_left = box.left + (SAMPLE * self._pixels if sample else 0.0)

    def draw(self, title: str, options: Sequence[Sequence[Field]]) -> Header:
        """Draw the title and the first of the options of numbers that fits, or the last."""
        room = self._box.right - self._title_left
        if self._lines == 1:
            numbers, place = self._beside(title, options)
            self._write_in_line(title, self._room_until(place), line=0)
        elif fits(title, self._pixels, room):
            numbers, place = self._below(options)
            self._write_in_line(title, room, line=1)
        else:
            numbers, place = self._at_right(options[-1], self._line_height)
            lower_room = self._room_until(place)
            above, below = title_lines(title, self._pixels, room, lower_room)
            self._write_in_line(above, room, line=1)
            self._write_in_line(below, lower_room, line=0)
        self._draw_sample()
        return Header(self._sheet, place, numbers)

    @property
    def _line_height(self) -> int:
        return round(self._box.height / self._lines)

    def _room_until(self, numbers: Box) -> float:
        """The pixels that a title has before the numbers that stand in its line."""
        return numbers.left - self._title_left - 0.8 * self._pixels

    def _beside(
        self, title: str, options: Sequence[Sequence[Field]]
    ) -> tuple[Sequence[Field], Box]:
        """The numbers that fit at the right of the title, and their place."""
        box = self._box
        title_end = self._title_left + text_width(drawable(title), self._pixels, bold=True)
        numbers = first_fitting(options, box.right - title_end - self._pixels)
        return self._at_right(numbers, box.height)

    def _at_right(self, numbers: Sequence[Field], height: int) -> tuple[Sequence[Field], Box]:
        """The numbers, and their place at the right of the lowest line."""
        box, width = self._box, header_width(numbers)
        left = round(box.right - width)
        return numbers, Box(left, box.bottom, math.ceil(width) + 2, height)

    def _below(self, options: Sequence[Sequence[Field]]) -> tuple[Sequence[Field], Box]:
        """The numbers that fit on the line under the title, and their place."""
        box = self._box
        numbers = first_fitting(options, box.width)
        return numbers, Box(box.left, box.bottom, box.width, self._line_height)

    def _baseline(self, line: int) -> int:
        """Where the letters of a line stand; line: counted from the lowest one, from 0."""
        height = self._box.height / self._lines
        return round(self._box.bottom + line * height + 0.25 * height)

    def _draw_sample(self) -> None:
        """The sample of the line, before the title's first line."""
        if self._sample:
            middle = self._baseline(self._lines - 1) + 0.36 * self._pixels
            size = 0.8 * self._pixels
            self._sheet.entry(self._box.left, middle, self._sample, "", pixels=size)

    def _write_in_line(self, words: str, room: float, line: int) -> None:
        """Write words of the title, cut to `room` pixels."""
        cut = shortened(words, self._pixels, max(room, 0.0), bold=True)
        left, baseline = self._title_left, self._baseline(line)
        self._sheet.text(left, baseline, cut, pixels=self._pixels, bold=True)


def first_fitting(options: Sequence[Sequence[Field]], room: float) -> Sequence[Field]:
    """The first of the options that takes at most `room` pixels, or else the last."""
    for option in options:
        if header_width(option) <= room:
            return option
    return options[-1]


def title_level(
    sheet: Sheet,
    width: float,
    levels: Sequence[Sequence[str]],
    numbers: Sequence[Sequence[Field]],
    lines: int,
) -> int:
    """The first level of titles that fit over all panels, or else the last level.

    All panels have titles of one level, so that they are alike.

    width: of the panels; levels: from long to short, each with a title per panel; numbers: the
    fewest that stand beside each.
    """
    for level, titles in enumerate(levels):
        if titles_fit(sheet, width, titles, numbers, lines):
            return level
    return len(levels) - 1


def titles_fit(
    sheet: Sheet,
    width: float,
    titles: Sequence[str],
    numbers: Sequence[Sequence[Field]],
    lines: int,
) -> bool:
    """Whether each title fits on one line of a head of so many lines, as `title_level` has them."""
    pixels = HEAD_TITLE * sheet.scale.text
    for title, listed in zip(titles, numbers, strict=True):
        beside = pixels + header_width(listed) if lines == 1 else 0.0
        if not fits(title, pixels, width - SAMPLE * pixels - beside):
            return False
    return True


def title_letters(
    sheet: Sheet,
    width: float,
    titles: Sequence[str],
    numbers: Sequence[Sequence[Field]],
    lines: int,
) -> float:
    """The height in pixels of the letters of all titles over panels of this width: the largest at
    which none is cut, or else the smallest.

    numbers: the fewest that stand beside each.
    """
    usual = HEAD_TITLE * sheet.scale.text
    if lines == 1:
        return usual
    for factor in SMALLER_TITLES:
        pixels = factor * usual
        upper = width - SAMPLE * pixels
        # One pixel, because numbers begin at a whole one.
        lowers = [upper - header_width(listed) - 0.8 * pixels - 1 for listed in numbers]
        both = zip(titles, lowers, strict=True)
        if all(fits_on_two(title, pixels, upper, lower) for title, lower in both):
            break
    return pixels


def fewest_lines(
    sheet: Sheet,
    width: float,
    titles: Sequence[str],
    numbers: Sequence[Sequence[Field]],
    rows: int,
) -> int:
    """How many lines the heads in a grid of so many rows have: two where one row has room for them,
    or where a title does not fit beside its numbers.
    """
    if rows == 1 or not titles_fit(sheet, width, titles, numbers, lines=1):
        return 2
    return 1
