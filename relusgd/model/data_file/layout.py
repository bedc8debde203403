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

"""A longer text above a number is no unit of it."""

MOST_COLUMNS = 20_000

COMMENTS = ("#", "%", "//")
"""What comments begin with."""

_RULE = re.compile(r"[-=:+|]{2,}")
"""A cell of a drawn line."""


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
    place = _header_place(rows, wanted)
    if place is None:
        return Layout(delimiter, ())
    line, header = rows[place]
    names = _without_empty_end(_names(header, wanted), rows[place:])
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


def _header_place(rows: list[Row], wanted: Sequence[str]) -> int | None:
    """The index of the row that names the columns.

    It is the first one that has the names that are asked for, or else the first one that has texts
    where the row below has numbers, or else the first one that is no comment.
    """
    if not rows:
        return None
    first_rows = [row for _, row in rows[:HEADER_ROWS]]
    candidates = [(i, row) for i, row in enumerate(first_rows) if not is_rule(row)]
    if wanted:
        for i, row in candidates:
            names = {*_names(row, wanted), NAMELESS}
            if names.issuperset(wanted):
                return i
    width = _usual_width(rows)
    for i, row in candidates:
        if _is_of_width(row, width) and _names_numbers(rows, i):
            # Units stand above numbers, too, and the names above the units.
            has_units = _are_certain_units(rows[i - 1 : i + 1])
            return i - 1 if has_units else i
    for i, row in candidates:
        if not is_comment(row):
            return i
    return 0


def _usual_width(rows: list[Row]) -> int:
    """The most common number of cells in a row."""
    widths = Counter(len(row) for _, row in rows)
    return widths.most_common(1)[0][0]


def _is_of_width(row: Sequence[str], width: int) -> bool:
    """Whether a row may name the columns of rows of this width; the first may have no name."""
    usable = (width, width - 1)
    return len(row) in usable or len(_without_end(row)) in usable


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


def _names_numbers(rows: list[Row], i: int) -> bool:
    """Whether row i has texts in every place, and the next one has a number in one of them."""
    _, header = rows[i]
    names = _without_end(_names(header, ()))
    below = _first_data(rows[i + 1 : i + 1 + HEADER_ROWS])
    filled = [name for name in names if name]
    has_enough_names = len(filled) >= min(2, len(below))
    if not has_enough_names or any(map(_is_value, filled)):
        return False
    # One column may have no name, and empty cells may stand at the end.
    is_narrower = len(below) < len(names)
    extra = below[len(names) :]
    if is_narrower or (len(extra) > 1 and any(extra)):
        return False
    return any(map(_is_value, below))


def _first_data(rows: list[Row]) -> list[str]:
    """The first row that is neither a comment nor a rule; no cells where there is none."""
    for _, row in rows:
        if not is_comment(row) and not is_rule(row):
            return row
    return []


def _names(header: list[str], wanted: Sequence[str]) -> list[str]:
    """The names in a row, which may stand behind a comment sign."""
    header = without_quotes([clean_name(cell) for cell in header])
    if not is_comment(header):
        return header
    sign_and_first, *others = header
    first = sign_and_first.lstrip("#%/").strip()
    names = [first, *others] if first else others
    # The sign may be a part of a name that is asked for.
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
    if len(row) != width:
        return False
    filled = [cell for cell in row if cell]
    if any(_is_value(cell) or is_missing(cell) for cell in filled):
        return False
    if any(len(cell) > LONGEST_UNIT for cell in filled):
        return False
    columns = zip(row, below, strict=False)
    return any(cell and _is_value(under) for cell, under in columns)


def _are_certain_units(rows: list[Row]) -> bool:
    """Whether the second of two rows has units below the names of the first, and is no header."""
    if len(rows) < 2:
        return False
    (_, names), (_, units) = rows
    if len(names) != len(units) or not all(names):
        return False
    if any(map(_is_value, names)):
        return False
    return all(_is_bracketed(unit) for unit in units if unit)


def _is_bracketed(cell: str) -> bool:
    return cell[0] + cell[-1] in ("()", "[]")


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
