"""The head of a picture of charts: its title, and a note that says what is in it."""

from __future__ import annotations

from typing import Any

from relusgd.pictures.kit.fonts import drawable
from relusgd.pictures.kit.sheet import Sheet
from relusgd.pictures.kit.stack import Stack
from relusgd.pictures.kit.text_fit import shortened, text_width


class ChartHead:
    """The title, and a note at its right, or on a line of its own where it does not fit."""

    def __init__(self, sheet: Sheet, title: str, note: str) -> None:
        self.sheet = sheet
        self.left = round(sheet.scale.text)
        self.room = sheet.width - 2 * self.left
        text = sheet.scale.text
        self.letters = 1.5 * text
        self.title = shortened(title, self.letters, self.room, bold=True)
        self.note = drawable(note)
        taken = text_width(self.title, self.letters, bold=True) + 1.2 * text
        self.beside = taken + text_width(self.note, text) <= self.room

    def take_from(self, stack: Stack) -> None:
        """Take the room of the head from the top."""
        stack.skip_top(0.55)
        self.top = stack.top
        stack.skip_top(1.6 if self.beside else 2.5)

    def draw(self) -> None:
        sheet, text, top = self.sheet, self.sheet.scale.text, self.top
        sheet.text(self.left, top, self.title, pixels=self.letters, bold=True, va="top")
        look: dict[str, Any] = {"pixels": text, "colour": sheet.colours.faint, "va": "top"}
        if self.beside:
            right = sheet.width - self.left
            sheet.text(right, top - 0.2 * text, self.note, ha="right", **look)
        else:
            note = shortened(self.note, text, self.room)
            sheet.text(self.left, top - 1.3 * sheet.scale.line, note, **look)
