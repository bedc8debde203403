"""Working memory of the steps by comparisons."""

from __future__ import annotations

from typing import NamedTuple

from relusgd.gradients.compiled.arrays import (
    SAMPLES,
    Points,
    aligned_zeros,
    padded_units,
)
from relusgd.model.network import Array


class ComparisonBuffers(NamedTuple):
    """Working memory for batches and units, both padded.

    x, minus_x, y, r: of the points of a batch; sums, moments: of the units that have switched up to
    each of them. t, minus_t: where units switch; jumps: of the slope of f there; outside: the
    output weights of the units that are active below all points. ones: as long as the longer of
    both. lowest: the least x that a point can have. width: how many units there are.
    """

    x: Array
    minus_x: Array
    y: Array
    r: Array
    sums: Array
    moments: Array
    t: Array
    minus_t: Array
    jumps: Array
    outside: Array
    ones: Array
    lowest: float
    width: int


def make_comparison_buffers(
    points: Points, width: int, batch_size: int, lowest: float
) -> ComparisonBuffers:
    """Working memory for batches of at most batch_size points, of which none is below `lowest`."""
    size = -(-batch_size // SAMPLES) * SAMPLES
    x, minus_x, y, r, sums, moments = aligned_zeros(6, size)
    # If every batch is all points, x and y hold them from the beginning.
    count = min(batch_size, len(points.x))
    x[:count] = points.x[:count]
    y[:count] = points.y[:count]
    t, minus_t, jumps, outside = aligned_zeros(4, padded_units(width))
    ones = aligned_zeros(max(size, padded_units(width)))
    ones[:] = 1.0
    return ComparisonBuffers(
        x, minus_x, y, r, sums, moments, t, minus_t, jumps, outside, ones, lowest, width
    )
