"""The gradient check: a gradient against central differences, array by array.

relusgd.check_gradients(lambda w: 0.5 * float(w @ w), lambda w: w, numpy.array([1.0, 2.0])).passed
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from relusgd.checks.differences import (
    Differences,
    Entries,
    relative_differences,
    take_differences,
    width,
)
from relusgd.checks.form import Form
from relusgd.errors import InputError
from relusgd.model.network import Array

STEP, TOLERANCE = 1e-5, 1e-6

ROUNDING = 1e-14
"""The relative error that is expected of a user's function."""

MOST_LEFT_OUT = 0.5
"""The largest share of all entries that may be left out; of every array one has to be left."""


@dataclass(frozen=True)
class ArrayCheck:
    """One array of parameters. entries: how many were compared or left out; left_out: at how many of them a kink is within ±h.

    largest, typical: the largest and the middle relative difference of those that were compared, nan if none was.
    worst: where it is largest, with the derivative that was given and the one that was measured there.
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
        if self.entries and self.left_out == self.entries:
            return f"{self.name}: every entry has a kink within ±h, so that none can be compared"
        if self.entries and not self.largest <= self.tolerance:
            at = f"[{', '.join(str(i) for i in self.worst)}]" if self.worst else ""
            return f"{self.name}{at} is given as {self.given:.8g}, and by differences it is {self.measured:.8g}"
        return None


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
        """A sentence for every array that did not pass, and one when too much was left out."""
        found = [array.fault for array in self.arrays if array.fault]
        if self.left_out > MOST_LEFT_OUT * self.entries:
            found.append(
                f"{self.left_out} of {self.entries} entries have a kink within ±h, too many to judge the gradient by the others"
            )
        return tuple(found)

    def __str__(self) -> str:
        lines = [f"{'array':<16} {'shape':<12} {'largest':>9} {'typical':>9}  left out"]
        for a in self.arrays:
            shape = "×".join(str(size) for size in a.shape) or "1"
            lines.append(
                f"{a.name:<16} {shape:<12} {a.largest:>9.1e} {a.typical:>9.1e}  {a.left_out} of {a.entries}"
            )
        return "\n".join([*lines, *self.faults])


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

    function(parameters) gives a number, gradient(parameters) the derivative by every entry, in the form of `parameters`:
    an array, a sequence of arrays, or a mapping of names to arrays, of any shapes. The arrays are never changed.

    step: h is step · max(1, |θ_i|). tolerance: the largest relative difference |g − d| / max(|g|, |d|) that passes; a
    difference that rounding explains always does. pattern(parameters): which pieces of a function with kinks are in force, for
    a ReLU network the active units; entries for which it changes within ±h are left out and counted; if they are more than half,
    or all of an array, that fails. rounding: the absolute error of the function's value, by default 1e-14 of it. most_entries:
    so many of each array, drawn once and for all, are enough; by default all.

    The result is true if everything passed; printed it is a table. Raises InputError when the gradient has not the form of the
    parameters, or for numbers that are no step or tolerance.
    """
    for name, number in (("step", step), ("tolerance", tolerance)):
        if not 0 < number < math.inf:
            raise InputError(f"{name} is {number!r}; it must be greater than 0")
    form = Form.of(parameters)
    vector = form.flatten(parameters, "the parameters")

    def measure(moved: Array) -> tuple[float, Any]:
        rebuilt = form.rebuild(moved)
        return float(function(rebuilt)), pattern(form.rebuild(moved)) if pattern else None

    entries = form.choose(most_entries)
    differences = take_differences(measure, vector, entries, step)
    given = form.flatten(gradient(form.rebuild(vector)), "the gradient")
    return compare(form, given, vector, entries, differences, Precision(step, tolerance, rounding))


@dataclass(frozen=True)
class Precision:
    """step: of h. tolerance: the largest relative difference that passes. rounding: absolute, of the function's value; None:
    ROUNDING of it."""

    step: float = STEP
    tolerance: float = TOLERANCE
    rounding: float | None = None


def compare(
    form: Form,
    given: Array,
    vector: Array,
    entries: Entries,
    found: Differences,
    precision: Precision,
) -> GradientCheck:
    """The check of the gradient `given`, shape of `vector`, at these entries."""
    rounding = ROUNDING * found.largest if precision.rounding is None else precision.rounding
    noise = rounding / width(precision.step, vector[entries])
    relative = relative_differences(given[entries], found.central, noise, precision.tolerance)
    bounds, checks = form.bounds, []
    for k, (name, shape) in enumerate(zip(form.names, form.shapes, strict=True)):
        own = (entries >= bounds[k]) & (entries < bounds[k + 1])
        kept = np.flatnonzero(own & ~found.crosses)
        values = relative[kept]
        # nan is worse than any number
        at = kept[np.argmax(np.where(np.isnan(values), np.inf, values))] if len(kept) else None
        checks.append(
            ArrayCheck(
                name,
                shape,
                entries=int(own.sum()),
                left_out=int(own.sum() - len(kept)),
                largest=float(relative[at]) if at is not None else math.nan,
                typical=float(np.median(values)) if len(kept) else math.nan,
                worst=tuple(int(i) for i in np.unravel_index(entries[at] - bounds[k], shape))
                if at is not None
                else (),
                given=float(given[entries[at]]) if at is not None else math.nan,
                measured=float(found.central[at]) if at is not None else math.nan,
                tolerance=precision.tolerance,
            )
        )
    return GradientCheck(tuple(checks), precision.step, precision.tolerance)
