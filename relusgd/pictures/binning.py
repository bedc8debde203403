"""A layer that is too wide to look at unit by unit: sums over its units in equal cells of x, in one
pass over them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array, Network

CHUNK = 1 << 14
"""Units that are looked at together: their intermediate numbers stay in the processor's cache."""

SIGNS = 4
"""Units are summed apart by the signs of their weights, numbered 2·(w < 0) + (v < 0)."""


@dataclass(frozen=True, eq=False)
class Cells:
    """n equal cells of x from low to high, and what the units of one hidden layer do there.

    y: f at the n + 1 edges. active: how many units are active in the middle of each cell, shape
    (n,). rising, falling: the sum of the positive, of the negative slope changes in each, shape
    (n,), both ≥ 0. inside: the number of elbows from low to high.
    """

    edges: Array
    y: Array
    active: NDArray[np.int64]
    rising: Array
    falling: Array
    inside: int


class _Sums:
    """Running totals over chunks of units with w ≠ 0, by the cell of their elbow (0 and n + 1 lie
    outside) and by their signs.

    slope: Σ v·w, intercept: Σ v·b, count: the number of units; each of shape ((n + 2)·SIGNS,), the
    signs varying fastest. constant, constants: what the units with w = 0 add to f, and how many of
    them are active.
    """

    def __init__(self, low: float, high: float, n: int) -> None:
        self.low, self.high, self.n = low, high, n
        self.slope, self.intercept = np.zeros((2, (n + 2) * SIGNS))
        self.count = np.zeros((n + 2) * SIGNS, dtype=np.int64)
        self.constant, self.constants, self.inside = 0.0, 0, 0

    def add(self, w: Array, b: Array, v: Array) -> None:
        flat = w == 0
        if flat.any():
            self.constant += float(v[flat] @ np.maximum(b[flat], 0.0))
            self.constants += int(np.count_nonzero(b[flat] > 0))
            w, b, v = w[~flat], b[~flat], v[~flat]
        elbow = -b / w
        self.inside += int(np.count_nonzero((elbow >= self.low) & (elbow <= self.high)))
        slot = self._cell(elbow) * SIGNS + 2 * (w < 0) + (v < 0)
        self.slope += np.bincount(slot, v * w, len(self.slope))
        self.intercept += np.bincount(slot, v * b, len(self.slope))
        self.count += np.bincount(slot, minlength=len(self.slope))

    def _cell(self, elbow: Array) -> NDArray[np.intp]:
        """1 + the cell of each elbow; 0 below (and for nan), n + 1 above."""
        place = (elbow - self.low) * (self.n / (self.high - self.low)) + 1.0
        return np.maximum(np.clip(place, 0.0, self.n + 1.0).astype(np.intp), 0)


def bin_units(network: Network, low: float, high: float, n: int) -> Cells:
    """The cells of a network with one hidden layer, in O(H + n).

        f(x) = x Σ v w + Σ v b + constants   over the units active at x:  w > 0 with the elbow left of x, w < 0 right of it

    so running sums over the cells, from the left and from the right, give f at their edges exactly,
    but for rounding; inside a cell the straight line stands for f. Where numbers overflow, y is not
    finite.
    """
    sums = _Sums(low, high, n)
    w, b, v = network.slope, network.bias, network.output_weight
    with np.errstate(all="ignore"):
        for start in range(0, len(w), CHUNK):
            part = slice(start, start + CHUNK)
            sums.add(w[part], b[part], v[part])
        return _cells_of(sums, network.output_bias)


def _cells_of(sums: _Sums, output_bias: float) -> Cells:
    edges = np.linspace(sums.low, sums.high, sums.n + 1)
    slope, intercept, count = (
        by_slot.reshape(-1, SIGNS) for by_slot in (sums.slope, sums.intercept, sums.count)
    )
    y = (
        _active_at_edges(slope) * edges
        + _active_at_edges(intercept)
        + (sums.constant + output_bias)
    )
    at_edges = _active_at_edges(count)
    active = np.rint((at_edges[:-1] + at_edges[1:]) / 2).astype(np.int64) + sums.constants
    change = np.abs(slope[1:-1])
    return Cells(
        edges, y, active, change[:, 0] + change[:, 2], change[:, 1] + change[:, 3], sums.inside
    )


def _active_at_edges(sums: NDArray[np.generic]) -> Array:
    """The sums, shape (n + 2, SIGNS), over the units that are active at the n + 1 edges of the
    cells.
    """
    rising, falling = sums[:, :2].sum(axis=1), sums[:, 2:].sum(axis=1)
    return np.asarray(np.cumsum(rising)[:-1] + np.cumsum(falling[::-1])[-2::-1], dtype=np.float64)
