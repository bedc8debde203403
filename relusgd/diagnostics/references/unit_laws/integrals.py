"""Integrals of polynomials over an interval, in forms that lose no digits."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array


def mean_square(low: Array | float, high: Array | float) -> Array:
    """The mean of e² between low and high."""
    squares = np.square(low) + np.multiply(low, high) + np.square(high)
    return np.asarray(squares / 3)


def product_integral(p: Array, q: Array, length: Array) -> Array:
    """∫ (p + t) (q + t) dt for t from 0 to length."""
    return length * (p * q + length * ((p + q) / 2 + length / 3))
