"""Dates such as 13.04.2020 and 04/13/2020: the whole column tells which number is the day.

One such date alone may be two days. Where a date of the column has a number above 12, the order of
all of them is known, unless two of them disagree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from relusgd.model.data_file.dates import CLOCK, read_date

DAY_FIRST = "the day first"
MONTH_FIRST = "the month first"
ORDERS = (DAY_FIRST, MONTH_FIRST)

_ORDERED = re.compile(rf"(\d{{1,2}})([/.-])(\d{{1,2}})\2(\d{{4}})({CLOCK})", re.ASCII)


def read_ordered_date(cell: str, order: str) -> float | None:
    """The date as a year with its fraction, read in this order; None where it is none so."""
    match = _ORDERED.fullmatch(cell)
    if match is None:
        return None
    day, month = match[1], match[3]
    if order == MONTH_FIRST:
        day, month = month, day
    return read_date(f"{match[4]}-{month}-{day}{match[5]}")


def is_ordered_date(cell: str) -> bool:
    """Whether a cell is such a date in one order at least."""
    return any(read_ordered_date(cell, order) is not None for order in ORDERS)


@dataclass(eq=False)
class DayOrder:
    """What the dates of a column show of their order.

    possible: the orders in which all of them are dates. dates: how many there are. example: the
    first one that is a date in one order alone.
    """

    possible: tuple[str, ...] = field(default=ORDERS)
    dates: int = 0
    example: str | None = None

    def look_at(self, cell: str) -> bool:
        """Note what a cell shows, and return whether it is such a date."""
        orders = [order for order in ORDERS if read_ordered_date(cell, order) is not None]
        if not orders:
            return False
        self.possible = tuple(order for order in self.possible if order in orders)
        if len(orders) == 1:
            self.example = self.example or cell
        self.dates += 1
        return True

    @property
    def known(self) -> str | None:
        """The one order in which all dates of the column are dates, if there is one alone."""
        return self.possible[0] if self.dates and len(self.possible) == 1 else None
