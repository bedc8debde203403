"""Dates as years: 1987.25 is a quarter of the way through 1987."""

from __future__ import annotations

import math
import re
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, time, timedelta

CLOCK = (
    r"(?:(?:T|,? )(?P<clock>\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?"
    r" ?(?P<offset>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_NAME = r"[A-Za-z]{3,9}\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_WEEKDAY = re.compile(
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? ", re.IGNORECASE
)
_DATE = re.compile(
    rf"(?P<year>\d{{4}})(?:([-/.])(?P<month>\d{{1,2}})(?:\2(?P<day>\d{{1,2}}))?){CLOCK}",
    re.ASCII,
)
_NAMED_MONTHS = [
    re.compile(pattern + CLOCK, re.ASCII)
    for pattern in (
        rf"(?P<name>{_NAME})[ -]{_DAY}(?:,? |-)(?P<year>\d{{4}})",
        rf"{_DAY}(?:\.? |[-/])(?P<name>{_NAME})(?:,? |[-/])(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})[ -](?P<name>{_NAME})[ -]{_DAY}",
        rf"(?P<name>{_NAME})(?:,? |[-/])(?P<year>\d{{4}})",
        rf"(?P<year>\d{{4}})[ -]?(?P<name>{_NAME})",
    )
]
"""Jan 1 2000, January 1, 2000; 1 Jan 2000, 01-JAN-2000; 2000-Jan-01; Jan 2000; 2000 Jan."""

_MONTH = re.compile(r"(?P<year>\d{4})-?M(?P<month>\d{2})", re.ASCII)
_MONTH_FIRST = re.compile(r"(?P<month>\d{1,2})/(?P<year>(?:1[5-9]|20)\d{2})", re.ASCII)
_QUARTER = re.compile(r"(?P<year>\d{4})[- ]?Q(?P<quarter>[1-4])", re.ASCII)
_QUARTER_FIRST = re.compile(
    r"(?:Q(?P<quarter>[1-4])|(?P<ordinal>[1-4])Q)[-/ ]?(?P<year>\d{4})", re.ASCII
)
_WEEK = re.compile(r"(\d{4})-?W(\d{2})(?:-?([1-7]))?", re.ASCII)
_DAY_OF_YEAR = re.compile(r"(\d{4})-(\d{3})", re.ASCII)
_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?", re.ASCII)
"""20200304T120000Z, as ISO 8601 has it beside the form with separators."""

_YEAR = re.compile(r"\d{4}", re.ASCII)

MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)

SECONDS_A_DAY = 86400


def read_date(cell: str) -> float | None:
    """The date as a year with its fraction; None when the cell is no date that can be read.

    Taken are 2020-03-04, 2020/03/04, 2020.03.04, 4 Mar 2020 and Mar 4 2020, each with or without a
    weekday before and a time behind it; 2020-064, the 64th day of a year, and 20200304T120000; and
    2020-03, 03/2020, Mar 2020, 2020Q1, Q1 2020 and 2020-W10, which are the first days of their
    month, quarter and week. A time with an offset becomes UTC.
    """
    if len(cell) < 6 or not (cell[0].isdigit() or cell[0] == "Q" or cell[:3].isalpha()):
        return None
    try:
        moment = _moment(cell)
        return None if moment is None else as_year(moment)
    except (ValueError, OverflowError):
        return None


def is_year(cell: str) -> bool:
    """Whether a cell is a year of four digits, which may stand among dates."""
    return _YEAR.fullmatch(cell) is not None


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
    if cell[0].isalpha():
        cell = _WEEKDAY.sub("", cell, count=1)
    match = _DATE.fullmatch(cell)
    if match is not None:
        is_number = match[2] == "." and match["day"] is None
        return None if is_number else _at(match, int(match["month"]))
    for pattern in _NAMED_MONTHS:
        match = pattern.fullmatch(cell)
        month = None if match is None else _month_of_name(match["name"])
        if match is not None and month is not None:
            return _at(match, month)
    basic = _BASIC.fullmatch(cell)
    if basic is not None:
        year, month_digits, day, hour, minute, second, offset = basic.groups(default="")
        return _moment(f"{year}-{month_digits}-{day}T{hour}:{minute}:{second or '00'}{offset}")
    return _beginning(cell)


def _at(match: re.Match[str], month: int) -> datetime | None:
    """The moment of a match that has a year, perhaps a day, and behind a day perhaps a clock."""
    parts = match.groupdict()
    day = parts.get("day")
    clock = parts["clock"]
    half = parts["half"]
    offset = parts["offset"]
    if clock is not None and day is None:
        return None
    start = datetime(int(parts["year"]), month, int(day or 1))
    if clock is None:
        return start
    moment = datetime.combine(start, _time(clock, half))
    if offset is None or offset in ("Z", "UTC", "GMT"):
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


def _time(clock: str, half: str | None) -> time:
    """The time of day. half: the letter a or p of a clock of twelve hours."""
    hour, _, rest = clock.partition(":")
    if half is not None:
        if not 1 <= int(hour) <= 12:
            raise ValueError(clock)
        hour = str(int(hour) % 12 + (12 if half in "pP" else 0))
    return time.fromisoformat(f"{hour:0>2}:{rest}")


def _beginning(cell: str) -> datetime | None:
    """The first day of the month, quarter or week that a cell names, or the day of a year."""
    month = _MONTH.fullmatch(cell) or _MONTH_FIRST.fullmatch(cell)
    if month is not None:
        return datetime(int(month["year"]), int(month["month"]), 1)
    quarter = _QUARTER.fullmatch(cell) or _QUARTER_FIRST.fullmatch(cell)
    if quarter is not None:
        number = quarter["quarter"] or quarter.groupdict()["ordinal"]
        return datetime(int(quarter["year"]), 3 * int(number) - 2, 1)
    week = _WEEK.fullmatch(cell)
    if week is not None:
        return datetime.fromisocalendar(int(week[1]), int(week[2]), int(week[3] or 1))
    day = _DAY_OF_YEAR.fullmatch(cell)
    if day is not None:
        moment = datetime(int(day[1]), 1, 1) + timedelta(days=int(day[2]) - 1)
        return moment if moment.year == int(day[1]) else None
    return None
