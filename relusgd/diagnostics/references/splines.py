"""Splines through the points: of straight pieces, and the natural cubic one.

Where several points share an x, the spline goes through the mean of their y.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from relusgd.model.network import Array

Spline = Callable[[Array], Array]


def linear_spline(x: Array, y: Array) -> Spline:
    """Straight pieces from point to point, constant beyond; x, y: shape (n,)."""
    knots, values = mean_points(x, y)

    def spline(at: Array) -> Array:
        return np.interp(at, knots, values)

    return spline


def natural_cubic_spline(x: Array, y: Array) -> Spline:
    """The function through all points with the least ∫ |f″|²: cubic between, straight beyond.

    With h_i = x_{i+1} − x_i and the second derivatives M_i at the points, M_0 = M_{n−1} = 0,

        h_{i−1} M_{i−1} + 2 (h_{i−1} + h_i) M_i + h_i M_{i+1}
            = 6 ((y_{i+1} − y_i)/h_i − (y_i − y_{i−1})/h_{i−1})

    and between x_i and x_{i+1}, with left = x − x_i and right = x_{i+1} − x, the function is

        (M_i right³ + M_{i+1} left³) / (6 h_i)
            + (y_i/h_i − M_i h_i/6) right + (y_{i+1}/h_i − M_{i+1} h_i/6) left

    (de Boor 1978, chapter IV). x, y: shape (n,).
    """
    knots, values = mean_points(x, y)
    if len(knots) == 1:
        return lambda at: np.full(np.shape(at), values[0])
    h = np.diff(knots)
    slope = np.diff(values) / h
    M = _second_derivatives(h, slope)
    start_slope = slope[0] - h[0] * M[1] / 6
    end_slope = slope[-1] + h[-1] * M[-2] / 6

    def spline(at: Array) -> Array:
        # The piece from knot i to i + 1, and the distances from its ends.
        i = np.searchsorted(knots, at, side="right") - 1
        i = np.clip(i, 0, len(h) - 1)
        h_i = h[i]
        left = at - knots[i]
        right = knots[i + 1] - at
        cubic = M[i] * right**3 + M[i + 1] * left**3
        from_value_i = values[i] / h_i - M[i] * h_i / 6
        from_next_value = values[i + 1] / h_i - M[i + 1] * h_i / 6
        inside = cubic / (6 * h_i) + from_value_i * right + from_next_value * left

        before = values[0] + start_slope * (at - knots[0])
        behind = values[-1] + end_slope * (at - knots[-1])
        result = np.where(at < knots[0], before, inside)
        return np.where(at > knots[-1], behind, result)

    return spline


def _second_derivatives(h: Array, slope: Array) -> Array:
    """M at all knots, by elimination along the three diagonals (Thomas), shape (n,).

    h, slope: the length of every piece and the slope of its straight line, shape (n − 1,).
    """
    M = np.zeros(len(h) + 1)
    inner = len(h) - 1
    diagonal = 2 * (h[:-1] + h[1:])
    right_side = 6 * np.diff(slope)
    for i in range(1, inner):
        factor = h[i] / diagonal[i - 1]
        diagonal[i] -= factor * h[i]
        right_side[i] -= factor * right_side[i - 1]
    for i in reversed(range(inner)):
        M[i + 1] = (right_side[i] - h[i + 1] * M[i + 2]) / diagonal[i]
    return M


def mean_points(x: Array, y: Array) -> tuple[Array, Array]:
    """The different x, increasing, and the mean of y at each."""
    knots, group = np.unique(x, return_inverse=True)
    counts = np.bincount(group)
    sums = np.bincount(group, weights=y)
    return knots, sums / counts
