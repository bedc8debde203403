"""Laws of a hidden unit at the start: how often it is active at two places, and its outputs there.

A unit a(x) = w x + b of a network with one hidden layer is drawn with random slope w and bias b.
Each law here gives, for positions x of shape (k,) and z of shape (l,),

    gates(x, z)      E [a(x) > 0] [a(z) > 0]                 shape (k, l)
    balanced(x, z)   E (w² + b²) [a(x) > 0] [a(z) > 0]       shape (k, l)
    outputs(x, z)    E relu(a(x)) relu(a(z))                 shape (k, l)
    mean(x)          E relu(a(x))                            shape (k,)

all of them exact: by the arc-cosine kernels of Cho & Saul (2009) where slope and bias are normal,
by integrals of polynomials elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np

from relusgd.model.network import Array

BiasIntegral = Callable[[Array, Array, Array], Array]
"""∫ over the biases from `start` on, of this length, at the slope w: (w, start, length)."""

GAUSS_3 = np.polynomial.legendre.leggauss(3)
"""Nodes in ±1 and weights, which add up to 2, exact for polynomials up to degree 5."""

ROOT_2_PI = math.sqrt(2 * math.pi)


class UnitLaw(Protocol):
    """What every law gives; see above."""

    def gates(self, x: Array, z: Array) -> Array: ...

    def balanced(self, x: Array, z: Array) -> Array: ...

    def outputs(self, x: Array, z: Array) -> Array: ...

    def mean(self, x: Array) -> Array: ...


@dataclass(frozen=True)
class SlopeLaw:
    """positive, negative: how often the slope is above and below 0. square: E w². size: E |w|.

    Its size does not depend on its sign.
    """

    positive: float
    negative: float
    square: float
    size: float

    def by_sign(self, rising: Array, falling: Array) -> Array:
        """The mean of what units with a positive slope have, and those with a negative one."""
        return self.positive * rising + self.negative * falling


@dataclass(frozen=True)
class UnitsAtOnePlace:
    """Every elbow at `place`: b = −w place. A unit that rises is active where x > place."""

    place: float
    slope: SlopeLaw

    def gates(self, x: Array, z: Array) -> Array:
        return self.slope.by_sign(*self._sides(x, z))

    def balanced(self, x: Array, z: Array) -> Array:
        """w² + b² is w² (1 + place²)."""
        return self.slope.square * (1 + self.place**2) * self.gates(x, z)

    def outputs(self, x: Array, z: Array) -> Array:
        product = np.multiply.outer(x - self.place, z - self.place)
        return self.slope.square * self.gates(x, z) * product

    def mean(self, x: Array) -> Array:
        right, left = np.maximum(x - self.place, 0), np.maximum(self.place - x, 0)
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
        return self._mean(*self._parts(x, z))

    def balanced(self, x: Array, z: Array) -> Array:
        """w² ∫ (1 + e²) de, because w² + b² is w² (1 + e²)."""
        left, right = self._parts(x, z)
        before = left * (1 + _mean_square(self.low, self.low + left))
        behind = right * (1 + _mean_square(self.high - right, self.high))
        return self.slope.square * self._mean(before, behind)

    def outputs(self, x: Array, z: Array) -> Array:
        """w² ∫ (x − e) (z − e) de; with e from the nearest end of the part no digits are lost."""
        left, right = self._parts(x, z)
        start, end = self.low + left, self.high - right
        before = _product_integral(x[:, None] - start, z - start, left)
        behind = _product_integral(end - x[:, None], end - z, right)
        return self.slope.square * self._mean(before, behind)

    def mean(self, x: Array) -> Array:
        left = np.clip(x, self.low, self.high) - self.low
        right = self.high - np.clip(x, self.low, self.high)
        before = left * (x - self.low - left / 2)
        behind = right * (self.high - right / 2 - x)
        return self.slope.size * self._mean(before, behind)

    def _parts(self, x: Array, z: Array) -> tuple[Array, Array]:
        """How much of [low, high] is before both positions, and how much behind both."""
        first, last = np.minimum.outer(x, z), np.maximum.outer(x, z)
        left = np.clip(first, self.low, self.high) - self.low
        right = self.high - np.clip(last, self.low, self.high)
        return left, right

    def _mean(self, before: Array, behind: Array) -> Array:
        """From integrals over e to the mean over elbows and signs."""
        return self.slope.by_sign(before, behind) / (self.high - self.low)


def _mean_square(low: Array | float, high: Array | float) -> Array:
    """The mean of e² between low and high."""
    return np.asarray((np.square(low) + np.multiply(low, high) + np.square(high)) / 3)


def _product_integral(p: Array, q: Array, length: Array) -> Array:
    """∫ (p + t) (q + t) dt for t from 0 to length."""
    return length * (p * q + length * ((p + q) / 2 + length / 3))


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
        together: Array = self._other_angle(x, z) * (np.multiply.outer(x, z) + 1)
        return self.deviation**2 / (2 * np.pi) * (apart + together)

    def mean(self, x: Array) -> Array:
        length: Array = np.hypot(x, 1.0)
        return self.deviation * length / ROOT_2_PI

    def _other_angle(self, x: Array, z: Array) -> Array:
        """π − θ."""
        apart = np.abs(np.subtract.outer(x, z))
        theta: Array = np.arctan2(apart, np.multiply.outer(x, z) + 1)
        return np.pi - theta


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
            return np.asarray(length * (w**2 + _mean_square(start, start + length)))

        return self._expected(x[:, None], z[None, :], squares)

    def outputs(self, x: Array, z: Array) -> Array:
        x, z = x[:, None], z[None, :]

        def products(w: Array, start: Array, length: Array) -> Array:
            return _product_integral(w * x + start, w * z + start, length)

        return self._expected(x, z, products)

    def mean(self, x: Array) -> Array:
        def output(w: Array, start: Array, length: Array) -> Array:
            return np.asarray(length * (w * x + start + length / 2))

        return self._expected(x, x, output)

    def _expected(self, x: Array, z: Array, integral: BiasIntegral) -> Array:
        """The mean over the slopes of what is integrated over the biases; x, z: of one shape."""
        total = np.zeros(np.broadcast_shapes(x.shape, z.shape))
        for w, weight in self._nodes(x, z):
            start = np.clip(np.maximum(-w * x, -w * z), -self.limit, self.limit)
            total += weight * integral(w, start, self.limit - start)
        return total / (2 * self.limit)

    def _nodes(self, x: Array, z: Array) -> Iterator[tuple[Array, Array]]:
        """Slopes and their weights, which add up to 1."""
        if self.slopes is not None:
            for slope in self.slopes:
                yield np.array(slope), np.array(1 / len(self.slopes))
            return
        ends = self._ends(x, z)
        for low, high in pairwise(ends):
            middle, half = (low + high) / 2, (high - low) / 2
            for node, weight in zip(*GAUSS_3, strict=True):
                for side in (-1.0, 1.0):
                    yield side * (middle + node * half), weight * half / (2 * self.limit)

    def _ends(self, x: Array, z: Array) -> tuple[Array, ...]:
        """Sizes of slopes between which nothing begins or ends, from 0 to the limit."""
        at_x = self.limit / np.maximum(np.abs(x), 1.0)
        at_z = self.limit / np.maximum(np.abs(z), 1.0)
        nothing = np.zeros_like(at_x)
        return nothing, np.minimum(at_x, at_z), np.maximum(at_x, at_z), nothing + self.limit


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
        return self._expected(x, z, lambda w, p, b, bb: p)  # noqa: ARG005

    def balanced(self, x: Array, z: Array) -> Array:
        return self._expected(x, z, lambda w, p, b, bb: w**2 * p + bb)  # noqa: ARG005

    def outputs(self, x: Array, z: Array) -> Array:
        both, either = np.multiply.outer(x, z), np.add.outer(x, z)
        return self._expected(x, z, lambda w, p, b, bb: w**2 * both * p + w * either * b + bb)

    def mean(self, x: Array) -> Array:
        total = np.zeros_like(x)
        for w in self.slopes:
            tau = -w * x / self.deviation
            total += w * x * _tail(tau) + self.deviation * _density(tau)
        return total / len(self.slopes)

    def _expected(self, x: Array, z: Array, term: Callable[..., Array]) -> Array:
        """The mean over the slopes of a term of w and of E 1, E b, E b² where both are active."""
        total = np.zeros((len(x), len(z)))
        for w in self.slopes:
            tau_x, tau_z = -w * x / self.deviation, -w * z / self.deviation
            # The tail falls, so that of the larger τ is the smaller one.
            tail = np.minimum.outer(_tail(tau_x), _tail(tau_z))
            tau = np.maximum.outer(tau_x, tau_z)
            density = _density(tau)
            first = self.deviation * density
            second = self.deviation**2 * (tau * density + tail)
            total += term(w, tail, first, second)
        return total / len(self.slopes)


def _density(tau: Array) -> Array:
    """φ(τ)."""
    return np.exp(-np.square(tau) / 2) / ROOT_2_PI


def _tail(tau: Array) -> Array:
    """Φ̄(τ), the normal probability above τ, shape (k,)."""
    return np.array([math.erfc(value / math.sqrt(2)) / 2 for value in tau.tolist()])
