"""Plateaus: the error stands still for a while, and then falls."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.event import Event
from relusgd.diagnostics.events.registry import event_kind
from relusgd.diagnostics.events.thinned_course import MEDIAN_OF_NORMAL
from relusgd.model.network import Array

FLAT = 0.05
"""On a plateau the smooth error changes by at most this part."""

FALL = 0.7
"""Within as long as the plateau lasted, the error falls to this part of it, or further."""

WIGGLES = 3.0
"""The fall is so many times what the smooth error rises above its lowest, in logarithms, until the
end of the plateau or as long after: an error that goes up and down stands still by chance.
"""

MOST = 0.9
"""Of the rises above the lowest error, this quantile counts."""

LONG = 0.08
"""A plateau takes this share of the film's clock, ..."""

LONG_IN_STEPS = 0.1
"""... or this share of all steps."""

FEWEST = 4
"""A plateau has at least so many snapshots."""


@event_kind
def plateau(course: RecordedCourse) -> Iterator[Event]:
    """The training error is flat, and falls as soon as the same time has passed again.

    An error that falls evenly, exponentially or as a power of time, has none.
    """
    if course.outcome == "diverged":
        return
    errors = course.smooth_error("train_mse")
    logarithms = np.log(errors)
    tolerance = max(FLAT, _noise(course))
    wiggles = logarithms - np.minimum.accumulate(logarithms)
    free_from = 0
    for first, last in _flat_ranges(logarithms, tolerance):
        if first < free_from or not _is_long(course, first, last):
            continue
        by_wiggles = WIGGLES * _wiggle(course, wiggles, first, last)
        least = max(3 * tolerance, by_wiggles)
        if _falls_after(course, logarithms, first, last, least):
            free_from = last
            level = float(np.median(errors[first : last + 1]))
            yield _event(course, level, first, last)


def _noise(course: RecordedCourse) -> float:
    """How much the logarithm of the smooth error trembles: twice its standard error, typically."""
    snapshots_near = max(1.0, len(course.history) / len(course))
    typical = MEDIAN_OF_NORMAL * course.trembling("train_mse")
    return 2 * typical / float(np.sqrt(snapshots_near))


def _flat_ranges(values: Array, tolerance: float) -> list[tuple[int, int]]:
    """The ranges (first, last) over which values differ by at most `tolerance`, each as long as can
    be, from left to right."""
    ranges: list[tuple[int, int]] = []
    first = 0
    for last in range(len(values)):
        while np.ptp(values[first : last + 1]) > tolerance:
            first += 1
        if ranges and ranges[-1][0] == first:
            ranges[-1] = (first, last)
        else:
            ranges.append((first, last))
    return ranges


def _is_long(course: RecordedCourse, first: int, last: int) -> bool:
    if last - first + 1 < FEWEST:
        return False
    share_of_clock = course.places[last] - course.places[first]
    steps = course.steps[last] - course.steps[first]
    share_of_steps = steps / (course.steps[-1] or 1.0)
    return bool(share_of_clock >= LONG or share_of_steps >= LONG_IN_STEPS)


def _wiggle(course: RecordedCourse, wiggles: Array, first: int, last: int) -> float:
    """How far the error typically rises: until the end of a flat range, or until as long after.

    The larger of the two counts: early in a training, noise with a memory has not been seen yet.
    """
    places = course.places
    length = places[last] - places[first]
    is_until_as_long_after = places <= places[last] + length
    until_its_end = np.quantile(wiggles[: last + 1], MOST)
    until_as_long_after = np.quantile(wiggles[is_until_as_long_after], MOST)
    return float(max(until_its_end, until_as_long_after))


def _falls_after(
    course: RecordedCourse,
    logarithms: Array,
    first: int,
    last: int,
    least: float,
) -> bool:
    """Whether the error falls enough within as long as the flat range lasted, for good."""
    steps = course.steps
    level = float(np.median(logarithms[first : last + 1]))
    fall = max(-np.log(FALL), least)
    goal = level - fall
    until = steps[last] + (steps[last] - steps[first])
    soon = (steps > steps[last]) & (steps <= until)
    if not soon.any():
        return False
    return bool(logarithms[soon].min() <= goal and logarithms[-1] <= goal)


def _event(course: RecordedCourse, level: float, first: int, last: int) -> Event:
    text = course.error_text(level)
    return course.event(
        "plateau",
        int(course.rows[first]),
        int(course.rows[last]),
        numbers={"train_mse": course.original_error(level)},
        sentence=f"a plateau: the train MSE stands at {text} for a while, then falls again",
        caption=f"For a while the error stands at {text}",
    )
