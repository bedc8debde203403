"""Points and working memory of the steps by comparisons."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relusgd.gradients.compiled.arrays import SAMPLES, aligned_zeros, padded_units, rounded_up
from relusgd.gradients.compiled.switch_points import least_slope_for
from relusgd.model.network import Array


class PairedPoints(NamedTuple):
    """The training points, −x and y of each side by side, shape (2 n,).

    Both numbers of a point are read at once, and from one line of the cache. least_slope: see
    `switch_points.least_slope_for`.
    """

    pairs: Array
    least_slope: float


class ComparisonBuffers(NamedTuple):
    """Working memory for batches and units, both padded.

    minus_x, y, r: of the points of a batch; next_minus_x: of the next one. t: where units switch;
    jumps: of the slope of f there; outside: the output weights of the units that are active below
    all points. ones: as many as a batch has points. lowest: the least x that a point can have.
    width: how many units there are.
    """

    minus_x: Array
    next_minus_x: Array
    y: Array
    r: Array
    t: Array
    jumps: Array
    outside: Array
    ones: Array
    lowest: float
    width: int


def make_paired_points(x: Array, y: Array) -> PairedPoints:
    """The training points x, y, shape (n,), as the kernel needs them."""
    pairs = aligned_zeros(len(x), 2)
    np.negative(x, out=pairs[:, 0])
    pairs[:, 1] = y
    return PairedPoints(pairs.ravel(), least_slope_for(x))


def make_comparison_buffers(
    points: PairedPoints, width: int, batch_size: int, lowest: float
) -> ComparisonBuffers:
    """Working memory for batches of at most batch_size points, of which none is below `lowest`."""
    size = rounded_up(batch_size, SAMPLES)
    minus_x, next_minus_x, y, r, ones = aligned_zeros(5, size)
    # If every batch is all points, minus_x and y hold them from the beginning.
    first = points.pairs[: 2 * batch_size]
    minus_x[: len(first) // 2] = first[::2]
    y[: len(first) // 2] = first[1::2]
    ones[:] = 1.0
    t, jumps, outside = aligned_zeros(3, padded_units(width))
    return ComparisonBuffers(minus_x, next_minus_x, y, r, t, jumps, outside, ones, lowest, width)
