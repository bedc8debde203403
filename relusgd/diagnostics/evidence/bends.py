"""How well lines with k bends fit the points, found greedily, and how many bends a network has.

Each bend is a hinge relu(x − t) at a training x or in the middle between two, chosen so that it
lowers the error most beside the line and the bends before it (orthogonal least squares, Chen,
Billings & Luo 1989); the first few are moved once more when another one has come. The optimum is
not above the error that this gives.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relusgd.model.breakpoints import breakpoints
from relusgd.model.network import Array, Network

MOST_POINTS, MOST_POSITIONS = 400, 200
"""The error is measured at so many points at most, and bends are looked for at so many places."""

EXCHANGED, EXCHANGES = 8, 2
"""Of lines with so many bends or fewer, all bends are moved so often."""

ROUNDING, SMALLEST_PART = 1e-14, 1e-6
"""Squares below the first part of those of y are rounding; a hinge of which less than the second
part is left beside the others is one of their sums.
"""


def bend_errors(x: Array, y: Array, most: int) -> Array:
    """The mean squared errors of lines with 0, 1, … bends on the points, shape (≤ most + 1,).

    It ends before where a bend more lowers nothing. x: sorted.
    """
    x, y = _thinned(x, y)
    span = max(float(x[-1] - x[0]), np.finfo(float).tiny)
    u = (x - x[0]) / span
    line = np.column_stack([np.ones_like(u), u])
    hinges = np.maximum(0.0, u[:, None] - _positions(u))
    enough = ROUNDING * float(y @ y)
    chosen: list[int] = []
    errors = [_square(_without(line, y))]
    while len(chosen) < most and errors[-1] > enough:
        best, gain = _best_hinge(line, hinges, chosen, y)
        if gain <= enough:
            break
        chosen.append(best)
        if len(chosen) <= EXCHANGED:
            chosen = _exchanged(line, hinges, chosen, y)
        errors.append(_square(_without(np.column_stack([line, hinges[:, chosen]]), y)))
    return np.asarray(np.array(errors) / len(y), dtype=np.float64)


def _positions(u: Array) -> Array:
    """The points and the middles between them, at most MOST_POSITIONS of them."""
    points = np.unique(u)
    middles = 0.5 * (points[1:] + points[:-1])
    positions = np.sort(np.concatenate([points[1:-1], middles]))
    if len(positions) <= MOST_POSITIONS:
        return positions
    chosen = np.linspace(0, len(positions) - 1, MOST_POSITIONS).round().astype(int)
    return np.asarray(positions[chosen], dtype=np.float64)


def _without(basis: Array, values: Array) -> Array:
    """What is left of the values beside the columns of the basis."""
    Q, _ = np.linalg.qr(basis)
    return np.asarray(values - Q @ (Q.T @ values))


def _square(residual: Array) -> float:
    return float(residual @ residual)


def _best_hinge(line: Array, hinges: Array, chosen: list[int], y: Array) -> tuple[int, float]:
    """The hinge that lowers the squared error most beside the chosen ones, and by how much."""
    both = _without(np.column_stack([line, hinges[:, chosen]]), np.column_stack([y, hinges]))
    residual, left = both[:, 0], both[:, 1:]
    norms = np.linalg.norm(left, axis=0)
    is_new = norms > SMALLEST_PART * np.linalg.norm(hinges, axis=0)
    projections = np.divide(left.T @ residual, norms, out=np.zeros_like(norms), where=is_new)
    if not len(projections):
        return 0, 0.0
    best = int(np.argmax(np.abs(projections)))
    return best, float(projections[best] ** 2)


def _exchanged(line: Array, hinges: Array, chosen: list[int], y: Array) -> list[int]:
    """The chosen hinges, each moved to where it does best beside the others, until none moves."""
    for _ in range(EXCHANGES):
        before = list(chosen)
        for place in range(len(chosen)):
            others = chosen[:place] + chosen[place + 1 :]
            chosen[place], _ = _best_hinge(line, hinges, others, y)
        if chosen == before:
            break
    return chosen


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
