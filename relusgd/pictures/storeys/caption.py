"""The one line at the upper left that says what happens."""

from __future__ import annotations

from relusgd.pictures.kit.pasted_text import pasted_in_films
from relusgd.pictures.kit.plain_matplotlib import Artist
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.text_fit import shortened, text_width
from relusgd.pictures.moments.script import Script
from relusgd.pictures.panels.header import NUMBERS
from relusgd.pictures.storeys.layout import CAPTION_LETTERS

SMALLEST = 1.0
"""A long caption is set smaller, down to this height in heights of a letter, and then cut."""


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
        pixels = CAPTION_LETTERS * sheet.scale.text
        widths = [text_width(caption, pixels, bold=True) for caption in set(self._script.captions)]
        shrunk = pixels * min(1.0, self._room / max([*widths, 1.0]))
        return max(SMALLEST * sheet.scale.text, shrunk)

    def show(self, index: int) -> None:
        caption = self._script.caption(index)
        self._text.set_text(shortened(caption, self._pixels, self._room, bold=True))
