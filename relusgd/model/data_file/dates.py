"""Dates as years: 1987.25 is a quarter of the way through 1987."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time

_DATE = re.compile(
    r"(\d{4})(?:([-/])(\d{1,2})(?:\2(\d{1,2}))?)"
    r"(?:[T ](\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_MONTH = re.compile(r"(\d{4})-?M(\d{2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_COMPACT = re.compile(r"(?:1[89]|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", re.ASCII)

SECONDS_A_DAY = 86400


def read_date(cell: str) -> float | None:
    """The date as a year with its fraction; None when the cell is no date that can be read.

    Taken are 2020-03-04, 2020/03/04, either with a time behind it, 2020-03 and 2020Q1, which are
    the first days of their month and quarter. A time with an offset becomes UTC.
    """
    if len(cell) < 6 or not cell[:4].isdigit():
        return None
    try:
        moment = _moment(cell)
        return None if moment is None else as_year(moment)
    except (ValueError, OverflowError):
        return None


def is_year(cell: str) -> bool:
    """Whether a cell is a year of four digits, which may stand among dates."""
    return _YEAR.fullmatch(cell) is not None


def is_compact_date(cell: str) -> bool:
    """Whether a cell has the eight digits of a date such as 20200304."""
    return _COMPACT.fullmatch(cell) is not None


def as_year(moment: datetime) -> float:
    """The year, and the share of it that has passed."""
    first = date(moment.year, 1, 1).toordinal()
    days = 366 if _is_leap(moment.year) else 365
    day = moment.toordinal() - first
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
    return moment.year + (day + seconds / SECONDS_A_DAY) / days


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _moment(cell: str) -> datetime | None:
    """The moment that a cell names, without its time zone. Raises ValueError for 2020-02-30."""
    match = _DATE.fullmatch(cell)
    if match is None:
        return _month_or_quarter(cell)
    year, _, month, day, clock, offset = match.groups()
    if clock is not None and day is None:
        return None
    start = datetime(int(year), int(month), int(day or 1))
    if clock is None:
        return start
    moment = datetime.combine(start, _time(clock))
    if offset is None:
        return moment
    zoned = datetime.fromisoformat(f"{moment.isoformat()}{offset}")
    return zoned.astimezone(UTC).replace(tzinfo=None)


def _time(clock: str) -> time:
    hour, _, rest = clock.partition(":")
    return time.fromisoformat(f"{hour:0>2}:{rest}")


def _month_or_quarter(cell: str) -> datetime | None:
    month = _MONTH.fullmatch(cell)
    if month is not None:
        return datetime(int(month[1]), int(month[2]), 1)
    quarter = _QUARTER.fullmatch(cell)
    if quarter is not None:
        return datetime(int(quarter[1]), 3 * int(quarter[2]) - 2, 1)
    return None
