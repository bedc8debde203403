"""Where the table is in a text: its delimiter, the line that names the columns, the first data."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from relusgd.errors import ConfigError
from relusgd.model.data_file.compact_dates import are_compact_dates
from relusgd.model.data_file.dates import is_year, read_date
from relusgd.model.data_file.day_order import is_ordered_date
from relusgd.model.data_file.faults import in_quotes
from relusgd.model.data_file.marks import reads_as_number
from relusgd.model.data_file.missing import is_missing
from relusgd.model.data_file.names import clean_name, says_date, without_quotes
from relusgd.model.data_file.rows import (
    BLANKS,
    DELIMITERS,
    Row,
    refuse_unreadable,
    sample_rows,
)
from relusgd.words import counted

HEADER_ROWS = 100
"""The line of names is looked for in so many rows."""

TYPED_ROWS = 50
"""So many rows decide which columns hold numbers."""

NAMELESS = "index"
"""The name of a first column without one, as R's write.table and pandas' to_csv leave it."""

LONGEST_UNIT = 16

MOST_COLUMNS = 20_000

_RULE = re.compile(r"[-=:+|]{2,}")

COMMENTS = ("#", "%", "//")


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
        cells = self._cells(index)
        if self.holds_compact_dates(index):
            return True
        others = [cell for cell in cells if read_date(cell) is None]
        has_dates = len(others) < len(cells)
        if has_dates and all(map(is_year, others)):
            return True
        return bool(cells) and all(map(is_ordered_date, cells))

    def holds_compact_dates(self, index: int) -> bool:
        """Whether a column that is named as one of dates has dates such as 20200304 alone."""
        cells = self._cells(index)
        return says_date(self.names[index]) and are_compact_dates(cells)

    def _cells(self, index: int) -> list[str]:
        """The cells of a column in the sample that are not missing."""
        cells = [row[index] for _, row in self.sample[:TYPED_ROWS] if index < len(row)]
        return [cell for cell in cells if not is_missing(cell)]


def find_layout(path: Path, data: bytes, wanted: Sequence[str]) -> Layout:
    """The layout under the delimiter that explains most of the text.

    wanted: the names of columns that are asked for. A delimiter under which all of them are found
    comes first, then the one with most columns of numbers, then one with even rows, then one that
    is no blank, then the one with most columns. Raises ConfigError where it is not certain which
    column is which.
    """

    def merit(layout: Layout) -> tuple[bool, int, bool, bool, int]:
        is_found = {*layout.names, NAMELESS}.issuperset(wanted) if wanted else False
        columns = range(len(layout.names))
        numeric = sum(layout.holds_numbers(i) or layout.holds_dates(i) for i in columns)
        is_blank = layout.delimiter == BLANKS
        return is_found, numeric, layout.is_even, not is_blank, len(layout.names)

    layouts = delimited_layouts(data, wanted)
    best = max(layouts, key=merit)
    if len(best.names) < 2:
        refuse_unreadable(path, data, DELIMITERS[0])
    wide = [layout.fault for layout in layouts if layout.fault is not None and not layout.names]
    if len(best.names) < 2 and wide:
        raise ConfigError([f"{path}: {wide[0]}"])
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
    place = _header_place(rows, wanted)
    if place is None:
        return Layout(delimiter, ())
    line, header = rows[place]
    names = _without_empty_end(_names(header, wanted), rows[place:])
    if not names:
        return Layout(delimiter, ())
    below = [row for row in rows[place + 1 :] if not is_comment(row[1])]
    units_line, notes = _take_units(below, len(names))
    if place > 0:
        notes.append(f"the columns are named in line {line}")
    fault = None
    is_even = all(len(row) == len(names) for _, row in below)
    if _have_one_more(below, len(names)):
        may_be_decimals = delimiter == "," and _begin_with_numbers(below)
        if may_be_decimals:
            fault = _two_causes(len(names))
        names = ["", *names]
    if names[0] == "" and len(names) > 1:
        names[0] = NAMELESS if NAMELESS not in names else ""
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


def _header_place(rows: list[Row], wanted: Sequence[str]) -> int | None:
    """The index of the row that names the columns.

    It is the first one that has the names that are asked for, or else the first one that has texts
    where the row below has numbers, or else the first one that is no comment.
    """
    if not rows:
        return None
    candidates = [i for i, (_, row) in enumerate(rows[:HEADER_ROWS]) if not is_rule(row)]
    if wanted:
        for i in candidates:
            if {*_names(rows[i][1], wanted), NAMELESS}.issuperset(wanted):
                return i
    width = _usual_width(rows)
    for i in candidates:
        if _is_of_width(rows[i][1], width) and _names_numbers(rows, i):
            return i - 1 if _are_certain_units(rows[i - 1 : i + 1]) else i
    return next((i for i in candidates if not is_comment(rows[i][1])), 0)


def _usual_width(rows: list[Row]) -> int:
    """The most common number of cells in a row."""
    widths = Counter(len(row) for _, row in rows)
    return widths.most_common(1)[0][0]


def _is_of_width(row: Sequence[str], width: int) -> bool:
    """Whether a row may name the columns of rows of this width; the first may have no name."""
    return not {len(row), len(_without_end(row))}.isdisjoint({width, width - 1})


def _without_end(row: Sequence[str]) -> list[str]:
    """The cells up to the last one that is not empty."""
    cells = list(row)
    while cells and not cells[-1]:
        cells.pop()
    return cells


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
    if below and is_rule(below[0][1]):
        line, _ = below.pop(0)
        return line, []
    if len(below) > 1 and _are_units(below[0][1], below[1][1], width):
        line, units = below.pop(0)
        shown = ", ".join(in_quotes(cell) for cell in units if cell)
        return line, [f"line {line} holds units and no data: {shown}"]
    return None, []


def _names_numbers(rows: list[Row], i: int) -> bool:
    """Whether row i has texts in every place, and the next one has a number in one of them."""
    names = _without_end(_names(rows[i][1], ()))
    below: list[str] = []
    for _, row in rows[i + 1 : i + 1 + HEADER_ROWS]:
        if not (is_comment(row) or is_rule(row)):
            below = row
            break
    filled = [name for name in names if name]
    if len(filled) < min(2, len(below)) or any(map(_is_value, filled)):
        return False
    extra = below[len(names) :]
    if len(below) < len(names) or (len(extra) > 1 and any(extra)):
        return False
    return any(map(_is_value, below))


def _names(header: list[str], wanted: Sequence[str]) -> list[str]:
    """The names in a row, which may stand behind a comment sign."""
    header = without_quotes([clean_name(cell) for cell in header])
    if not is_comment(header):
        return header
    first = header[0].lstrip("#%/").strip()
    names = [first, *header[1:]] if first else list(header[1:])
    if not wanted:
        return names
    has_wanted = set(header).issuperset(wanted)
    loses_wanted = not set(names).issuperset(wanted)
    return header if has_wanted and loses_wanted else names


def _is_value(cell: str) -> bool:
    return reads_as_number(cell) or read_date(cell) is not None or is_ordered_date(cell)


def is_comment(row: Sequence[str]) -> bool:
    """Whether a row begins as comments do."""
    return bool(row) and row[0].startswith(COMMENTS)


def is_rule(row: Sequence[str]) -> bool:
    """Whether a row is drawn: a line of dashes below the names, as Markdown and psql have it."""
    filled = [cell for cell in row if cell]
    return bool(filled) and all(map(_RULE.fullmatch, filled))


def _are_units(row: list[str], below: list[str], width: int) -> bool:
    """Whether a row has units: no number, and a short text above one of the numbers below it."""
    filled = [cell for cell in row if cell]
    if len(row) != width or any(_is_value(cell) or is_missing(cell) for cell in filled):
        return False
    above_numbers = [cell for cell, under in zip(row, below, strict=False) if _is_value(under)]
    return any(above_numbers) and all(len(cell) <= LONGEST_UNIT for cell in filled)


def _are_certain_units(rows: list[Row]) -> bool:
    """Whether the second of two rows has units below the names of the first, and is no header."""
    if len(rows) < 2:
        return False
    (_, names), (_, units) = rows
    if len(names) != len(units) or not all(names) or any(map(_is_value, names)):
        return False
    return all(cell == "" or cell[0] + cell[-1] in ("()", "[]") for cell in units)


def _have_one_more(rows: list[Row], width: int) -> bool:
    """Whether all rows have one cell more than the header, and not an empty one at the end."""
    seen = rows[:TYPED_ROWS]
    longer = [row for _, row in seen if len(row) == width + 1]
    return bool(seen) and len(longer) == len(seen) and any(row[-1] for row in longer)


def _begin_with_numbers(rows: list[Row]) -> bool:
    return all(reads_as_number(row[0]) for _, row in rows[:TYPED_ROWS])


def _two_causes(width: int) -> str:
    cells = counted(width + 1, "cell")
    return (
        f"the rows have {cells} and the header names {counted(width, 'column')}: either the first "
        "column has no name, as R's write.table leaves it, or a comma is a decimal sign; "
        "name the first column, or separate the cells by semicolons"
    )
