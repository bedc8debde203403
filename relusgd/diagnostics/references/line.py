"""The straight line through the points by least squares."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from relusgd.model.network import Array


def least_squares_line(x: Array, y: Array) -> Callable[[Array], Array]:
    """The line of least squared error through points of shape (n,) each; a constant for equal x."""
    x_mean = float(np.mean(x))
    y_mean = float(np.mean(y))
    from_mean = x - x_mean
    spread = float(np.sum(np.square(from_mean)))
    covariance = float(from_mean @ (y - y_mean))
    slope = covariance / spread if spread else 0.0

    def line(at: Array) -> Array:
        return y_mean + slope * (at - x_mean)

    return line
