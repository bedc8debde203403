"""A table of many lines: columns side by side, without rules.

rich's own table takes a sixth of a millisecond for a line, as long as a run takes to be read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from rich.cells import cell_len, chop_cells
from rich.console import Console, ConsoleOptions
from rich.segment import Segment
from rich.style import Style

HEADING = Style(bold=True)


@dataclass(frozen=True)
class AlignedLines:
    """Rows of cells, printed by rich.

    rows: texts, a cell of each column; a cell may have several lines. right: the headings of the
    columns that end at their right edge. first_width: the first column has at most so many
    characters, and what is longer goes on below; None is as many as it needs. gap: between columns.
    """

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: frozenset[str]
    first_width: int | None
    gap: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        table = [self._cells(row) for row in (self.headings, *self.rows)]
        widths = self._widths(table)
        heading, *rows = [self._text(cells, widths) for cells in table]
        yield Segment(heading, HEADING)
        yield Segment("".join(rows))

    def _cells(self, row: Sequence[str]) -> list[list[str]]:
        """The lines of each cell of a row."""
        first, *others = [cell.splitlines() for cell in row]
        width = self.first_width
        if width is None:
            return [first, *others]
        pieces: list[str] = []
        for line in first:
            pieces += chop_cells(line, width)
        return [pieces, *others]

    def _widths(self, table: Sequence[list[list[str]]]) -> list[int]:
        widths = []
        for column in zip(*table, strict=True):
            lines = chain.from_iterable(column)
            widths.append(max(map(cell_len, lines)))
        return widths

    def _text(self, cells: list[list[str]], widths: Sequence[int]) -> str:
        """The lines of a row, each with its end."""
        lines = zip_longest(*cells, fillvalue="")
        return "".join(self._line(line, widths) for line in lines)

    def _line(self, line: Sequence[str], widths: Sequence[int]) -> str:
        gap = " " * self.gap
        columns = zip(line, self.headings, widths, strict=True)
        texts = [self._filled(text, heading, width) for text, heading, width in columns]
        return gap.join(texts).rstrip() + "\n"

    def _filled(self, text: str, heading: str, width: int) -> str:
        blanks = " " * (width - cell_len(text))
        return blanks + text if heading in self.right else text + blanks
