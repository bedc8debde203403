"""Points of an unusual size: initial networks and learning rates are made for one of about 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array, Integers
from relusgd.model.points import Dataset
from relusgd.words import number

USUAL_SIZE = 4.0
"""Initial networks and learning rates are made for x and y of a size of about 1; up to here they
mostly do.
"""

USUAL_SPREAD = 0.1
"""The least standard deviation of x, and of y, for which they are made."""

USUAL_OFFSET = 4.0
"""The largest mean of x, in standard deviations, for which they are made."""


FAR_OFF = 10.0
"""A point is an outlier from so many typical distances off the points beside it on."""

FEWEST_POINTS = 8
"""Outliers are looked for among so many points at least."""

MOST_OUTLIERS = 0.05
"""Outliers are at most this share of the points, or one point."""


@dataclass(frozen=True)
class _Extent:
    """Where values lie. size: the largest absolute value."""

    size: float
    mean: float
    deviation: float

    @classmethod
    def of(cls, values: Array) -> _Extent:
        return cls(float(np.abs(values).max()), float(values.mean()), float(values.std()))


def unusual_sizes(dataset: Dataset) -> str:
    """What is unusual in the size, the spread and the offset of x and y; empty if nothing is.

    In the units that the network sees, which are those of the data where nothing is standardised.
    """
    unusual = [
        *_unusual_size("x", dataset.x_train),
        *_unusual_size("y", dataset.y_train),
    ]
    return " and ".join(unusual)


def _unusual_size(name: str, values: Array) -> list[str]:
    extent = _Extent.of(values)
    mean, deviation = extent.mean, extent.deviation
    if extent.size > USUAL_SIZE:
        farthest = float(values[np.abs(values).argmax()])
        return [f"{name} reaches {number(farthest)}"]
    if 0 < deviation < USUAL_SPREAD:
        return [f"the standard deviation of {name} is {number(deviation)}"]
    if deviation and abs(mean) > USUAL_OFFSET * deviation:
        return [
            f"{name} lies around {number(mean)} with a standard deviation of {number(deviation)}"
        ]
    return []


def unusual_factor(dataset: Dataset) -> float:
    """How many times x or y is beyond the usual size, spread or offset; 1 where nothing is."""
    return max(_factor(dataset.x_train), _factor(dataset.y_train), 1.0)


def _factor(values: Array) -> float:
    extent = _Extent.of(values)
    by_size = extent.size / USUAL_SIZE
    if extent.deviation == 0:
        return by_size
    by_spread = USUAL_SPREAD / extent.deviation
    by_offset = abs(extent.mean) / extent.deviation / USUAL_OFFSET
    return max(by_size, by_spread, by_offset)


def outliers(dataset: Dataset) -> Integers:
    """The training points whose y is far from all others and from those beside it, worst first."""
    y = dataset.y_train
    if len(y) < FEWEST_POINTS:
        return np.empty(0, dtype=np.int64)
    beside = np.full((4, len(y)), np.nan)
    for row, shift in enumerate((1, 2)):
        beside[row, shift:] = y[:-shift]
        beside[row + 2, :-shift] = y[shift:]
    from_neighbours = np.nanmin(np.abs(beside - y), axis=0)
    from_all = np.abs(y - np.median(y))
    is_far_from_neighbours = from_neighbours > FAR_OFF * _typical(from_neighbours)
    is_far_from_all = from_all > FAR_OFF * _typical(from_all)
    found = np.flatnonzero(is_far_from_neighbours & is_far_from_all)
    most = max(1, int(MOST_OUTLIERS * len(y)))
    if len(found) > most:
        return np.empty(0, dtype=np.int64)
    worst_first = np.argsort(-from_all[found])
    return found[worst_first]


def _typical(distances: Array) -> float:
    smallest = float(np.finfo(np.float64).tiny)
    return max(float(np.median(distances)), smallest)
