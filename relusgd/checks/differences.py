"""Derivatives by differences, and how far a given gradient is from them.

    ∂f/∂θ_i ≈ (f(θ + h e_i) − f(θ − h e_i)) / 2h      central; its error is h²/6 |f‴| by the formula, ε|f|/h by rounding

A difference says nothing about a derivative where the function has a kink between θ − h e_i and θ + h e_i. In a ReLU network
that is where a unit switches for some sample, which the activation pattern tells: such entries are left out and counted.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array, Booleans

Measure = Callable[[Array], tuple[float, Any]]
"""From a parameter vector to the function's value and its activation pattern, anything that np.array_equal compares."""

Entries = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Differences:
    """Of some entries of a parameter vector, shape (entries,) each.

    central, forward: both quotients. crosses: whether the pattern is not the same at θ, θ + h e_i and θ − h e_i.
    largest: the largest |f| of the two that were subtracted.
    """

    central: Array
    forward: Array
    crosses: Booleans
    largest: Array


def take_differences(measure: Measure, vector: Array, entries: Entries, step: float) -> Differences:
    """Differences of the function at `vector` along each of these entries, with h = step · max(1, |θ_i|)."""
    rows = [_one_difference(measure, vector, measure(vector), int(i), step) for i in entries]
    central, forward, crosses, largest = zip(*rows, strict=True) if rows else ((),) * 4
    return Differences(
        np.array(central), np.array(forward), np.array(crosses, dtype=bool), np.array(largest)
    )


def _one_difference(
    measure: Measure, vector: Array, here: tuple[float, Any], i: int, step: float
) -> tuple[float, float, bool, float]:
    h = width(step, vector[i])
    moved = vector.copy()
    moved[i] = vector[i] + h
    plus, plus_pattern = measure(moved)
    up = moved[i] - vector[i]
    moved[i] = vector[i] - h
    minus, minus_pattern = measure(moved)
    # what was really added, which rounding makes other than h
    both = up + (vector[i] - moved[i])
    crosses = not (
        np.array_equal(plus_pattern, minus_pattern) and np.array_equal(plus_pattern, here[1])
    )
    return (plus - minus) / both, (plus - here[0]) / up, crosses, max(abs(plus), abs(minus))


def width(step: float, value: Any) -> Any:
    """h for entries of these values."""
    return step * np.maximum(1.0, np.abs(value))


def relative_differences(given: Array, measured: Array, noise: Array, tolerance: float) -> Array:
    """|g − d| / max(|g|, |d|, noise/tolerance): what rounding alone explains is never more than the tolerance."""
    scale = np.maximum(np.maximum(np.abs(given), np.abs(measured)), noise / tolerance)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(given == measured, 0.0, np.abs(given - measured) / scale)
