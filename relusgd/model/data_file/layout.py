"""Where the table is in a text: its delimiter, the line that names the columns, the first data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from relusgd.errors import ConfigError
from relusgd.model.data_file.compact_dates import are_compact_dates
from relusgd.model.data_file.dates import is_year, read_date
from relusgd.model.data_file.day_order import is_ordered_date
from relusgd.model.data_file.faults import in_quotes
from relusgd.model.data_file.header import header_place, is_comment, is_rule, is_value, names_in
from relusgd.model.data_file.marks import reads_as_number
from relusgd.model.data_file.missing import is_missing
from relusgd.model.data_file.names import NAMELESS, says_date
from relusgd.model.data_file.rows import (
    BLANKS,
    DELIMITERS,
    Row,
    refuse_unreadable,
    sample_rows,
)
from relusgd.words import counted

TYPED_ROWS = 50
"""So many rows decide which columns hold numbers."""

LONGEST_UNIT = 16
"""A longer text above a number is no unit of it."""

MOST_COLUMNS = 20_000
"""Rows with more cells than this are refused."""


@dataclass(frozen=True)
class Layout:
    """Where the table is.

    names: of the columns, in order. header_line: the line that has them. units_line: a line of
    units, or a rule, below it, if any. is_even: all rows have as many cells as there are names.
    sample: the first rows of data. notes: what was found out of the ordinary, a sentence each.
    fault: why it is not certain which column is which, if it is not.
    """

    delimiter: str
    names: tuple[str, ...]
    header_line: int = 1
    units_line: int | None = None
    is_even: bool = False
    sample: Sequence[Row] = ()
    notes: tuple[str, ...] = ()
    fault: str | None = None

    @property
    def header_words(self) -> str:
        """How messages call the line of names."""
        return "the first line" if self.header_line == 1 else f"line {self.header_line}"

    def holds_numbers(self, index: int) -> bool:
        """Whether all cells of a column are numbers, as far as the sample goes."""
        cells = self._cells(index)
        return bool(cells) and all(map(reads_as_number, cells))

    def holds_dates(self, index: int) -> bool:
        """Whether all cells of a column are dates, years among them."""
        if self.holds_compact_dates(index):
            return True
        cells = self._cells(index)
        others = [cell for cell in cells if read_date(cell) is None]
        has_dates = len(others) < len(cells)
        if has_dates and all(map(is_year, others)):
            return True
        return bool(cells) and all(map(is_ordered_date, cells))

    def count_of_values(self) -> int:
        """How many columns hold numbers or dates."""
        columns = range(len(self.names))
        return sum(self.holds_numbers(i) or self.holds_dates(i) for i in columns)

    def holds_compact_dates(self, index: int) -> bool:
        """Whether a column that is named as one of dates has dates such as 20200304 alone."""
        cells = self._cells(index)
        return says_date(self.names[index]) and are_compact_dates(cells)

    def _cells(self, index: int) -> list[str]:
        """The cells of a column in the sample that are not missing."""
        cells = []
        for _, row in self.sample[:TYPED_ROWS]:
            if index < len(row) and not is_missing(row[index]):
                cells.append(row[index])
        return cells


def find_layout(path: Path, data: bytes, wanted: Sequence[str]) -> Layout:
    """The layout under the delimiter that explains most of the text.

    wanted: the names of columns that are asked for. A delimiter under which all of them are found
    comes first, then the one with most columns of numbers, then one with even rows, then one that
    is no blank, then the one with most columns. Raises ConfigError where it is not certain which
    column is which.
    """

    def merit(layout: Layout) -> tuple[bool, int, bool, bool, int]:
        is_found = bool(wanted) and {*layout.names, NAMELESS}.issuperset(wanted)
        numeric = layout.count_of_values()
        is_blank = layout.delimiter == BLANKS
        return is_found, numeric, layout.is_even, not is_blank, len(layout.names)

    layouts = delimited_layouts(data, wanted)
    best = max(layouts, key=merit)
    if len(best.names) < 2:
        refuse_unreadable(path, data, DELIMITERS[0])
        for layout in layouts:
            is_too_wide = layout.fault is not None and not layout.names
            if is_too_wide:
                raise ConfigError([f"{path}: {layout.fault}"])
    if best.fault is not None:
        raise ConfigError([f"{path}: {best.fault}"])
    if not best.names:
        expected = "a line of column names and rows of numbers are expected"
        raise ConfigError([f"{path} holds nothing but comments; {expected}"])
    return best


def delimited_layouts(data: bytes, wanted: Sequence[str] = ()) -> list[Layout]:
    """The layout under each delimiter, as `find_layout` compares them."""
    return [_layout(sample_rows(data, mark), mark, wanted) for mark in DELIMITERS]


def _layout(rows: list[Row], delimiter: str, wanted: Sequence[str]) -> Layout:
    """The layout of rows that were cut at this delimiter."""
    widest = max((len(row) for _, row in rows), default=0)
    if widest > MOST_COLUMNS:
        too_wide = f"a row has {widest:,} cells; at most {MOST_COLUMNS:,} columns are read"
        return Layout(delimiter, (), fault=too_wide)
    place = header_place(rows, wanted)
    if place is None:
        return Layout(delimiter, ())
    line, header = rows[place]
    names = _without_empty_end(names_in(header, wanted), rows[place:])
    if not names:
        return Layout(delimiter, ())
    width = len(names)
    below = [(number, row) for number, row in rows[place + 1 :] if not is_comment(row)]
    units_line, notes = _take_units(below, width)
    if place > 0:
        notes.append(f"the columns are named in line {line}")
    fault = None
    is_even = all(len(row) == width for _, row in below)
    if _have_one_more(below, width):
        names = ["", *names]
        may_be_decimals = delimiter == "," and _begin_with_numbers(below)
        if may_be_decimals:
            fault = _two_causes(width)
    _name_the_first(names)
    return Layout(
        delimiter,
        tuple(names),
        header_line=line,
        units_line=units_line,
        is_even=is_even,
        sample=below,
        notes=tuple(notes),
        fault=fault,
    )


def _name_the_first(names: list[str]) -> None:
    """Give a first column without a name one, if there are others and none is called so."""
    is_nameless = names[0] == "" and len(names) > 1
    if is_nameless and NAMELESS not in names:
        names[0] = NAMELESS


def _without_empty_end(names: list[str], rows: list[Row]) -> list[str]:
    """The names without empty ones at the end, below which no row has anything."""
    kept = list(names)
    while kept and not kept[-1]:
        last = len(kept) - 1
        has_cells_below = any(any(row[last:]) for _, row in rows)
        if has_cells_below:
            break
        kept.pop()
    return kept


def _take_units(below: list[Row], width: int) -> tuple[int | None, list[str]]:
    """Take a first row that holds no data off the rows below the header.

    Gives its line, if there is one, and a note on the units in it.
    """
    if not below:
        return None, []
    line, row = below[0]
    if is_rule(row):
        del below[0]
        return line, []
    if len(below) < 2:
        return None, []
    _, data = below[1]
    if not _are_units(row, data, width):
        return None, []
    del below[0]
    shown = ", ".join(in_quotes(cell) for cell in row if cell)
    return line, [f"line {line} holds units and no data: {shown}"]


def _are_units(row: list[str], below: list[str], width: int) -> bool:
    """Whether a row has units: no number, and a short text above one of the numbers below it."""
    if len(row) != width:
        return False
    filled = [cell for cell in row if cell]
    if any(is_value(cell) or is_missing(cell) for cell in filled):
        return False
    if any(len(cell) > LONGEST_UNIT for cell in filled):
        return False
    columns = zip(row, below, strict=False)
    return any(cell and is_value(under) for cell, under in columns)


def _have_one_more(rows: list[Row], width: int) -> bool:
    """Whether all rows have one cell more than the header, and not an empty one at the end."""
    last_cells = []
    for _, row in rows[:TYPED_ROWS]:
        if len(row) != width + 1:
            return False
        last_cells.append(row[-1])
    return any(last_cells)


def _begin_with_numbers(rows: list[Row]) -> bool:
    return all(reads_as_number(row[0]) for _, row in rows[:TYPED_ROWS])


def _two_causes(width: int) -> str:
    cells = counted(width + 1, "cell")
    return (
        f"the rows have {cells} and the header names {counted(width, 'column')}: either the first "
        "column has no name, as R's write.table leaves it, or a comma is a decimal sign; "
        "name the first column, or separate the cells by semicolons"
    )
