"""How much of y is noise, so that no function of x should fit it.

Where the target is known, the noise is known. Otherwise points of one x whose y differ tell it, or
the distance of every point from the line through its two neighbours (Gasser, Sroka &
Jennen-Steinmetz 1986):

    e_i = a y_{i−1} + b y_{i+1} − y_i,   a = (x_{i+1} − x_i)/(x_{i+1} − x_{i−1}),   b = 1 − a
    σ² ≈ mean of e_i²/(a² + b² + 1)

which also counts how far the target bends between neighbours, and so is an upper bound. Where
single points lie far off, the median tells more: of squares of normal numbers it is 0.455 of the
mean.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from relusgd.model.network import Array
from relusgd.model.points import Dataset

Source = Literal["target", "equal x", "neighbours"]

MEDIAN_SQUARE = 0.455
"""The median of the squares of standard normal numbers."""

FAR_OFF = 4.0
"""Where the mean is so many times what the median tells, single points lie far off."""

FEW_POINTS = 20
"""Of fewer points nobody can tell whether they are noisy or the target bends."""


class NoiseLevel(NamedTuple):
    """mse: the mean of the squared noise of the training y, in network units. source: from what it
    is known."""

    mse: float
    source: Source


def noise_level(dataset: Dataset) -> NoiseLevel:
    """What is known of the noise; 0 where nothing is."""
    x, y = dataset.x_train, dataset.y_train
    if dataset.target is not None:
        noise = y - target_values(dataset, x)
        return NoiseLevel(float(np.mean(np.square(noise))), "target")
    pure = equal_x_mse(x, y)
    if pure > 0:
        return NoiseLevel(pure, "equal x")
    if len(x) < FEW_POINTS:
        return NoiseLevel(0.0, "neighbours")
    return NoiseLevel(_neighbours_mse(x, y), "neighbours")


def target_values(dataset: Dataset, x: Array) -> Array:
    """The target at x, both in network units, of a dataset whose target is known."""
    assert dataset.target is not None
    with np.errstate(all="ignore"):
        values = dataset.target(dataset.scaling.x_to_original(x))
    return np.asarray(dataset.scaling.y_to_network(values))


def equal_x_mse(x: Array, y: Array) -> float:
    """The least training error of any function: y differs where x is equal; x sorted."""
    _, group = np.unique(x, return_inverse=True)
    counts = np.bincount(group)
    means = np.bincount(group, weights=y) / counts
    error = float(np.mean(np.square(y - means[group])))
    epsilon = float(np.finfo(np.float64).eps)
    rounding = epsilon * float(np.mean(np.square(y)))
    return error if error > rounding else 0.0


def _neighbours_mse(x: Array, y: Array) -> float:
    before, here, after = x[:-2], x[1:-1], x[2:]
    a = (after - here) / (after - before)
    b = 1.0 - a
    e = a * y[:-2] + b * y[2:] - y[1:-1]
    squares = np.square(e) / (a**2 + b**2 + 1.0)
    by_mean = float(np.mean(squares))
    by_median = float(np.median(squares)) / MEDIAN_SQUARE
    return by_median if by_mean > FAR_OFF * by_median else by_mean
