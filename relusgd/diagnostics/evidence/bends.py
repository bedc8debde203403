"""How well lines with k bends fit the points, found greedily.

Each bend is a hinge relu(x − t) at a training x or in the middle between two, chosen so that it
lowers the error most beside the line and the bends before it (orthogonal least squares, Chen,
Billings & Luo 1989); the first few are moved once more when another one has come. The optimum is
not above the error that this gives.
"""

from __future__ import annotations

import numpy as np

from relusgd.evenly_chosen import evenly_chosen
from relusgd.model.network import Array

MOST_POINTS = 400
"""The error is measured at so many points at most."""

MOST_POSITIONS = 200
"""Bends are looked for at so many places at most."""

EXCHANGED = 8
"""Of lines with so many bends or fewer, all bends are moved when another one has come."""

EXCHANGES = 2
"""All bends are moved so often at most when another one has come."""

ROUNDING = 1e-14
"""Squares below this part of those of y are rounding."""

SMALLEST_PART = 1e-6
"""A hinge of which less than this part is left beside the others is one of their sums."""


def bend_errors(x: Array, y: Array, most: int) -> Array:
    """The mean squared errors of lines with 0, 1, … bends on the points, shape (≤ most + 1,).

    It ends before where a bend more lowers nothing. x: sorted.
    """
    x, y = _thinned(x, y)
    width = float(x[-1] - x[0])
    u = (x - x[0]) / max(width, np.finfo(float).tiny)
    line = np.column_stack([np.ones_like(u), u])
    hinges = np.maximum(0.0, u[:, None] - _positions(u))
    enough = ROUNDING * float(y @ y)
    chosen: list[int] = []
    squares = [_square(_without(line, y))]
    while len(chosen) < most and squares[-1] > enough:
        best, gain = _best_hinge(line, hinges, chosen, y)
        if gain <= enough:
            break
        chosen.append(best)
        if len(chosen) <= EXCHANGED:
            chosen = _exchanged(line, hinges, chosen, y)
        basis = np.column_stack([line, hinges[:, chosen]])
        squares.append(_square(_without(basis, y)))
    return np.asarray(np.array(squares) / len(y), dtype=np.float64)


def _positions(u: Array) -> Array:
    """The points and the middles between them, at most MOST_POSITIONS of them."""
    points = np.unique(u)
    inner = points[1:-1]
    middles = 0.5 * (points[1:] + points[:-1])
    positions = np.sort(np.concatenate([inner, middles]))
    chosen = evenly_chosen(len(positions), MOST_POSITIONS)
    return np.asarray(positions[chosen], dtype=np.float64)


def _without(basis: Array, values: Array) -> Array:
    """What is left of the values beside the columns of the basis."""
    Q, _ = np.linalg.qr(basis)
    return np.asarray(values - Q @ (Q.T @ values))


def _square(residual: Array) -> float:
    return float(residual @ residual)


def _best_hinge(
    line: Array,
    hinges: Array,
    chosen: list[int],
    y: Array,
) -> tuple[int, float]:
    """The hinge that lowers the squared error most beside the chosen ones, and by how much."""
    basis = np.column_stack([line, hinges[:, chosen]])
    remainders = _without(basis, np.column_stack([y, hinges]))
    residual = remainders[:, 0]
    left = remainders[:, 1:]
    norms = np.linalg.norm(left, axis=0)
    is_new = norms > SMALLEST_PART * np.linalg.norm(hinges, axis=0)
    projections = np.zeros_like(norms)
    np.divide(left.T @ residual, norms, out=projections, where=is_new)
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
    chosen = evenly_chosen(len(x), MOST_POINTS)
    return x[chosen], y[chosen]
