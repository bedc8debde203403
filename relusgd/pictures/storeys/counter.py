"""The large counter of steps or epochs at the upper right."""

from __future__ import annotations

from relusgd.model.network import Integers
from relusgd.pictures.kit.changing_number import NUMBERS, PastedNumber, changing_number, draw_glyphs
from relusgd.pictures.kit.plain_matplotlib import Artist, Text
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.text_fit import steady_width, text_width
from relusgd.pictures.storeys.layout import COUNTER_LETTERS

WORD_LETTERS = 1.3
"""The height of the word before the number, in heights of a letter."""

GAP = 0.45
"""The room between word and number, in heights of a letter of the number."""


class TimeCounter:
    """A word and a number that ends at the right edge of the box.

    counts: the number at every moment, shape (moments,).
    """

    def __init__(self, sheet: Sheet, box: Box, word: str, counts: Integers) -> None:
        self._sheet = sheet
        self._counts = counts
        self._pixels = COUNTER_LETTERS * sheet.scale.text
        self._right = box.right
        baseline = round(box.bottom + 0.28 * box.height)
        self._number = changing_number(
            sheet,
            self._pixels,
            box.right,
            baseline,
            ends_there=True,
        )
        self._word = self._make_word(word, baseline)
        self.moving: list[Artist] = [self._number, self._word]

    def _make_word(self, word: str, baseline: int) -> PastedNumber | Text:
        """The word, which moves as the number grows; in films it is pasted, as numbers are."""
        sheet = self._sheet
        pixels = WORD_LETTERS * sheet.scale.text
        faint = sheet.colours.faint
        if not sheet.pasted_numbers:
            written = sheet.text(0, baseline, word, pixels=pixels, colour=faint)
            written.set(ha="right", zorder=NUMBERS)
            return written
        each_letter_once = "".join(dict.fromkeys(word))
        glyphs = draw_glyphs(pixels, faint, sheet.colours.paper, each_letter_once)
        pasted = PastedNumber(0, baseline, glyphs, ends_there=True)
        pasted.set_text(word)
        pasted.set_zorder(NUMBERS)
        sheet.figure.add_artist(pasted)
        return pasted

    @staticmethod
    def width(sheet: Sheet, word: str, counts: Integers) -> float:
        """The pixels that the counter takes at its widest."""
        text = sheet.scale.text
        pixels = COUNTER_LETTERS * text
        of_number = steady_width(f"{counts[-1]:,}", pixels)
        of_word = text_width(word, WORD_LETTERS * text)
        return of_word + of_number + GAP * COUNTER_LETTERS * text

    def show(self, index: int) -> None:
        number = f"{self._counts[index]:,}"
        self._number.set_text(number)
        left_of_number = self._right - steady_width(number, self._pixels)
        end_of_word = left_of_number - GAP * self._pixels
        if isinstance(self._word, PastedNumber):
            self._word.move_to(round(end_of_word))
        else:
            self._word.set_x(end_of_word / self._sheet.width)
