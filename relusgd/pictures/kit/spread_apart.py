"""Words and numbers beside lines, moved until they do not touch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relusgd.model.network import Array

ROUNDING = 1e-9
"""Groups that touch but for so much do not overlap."""


def spread_apart(heights: Array, least: float, top: float) -> Array:
    """Heights moved until they stand this far apart, between 0 and the top, in the same order.

    Where there is no room for all, they stand evenly. Equal ones stay in the order given.
    """
    count = len(heights)
    gaps = max(count - 1, 1)
    least = min(least, top / gaps)
    from_below = np.argsort(heights, kind="stable")
    # Groups of neighbours that touch stand around the mean of where their members would be.
    groups: list[list[float]] = []
    for height in heights[from_below]:
        groups.append([float(height)])
        while len(groups) > 1 and _start(groups[-1], least, top) < _end(groups[-2], least, top):
            upper = groups.pop()
            groups[-1] = groups[-1] + upper
    places: list[float] = []
    for group in groups:
        foot = _start(group, least, top) - least / 2
        places += [foot + least * (index + 0.5) for index in range(len(group))]
    moved = np.empty(count)
    moved[from_below] = places
    return moved


def _start(group: Sequence[float], least: float, top: float) -> float:
    """The lowest place of a group of this length around its mean, within 0 and the top."""
    reach = least * (len(group) - 1)
    around_mean = float(np.mean(group)) - reach / 2
    return min(max(around_mean, 0.0), top - reach)


def _end(group: Sequence[float], least: float, top: float) -> float:
    """The lowest place that the next group may have."""
    return _start(group, least, top) + least * len(group) - ROUNDING
