"""Counts of units that change over time: who dies, who comes back, who leaves the data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.smoothing import Leg, legs
from relusgd.model.network import Array, Integers

LASTING = 0.03
"""A count that does not last for this share of the film's clock is a flicker, or on its way."""

LASTING_AT_END = 0.01
"""The last count need last for this share only."""

PAUSE = 0.05
"""Changes with a pause of this share of the film's clock between them are two events."""

LEAST_SHARE = 0.02
"""Fewer units than this share of all are too few to tell, but one of a small network is not."""


@dataclass(frozen=True)
class Burst:
    """A count that goes from `before` to `after`, from one index to another."""

    begin: int
    end: int
    before: int
    after: int


def bursts(course: RecordedCourse, counts: Array, units: int) -> Iterator[Burst]:
    """The times at which a smooth count of units, shape (T,), rises or falls by enough of them.

    units: how many there are in all.
    """
    least = max(1.0, LEAST_SHARE * units)
    counts = _without_flicker(course, counts)
    for leg in legs(counts, least):
        for indices in _parts_without_pause(course, counts, leg):
            begin = int(indices[0]) - 1
            end = int(indices[-1])
            before = round(counts[begin])
            after = round(counts[end])
            if abs(after - before) >= least:
                yield Burst(begin, end, before, after)


def _parts_without_pause(course: RecordedCourse, counts: Array, leg: Leg) -> list[Integers]:
    """The indices at which the count changes on a leg, parted where it pauses."""
    steps = np.diff(counts[leg.first : leg.last + 1])
    goes_on = steps * np.sign(leg.change) > 0
    changing = leg.first + 1 + np.flatnonzero(goes_on)
    is_pause = np.diff(course.places[changing]) > PAUSE
    has_snapshot = np.diff(changing) > 1
    pauses = np.flatnonzero(is_pause & has_snapshot)
    return np.split(changing, pauses + 1)


def _without_flicker(course: RecordedCourse, counts: Array) -> Array:
    """The first count and those that last; between two of them, where others flicker, a straight
    way.
    """
    is_new = np.diff(counts) != 0
    first = np.flatnonzero(np.concatenate([[True], is_new]))
    stop = np.append(first[1:], len(counts))
    durations = _durations(course, first, stop)
    lasts = durations >= LASTING
    lasts[-1] = durations[-1] >= LASTING_AT_END
    # Nobody doubts what a training began with, however soon it changes.
    lasts[0] = True
    ends = np.stack([first[lasts], stop[lasts] - 1], axis=1).ravel()
    indices = np.arange(len(counts))
    return np.asarray(np.interp(indices, ends, counts[ends]))


def _durations(course: RecordedCourse, first: Integers, stop: Integers) -> Array:
    """How long counts last that hold at the indices first … stop − 1: to the next snapshot."""
    places = course.places
    spacing = 0.0
    if len(places) > 1:
        spacing = places[-1] - places[-2]
    behind_last = places[-1] + spacing
    until = np.append(places, behind_last)
    return np.asarray(until[stop] - until[first])
