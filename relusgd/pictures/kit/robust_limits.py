"""Limits of an axis that hold for a whole film."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array, Range

OUTSIDE = 0.1
"""The part of the snapshots whose values may lie outside of robust limits."""


def robust_limits(core: Array, wished: Array, extent: float, margin: float) -> Range:
    """Limits around all of `core`, widened towards most of what is wished for.

    wished: lowest and highest values of snapshots, shape (n, 2). A tenth of them may stay outside,
    so that a prediction that shoots off for a while cannot flatten the data.
    extent: by how much of core's range each side is widened at most.
    margin: free room beyond, as a share of the range.
    """
    low, high = float(np.min(core)), float(np.max(core))
    span = high - low
    is_flat = span <= 1e-9 * max(abs(low), abs(high))
    if is_flat:
        span = abs(low) or 1.0
        low -= span / 2
        high += span / 2
    is_finite = np.isfinite(wished).all(axis=1)
    if is_finite.any():
        lowest, highest = wished[is_finite].T
        wished_low = np.quantile(lowest, OUTSIDE)
        wished_high = np.quantile(highest, 1 - OUTSIDE)
        floor = low - extent * span
        ceiling = high + extent * span
        low = min(low, max(floor, wished_low))
        high = max(high, min(ceiling, wished_high))
    room = margin * (high - low)
    return float(low - room), float(high + room)
