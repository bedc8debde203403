"""Where the bends of a network stand on the points: how crowded, and between how many of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relusgd.model.breakpoints import breakpoints
from relusgd.model.network import Array, Network

CROWD = 0.1
"""Bends within this part of the range of x, or within one gap between points, are beside each
other.
"""


class Crowd(NamedTuple):
    """Where most bends are beside each other: from where to where, and which share of all."""

    low: float
    high: float
    share: float


def crowded_place(network: Network, x: Array) -> Crowd | None:
    """Where most bends on the points are beside each other; None without bends. x: sorted."""
    positions = np.unique(x)
    low = float(positions[0])
    high = float(positions[-1])
    bends = breakpoints(network).between(low, high)
    if not len(bends):
        return None
    # Of every bend, those are beside it that follow within the part, or before the next point.
    next_points = positions[np.searchsorted(positions, bends)]
    ends = np.maximum(next_points, bends + CROWD * (high - low))
    bends_before_end = np.searchsorted(bends, ends, side="right")
    counts = bends_before_end - np.arange(len(bends))
    first = int(np.argmax(counts))
    last = first + int(counts[first]) - 1
    return Crowd(
        low=float(bends[first]),
        high=float(bends[last]),
        share=float(counts[first] / len(bends)),
    )


def bends_between_points(network: Network, x: Array) -> int:
    """Between how many neighbouring training x the function bends; x: sorted.

    Bends within one gap between points count once, because on the points they are one.
    """
    positions = np.unique(x)
    low = float(positions[0])
    high = float(positions[-1])
    bends = breakpoints(network).between(low, high)
    gaps = np.searchsorted(positions, bends)
    return len(np.unique(gaps))
