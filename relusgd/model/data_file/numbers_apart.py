"""Numbers that may stand for a missing value."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relusgd.model.network import Array

NINES = (99.0, 999.0, 9999.0, 99999.0, 99.9, 999.9, 99.99, 999.99)
MISSING_NUMBERS = [*NINES, *(-number for number in NINES)]
"""Numbers that instruments and archives write where there is no value."""


class NumberApart(NamedTuple):
    """A number that may stand for a missing value.

    rows: in how many rows it is. low, high: the range of the others.
    """

    number: float
    rows: int
    low: float
    high: float


def numbers_apart(values: Array) -> list[NumberApart]:
    """The MISSING_NUMBERS among the values that are farther from all others than these are apart.

    They are reported and not taken out, because −999 may be a value, too.
    """
    found = []
    for number in MISSING_NUMBERS:
        is_number = values == number
        rows = int(np.count_nonzero(is_number))
        others = values[~is_number]
        if not rows or len(others) < 2:
            continue
        low = float(others.min())
        high = float(others.max())
        gap = max(low - number, number - high)
        if gap > high - low:
            found.append(NumberApart(number, rows, low, high))
    return found
