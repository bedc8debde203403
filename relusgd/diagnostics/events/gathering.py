"""Elbows gather: units that bent the function at many places come to bend it at few."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.event import Event
from relusgd.diagnostics.events.places import TOGETHER, common_units, count_places, places_over_time
from relusgd.diagnostics.events.registry import event_kind
from relusgd.diagnostics.events.smoothing import Leg, legs
from relusgd.model.network import Array
from relusgd.words import counted

FEWER = 2.0
"""The places become fewer by this factor, or more."""

LASTING = 0.03
"""The places stay so few for at least this share of the film's clock, or to the end."""

TAIL = 0.1
"""The event begins, and ends, where this part of the fall is over, and where so much is left."""


@event_kind
def elbows_gather(course: RecordedCourse) -> Iterator[Event]:
    """The places at which the same units bend the function become at most half as many."""
    places = course.smooth_count(places_over_time(course))
    logarithms = np.log(np.maximum(places, 1.0))
    for leg in legs(logarithms, np.log(FEWER)):
        if leg.change < 0:
            yield from _gathering(course, places, leg)


def _gathering(course: RecordedCourse, places: Array, leg: Leg) -> Iterator[Event]:
    """The event of a leg on which the places become fewer, if they stay few for a while and are few
    for the same units, too."""
    part = places[leg.first : leg.last + 1]
    most = part[0]
    fewest = part[-1]
    tail = TAIL * (most - fewest)
    last_at_most = np.flatnonzero(part > most - tail)[-1]
    first_at_fewest = np.flatnonzero(part <= fewest + tail)[0]
    begin = leg.first + int(last_at_most)
    end = leg.first + int(first_at_fewest)
    if not _lasts(course, places, end, np.sqrt(most * fewest)):
        return
    same = common_units(course, begin, end)
    width = TOGETHER * course.x_width
    before = count_places(course.elbows[begin][same], width)
    after = count_places(course.elbows[end][same], width)
    if after and before >= FEWER * after:
        yield _event(course, begin, end, int(same.sum()), before, after)


def _event(
    course: RecordedCourse,
    begin: int,
    end: int,
    units: int,
    before: int,
    after: int,
) -> Event:
    """The event between two looked-at snapshots; before, after: how many places there are."""
    return course.event(
        "elbows_gather",
        int(course.rows[begin]),
        int(course.rows[end]),
        numbers={"units": units, "places_before": before, "places_after": after},
        sentence=f"the elbows of {counted(units, 'unit')}{course.of_layer} gather: "
        f"they stood at {before} places along x and now stand at {after}, "
        "so that units bend the function together",
        caption=f"{_who(course, units)} gather from {before} places into {after}",
    )


def _who(course: RecordedCourse, units: int) -> str:
    """How many elbows; of a layer in which not every unit is followed, nobody has counted them."""
    all_are_followed = len(course.units) == course.history.hidden[0]
    elbows = counted(units, "elbow") if all_are_followed else "The elbows"
    return f"{elbows}{course.of_layer}"


def _lasts(course: RecordedCourse, places: Array, end: int, most: float) -> bool:
    """Whether there are at most so many places for a while from an index on."""
    more = np.flatnonzero(places[end:] > most)
    if not len(more):
        return True
    until = end + more[0]
    return bool(course.places[until] - course.places[end] >= LASTING)
