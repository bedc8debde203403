"""What the colours of a picture of many runs stand for: a title, then a line for each colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from relusgd.pictures.kit.sheet import Sheet
from relusgd.pictures.kit.stack import Stack
from relusgd.pictures.kit.text_fit import shortened, text_width
from relusgd.pictures.panels.legend import GAP, LETTERS, draw_entries, wrap_entries
from relusgd.pictures.panels.marks import run_look


class ColourLegend:
    """The legend of runs' colours 0, 1, …, in as many lines as it needs; of one colour, none.

    title: what the names are. left, room: where it begins and the pixels that it has. mark: what
    the samples have besides the look of a line.
    """

    def __init__(
        self,
        sheet: Sheet,
        title: str,
        names: Sequence[str],
        left: float,
        room: float,
        mark: Mapping[str, Any] | None = None,
    ) -> None:
        self.sheet = sheet
        self.title = title
        self.left = left
        self.mark = mark or {}
        letters = LETTERS * sheet.scale.text
        heading = text_width(title, letters) + GAP * letters if title else 0.0
        self.names_left = left + heading
        # A name may take a third of a line.
        self.names = [shortened(name, letters, room / 3) for name in names]
        self.lines: list[list[int]] = []
        if len(self.names) > 1:
            self.lines = wrap_entries(sheet, self.names, room - heading)

    def take_from(self, stack: Stack) -> None:
        """Take the room of the legend from the top."""
        self.top = stack.top
        stack.take_top(len(self.lines) * self.sheet.scale.line)

    def draw(self) -> None:
        """Write the title, and draw the samples with their names line by line."""
        sheet = self.sheet
        for number, colours in enumerate(self.lines):
            height = self.top - (number + 0.5) * sheet.scale.line
            if number == 0:
                self._write_title(height)
            looks = [{**run_look(sheet, colour), **self.mark} for colour in colours]
            words = [self.names[colour] for colour in colours]
            draw_entries(sheet, self.names_left, height, looks, words)

    def _write_title(self, height: float) -> None:
        sheet = self.sheet
        sheet.text(
            self.left,
            height,
            self.title,
            pixels=LETTERS * sheet.scale.text,
            colour=sheet.colours.faint,
            va="center_baseline",
        )
