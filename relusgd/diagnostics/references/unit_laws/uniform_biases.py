"""Units whose biases are uniform, with slopes that are uniform or of given values."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from relusgd.diagnostics.references.unit_laws.integrals import mean_square, product_integral
from relusgd.model.network import Array

BiasIntegral = Callable[[Array, Array, Array], Array]
"""∫ over the biases from `start` on, of this length, at the slope w: (w, start, length)."""


GAUSS_3 = ((-math.sqrt(3 / 5), 0.0, math.sqrt(3 / 5)), (5 / 9, 8 / 9, 5 / 9))
"""Gauss's nodes in ±1 and their weights, which add up to 2, exact for polynomials up to degree 5
(Abramowitz and Stegun, table 25.4)."""


@dataclass(frozen=True)
class UniformBiases:
    """Biases uniform in ±limit; slopes of the given values, equally often, or uniform in ±limit.

    Both are active where b > t = max(−w x, −w z). What is then integrated over b is a polynomial in
    w between the slopes at which t is 0 or ±limit, so that Gauss's rule of three nodes is exact.
    """

    limit: float
    slopes: tuple[float, ...] | None = None

    def gates(self, x: Array, z: Array) -> Array:
        def lengths(w: Array, start: Array, length: Array) -> Array:  # noqa: ARG001
            return length

        return self._expected(x[:, None], z[None, :], lengths)

    def balanced(self, x: Array, z: Array) -> Array:
        def squares(w: Array, start: Array, length: Array) -> Array:
            bias_square = mean_square(start, start + length)
            return np.asarray(length * (w**2 + bias_square))

        return self._expected(x[:, None], z[None, :], squares)

    def outputs(self, x: Array, z: Array) -> Array:
        x, z = x[:, None], z[None, :]

        def products(w: Array, start: Array, length: Array) -> Array:
            return product_integral(w * x + start, w * z + start, length)

        return self._expected(x, z, products)

    def mean(self, x: Array) -> Array:
        def output(w: Array, start: Array, length: Array) -> Array:
            at_middle = w * x + start + length / 2
            return np.asarray(length * at_middle)

        return self._expected(x, x, output)

    def _expected(self, x: Array, z: Array, integral: BiasIntegral) -> Array:
        """The mean over the slopes of what is integrated over the biases; x, z: of one shape."""
        shape = np.broadcast_shapes(x.shape, z.shape)
        total = np.zeros(shape)
        for w, weight in self._nodes(x, z):
            t = np.maximum(-w * x, -w * z)
            start = np.clip(t, -self.limit, self.limit)
            length = self.limit - start
            total += weight * integral(w, start, length)
        return total / (2 * self.limit)

    def _nodes(self, x: Array, z: Array) -> Iterator[tuple[Array, Array]]:
        """Slopes and their weights, which add up to 1."""
        if self.slopes is not None:
            weight = 1 / len(self.slopes)
            for slope in self.slopes:
                yield np.array(slope), np.array(weight)
            return
        ends = self._ends(x, z)
        for low, high in pairwise(ends):
            middle = (low + high) / 2
            half = (high - low) / 2
            for node, node_weight in zip(*GAUSS_3, strict=True):
                size = middle + node * half
                weight_of_size = node_weight * half / (2 * self.limit)
                yield -1.0 * size, weight_of_size
                yield 1.0 * size, weight_of_size

    def _ends(self, x: Array, z: Array) -> tuple[Array, ...]:
        """Sizes of slopes between which nothing begins or ends, from 0 to the limit."""
        at_x = self.limit / np.maximum(np.abs(x), 1.0)
        at_z = self.limit / np.maximum(np.abs(z), 1.0)
        first = np.minimum(at_x, at_z)
        second = np.maximum(at_x, at_z)
        nothing = np.zeros_like(at_x)
        return nothing, first, second, nothing + self.limit
