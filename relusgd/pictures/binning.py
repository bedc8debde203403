"""A layer that is too wide to look at unit by unit: sums over its elbows in equal cells of x, in a few passes over the units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array, Network

CHUNK = 1 << 14
"""Units that are looked at together: their intermediate numbers stay in the processor's cache."""


@dataclass(frozen=True, eq=False)
class Cells:
    """n equal cells of x from low to high, and what the units of one hidden layer do there.

    y: f at the n + 1 edges. active: how many units are active in the middle of each cell, shape (n,).
    rising, falling: the sum of the positive, of the negative slope changes in each, shape (n,), both ≥ 0.
    """

    edges: Array
    y: Array
    active: NDArray[np.int64]
    rising: Array
    falling: Array


class _Sums:
    """Running totals over chunks of units. by_cell: sums of c, c·e, |c| and sign w in the cells 0 … n + 1, first and last outside."""

    def __init__(self, n: int) -> None:
        self.by_cell = np.zeros((4, n + 2))
        self.vw = self.vb = self.constant = 0.0
        self.falling_units = self.constant_units = 0

    def add(self, w: Array, b: Array, v: Array, cell: NDArray[np.intp]) -> None:
        sign = np.sign(w)
        c, ce = v * np.abs(w), v * b * -sign
        n = self.by_cell.shape[1]
        for total, weight in zip(self.by_cell, (c, ce, np.abs(c), sign), strict=True):
            total += np.bincount(cell, weight, n)
        self.vw += float(v @ w)
        self.vb += float(v @ b)
        self.falling_units += int(np.count_nonzero(w < 0))
        if not sign.all():
            self._add_constant(b[w == 0], v[w == 0])

    def _add_constant(self, b: Array, v: Array) -> None:
        """Units with w = 0, which are no line but a constant, or nothing."""
        self.vb -= float(v @ b)
        self.constant += float(v @ np.maximum(b, 0.0))
        self.constant_units += int(np.count_nonzero(b > 0))


def bin_units(network: Network, low: float, high: float, n: int) -> Cells:
    """The cells of a network with one hidden layer, in O(H + n).

        f(x) = Σ c (x − e)₊ − Σ_{w<0} c (x − e) + constants,   c = v·|w|,   e the elbow

    because v·relu(w x + b) is c (x − e)₊ for w > 0 and c (e − x)₊ = c (x − e)₊ − c (x − e) for w < 0. Running sums of c and
    c·e over the cells give f at their edges exactly, but for rounding; inside a cell the straight line stands for f. The two
    sums over w < 0 follow from Σ v w and Σ v b without a pass of their own. Where numbers overflow, y is not finite.
    """
    sums, per_cell = _Sums(n), n / (high - low)
    w, b, v = network.slope, network.bias, network.output_weight
    with np.errstate(all="ignore"):
        for start in range(0, len(w), CHUNK):
            part = slice(start, start + CHUNK)
            sums.add(w[part], b[part], v[part], _cells(w[part], b[part], low, per_cell, n))
        return _cells_of(sums, network.output_bias, np.linspace(low, high, n + 1))


def _cells(w: Array, b: Array, low: float, per_cell: float, n: int) -> NDArray[np.intp]:
    """1 + the cell of each elbow −b/w; 0 below, n + 1 above (and where there is none)."""
    place = (-b / w - low) * per_cell + 1.0
    return np.fmin(np.fmax(place, 0.0), n + 1.0).astype(np.intp)


def _cells_of(sums: _Sums, output_bias: float, edges: Array) -> Cells:
    c, ce, size, sign = sums.by_cell
    c_left, ce_left = np.cumsum(c)[:-1], np.cumsum(ce)[:-1]
    c_falling, ce_falling = (c.sum() - sums.vw) / 2, (ce.sum() + sums.vb) / 2
    y = (c_left - c_falling) * edges - (ce_left - ce_falling) + sums.constant + output_bias
    joined = np.cumsum(sign)
    active = (joined[:-2] + joined[1:-1]) / 2 + sums.falling_units + sums.constant_units
    return Cells(edges, y, np.rint(active).astype(np.int64), (size + c)[1:-1] / 2, (size - c)[1:-1] / 2)
