"""The rows of data in a file: those below the header that are points, and faults of others."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

from relusgd.model.data_file.faults import DataFaults
from relusgd.model.data_file.header import is_comment, is_rule
from relusgd.model.data_file.layout import Layout
from relusgd.model.data_file.numbers import read_number
from relusgd.model.data_file.rows import row_blocks
from relusgd.words import counted

Block = tuple[list[int], list[list[str]]]
"""The lines of some rows, and their cells in each of the columns."""


class DataRows:
    """The rows of data of a file, read anew each time.

    has_faulty_rows: a row with another number of cells than the header was met.
    """

    def __init__(self, path: Path, data: bytes, layout: Layout, indices: Sequence[int]) -> None:
        self.path = path
        self.layout = layout
        self._data = data
        self._indices = indices
        self.has_faulty_rows = False

    def blocks(self, faults: DataFaults) -> Iterator[Block]:
        """The lines of many rows at a time, and their cells in each of the columns."""
        width = len(self.layout.names)
        for all_lines, all_rows in row_blocks(self.path, self._data, self.layout.delimiter):
            lines, rows = self._below_header(all_lines, all_rows)
            columns = self._columns_of(rows, width)
            if columns is not None:
                yield lines, columns
            else:
                yield self._checked(lines, rows, faults)

    def _columns_of(self, rows: list[list[str]], width: int) -> list[list[str]] | None:
        """The columns of rows that all have this width; None where a row needs a look of its own.

        Nearly all blocks of a large file are of the first kind, which is quick.
        """
        lengths = set(map(len, rows))
        if lengths - {width}:
            return None
        columns = self._cells_of(rows)
        may_be_blank = any("" in cells for cells in columns)
        return None if may_be_blank else columns

    def _checked(self, lines: list[int], rows: list[list[str]], faults: DataFaults) -> Block:
        """The rows of data among these, each looked at by itself."""
        kept_lines: list[int] = []
        kept_rows: list[list[str]] = []
        for line, row in zip(lines, rows, strict=True):
            if self._is_data(line, row, faults):
                kept_lines.append(line)
                kept_rows.append(row)
        return kept_lines, self._cells_of(kept_rows)

    def _cells_of(self, rows: list[list[str]]) -> list[list[str]]:
        """The cells of these rows in each of the columns."""
        return [[row[index] for row in rows] for index in self._indices]

    def _below_header(
        self,
        lines: list[int],
        rows: list[list[str]],
    ) -> tuple[list[int], list[list[str]]]:
        """The rows, with their lines, that are below the names and the units."""
        last_above = max(self.layout.header_line, self.layout.units_line or 0)
        above = bisect_right(lines, last_above)
        if above == 0:
            return lines, rows
        return lines[above:], rows[above:]

    def _is_data(self, line: int, row: list[str], faults: DataFaults) -> bool:
        """Whether a row is one of data; a row of another length is a fault."""
        if not any(cell.strip() for cell in row):
            return False
        width = len(self.layout.names)
        cells_beyond = row[width:]
        is_long_enough = len(row) >= width
        if is_long_enough and not any(cell.strip() for cell in cells_beyond):
            return True
        if is_comment(row) or is_rule(row):
            return False
        self.has_faulty_rows = True
        faults.add(line, self._wrong_length(row, width))
        return False

    def _wrong_length(self, row: list[str], width: int) -> str:
        layout = self.layout
        names = f"{layout.header_words} names {counted(width, 'column')}"
        problem = f"{counted(len(row), 'cell')} where {names}"
        is_text = len(row) == 1 and read_number(row[0].strip()) is None
        if is_text:
            return f"{problem}; a text below or within the table is no point, so leave it out"
        if len(row) > width and layout.delimiter == ",":
            return f"{problem}; a cell that holds a comma needs quotes around it"
        return problem
