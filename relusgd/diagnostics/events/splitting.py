"""A cluster splits: units that bent the function at one place part, and bend it at two."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.event import Event
from relusgd.diagnostics.events.partings import Parting, partings_of_pairs
from relusgd.diagnostics.events.places import APART, TOGETHER, place_text
from relusgd.diagnostics.events.registry import event_kind
from relusgd.model.network import Integers
from relusgd.words import counted

LASTING_OF_PAIR = 0.16
"""Two units alone stand together for at least this share: in a slow drift two come near each other
by chance."""

FEW = 3
"""So few units, when they part, stand within TOGETHER, and more of them within twice that."""


SHARE = 0.1
"""A cluster has at least this share of the strength of all units that bend the function, and each
of its parts this share of the cluster's."""

SHARE_OF_PAIR = 0.25
"""Two units alone have at least this share."""


SAME_TIME = 0.05
"""Pairs of a cluster that part within this share of the film's clock belong to one event."""


@event_kind
def cluster_splits(course: RecordedCourse) -> Iterator[Event]:
    """Units that have come together, or began so, and stood together for a while, come to stand
    apart."""
    partings = sorted(partings_of_pairs(course), key=lambda parting: parting.begin)
    for group in _of_one_cluster(course, partings):
        yield from _split(course, group)


def _of_one_cluster(course: RecordedCourse, partings: list[Parting]) -> list[list[Parting]]:
    """Partings that begin at about the same time and place."""
    groups: list[list[Parting]] = []
    for parting in partings:
        near = [group for group in groups if _is_near(course, parting, group[0])]
        if near:
            near[0].append(parting)
        else:
            groups.append([parting])
    return groups


def _is_near(course: RecordedCourse, parting: Parting, first: Parting) -> bool:
    """Whether a parting belongs to one event with the first parting of a group."""
    distance = abs(_x_of(course, parting) - _x_of(course, first))
    time = course.places[parting.begin] - course.places[first.begin]
    return bool(distance <= APART * course.x_width and time <= SAME_TIME)


def _x_of(course: RecordedCourse, parting: Parting) -> float:
    """Where the first unit of a pair stands when the pair parts."""
    unit, _ = parting.units
    return float(course.elbows[parting.begin][unit])


def _split(course: RecordedCourse, group: list[Parting]) -> Iterator[Event]:
    begin = group[0].begin
    end = min(parting.end for parting in group)
    units: set[int] = set()
    for parting in group:
        units.update(parting.units)
    members = np.array(sorted(units))
    if not _is_a_cluster(course, members, begin, end):
        return
    together = course.places[begin] - course.places[group[0].since]
    if len(members) == 2 and together < LASTING_OF_PAIR:
        return
    x = float(np.mean(course.elbows[begin][members]))
    original_x = course.dataset.scaling.x_to_original(np.array(x))
    where = place_text(course, x)
    yield course.event(
        "cluster_splits",
        int(course.rows[begin]),
        int(course.rows[end]),
        numbers={"units": len(members), "x": float(original_x)},
        sentence=f"a cluster of {counted(len(members), 'unit')}{course.of_layer} "
        f"near x = {where} splits: "
        "its elbows stood at one place, and part to bend the function at two",
        caption=f"{counted(len(members), 'elbow')}{course.of_layer} part ways near x = {where}",
    )


def _is_a_cluster(
    course: RecordedCourse,
    members: Integers,
    begin: int,
    end: int,
) -> bool:
    """Whether the units stand at one place, and the cluster and both of its parts bend the function
    by enough."""
    widest_cluster = TOGETHER if len(members) <= FEW else 2 * TOGETHER
    elbows_at_begin = course.elbows[begin][members]
    if np.ptp(elbows_at_begin) > widest_cluster * course.x_width:
        return False
    strength = np.where(course.bends_inside[begin], course.strengths[begin], 0.0)
    least = SHARE_OF_PAIR if len(members) == 2 else SHARE
    if strength[members].sum() < least * strength.sum():
        return False
    # At the end the widest gap parts the cluster in two.
    elbows_at_end = course.elbows[end]
    order = members[np.argsort(elbows_at_end[members])]
    gaps = np.diff(elbows_at_end[order])
    behind_gap = int(np.argmax(gaps)) + 1
    strengths_at_end = course.strengths[end]
    left = strengths_at_end[order[:behind_gap]].sum()
    right = strengths_at_end[order[behind_gap:]].sum()
    return bool(min(left, right) >= SHARE * (left + right))
