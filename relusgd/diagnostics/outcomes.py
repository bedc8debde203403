"""How a training ended, by its errors alone: it learned, it diverged, or it learned nothing.

All errors are mean squared errors over the training points, in the units that the network sees.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from relusgd.model.network import Array

Outcome = Literal["learned", "diverged", "nothing"]

LEARNED = 0.99
"""A training learned something if its error is at most this share of the best constant's."""

LEARNED_CONSTANT = 0.01
"""Where all y are equal, which makes the best constant's error 0: this share of the initial error,
or of the squared y.
"""

EXPLODED = 10.0
"""A training that ends above its initial error and above this many times the best constant's has
diverged, although its numbers are finite.
"""


GROWN = 1 + 1e-9
"""An error that is larger by less than this factor is the same one, summed in another order."""


def best_constant_mse(y: Array) -> float:
    """The error of the constant that fits y, shape (n,), best: its mean, so the variance of y."""
    if y.min() == y.max():
        return 0.0
    return float(np.var(y))


def outcome_of(initial_mse: float, final_mse: float, y: Array) -> Outcome:
    """How a training on y, shape (n,), ended, which began and ended with these errors."""
    if not np.isfinite(final_mse):
        return "diverged"
    constant_mse = best_constant_mse(y) or _mean_square(y)
    if final_mse > max(GROWN * initial_mse, EXPLODED * constant_mse):
        return "diverged"
    if final_mse <= learned_mse(initial_mse, y):
        return "learned"
    return "nothing"


def learned_mse(initial_mse: float, y: Array) -> float:
    """The largest final error of a training that learned something."""
    constant_mse = best_constant_mse(y)
    if constant_mse > 0:
        return LEARNED * constant_mse
    return LEARNED_CONSTANT * max(initial_mse, _mean_square(y))


def _mean_square(y: Array) -> float:
    return float(np.mean(np.square(y)))
