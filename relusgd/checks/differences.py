"""Derivatives by differences, and how far a given gradient is from them.

    ∂f/∂θ_i ≈ (f(θ + h e_i) − f(θ − h e_i)) / 2h      central

The error of the formula is h²/6 |f‴|, and that of rounding ε|f|/h. A difference says nothing about
a derivative where the function has a kink between θ − h e_i and θ + h e_i. In a ReLU network that
is where a unit switches at some point, which the activation pattern shows: such entries are left
out and counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array, Booleans

Measure = Callable[[Array], tuple[float, Any]]
"""From a parameter vector to the function's value and its activation pattern, which is anything
that np.array_equal compares."""

Entries = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Differences:
    """Differences along some entries of a parameter vector, shape (entries,) each.

    central, forward: the two quotients. crosses: whether the pattern differs between θ, θ + h e_i
    and θ − h e_i. largest: the larger |f| of the two values that were subtracted.
    """

    central: Array
    forward: Array
    crosses: Booleans
    largest: Array


def take_differences(
    measure: Measure,
    vector: Array,
    entries: Entries,
    step: float,
) -> Differences:
    """Differences at `vector` along these entries, with h = step · max(1, |θ_i|)."""
    count = len(entries)
    differences = Differences(
        central=np.empty(count),
        forward=np.empty(count),
        crosses=np.empty(count, dtype=bool),
        largest=np.empty(count),
    )
    value, pattern = measure(vector)
    moved = vector.copy()
    for k, i in enumerate(entries):
        here = vector[i]
        h = step_width(step, here)
        moved[i] = here + h
        plus, plus_pattern = measure(moved)
        up = moved[i] - here  # what was really added: rounding makes it differ from h
        moved[i] = here - h
        minus, minus_pattern = measure(moved)
        down = here - moved[i]
        moved[i] = here
        both_alike = np.array_equal(plus_pattern, minus_pattern)
        all_alike = both_alike and np.array_equal(plus_pattern, pattern)
        differences.central[k] = (plus - minus) / (up + down)
        differences.forward[k] = (plus - value) / up
        differences.crosses[k] = not all_alike
        differences.largest[k] = max(abs(plus), abs(minus))
    return differences


def step_width(step: float, value: Any) -> Any:
    """h for entries of these values."""
    return step * np.maximum(1.0, np.abs(value))


def relative_differences(
    given: Array,
    measured: Array,
    noise: Array,
    tolerance: float,
) -> Array:
    """|g − d| / max(|g|, |d|, noise/tolerance).

    What rounding alone explains is never more than the tolerance.
    """
    larger = np.maximum(np.abs(given), np.abs(measured))
    scale = np.maximum(larger, noise / tolerance)
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.abs(given - measured) / scale
        return np.where(given == measured, 0.0, relative)
