"""The straight pieces of a learned function, and the units that are active in each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from relusgd.model.breakpoints import breakpoints
from relusgd.model.network import Integers, Network


@dataclass(frozen=True, eq=False)
class LinearPiece:
    """f(x) = slope · x + intercept for low ≤ x ≤ high; low and high may be infinite.

    active: per hidden layer the units that are active in the middle, counted from 0. In a deep
    network a unit that f does not depend on there may switch within a piece.
    """

    low: float
    high: float
    slope: float
    intercept: float
    active: tuple[Integers, ...]


def pieces(network: Network, domain: Sequence[float] | None = None) -> list[LinearPiece]:
    """The pieces of f from left to right, on the whole line or on a domain (low, high).

    Their slopes and intercepts are sums over the active units. No pieces where a parameter is not
    finite. Where the function bends by less than rounding, two pieces count as one.
    """
    if not np.isfinite(network.parameters()).all():
        return []
    low, high = (-np.inf, np.inf) if domain is None else domain
    bends = breakpoints(network).between(low, high)
    ends = np.concatenate([[low], bends, [high]])
    return [piece_between(network, left, right) for left, right in pairwise(ends.tolist())]


def piece_between(network: Network, low: float, high: float) -> LinearPiece:
    """The piece between two neighbouring breakpoints, or the ends of a domain."""
    inside = np.array([_inside(low, high)])
    active = [a[0] > 0 for a in network.activations(inside)]
    # Of the units of a layer, as functions of x between low and high: slope · x + intercept.
    slope = np.ones(1)
    intercept = np.zeros(1)
    layers = zip(network.weights, network.biases, strict=True)
    for k, (W, b) in enumerate(layers):
        slope = slope @ W
        intercept = intercept @ W + b
        is_hidden = k < len(active)
        if is_hidden:
            slope = slope * active[k]
            intercept = intercept * active[k]
    return LinearPiece(
        low,
        high,
        slope=float(slope[0]),
        intercept=float(intercept[0]),
        active=tuple(np.flatnonzero(layer) for layer in active),
    )


def _inside(low: float, high: float) -> float:
    """A place within an interval whose ends may be infinite."""
    if np.isinf(low) and np.isinf(high):
        return 0.0
    if np.isinf(low):
        return high - max(1.0, abs(high))
    if np.isinf(high):
        return low + max(1.0, abs(low))
    return low + 0.5 * (high - low)
