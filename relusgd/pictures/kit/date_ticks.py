"""Ticks along an axis of dates, which are years with fractions: whole years, months or days."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import MAXYEAR, MINYEAR, datetime, timedelta

from relusgd.model.data_file.dates import as_year
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.kit.ticks import Ticks, even_ticks

YEARS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
MONTHS = (1, 2, 3, 6)
DAYS = (1, 2, 5, 10)
"""The distances between ticks, in years, months and days."""

ENOUGH = 3
"""Where fewer years have room or lie on the axis, months are tried, and then days."""

MOST = 100
"""No axis has room for more."""

OVERHANG = 1.3
"""How far a label may stand over the end of the axis, in heights of a letter."""


def date_ticks(low: float, high: float, room: float, pixels: float) -> Ticks:
    """Ticks for dates from low to high whose labels stay apart along `room` pixels.

    Years are written 1975, months 1975-03 and days 1975-03-14. Months stand where there are fewer
    than ENOUGH years, and days where there are as few months.
    """
    if not MINYEAR + 1 <= low < high < MAXYEAR:
        return even_ticks(low, high, 5)
    letter = (high - low) / room * pixels
    best = Ticks((), ())
    for of_a_kind in (_years(low, high), _months(low, high), _days(low, high)):
        ticks = _closest_fitting(of_a_kind, low, high, letter, pixels)
        if len(ticks.places) > len(best.places):
            best = ticks
        if len(best.places) >= ENOUGH:
            break
    return best


def _closest_fitting(
    distances: Iterator[Ticks], low: float, high: float, letter: float, pixels: float
) -> Ticks:
    """The first ticks, of those at ever larger distances, whose labels stay apart; or none."""
    for ticks in distances:
        inside = _within(ticks, low, high, letter, pixels)
        # A letter is as many pixels high as `letter` years are wide.
        if inside.stay_apart(letter, pixels, pixels):
            return inside
    return Ticks((), ())


def _within(ticks: Ticks, low: float, high: float, letter: float, pixels: float) -> Ticks:
    """The ticks whose labels stand over the ends of the axis by OVERHANG at most.

    letter: the years that are as wide as a letter is high.
    """
    first, last = low - OVERHANG * letter, high + OVERHANG * letter
    kept = {}
    for place, label in zip(ticks.places, ticks.labels, strict=True):
        half = text_width(label, pixels) / pixels * letter / 2
        if first <= place - half and place + half <= last:
            kept[place] = label
    return Ticks(tuple(kept), tuple(kept.values()))


def _years(low: float, high: float) -> Iterator[Ticks]:
    """Whole years, from the closest to the farthest distance."""
    for distance in YEARS:
        first = math.ceil(low / distance) * distance
        years = range(first, math.floor(high) + 1, distance)
        if len(years) <= MOST:
            places = [float(year) for year in years]
            labels = [f"{year}" for year in years]
            yield Ticks(tuple(places), tuple(labels))


def _months(low: float, high: float) -> Iterator[Ticks]:
    """The first days of months."""
    if high - low > MOST:
        return
    months: list[datetime] = []
    for year in range(math.floor(low), math.floor(high) + 1):
        months += [datetime(year, month, 1) for month in range(1, 13)]
    for distance in MONTHS:
        chosen = [month for month in months if (month.month - 1) % distance == 0]
        yield _dated(chosen, "%Y-%m", low, high)


def _days(low: float, high: float) -> Iterator[Ticks]:
    """Days; at distances of some days, counted from the first of each month."""
    if 365 * (high - low) > 10 * MOST:
        return
    first_year, last_year = math.floor(low), math.floor(high)
    first = datetime(first_year, 1, 1)
    count = 366 * (last_year - first_year + 1)
    days = [first + timedelta(days=day) for day in range(count)]
    for distance in DAYS:
        # The 31st would stand beside the 1st.
        last = 31 if distance == 1 else 30
        chosen = [day for day in days if (day.day - 1) % distance == 0 and day.day <= last]
        yield _dated(chosen, "%Y-%m-%d", low, high)


def _dated(moments: list[datetime], form: str, low: float, high: float) -> Ticks:
    """Ticks at the moments between low and high."""
    labels = {}
    for moment in moments:
        place = as_year(moment)
        if low <= place <= high:
            labels[place] = moment.strftime(form)
    return Ticks(tuple(labels), tuple(labels.values()))
