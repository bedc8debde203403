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
    may_begin_date = cell[:1].isdigit() or cell.startswith("Q") or cell[:3].isalpha()
    if len(cell) < 6 or not may_begin_date:
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
    day = moment.toordinal() - first
    whole_seconds = moment.hour * 3600 + moment.minute * 60 + moment.second
    seconds = whole_seconds + moment.microsecond / 1e6
    passed_days = day + seconds / SECONDS_A_DAY
    return moment.year + passed_days / _days_of(moment.year)


def date_text(year: float, *, with_day: bool = True) -> str:
    """A year with its fraction as 2020-03-04 or 2020-03; beyond the calendar, the number."""
    whole = math.floor(year)
    if not MINYEAR <= whole < MAXYEAR:
        return f"{year:.2f}"
    passed_days = (year - whole) * _days_of(whole)
    # A thousandth of a day against a fraction that was rounded down.
    whole_days = math.floor(passed_days + 1e-3)
    day = date(whole, 1, 1) + timedelta(days=whole_days)
    text = day.isoformat()
    return text if with_day else text[: len("2020-03")]


def _days_of(year: int) -> int:
    """The number of days of a year."""
    is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 366 if is_leap else 365


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
        if match is None:
            continue
        named_month = _month_of_name(match["name"])
        if named_month is not None:
            return _at(match, named_month)
    basic = _BASIC.fullmatch(cell)
    if basic is not None:
        year, month, day, hour, minute, second, offset = basic.groups(default="")
        day_and_clock = f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}"
        return _moment(day_and_clock + offset)
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
    year = int(parts["year"])
    start = datetime(year, month, int(day or 1))
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
    if half is None:
        return time.fromisoformat(f"{hour:0>2}:{rest}")
    hour_of_half = int(hour)
    if not 1 <= hour_of_half <= 12:
        raise ValueError(clock)
    full_hour = hour_of_half % 12
    if half in "pP":
        full_hour += 12
    return time.fromisoformat(f"{full_hour:02}:{rest}")


def _beginning(cell: str) -> datetime | None:
    """The first day of the month, quarter or week that a cell names, or the day of a year."""
    of_month = _MONTH.fullmatch(cell) or _MONTH_FIRST.fullmatch(cell)
    if of_month is not None:
        year, month = int(of_month["year"]), int(of_month["month"])
        return datetime(year, month, 1)
    of_quarter = _QUARTER.fullmatch(cell) or _QUARTER_FIRST.fullmatch(cell)
    if of_quarter is not None:
        number = of_quarter["quarter"] or of_quarter.groupdict()["ordinal"]
        first_month = 3 * int(number) - 2
        return datetime(int(of_quarter["year"]), first_month, 1)
    of_week = _WEEK.fullmatch(cell)
    if of_week is not None:
        year, week, weekday = map(int, of_week.groups(default="1"))
        return datetime.fromisocalendar(year, week, weekday)
    of_day = _DAY_OF_YEAR.fullmatch(cell)
    if of_day is not None:
        year, day = map(int, of_day.groups())
        return day_of_year(year, day)
    return None


def day_of_year(year: int, day: int) -> datetime | None:
    """The day with this number, from 1 on. None where the year has no such day."""
    moment = datetime(year, 1, 1) + timedelta(days=day - 1)
    return moment if moment.year == year else None
