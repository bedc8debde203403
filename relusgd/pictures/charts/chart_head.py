"""The head of a picture of charts: its title, and a note that says what is in it."""

from __future__ import annotations

from relusgd.pictures.kit.fonts import drawable
from relusgd.pictures.kit.sheet import Sheet
from relusgd.pictures.kit.stack import Stack
from relusgd.pictures.kit.text_fit import shortened, text_width

TITLE_LETTERS = 1.5
"""The height of the title's letters, in heights of a letter."""

GAP = 1.2
"""The least room between the title and the note at its right, in heights of a letter."""

ONE_LINE = 1.6
"""The height of a head whose note stands beside the title, in lines of text."""

TWO_LINES = 2.5
"""The height of a head whose note stands under the title, in lines of text."""


class ChartHead:
    """The title, and a note at its right, or on a line of its own where it does not fit."""

    def __init__(self, sheet: Sheet, title: str, note: str) -> None:
        text = sheet.scale.text
        self.sheet = sheet
        self.left = round(text)
        self.room = sheet.width - 2 * self.left
        self.letters = TITLE_LETTERS * text
        self.title = shortened(title, self.letters, self.room, bold=True)
        self.note = drawable(note)
        title_width = text_width(self.title, self.letters, bold=True)
        gap = GAP * text
        self.beside = title_width + gap + text_width(self.note, text) <= self.room

    def take_from(self, stack: Stack) -> None:
        """Take the room of the head from the top."""
        stack.skip_top(0.55)
        self.top = stack.top
        stack.skip_top(ONE_LINE if self.beside else TWO_LINES)

    def draw(self) -> None:
        """Write the title and the note."""
        sheet = self.sheet
        sheet.text(
            self.left,
            self.top,
            self.title,
            pixels=self.letters,
            bold=True,
            va="top",
        )
        if self.beside:
            self._write_note(
                sheet.width - self.left,
                self.top - 0.2 * sheet.scale.text,
                self.note,
                ha="right",
            )
        else:
            self._write_note(
                self.left,
                self.top - 1.3 * sheet.scale.line,
                shortened(self.note, sheet.scale.text, self.room),
            )

    def _write_note(self, x: float, top: float, words: str, ha: str = "left") -> None:
        sheet = self.sheet
        sheet.text(
            x,
            top,
            words,
            pixels=sheet.scale.text,
            colour=sheet.colours.faint,
            ha=ha,
            va="top",
        )
