"""Where along x the elbows of the units that take part stand: together, or apart.

Distances are shares of the range of the training x. Elbows nearer than TOGETHER bend the function
at one place, to the eye and to the points; they stand at different places again when they are
APART. What lies between changes nothing, so that a pair that trembles around either is not told
time and again.
"""

from __future__ import annotations

import math

import numpy as np

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.model.data_file.dates import date_text
from relusgd.model.network import Array, Booleans

TOGETHER = 0.02
APART = 0.05

MOST_YEARS_OF_DAYS = 10
"""Of dates over more years, the month is told and not the day."""


def count_places(elbows: Array, width: float) -> int:
    """The least number of intervals of this width that hold all elbows, shape (n,)."""
    ordered = np.sort(elbows)
    places = 0
    index = 0
    while index < len(ordered):
        places += 1
        index = int(np.searchsorted(ordered, ordered[index] + width, side="right"))
    return places


def places_over_time(course: RecordedCourse) -> Array:
    """How many places the elbows that take part stand at, shape (T,), each TOGETHER wide."""
    width = TOGETHER * course.x_width
    counts = []
    for elbows, takes_part in zip(course.elbows, course.takes_part, strict=True):
        counts.append(count_places(elbows[takes_part], width))
    return np.array(counts, dtype=np.float64)


def common_units(course: RecordedCourse, one: int, other: int) -> Booleans:
    """Which followed units take part at both of two looked-at snapshots, shape (n,)."""
    takes_part = course.takes_part
    return np.asarray(takes_part[one] & takes_part[other])


def place_text(course: RecordedCourse, x: float) -> str:
    """A place along x in the units of the data, with the digits that 1 % of the range needs.

    Where x were dates, the day, or the month of more than ten years.
    """
    scaling = course.dataset.scaling
    ends = scaling.x_to_original(np.array([x, *course.x_range]))
    place, low, high = ends.tolist()
    if course.dataset.x_is_date:
        return date_text(place, with_day=high - low <= MOST_YEARS_OF_DAYS)
    digits = max(0, 2 - math.floor(math.log10(high - low)))
    text = f"{place:.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
