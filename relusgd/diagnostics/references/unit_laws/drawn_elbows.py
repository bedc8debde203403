"""Units whose elbows are drawn, or all at one place, and whose biases follow: b = −w e."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.references.unit_laws.integrals import mean_square, product_integral
from relusgd.diagnostics.references.unit_laws.law import SlopeLaw
from relusgd.model.network import Array


@dataclass(frozen=True)
class UnitsAtOnePlace:
    """Every elbow at `place`: b = −w place. A unit that rises is active where x > place."""

    place: float
    slope: SlopeLaw

    def gates(self, x: Array, z: Array) -> Array:
        right, left = self._sides(x, z)
        return self.slope.by_sign(right, left)

    def balanced(self, x: Array, z: Array) -> Array:
        """w² + b² is w² (1 + place²)."""
        w_square = self.slope.square
        return w_square * (1 + self.place**2) * self.gates(x, z)

    def outputs(self, x: Array, z: Array) -> Array:
        product = np.multiply.outer(x - self.place, z - self.place)
        return self.slope.square * self.gates(x, z) * product

    def mean(self, x: Array) -> Array:
        right = np.maximum(x - self.place, 0)
        left = np.maximum(self.place - x, 0)
        return self.slope.size * self.slope.by_sign(right, left)

    def _sides(self, x: Array, z: Array) -> tuple[Array, Array]:
        """Whether both are right of the place, and whether both are left of it: 1 or 0."""
        right = np.multiply.outer(x > self.place, z > self.place)
        left = np.multiply.outer(x < self.place, z < self.place)
        return right.astype(np.float64), left.astype(np.float64)


@dataclass(frozen=True)
class PlacedUnits:
    """Elbows e uniform in [low, high], low < high, drawn apart from the slopes; b = −w e.

    A unit that rises is active at x and z where e < min(x, z), one that falls where e > max(x, z).
    """

    low: float
    high: float
    slope: SlopeLaw

    def gates(self, x: Array, z: Array) -> Array:
        left, right = self._parts(x, z)
        return self._mean(left, right)

    def balanced(self, x: Array, z: Array) -> Array:
        """w² ∫ (1 + e²) de, because w² + b² is w² (1 + e²)."""
        left, right = self._parts(x, z)
        square_before = mean_square(self.low, self.low + left)
        square_behind = mean_square(self.high - right, self.high)
        before = left * (1 + square_before)
        behind = right * (1 + square_behind)
        return self.slope.square * self._mean(before, behind)

    def outputs(self, x: Array, z: Array) -> Array:
        """w² ∫ (x − e) (z − e) de; with e from the nearest end of the part no digits are lost."""
        left, right = self._parts(x, z)
        start = self.low + left
        end = self.high - right
        before = product_integral(x[:, None] - start, z - start, left)
        behind = product_integral(end - x[:, None], end - z, right)
        return self.slope.square * self._mean(before, behind)

    def mean(self, x: Array) -> Array:
        inside = np.clip(x, self.low, self.high)
        left = inside - self.low
        right = self.high - inside
        before = left * (x - self.low - left / 2)
        behind = right * (self.high - right / 2 - x)
        return self.slope.size * self._mean(before, behind)

    def _parts(self, x: Array, z: Array) -> tuple[Array, Array]:
        """How much of [low, high] is before both positions, and how much behind both."""
        first = np.minimum.outer(x, z)
        last = np.maximum.outer(x, z)
        left = np.clip(first, self.low, self.high) - self.low
        right = self.high - np.clip(last, self.low, self.high)
        return left, right

    def _mean(self, before: Array, behind: Array) -> Array:
        """From integrals over e to the mean over elbows and signs."""
        return self.slope.by_sign(before, behind) / (self.high - self.low)
