"""Counting the operations of a computation, by numbers that count what is done with them.

Such numbers take the place of floats in the ordinary code. An operation is one +, −, ·, /, power,
negation or comparison. NumPy works on arrays of such numbers too, matrix products included, so that
what is counted is the code that computes.
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
        self.value = value
        self.counter = counter

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
        values = [float(other) for other in others]
        return self.after(function(self.value, *values))

    return method


def _reflected_method(function: Callable[..., Any]) -> Callable[..., Any]:
    """b + a, where a is counted and b is not."""

    def method(self: Counted, other: Any) -> Any:
        return self.after(function(float(other), self.value))

    return method


for _name in ("add", "sub", "mul", "truediv", "pow"):
    _function = getattr(operator, _name)
    setattr(Counted, f"__{_name}__", _method(_function))
    setattr(Counted, f"__r{_name}__", _reflected_method(_function))
for _name in ("gt", "ge", "lt", "le", "neg"):
    _function = getattr(operator, _name)
    setattr(Counted, f"__{_name}__", _method(_function))


def counting_array(array: Any, counter: Counter) -> Any:
    """The same numbers as Counted ones, in an array of objects of the same shape."""
    values = np.asarray(array, dtype=np.float64)
    objects = np.empty(values.shape, dtype=object)
    objects.reshape(-1)[:] = [Counted(value, counter) for value in values.ravel().tolist()]
    return objects


def count_operations(work: Callable[..., object], *arrays: Array) -> int:
    """How many operations work(*arrays) does with the numbers in the arrays."""
    counter = Counter()
    work(*[counting_array(array, counter) for array in arrays])
    return counter.total
