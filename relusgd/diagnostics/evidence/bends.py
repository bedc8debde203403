"""How well lines with k bends fit the points, found greedily, and how many bends a network has.

Each bend is a hinge relu(x − t) at a training x or in the middle between two, chosen so that it
lowers the error most beside the line and the bends before it (orthogonal least squares, Chen,
Billings & Luo 1989). The optimum is not above the error that it gives.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relusgd.model.breakpoints import breakpoints
from relusgd.model.network import Array, Network

MOST_POSITIONS = 400
"""Bends are looked for at so many positions at most."""

MOST_POINTS = 1000
"""The error is measured at so many points at most."""

ROUNDING = 1e-12
"""A hinge of which less than that is left beside the others is one of their sums."""


def bend_errors(x: Array, y: Array, most: int) -> Array:
    """The mean squared errors of lines with 0, 1, … bends on the points, shape (≤ most + 1,).

    It ends before where a bend more lowers nothing. x: sorted.
    """
    x, y = _thinned(x, y)
    points = np.unique(x)
    middles = 0.5 * (points[1:] + points[:-1])
    positions = np.sort(np.concatenate([points[1:-1], middles]))
    if len(positions) > MOST_POSITIONS:
        chosen = np.linspace(0, len(positions) - 1, MOST_POSITIONS).round().astype(int)
        positions = positions[chosen]
    span = max(float(x[-1] - x[0]), np.finfo(float).tiny)
    u = (x - x[0]) / span
    hinges = np.maximum(0.0, u[:, None] - (positions - x[0]) / span)
    sizes = np.linalg.norm(hinges, axis=0)
    basis, _ = np.linalg.qr(np.column_stack([np.ones_like(u), u]))
    residual = y - basis @ (basis.T @ y)
    hinges -= basis @ (basis.T @ hinges)
    errors = [float(np.mean(np.square(residual)))]
    for _ in range(min(most, len(positions))):
        norms = np.linalg.norm(hinges, axis=0)
        with np.errstate(all="ignore"):
            gains = np.where(norms > 1e-6 * sizes, hinges.T @ residual / norms, 0.0)
        best = int(np.argmax(np.abs(gains)))
        if gains[best] ** 2 <= ROUNDING * float(y @ y):
            break
        direction = hinges[:, best] / norms[best]
        residual = residual - gains[best] * direction
        hinges -= np.outer(direction, direction @ hinges)
        errors.append(float(np.mean(np.square(residual))))
    return np.array(errors)


def _thinned(x: Array, y: Array) -> tuple[Array, Array]:
    """At most MOST_POINTS of the points, evenly spaced in their order."""
    if len(x) <= MOST_POINTS:
        return x, y
    chosen = np.linspace(0, len(x) - 1, MOST_POINTS).round().astype(int)
    return x[chosen], y[chosen]


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
    low, high = float(positions[0]), float(positions[-1])
    bends = breakpoints(network).between(low, high)
    if not len(bends):
        return None
    following = positions[np.searchsorted(positions, bends)]
    ends = np.maximum(following, bends + CROWD * (high - low))
    counts = np.searchsorted(bends, ends, side="right") - np.arange(len(bends))
    most = int(np.argmax(counts))
    last = bends[most + counts[most] - 1]
    return Crowd(float(bends[most]), float(last), float(counts[most] / len(bends)))


def bends_between_points(network: Network, x: Array) -> int:
    """Between how many neighbouring training x the function bends; x: sorted.

    Bends within one gap between points count once, because on the points they are one.
    """
    positions = np.unique(x)
    bends = breakpoints(network).between(float(positions[0]), float(positions[-1]))
    return len(np.unique(np.searchsorted(positions, bends)))
