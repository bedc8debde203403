"""What stands over a panel: its title, and numbers beside it or below it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from relusgd.pictures.kit.fonts import drawable
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.text_fit import shortened, text_width
from relusgd.pictures.panels.header import Field, Header, header_width

HEAD_TITLE = 1.05
HEAD_NUMBERS = 0.95
"""Heights of the letters of a panel's title and numbers, in parts of those of plain words."""

SAMPLE = 2.2
"""The room of the sample of a line before a panel's title, in heights of the title's letters."""


class PanelHead:
    """What stands over a panel: a title, after a sample of its line if it has one, and numbers.

    With one line of text the numbers stand at the right of the title, with two lines below it.
    """

    def __init__(self, sheet: Sheet, box: Box, lines: int, sample: dict[str, Any] | None) -> None:
        self._sheet = sheet
        self._box = box
        self._lines = lines
        self._sample = sample
        self._pixels = HEAD_TITLE * sheet.scale.text
        self._title_left = box.left + (SAMPLE * self._pixels if sample else 0.0)

    def draw(self, title: str, options: Sequence[Sequence[Field]]) -> Header:
        """Draw the title and the first of the options of numbers that fits, or the last."""
        if self._lines == 1:
            numbers, place = self._beside(title, options)
            room = place.left - self._title_left - 0.8 * self._pixels
        else:
            numbers, place = self._below(options)
            room = self._box.right - self._title_left
        self._draw_title(title, room)
        return Header(self._sheet, place, numbers)

    def _beside(
        self, title: str, options: Sequence[Sequence[Field]]
    ) -> tuple[Sequence[Field], Box]:
        """The numbers that fit at the right of the title, and their place."""
        box = self._box
        title_end = self._title_left + text_width(drawable(title), self._pixels, bold=True)
        numbers = first_fitting(options, box.right - title_end - self._pixels)
        width = header_width(numbers)
        left = round(box.right - width)
        return numbers, Box(left, box.bottom, math.ceil(width) + 2, box.height)

    def _below(self, options: Sequence[Sequence[Field]]) -> tuple[Sequence[Field], Box]:
        """The numbers that fit on the line under the title, and their place."""
        box = self._box
        numbers = first_fitting(options, box.width)
        return numbers, Box(box.left, box.bottom, box.width, round(box.height / self._lines))

    def _draw_title(self, title: str, room: float) -> None:
        line = self._box.height / self._lines
        baseline = round(self._box.bottom + (self._lines - 1) * line + 0.25 * line)
        if self._sample:
            middle, size = baseline + 0.36 * self._pixels, 0.8 * self._pixels
            self._sheet.entry(self._box.left, middle, self._sample, "", pixels=size)
        words = shortened(title, self._pixels, max(room, 0.0), bold=True)
        self._sheet.text(self._title_left, baseline, words, pixels=self._pixels, bold=True)


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
    pixels = HEAD_TITLE * sheet.scale.text
    beside = [0.0] * len(numbers)
    if lines == 1:
        beside = [pixels + header_width(listed) for listed in numbers]
    for level, titles in enumerate(levels):
        widths = [text_width(drawable(title), pixels, bold=True) for title in titles]
        needed = max(map(sum, zip(widths, beside, strict=True)))
        if SAMPLE * pixels + needed <= width:
            return level
    return len(levels) - 1
