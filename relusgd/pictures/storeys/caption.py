"""The one line at the upper left that says what happens."""

from __future__ import annotations

from collections.abc import Iterable

from relusgd.pictures.kit.changing_number import NUMBERS
from relusgd.pictures.kit.pasted_text import pasted_in_films
from relusgd.pictures.kit.plain_matplotlib import Artist
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.text_fit import SMALLER, shortened, text_width
from relusgd.pictures.moments.script import Script
from relusgd.pictures.storeys.layout import CAPTION_LETTERS

SMALLEST = 1.0
"""A long caption is set smaller, down to this height in heights of a letter, and then cut."""

READ_EASILY = 1.2
"""A caption is read easily in letters of this height, in heights of a letter."""


class Caption:
    """The caption of the moment that is shown. room: pixels that it may take."""

    def __init__(self, sheet: Sheet, box: Box, room: float, script: Script) -> None:
        self._script = script
        self._room = room
        self._pixels = self._fitting_letters(sheet)
        baseline = box.bottom + 0.28 * box.height
        text = sheet.text(box.left, baseline, "", pixels=self._pixels, bold=True, zorder=NUMBERS)
        self._text = pasted_in_films(sheet, text)
        self.moving: list[Artist] = [self._text] if any(script.captions) else []

    def _fitting_letters(self, sheet: Sheet) -> float:
        """One height for all captions of the film, such that the longest fits, if it may be."""
        smallest = SMALLEST * sheet.scale.text
        pixels = CAPTION_LETTERS * sheet.scale.text
        captions = set(self._script.captions)
        # Widths do not go with heights: letters begin and end at whole pixels.
        while pixels > smallest and _widest(captions, pixels) > self._room:
            pixels *= SMALLER
        return max(smallest, pixels)

    def show(self, index: int) -> None:
        caption = self._script.caption(index)
        self._text.set_text(shortened(caption, self._pixels, self._room, bold=True))


def are_read_easily(captions: Iterable[str], sheet: Sheet, room: float) -> bool:
    """Whether the captions fit into so many pixels in letters that are larger than the others."""
    return _widest(set(captions), READ_EASILY * sheet.scale.text) <= room


def _widest(captions: Iterable[str], pixels: float) -> float:
    """The width of the widest caption, in letters of this height."""
    widths = (text_width(caption, pixels, bold=True) for caption in captions)
    return max(widths, default=0.0)
