"""Units whose biases are normal, with slopes that are normal or of given values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.references.normal_numbers import (
    ROOT_2_PI,
    normal_density,
    probability_above,
)
from relusgd.model.network import Array


@dataclass(frozen=True)
class NormalUnits:
    """Slope and bias N(0, deviation²): with θ the angle between (x, 1) and (z, 1),

        E [a(x) > 0] [a(z) > 0] = (π − θ) / 2π
        E relu(a(x)) relu(a(z)) = deviation²/2π (|x − z| + (π − θ) (x z + 1))

    (Cho & Saul 2009, of degree 0 and 1: |(x, 1)| |(z, 1)| sin θ is |x − z|.)
    """

    deviation: float

    def gates(self, x: Array, z: Array) -> Array:
        return self._other_angle(x, z) / (2 * np.pi)

    def balanced(self, x: Array, z: Array) -> Array:
        """The size of (w, b) does not depend on its angle, which decides what is active."""
        return 2 * self.deviation**2 * self.gates(x, z)

    def outputs(self, x: Array, z: Array) -> Array:
        apart: Array = np.abs(np.subtract.outer(x, z))
        product = np.multiply.outer(x, z) + 1
        together: Array = self._other_angle(x, z) * product
        return self.deviation**2 / (2 * np.pi) * (apart + together)

    def mean(self, x: Array) -> Array:
        length: Array = np.hypot(x, 1.0)
        return self.deviation * length / ROOT_2_PI

    def _other_angle(self, x: Array, z: Array) -> Array:
        """π − θ."""
        apart = np.abs(np.subtract.outer(x, z))
        product = np.multiply.outer(x, z) + 1
        theta: Array = np.arctan2(apart, product)
        return np.pi - theta


@dataclass(frozen=True)
class NormalBiases:
    """Biases N(0, deviation²) and slopes of the given values, equally often.

    Both are active where b > t = max(−w x, −w z). With τ = t/deviation, the normal density φ and
    its tail Φ̄,

        P(b > t) = Φ̄(τ),   E b [b > t] = deviation φ(τ),
        E b² [b > t] = deviation² (τ φ(τ) + Φ̄(τ))
    """

    deviation: float
    slopes: tuple[float, ...]

    def gates(self, x: Array, z: Array) -> Array:
        return _mean([both.one for both in self._both_active(x, z)])

    def balanced(self, x: Array, z: Array) -> Array:
        terms = []
        for both in self._both_active(x, z):
            w = both.slope
            terms.append(w**2 * both.one + both.square)
        return _mean(terms)

    def outputs(self, x: Array, z: Array) -> Array:
        """(w x + b) (w z + b) is w² x z + w (x + z) b + b²."""
        product = np.multiply.outer(x, z)
        total = np.add.outer(x, z)
        terms = []
        for both in self._both_active(x, z):
            w = both.slope
            terms.append(w**2 * product * both.one + w * total * both.bias + both.square)
        return _mean(terms)

    def mean(self, x: Array) -> Array:
        total = np.zeros_like(x)
        for w in self.slopes:
            tau = -w * x / self.deviation
            from_slope = w * x * probability_above(tau)
            from_bias = self.deviation * normal_density(tau)
            total += from_slope + from_bias
        return total / len(self.slopes)

    def _both_active(self, x: Array, z: Array) -> Iterator[_BothActive]:
        """For every slope, what is expected of a unit where it is active at both places."""
        for w in self.slopes:
            tau_x = -w * x / self.deviation
            tau_z = -w * z / self.deviation
            tau = np.maximum.outer(tau_x, tau_z)
            # The tail falls, so that of the larger τ is the smaller one.
            tail = np.minimum.outer(probability_above(tau_x), probability_above(tau_z))
            density = normal_density(tau)
            bias = self.deviation * density
            square = self.deviation**2 * (tau * density + tail)
            yield _BothActive(w, tail, bias, square)


@dataclass(frozen=True, eq=False)
class _BothActive:
    """Of units of one slope: E 1, E b and E b² over where they are active at x and z, (k, l)."""

    slope: float
    one: Array
    bias: Array
    square: Array


def _mean(terms: Sequence[Array]) -> Array:
    total = np.zeros_like(terms[0])
    for term in terms:
        total += term
    return total / len(terms)
