"""A cluster splits: units that bent the function at one place part, and bend it at two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.event import Event
from relusgd.diagnostics.events.places import APART, TOGETHER, place_text
from relusgd.diagnostics.events.registry import event_kind
from relusgd.diagnostics.events.smoothing import spells
from relusgd.model.network import Array, Booleans, Integers
from relusgd.words import counted

LASTING = 0.08
"""Units stand together for at least this share of the film's clock, and then apart as long, or to
the end."""

LASTING_OF_PAIR = 0.16
"""Two units alone stand together for at least this share: in a slow drift two come near each other
by chance."""

FEW = 3
"""So few units, when they part, stand within TOGETHER, and more of them within twice that."""

MOSTLY = 0.8
"""Of the snapshots in such a time, at least this part shows them so."""

SHARE, SHARE_OF_PAIR = 0.1, 0.25
"""A cluster has at least the first share of the strength of all units that bend the function, two
units the second, and each part of a cluster has the first share of it."""

MADE_TOGETHER = 0.002
"""Units that stand together from the start are a cluster if they are as near as this; others may
be neighbours by chance."""

SAME_TIME = 0.05
"""Pairs of a cluster that part within this share of the film's clock belong to one event."""


@dataclass(frozen=True)
class _Parting:
    """Two followed units, by their numbers among these: the first and the last looked-at snapshot
    at which they stand together, and the first at which they stand apart."""

    units: tuple[int, int]
    since: int
    begin: int
    end: int


@event_kind
def cluster_splits(course: RecordedCourse) -> Iterator[Event]:
    """Units that have come together, or began so, and stood together for a while, come to stand
    apart."""
    partings = sorted(_partings(course), key=lambda parting: parting.begin)
    for group in _of_one_cluster(course, partings):
        yield from _split(course, group)


def _partings(course: RecordedCourse) -> Iterator[_Parting]:
    low, high = course.x_range
    width = high - low
    part = course.bends_inside
    units = part.shape[1]
    clusters = _isolated_clusters(course, TOGETHER * width)
    for first in range(units - 1):
        others = np.arange(first + 1, units)
        both = part[:, [first]] & part[:, others]
        same = clusters[:, [first]] == clusters[:, others]
        together = both & same & (clusters[:, others] >= 0)
        distance = np.abs(course.elbows[:, [first]] - course.elbows[:, others]) / width
        apart = both & (distance >= APART)
        for column in np.flatnonzero(together.any(axis=0) & apart.any(axis=0)).tolist():
            began_together = distance[0, column] <= MADE_TOGETHER
            for since, begin, end in _changes(
                course.places, together[:, column], apart[:, column], bool(began_together)
            ):
                yield _Parting((first, int(others[column])), since, begin, end)


def _isolated_clusters(course: RecordedCourse, gap: float) -> Integers:
    """Of each followed unit the number of its cluster of elbows, shape (T, n); −1 for none.

    A cluster has gaps of at most `gap` within and larger ones around, and is at most two gaps wide:
    in a dense row of elbows there are no clusters.
    """
    clusters = np.full(course.elbows.shape, -1)
    for row, (elbows, part) in enumerate(zip(course.elbows, course.bends_inside, strict=True)):
        members = np.flatnonzero(part)
        order = members[np.argsort(elbows[members])]
        if not len(order):
            continue
        ordered = elbows[order]
        number = np.concatenate([[0], np.cumsum(np.diff(ordered) > gap)])
        first = np.searchsorted(number, number, side="left")
        last = np.searchsorted(number, number, side="right") - 1
        is_narrow = ordered[last] - ordered[first] <= 2 * gap
        clusters[row, order] = np.where(is_narrow, number, -1)
    return clusters


def _changes(
    places: Array, together: Booleans, apart: Booleans, began_together: bool
) -> Iterator[tuple[int, int, int]]:
    """Since when a pair that has come together stays so for a while, until when, and from when on
    it stands apart.

    Between together and apart the pair counts as what it was last.
    """
    known = np.flatnonzero(together | apart)
    times = spells(together[known])
    for number, (first, last) in enumerate(times):
        if last + 1 == len(known) or (first == 0 and not began_together):
            continue
        since, begin, end = known[[first, last, last + 1]].tolist()
        is_last = number + 1 == len(times)
        until = len(places) - 1 if is_last else int(known[times[number + 1][0]]) - 1
        is_long = places[begin] - places[since] >= LASTING
        is_long_apart = places[until] - places[end] >= LASTING or is_last
        is_clear = together[since : begin + 1].mean() >= MOSTLY
        is_clear_apart = apart[end : until + 1].mean() >= MOSTLY
        if is_long and is_long_apart and is_clear and is_clear_apart:
            yield since, begin, end


def _of_one_cluster(course: RecordedCourse, partings: list[_Parting]) -> list[list[_Parting]]:
    """Partings that begin at about the same time and place."""
    low, high = course.x_range
    groups: list[list[_Parting]] = []
    for parting in partings:
        x = course.elbows[parting.begin][parting.units[0]]
        for group in groups:
            first = group[0]
            distance = abs(x - course.elbows[first.begin][first.units[0]])
            time = course.places[parting.begin] - course.places[first.begin]
            if distance <= APART * (high - low) and time <= SAME_TIME:
                group.append(parting)
                break
        else:
            groups.append([parting])
    return groups


def _split(course: RecordedCourse, group: list[_Parting]) -> Iterator[Event]:
    begin = group[0].begin
    end = min(parting.end for parting in group)
    members = np.array(sorted({unit for parting in group for unit in parting.units}))
    if not _is_a_cluster(course, members, begin, end):
        return
    together = course.places[begin] - course.places[group[0].since]
    if len(members) == 2 and together < LASTING_OF_PAIR:
        return
    x = float(np.mean(course.elbows[begin][members]))
    where = place_text(course, x)
    yield course.event(
        "cluster_splits",
        int(course.rows[begin]),
        int(course.rows[end]),
        numbers={
            "units": len(members),
            "x": float(course.dataset.scaling.x_to_original(np.array(x))),
        },
        sentence=f"a cluster of {counted(len(members), 'unit')} near x = {where} splits: its "
        "elbows stood at one place, and part to bend the function at two",
        caption=f"A cluster of {counted(len(members), 'elbow')} splits near x = {where}",
    )


def _is_a_cluster(course: RecordedCourse, members: Integers, begin: int, end: int) -> bool:
    """Whether the units stand at one place, and the cluster and both of its parts bend the function
    by enough."""
    low, high = course.x_range
    widest_cluster = TOGETHER if len(members) <= FEW else 2 * TOGETHER
    if np.ptp(course.elbows[begin][members]) > widest_cluster * (high - low):
        return False
    strength = np.where(course.bends_inside[begin], course.strengths[begin], 0.0)
    least = SHARE_OF_PAIR if len(members) == 2 else SHARE
    if strength[members].sum() < least * strength.sum():
        return False
    order = members[np.argsort(course.elbows[end][members])]
    widest = int(np.argmax(np.diff(course.elbows[end][order])))
    left = course.strengths[end][order[: widest + 1]].sum()
    right = course.strengths[end][order[widest + 1 :]].sum()
    return bool(min(left, right) >= SHARE * (left + right))
