"""The gradient check: a gradient against central differences, array by array.

relusgd.check_gradients(lambda w: 0.5 * float(w @ w), lambda w: w, numpy.array([1.0, 2.0])).passed
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from relusgd.checks.differences import (
    Differences,
    Entries,
    relative_differences,
    step_width,
    take_differences,
)
from relusgd.checks.parameter_layout import ParameterLayout
from relusgd.errors import InputError
from relusgd.model.network import Array, Booleans
from relusgd.words import dimensions

STEP = 1e-5
"""h is this step times max(1, |θ_i|)."""

TOLERANCE = 1e-6
"""The largest relative difference that passes."""

ROUNDING = 1e-14
"""The relative error that is expected of a user's function."""

MOST_LEFT_OUT = 0.5
"""The largest share of all entries that may be left out. In every array one must be compared."""


@dataclass(frozen=True)
class ArrayCheck:
    """One array of parameters.

    entries: how many were compared or left out. left_out: how many have a kink within ±h.
    largest, typical: the largest and the median relative difference of the compared entries, nan if
    there are none. worst: the index of the largest difference. given, measured: the derivative
    there by the gradient and by differences.
    """

    name: str
    shape: tuple[int, ...]
    entries: int
    left_out: int
    largest: float
    typical: float
    worst: tuple[int, ...]
    given: float
    measured: float
    tolerance: float

    @property
    def passed(self) -> bool:
        return self.fault is None

    @property
    def fault(self) -> str | None:
        """What is wrong, in a sentence; None if nothing is."""
        if not self.entries:
            return None
        if self.left_out == self.entries:
            return f"{self.name}: every entry has a kink within ±h, so none can be compared"
        if self.largest <= self.tolerance:
            return None
        index = f"{list(self.worst)}" if self.worst else ""
        return (
            f"{self.name}{index} is given as {self.given:.8g}, "
            f"but differences give {self.measured:.8g}"
        )


@dataclass(frozen=True)
class GradientCheck:
    """The whole check. True exactly if every array passed."""

    arrays: tuple[ArrayCheck, ...]
    step: float
    tolerance: float

    def __bool__(self) -> bool:
        return self.passed

    @property
    def passed(self) -> bool:
        return not self.faults

    @property
    def entries(self) -> int:
        """How many were compared or left out."""
        return sum(array.entries for array in self.arrays)

    @property
    def left_out(self) -> int:
        return sum(array.left_out for array in self.arrays)

    @property
    def faults(self) -> tuple[str, ...]:
        """A sentence for every array that failed, and one if too many entries were left out."""
        faults = [array.fault for array in self.arrays if array.fault]
        if self.left_out > MOST_LEFT_OUT * self.entries:
            faults.append(
                f"{self.left_out} of {self.entries} entries have a kink within ±h, "
                "too many to judge the gradient by the others"
            )
        return tuple(faults)

    def __str__(self) -> str:
        lines = [f"{'array':<16} {'shape':<12} {'largest':>9} {'typical':>9}  left out"]
        for array in self.arrays:
            shape = dimensions(array.shape) or "1"
            lines.append(
                f"{array.name:<16} {shape:<12} {array.largest:>9.1e} {array.typical:>9.1e}  "
                f"{array.left_out} of {array.entries}"
            )
        return "\n".join([*lines, *self.faults])


@dataclass(frozen=True)
class Precision:
    """How exactly a gradient is checked.

    step: h is step · max(1, |θ_i|). tolerance: the largest relative difference that passes.
    rounding: the absolute error of the function's value; None means ROUNDING times the value.
    """

    step: float = STEP
    tolerance: float = TOLERANCE
    rounding: float | None = None


