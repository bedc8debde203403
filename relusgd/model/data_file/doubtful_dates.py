"""Columns of x that could be dates or something else: refused with both meanings."""

from __future__ import annotations

import re

from relusgd.model.data_file.column import FileColumn
from relusgd.model.data_file.compact_dates import (
    are_compact_dates,
    are_short_dates,
    compact_date_text,
)
from relusgd.model.data_file.faults import DataFaults, in_quotes
from relusgd.model.data_file.layout import Layout
from relusgd.model.data_file.missing import is_missing
from relusgd.model.data_file.names import says_date

COMPACT_ROWS = 3
"""From so many rows on, a column of numbers such as 20200304 alone may be dates."""

SPLIT_ROWS = 2
"""From so many rows on, dates such as 2009/10 and 2010/11 alone may be seasons."""

_SPLIT_YEAR = re.compile(r"(\d{4})[-/](\d{2})", re.ASCII)


def refuse_doubtful_dates(
    column: FileColumn,
    layout: Layout,
    index: int,
    faults: DataFaults,
) -> None:
    """Note a fault where all cells of x, as far as the sample goes, could mean two things.

    index: the place of the column in the file.
    """
    lines: list[int] = []
    cells: list[str] = []
    for line, row in layout.sample:
        if index < len(row) and not is_missing(row[index]):
            lines.append(line)
            cells.append(row[index])
    if not cells:
        return
    doubt = _of_split_years(cells) if column.is_dated else _of_digits(column, cells)
    if doubt is not None:
        cell = f"{in_quotes(column.name)} is {in_quotes(cells[0])}"
        faults.add_of_column(lines[0], f"{cell}, {doubt}")


def _of_digits(column: FileColumn, cells: list[str]) -> str | None:
    """What numbers such as 20200304 alone could be."""
    if len(column.values) < COMPACT_ROWS:
        return None
    if are_compact_dates(cells):
        meaning = f"the date {compact_date_text(cells[0])}; name the column date"
    elif says_date(column.name) and are_short_dates(cells):
        meaning = "a date; write its year with four digits"
    else:
        return None
    return f"which could be a number or {meaning}, or write numbers with a point ({cells[0]}.0)"


def _of_split_years(cells: list[str]) -> str | None:
    """What dates such as 2009/10 and 2010/11 alone could be: the second year is the next one."""
    if len(cells) < SPLIT_ROWS or not all(map(_is_season, cells)):
        return None
    year, month = cells[0][:4], cells[0][5:]
    return (
        f"which could be the month {year}-{month} or the time from {year} to {int(year) + 1}; "
        f"write months with their day ({year}-{month}-01), or years alone ({year})"
    )


def _is_season(cell: str) -> bool:
    match = _SPLIT_YEAR.fullmatch(cell)
    if match is None:
        return False
    following = int(match[1]) + 1
    return int(match[2]) == following % 100
