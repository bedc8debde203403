"""Normal numbers: their density, and how often they are above or below a number."""

from __future__ import annotations

import math

import numpy as np

from relusgd.model.network import Array

ROOT_2_PI = math.sqrt(2 * math.pi)


def normal_density(u: Array) -> Array:
    """exp(−u²/2)/√(2π), entry by entry."""
    exponent = -np.square(u) / 2
    return np.asarray(np.exp(exponent) / ROOT_2_PI)


def probability_above(u: Array) -> Array:
    """How often a normal number is above u, entry by entry."""
    # Equal entries are computed once: NumPy has no error function, and a loop in Python is slow.
    different, place = np.unique(u, return_inverse=True)
    root_2 = math.sqrt(2)
    values = [math.erfc(value / root_2) / 2 for value in different.tolist()]
    return np.array(values)[place].reshape(np.shape(u))


def probability_below(u: Array) -> Array:
    """How often a normal number is below u, entry by entry."""
    return probability_above(-u)
