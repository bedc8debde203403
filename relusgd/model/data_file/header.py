"""The row of a table that names its columns: which one it is, and the names in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from relusgd.model.data_file.dates import read_date
from relusgd.model.data_file.day_order import is_ordered_date
from relusgd.model.data_file.marks import reads_as_number
from relusgd.model.data_file.names import NAMELESS, clean_name, without_quotes
from relusgd.model.data_file.rows import Row

HEADER_ROWS = 100
"""The line of names is looked for in so many rows."""

COMMENTS = ("#", "%", "//")
"""What comments begin with."""

_RULE = re.compile(r"[-=:+|]{2,}")
"""A cell of a drawn line."""


def header_place(rows: list[Row], wanted: Sequence[str]) -> int | None:
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
            names = {*names_in(row, wanted), NAMELESS}
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


def _names_numbers(rows: list[Row], i: int) -> bool:
    """Whether row i has texts in every place, and the next one has a number in one of them."""
    _, header = rows[i]
    names = _without_end(names_in(header, ()))
    below = _first_data(rows[i + 1 : i + 1 + HEADER_ROWS])
    filled = [name for name in names if name]
    has_enough_names = len(filled) >= min(2, len(below))
    if not has_enough_names or any(map(is_value, filled)):
        return False
    # One column may have no name, and empty cells may stand at the end.
    is_narrower = len(below) < len(names)
    extra = below[len(names) :]
    if is_narrower or (len(extra) > 1 and any(extra)):
        return False
    return any(map(is_value, below))


def _first_data(rows: list[Row]) -> list[str]:
    """The first row that is neither a comment nor a rule; no cells where there is none."""
    for _, row in rows:
        if not is_comment(row) and not is_rule(row):
            return row
    return []


def names_in(header: list[str], wanted: Sequence[str]) -> list[str]:
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


def _are_certain_units(rows: list[Row]) -> bool:
    """Whether the second of two rows has units below the names of the first, and is no header."""
    if len(rows) < 2:
        return False
    (_, names), (_, units) = rows
    if len(names) != len(units) or not all(names):
        return False
    if any(map(is_value, names)):
        return False
    return all(_is_bracketed(unit) for unit in units if unit)


def _is_bracketed(cell: str) -> bool:
    return cell[0] + cell[-1] in ("()", "[]")


def is_comment(row: Sequence[str]) -> bool:
    """Whether a row begins as comments do."""
    return bool(row) and row[0].startswith(COMMENTS)


def is_rule(row: Sequence[str]) -> bool:
    """Whether a row is drawn: a line of dashes below the names, as Markdown and psql have it."""
    filled = [cell for cell in row if cell]
    return bool(filled) and all(map(_RULE.fullmatch, filled))


def is_value(cell: str) -> bool:
    return reads_as_number(cell) or read_date(cell) is not None or is_ordered_date(cell)