def check_gradients(
    function: Callable[[Any], float],
    gradient: Callable[[Any], Any],
    parameters: Any,
    *,
    step: float = STEP,
    tolerance: float = TOLERANCE,
    pattern: Callable[[Any], Any] | None = None,
    rounding: float | None = None,
    most_entries: int | None = None,
) -> GradientCheck:
    """Compare a function's gradient with central differences, entry by entry.

    function(parameters) returns a number. gradient(parameters) returns its derivative with respect
    to every entry, in the form of `parameters`: an array, a sequence of arrays, or a mapping of
    names to arrays, of any shapes. The arrays are never changed.

    step: h is step · max(1, |θ_i|). tolerance: the largest relative difference
    |g − d| / max(|g|, |d|) that passes; a difference that rounding explains always does.
    pattern(parameters): for a function with kinks, which of its pieces applies; for a ReLU network,
    the active units. Entries for which it changes within ±h are left out and counted; if they are
    more than half of all, or all of an array, the check fails. rounding: the absolute error of the
    function's value, by default 1e-14 of it. most_entries: how many entries of each array are
    compared, the same at every call; by default all.

    The result is true if every array passed, and prints as a table. Raises InputError when the
    gradient does not have the form of the parameters, or when step or tolerance is not a positive
    number.
    """
    for name, number in (("step", step), ("tolerance", tolerance)):
        if not 0 < number < math.inf:
            raise InputError(f"{name} is {number!r}; it must be greater than 0")
    layout = ParameterLayout.of(parameters)
    vector = layout.flatten(parameters, "the parameters")

    def measure(moved: Array) -> tuple[float, Any]:
        # Both get copies of their own: a user's function may change what it is given.
        value = float(function(layout.rebuild(moved)))
        found = pattern(layout.rebuild(moved)) if pattern else None
        return value, found

    entries = layout.choose(most_entries)
    differences = take_differences(measure, vector, entries, step)
    flat_gradient = layout.flatten(gradient(layout.rebuild(vector)), "the gradient")
    precision = Precision(step, tolerance, rounding)
    return compare(layout, flat_gradient, vector, entries, differences, precision)


def compare(
    layout: ParameterLayout,
    gradient: Array,
    parameters: Array,
    entries: Entries,
    differences: Differences,
    precision: Precision,
) -> GradientCheck:
    """Compare a gradient with the differences at these entries, array by array.

    gradient, parameters: all arrays in one vector, as `layout` orders them.
    """
    rounding: Array | float = ROUNDING * differences.largest
    if precision.rounding is not None:
        rounding = precision.rounding
    noise = rounding / step_width(precision.step, parameters[entries])
    given = gradient[entries]
    measured = differences.central
    relative = relative_differences(given, measured, noise, precision.tolerance)
    checks = []
    for k, (start, stop) in enumerate(pairwise(layout.bounds)):
        in_array = (entries >= start) & (entries < stop)
        compared = in_array & ~differences.crosses
        left_out = in_array & differences.crosses
        shape = layout.shapes[k]
        worst = _worst(relative, compared)
        typical = math.nan
        index: tuple[int, ...] = ()
        if worst is not None:
            typical = float(np.median(relative[compared]))
            index = _index_in_array(int(entries[worst]) - start, shape)
        checks.append(
            ArrayCheck(
                name=layout.names[k],
                shape=shape,
                entries=int(in_array.sum()),
                left_out=int(left_out.sum()),
                largest=_value_at(worst, relative),
                typical=typical,
                worst=index,
                given=_value_at(worst, given),
                measured=_value_at(worst, measured),
                tolerance=precision.tolerance,
            )
        )
    return GradientCheck(tuple(checks), precision.step, precision.tolerance)


def _index_in_array(place: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The index, one number per axis, of an entry by its place in the flattened array."""
    return tuple(int(i) for i in np.unravel_index(place, shape))


def _value_at(place: int | None, values: Array) -> float:
    if place is None:
        return math.nan
    return float(values[place])


def _worst(relative: Array, compared: Booleans) -> int | None:
    """The place of the largest relative difference among the compared entries, if there are any."""
    if not compared.any():
        return None
    comparable = np.where(np.isnan(relative), np.inf, relative)  # nan is worse than any number
    among_compared = np.where(compared, comparable, -1.0)
    return int(np.argmax(among_compared))
