"""Counting the operations of a computation, by numbers that count what is done with them.

Such numbers take the place of floats in the ordinary code. An operation is one +, −, ·, /, power,
negation or comparison. NumPy works on arrays of such numbers too, matrix products included, so that
what is counted is the code that computes. `prefix_sums` works on whole arrays at once and cannot be
counted; the same algorithm stands here number by number.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from relusgd.model.network import Array


@dataclass
class Counter:
    """How many operations were done since it began."""

    total: int = 0


class Counted:
    """A number with a counter that every operation on it moves on."""

    __slots__ = ("counter", "value")

    def __init__(self, value: float, counter: Counter) -> None:
        self.value, self.counter = value, counter

    def __float__(self) -> float:
        return self.value

    def conjugate(self) -> Counted:
        """Itself, which is not an operation; np.vdot asks for it."""
        return self

    def after(self, result: Any) -> Any:
        """The result of one more operation."""
        self.counter.total += 1
        if isinstance(result, bool):
            return result
        return Counted(result, self.counter)


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    """a + b, −a or a < b, where a is counted."""

    def method(self: Counted, *others: Any) -> Any:
        return self.after(function(self.value, *map(float, others)))

    return method


def _reflected_method(function: Callable[..., Any]) -> Callable[..., Any]:
    """b + a, where a is counted and b is not."""

    def method(self: Counted, other: Any) -> Any:
        return self.after(function(float(other), self.value))

    return method


for _name in ("add", "sub", "mul", "truediv", "pow"):
    setattr(Counted, f"__{_name}__", _method(getattr(operator, _name)))
    setattr(Counted, f"__r{_name}__", _reflected_method(getattr(operator, _name)))
for _name in ("gt", "ge", "lt", "le", "neg"):
    setattr(Counted, f"__{_name}__", _method(getattr(operator, _name)))


def counted(array: Any, counter: Counter) -> Any:
    """The same numbers as Counted ones, in an array of objects of the same shape."""
    values = np.asarray(array, dtype=np.float64)
    objects = np.empty(values.shape, dtype=object)
    objects.reshape(-1)[:] = [Counted(value, counter) for value in values.ravel().tolist()]
    return objects


def count_operations(work: Callable[..., object], *arrays: Array) -> int:
    """How many operations work(*arrays) does with the numbers in the arrays."""
    counter = Counter()
    work(*[counted(array, counter) for array in arrays])
    return counter.total


# The gradient of `gradients.prefix_sums`, number by number


def gradient_by_running_sums(parameters: Array, x: Array, y: Array) -> list[Any]:
    """The gradient of 1/B Σ r_i² by w, b, v and c, a list of 3 H + 1 numbers.

    x, y: points, shape (B,), sorted by x. A unit's elbow is found by bisection, with the rule of
    `prefix_sums`. There the line changes its slope and intercept, whose running sums give the
    residuals; running sums of these, R0 and R1, give the gradient.
    """
    H, B = len(parameters) // 3, len(x)
    w, b, v, c = parameters[:H], parameters[H : 2 * H], parameters[2 * H : 3 * H], parameters[3 * H]
    rises = [w[j] > 0 for j in range(H)]
    k = [_points_below(w[j], b[j], rises[j], x) for j in range(H)]
    r = _residuals(w, b, v, c, k, rises, x, y)
    R0, R1 = [0.0], [0.0]
    for i in range(B):
        R0.append(R0[i] + r[i])
        R1.append(R1[i] + r[i] * x[i])
    dw, db, dv = [], [], []
    for j in range(H):
        T0 = R0[B] - R0[k[j]] if rises[j] else R0[k[j]]
        T1 = R1[B] - R1[k[j]] if rises[j] else R1[k[j]]
        dw.append(v[j] * T1)
        db.append(v[j] * T0)
        dv.append(w[j] * T1 + b[j] * T0)
    return [*dw, *db, *dv, R0[B]]


def _points_below(w: Any, b: Any, rises: bool, x: Array) -> int:
    """How many points lie below the elbow: a rising unit is inactive there."""
    low, high = 0, len(x)
    while low < high:
        middle = (low + high) // 2
        if (w * x[middle] + b > 0) == rises:
            high = middle
        else:
            low = middle + 1
    return low


def _residuals(
    w: Array, b: Array, v: Array, c: Any, k: list[int], rises: list[bool], x: Array, y: Array
) -> list[Any]:
    """2/B (f(x_i) − y_i), from running sums of slopes and intercepts in the order of x."""
    B = len(x)
    slopes, intercepts = [0.0] * (B + 1), [0.0] * (B + 1)
    for j, elbow in enumerate(k):
        slope, intercept = v[j] * w[j], v[j] * b[j]
        if rises[j]:
            slopes[elbow] += slope
            intercepts[elbow] += intercept
        else:
            slopes[0] += slope
            intercepts[0] += intercept
            slopes[elbow] -= slope
            intercepts[elbow] -= intercept
    residuals, s, t = [], 0.0, c
    factor = 2.0 / B
    for i in range(B):
        s += slopes[i]
        t += intercepts[i]
        residuals.append(factor * (s * x[i] + t - y[i]))
    return residuals
