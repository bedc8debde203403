"""Dates of digits alone, such as 20200304 and 202003.

Each of them is a number, too, and as a number it has no even steps: 202012 is followed by 202101.
The whole column and its name decide.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from relusgd.model.data_file.dates import as_year, day_of_year

_COMPACT = re.compile(r"((?:1[89]|20)\d{2})(\d{2,4}|\d{6}|\d{8}|\d{10})", re.ASCII)
"""The year, and behind it MM, DDD (the day of the year), MMDD, or MMDD with HH, HHMM or HHMMSS."""

_SHORT = re.compile(r"\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", re.ASCII)


def read_compact_date(cell: str) -> float | None:
    """The date that 20200304 names, as a year with its fraction; None for anything else."""
    moment = _moment(cell)
    return None if moment is None else as_year(moment)


def compact_date_text(cell: str) -> str:
    """The same date with its parts apart, such as 2020-03-04; the cell where it is none."""
    moment = _moment(cell)
    if moment is None:
        return cell
    if len(cell) == len("YYYYMM"):
        return f"{moment:%Y-%m}"
    return f"{moment:%Y-%m-%d}" if len(cell) <= len("YYYYMMDD") else f"{moment:%Y-%m-%d %H:%M}"


def are_compact_dates(cells: Sequence[str]) -> bool:
    """Whether all cells are such dates, and all of them written in one way."""
    is_even = len(set(map(len, cells))) == 1
    return is_even and all(_moment(cell) is not None for cell in cells)


def are_short_dates(cells: Sequence[str]) -> bool:
    """Whether all cells have the six digits of a date without its century, such as 200304."""
    return bool(cells) and all(map(_SHORT.fullmatch, cells))


def _moment(cell: str) -> datetime | None:
    match = _COMPACT.fullmatch(cell)
    if match is None:
        return None
    year, rest = int(match[1]), match[2]
    try:
        if len(rest) == len("DDD"):
            return day_of_year(year, int(rest))
        month, *others = _pairs_of_digits(rest)
        # Without a day it is the first one, without a clock midnight.
        day, *clock = others or [1]
        hour, minute, second = [*clock, 0, 0, 0][:3]
        return datetime(year, month, day, hour, minute, second)
    except ValueError:
        return None


def _pairs_of_digits(digits: str) -> list[int]:
    """The numbers of two digits each: 3, 4, 12 for 030412."""
    starts = range(0, len(digits), 2)
    return [int(digits[start : start + 2]) for start in starts]
