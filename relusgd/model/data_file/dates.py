"""Dates as years: 1987.25 is a quarter of the way through 1987."""

from __future__ import annotations

import math
import re
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta

CLOCK = (
    r"(?:[T ](?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(?P<offset>Z|[+-]\d{2}:?\d{2})?)?"
)
_NAME = r"[A-Za-z]{3,9}\.?"
_DATE = re.compile(
    rf"(?P<year>\d{{4}})(?:([-/])(?P<month>\d{{1,2}})(?:\2(?P<day>\d{{1,2}}))?){CLOCK}",
    re.ASCII,
)
_NAMED_MONTHS = [
    re.compile(pattern + CLOCK, re.ASCII)
    for pattern in (
        rf"(?P<name>{_NAME})[ -](?P<day>\d{{1,2}})(?:,? |-)(?P<year>\d{{4}})",
        rf"(?P<day>\d{{1,2}})(?:\.? |[-/])(?P<name>{_NAME})(?:,? |[-/])(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})[ -](?P<name>{_NAME})[ -](?P<day>\d{{1,2}})",
        rf"(?P<name>{_NAME})(?:,? |[-/])(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})[ -]?(?P<name>{_NAME})",
    )
]
"""Jan 1 2000, January 1, 2000; 1 Jan 2000, 01-JAN-2000; 2000-Jan-01; Jan 2000; 2000 Jan."""

_MONTH = re.compile(r"(\d{4})-?M(\d{2})", re.ASCII)
_QUARTER = re.compile(r"(\d{4})[- ]?Q([1-4])", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)
_COMPACT = re.compile(r"(?:1[89]|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])", re.ASCII)

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)

SECONDS_A_DAY = 86400


def read_date(cell: str) -> float | None:
    """The date as a year with its fraction; None when the cell is no date that can be read.

    Taken are 2020-03-04, 2020/03/04, 4 Mar 2020 and Mar 4 2020, each with or without a time behind
    it, and 2020-03, Mar 2020 and 2020Q1, which are the first days of their month and quarter. A
    time with an offset becomes UTC.
    """
    if len(cell) < 6 or not (cell[0].isdigit() or cell[:3].isalpha()):
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


def read_compact_date(cell: str) -> float | None:
    """The date that 20200304 names, as a year with its fraction; None for anything else."""
    if not is_compact_date(cell):
        return None
    return read_date(f"{cell[:4]}-{cell[4:6]}-{cell[6:]}")


def as_year(moment: datetime) -> float:
    """The year, and the share of it that has passed."""
    first = date(moment.year, 1, 1).toordinal()
    days = 366 if _is_leap(moment.year) else 365
    day = moment.toordinal() - first
    seconds = moment.hour * 3600 + moment.minute * 60 + moment.second + moment.microsecond / 1e6
    return moment.year + (day + seconds / SECONDS_A_DAY) / days


def date_text(year: float, *, with_day: bool = True) -> str:
    """A year with its fraction as 2020-03-04 or 2020-03; beyond the calendar, the number."""
    whole = math.floor(year)
    if not MINYEAR <= whole < MAXYEAR:
        return f"{year:.2f}"
    days = 366 if _is_leap(whole) else 365
    # A thousandth of a day against a fraction that was rounded down.
    day = date(whole, 1, 1) + timedelta(days=math.floor((year - whole) * days + 1e-3))
    return day.isoformat() if with_day else day.isoformat()[:-3]


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def _moment(cell: str) -> datetime | None:
    """The moment that a cell names, without its time zone. Raises ValueError for 2020-02-30."""
    match = _DATE.fullmatch(cell)
    if match is not None:
        return _at(match, int(match["month"]))
    for pattern in _NAMED_MONTHS:
        match = pattern.fullmatch(cell)
        month = None if match is None else _month_of_name(match["name"])
        if match is not None and month is not None:
            return _at(match, month)
    return _month_or_quarter(cell)


def _at(match: re.Match[str], month: int) -> datetime | None:
    """The moment of a match that has a year, perhaps a day, and behind a day perhaps a clock."""
    parts = match.groupdict()
    day = parts.get("day")
    clock = parts["clock"]
    offset = parts["offset"]
    if clock is not None and day is None:
        return None
    start = datetime(int(parts["year"]), month, int(day or 1))
    if clock is None:
        return start
    moment = datetime.combine(start, _time(clock))
    if offset is None:
        return moment
    zoned = datetime.fromisoformat(f"{moment.isoformat()}{offset}")
    return zoned.astimezone(UTC).replace(tzinfo=None)


def _month_of_name(name: str) -> int | None:
    """The month of an English name or its beginning: Mar, Sept., april."""
    beginning = name.removesuffix(".").lower()
    for number, month in enumerate(MONTHS, 1):
        if month.startswith(beginning):
            return number
    return None


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
