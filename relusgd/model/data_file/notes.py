"""What a person should know of how a column was read, a sentence each."""

from __future__ import annotations

from relusgd.model.data_file.compact_dates import read_compact_date
from relusgd.model.data_file.dates import read_date
from relusgd.model.data_file.day_order import read_ordered_date
from relusgd.model.data_file.faults import in_quotes
from relusgd.model.data_file.numbers_apart import NumberApart
from relusgd.words import counted, exact_number, number_range


def apart_note(name: str, apart: NumberApart) -> str:
    """A number that may stand for a missing value in the column, and what to do if it does."""
    low, high = number_range(apart.low, apart.high)
    number, rows = exact_number(apart.number), counted(apart.rows, "row")
    return (
        f"{in_quotes(name)} is {number} in {rows}, far from its other values ({low} … {high}); "
        "where it stands for no value, leave the cell empty"
    )


def dates_note(name: str, cell: str, order: str | None) -> str:
    """That dates are read as years, with a cell of the column as an example.

    order: of day and month, where the whole column told it.
    """
    year = read_compact_date(cell) or read_date(cell)
    if year is None:
        year = read_ordered_date(cell, order or "") or 0.0
    shown = f"{year:.7g}"
    if float(shown).is_integer() and not year.is_integer():
        shown = f"{year:.10g}"  # hours need more digits than days
    how = "" if order is None else f", {order}"
    return f"the dates in {in_quotes(name)} are read as years{how}: {cell} is {shown}"
