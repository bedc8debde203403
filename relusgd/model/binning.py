"""Layers that are too wide to draw unit by unit: sums over the units in equal cells of x."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array, Integers, Network

CHUNK = 1 << 14
"""Units that are summed together: their intermediate numbers stay in the processor's cache."""

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
    active: Integers
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
        slots = (n + 2) * SIGNS
        self.slope = np.zeros(slots)
        self.intercept = np.zeros(slots)
        self.count = np.zeros(slots, dtype=np.int64)
        self.constant = 0.0
        self.constants = 0
        self.inside = 0

    def add(self, w: Array, b: Array, v: Array) -> None:
        """Add the units with these slopes, biases and output weights, shape (H,) each."""
        is_flat = w == 0
        if is_flat.any():
            self._add_constants(b[is_flat], v[is_flat])
            w = w[~is_flat]
            b = b[~is_flat]
            v = v[~is_flat]
        elbow = -b / w
        is_inside = (elbow >= self.low) & (elbow <= self.high)
        self.inside += int(np.count_nonzero(is_inside))
        signs = 2 * (w < 0) + (v < 0)
        slot = self._cell(elbow) * SIGNS + signs
        slots = len(self.slope)
        self.slope += np.bincount(slot, v * w, slots)
        self.intercept += np.bincount(slot, v * b, slots)
        self.count += np.bincount(slot, minlength=slots)

    def _add_constants(self, b: Array, v: Array) -> None:
        """Add units with w = 0."""
        self.constant += float(v @ np.maximum(b, 0.0))
        self.constants += int(np.count_nonzero(b > 0))

    def _cell(self, elbow: Array) -> NDArray[np.intp]:
        """1 + the cell of each elbow; 0 below (and for nan), n + 1 above."""
        cells_per_x = self.n / (self.high - self.low)
        place = (elbow - self.low) * cells_per_x + 1.0
        bounded = np.clip(place, 0.0, self.n + 1.0)
        # The maximum is for nan, of which most processors make the lowest integer.
        return np.maximum(bounded.astype(np.intp), 0)


def bin_units(network: Network, low: float, high: float, n: int) -> Cells:
    """The cells of a network with one hidden layer, in O(H + n).

        f(x) = x Σ v w + Σ v b + constants   over the units active at x:
        those with w > 0 and the elbow left of x, those with w < 0 and the elbow right of x

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
    slope = sums.slope.reshape(-1, SIGNS)
    intercept = sums.intercept.reshape(-1, SIGNS)
    count = sums.count.reshape(-1, SIGNS)
    constant = sums.constant + output_bias
    y = _active_at_edges(slope) * edges + _active_at_edges(intercept) + constant
    at_edges = _active_at_edges(count)
    in_middle = (at_edges[:-1] + at_edges[1:]) / 2
    in_cells = np.rint(in_middle).astype(np.int64)
    # The slope changes by |v w|: up where v is positive (signs 0 and 2), else down.
    change = np.abs(slope[1:-1])
    return Cells(
        edges=edges,
        y=y,
        active=in_cells + sums.constants,
        rising=change[:, 0] + change[:, 2],
        falling=change[:, 1] + change[:, 3],
        inside=sums.inside,
    )


def _active_at_edges(sums: NDArray[np.generic]) -> Array:
    """The sums over the units that are active at each of the n + 1 edges of the cells.

    sums: shape (n + 2, SIGNS). Units with w > 0 are active right of their elbow, the others left.
    """
    active_right = sums[:, :2].sum(axis=1)
    active_left = sums[:, 2:].sum(axis=1)
    # The elbows of the slots 0 … i are left of edge i, all others right of it.
    elbow_left = np.cumsum(active_right)[:-1]
    elbow_right = np.cumsum(active_left[:0:-1])[::-1]
    return np.asarray(elbow_left + elbow_right, dtype=np.float64)
