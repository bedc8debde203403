"""Pairs of units that stood together for a while and then part: what splits are made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.events.course import RecordedCourse
from relusgd.diagnostics.events.places import APART, TOGETHER
from relusgd.diagnostics.events.smoothing import spells
from relusgd.model.network import Array, Booleans, Integers

LASTING = 0.08
"""Units stand together for at least this share of the film's clock, and then apart as long, or to
the end."""


MOSTLY = 0.8
"""Of the snapshots in such a time, at least this part shows them so."""


MADE_TOGETHER = 0.002
"""Units that stand together from the start are a cluster if they are as near as this; others may
be neighbours by chance."""


@dataclass(frozen=True)
class Parting:
    """Two followed units, by their numbers among these: the first and the last looked-at snapshot
    at which they stand together, and the first at which they stand apart."""

    units: tuple[int, int]
    since: int
    begin: int
    end: int


def partings_of_pairs(course: RecordedCourse) -> Iterator[Parting]:
    """The partings of all pairs of followed units, pair by pair."""
    elbows = course.elbows
    is_bending = course.bends_inside
    units = is_bending.shape[1]
    clusters = _isolated_clusters(course, TOGETHER * course.x_width)
    for first in range(units - 1):
        others = np.arange(first + 1, units)
        both_bend = is_bending[:, [first]] & is_bending[:, others]
        is_clustered = clusters[:, others] >= 0
        is_same = clusters[:, [first]] == clusters[:, others]
        together = both_bend & is_clustered & is_same
        distance = np.abs(elbows[:, [first]] - elbows[:, others]) / course.x_width
        apart = both_bend & (distance >= APART)
        may_part = together.any(axis=0) & apart.any(axis=0)
        for column in np.flatnonzero(may_part).tolist():
            pair = first, int(others[column])
            began_together = bool(distance[0, column] <= MADE_TOGETHER)
            yield from _partings_of(
                pair,
                course.places,
                together[:, column],
                apart[:, column],
                began_together,
            )


def _isolated_clusters(course: RecordedCourse, gap: float) -> Integers:
    """Of each followed unit the number of its cluster of elbows, shape (T, n); −1 for none.

    A cluster has gaps of at most `gap` within and larger ones around, and is at most two gaps wide:
    in a dense row of elbows there are no clusters.
    """
    clusters = np.full(course.elbows.shape, -1)
    for row, elbows in enumerate(course.elbows):
        members = np.flatnonzero(course.bends_inside[row])
        order = members[np.argsort(elbows[members])]
        if not len(order):
            continue
        ordered = elbows[order]
        is_behind_gap = np.diff(ordered) > gap
        number = np.concatenate([[0], np.cumsum(is_behind_gap)])
        # The first and the last elbow of each elbow's cluster.
        first = np.searchsorted(number, number, side="left")
        last = np.searchsorted(number, number, side="right") - 1
        is_narrow = ordered[last] - ordered[first] <= 2 * gap
        clusters[row, order] = np.where(is_narrow, number, -1)
    return clusters


def _partings_of(
    pair: tuple[int, int],
    places: Array,
    together: Booleans,
    apart: Booleans,
    began_together: bool,
) -> Iterator[Parting]:
    """When a pair that has come together and stayed so for a while comes to stand apart.

    Between together and apart the pair counts as what it was last.
    """
    known = np.flatnonzero(together | apart)
    times = spells(together[known])
    for number, (first, last) in enumerate(times):
        is_to_the_end = last + 1 == len(known)
        is_from_the_start = first == 0 and not began_together
        if is_to_the_end or is_from_the_start:
            continue
        since, begin, end = known[[first, last, last + 1]].tolist()
        is_last = number + 1 == len(times)
        if is_last:
            until = len(places) - 1
        else:
            first_of_next, _ = times[number + 1]
            until = int(known[first_of_next]) - 1
        is_long = places[begin] - places[since] >= LASTING
        is_long_apart = is_last or places[until] - places[end] >= LASTING
        is_clear = together[since : begin + 1].mean() >= MOSTLY
        is_clear_apart = apart[end : until + 1].mean() >= MOSTLY
        if is_long and is_long_apart and is_clear and is_clear_apart:
            yield Parting(pair, since, begin, end)
