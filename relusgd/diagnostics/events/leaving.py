"""Elbows leave the data, or come to it. Outside, a unit is a straight line to all points."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.event import Event
from relusgd.diagnostics.events.registry import event_kind
from relusgd.diagnostics.events.unit_counts import Burst, bursts
from relusgd.model.network import Array
from relusgd.words import agreeing, counted


@event_kind
def elbows_leave(course: RecordedCourse) -> Iterator[Event]:
    """Elbows of the first layer go beyond the outer training points."""
    for burst in _outside_bursts(course):
        gone = burst.after - burst.before
        if gone > 0:
            who = f"{counted(gone, 'elbow')}{course.of_layer}"
            leave = agreeing(gone, "leaves", "leave")
            units = agreeing(gone, "its unit bends", "their units bend")
            yield _event(
                course,
                "elbows_leave",
                burst,
                gone,
                f"{who} {leave} the data: beyond the outer points {units} the function no more",
                f"{who} {leave} the data",
            )


@event_kind
def elbows_enter(course: RecordedCourse) -> Iterator[Event]:
    """Elbows of the first layer come in from beyond the outer training points."""
    for burst in _outside_bursts(course):
        came = burst.before - burst.after
        if came > 0:
            who = f"{counted(came, 'elbow')}{course.of_layer}"
            come = agreeing(came, "comes", "come")
            units = agreeing(came, "its unit bends", "their units bend")
            yield _event(
                course,
                "elbows_enter",
                burst,
                came,
                f"{who} {come} in from outside: {units} the function among the points now",
                f"{who} {come} in from outside the data",
            )


def _outside_bursts(course: RecordedCourse) -> Iterator[Burst]:
    counts = course.smooth_count(outside_counts(course))
    return bursts(course, counts, course.history.hidden[0])


def outside_counts(course: RecordedCourse) -> Array:
    """How many elbows lie beyond the outer training points, or are none, shape (T,)."""
    low, high = course.x_range
    counts = []
    for history, row in course.each_row():
        elbow = history.elbow[row]
        is_inside = (low <= elbow) & (elbow <= high)
        counts.append(elbow.size - np.count_nonzero(is_inside))
    return np.array(counts, dtype=np.float64)


def _event(
    course: RecordedCourse,
    name: str,
    burst: Burst,
    elbows: int,
    sentence: str,
    caption: str,
) -> Event:
    return course.event(
        name,
        int(course.rows[burst.begin]),
        int(course.rows[burst.end]),
        numbers={
            "elbows": elbows,
            "outside": burst.after,
            "of": course.history.hidden[0],
        },
        sentence=sentence,
        caption=caption,
    )
