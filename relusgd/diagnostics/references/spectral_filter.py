"""What gradient descent on the output layer has learned after T steps, in closed form.

With fixed hidden layers, f = Φa is linear in the output weights a, and every eigenvector of the
kernel ΦΦᵀ is learned by itself, at the speed of its eigenvalue. Stopped after T steps, f is close
to that of a ridge regression whose penalty falls as 1/T (Ali, Kolter & Tibshirani 2019, A
continuous-time view of early stopping for least squares).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from relusgd.diagnostics.singular_values import all_triplets
from relusgd.model.network import Array


def early_stopped(Phi: Array, y: Array, learning_rate: float, steps: ArrayLike) -> Array:
    """f at the training points after so many steps of full-batch gradient descent from a = 0.

        f_T = U (1 − (1 − learning_rate·λ)^T) Uᵀ y,   (2/n) ΦΦᵀ = U diag(λ) Uᵀ

    The loss is the mean squared error, without ½. Phi: the regressors of the output layer at the
    training points, shape (n, p), with a column of ones where the output bias learns, too. y: shape
    (n,). steps: T, of any shape. Returns the shape (*steps.shape, n).
    """
    n = len(y)
    U, s, _ = all_triplets(Phi)
    rates = learning_rate * 2 / n * np.square(s)
    T = np.asarray(steps)[..., None]
    learned = 1 - _power_of_one_minus(rates, T)
    along = learned * (U.T @ y)
    return np.asarray(along @ U.T)


def _power_of_one_minus(rates: Array, T: ArrayLike) -> Array:
    """(1 − rates)^T; for small rates without the rounding of 1 − rates, which T would multiply."""
    small = rates < 0.5
    logarithm = np.log1p(-np.where(small, rates, 0.0))
    by_logarithm = np.exp(T * logarithm)
    by_power = np.power(1 - rates, T)
    return np.where(small, by_logarithm, by_power)


class RidgeAtStep(NamedTuple):
    """The ridge regression that stands for T steps of gradient descent.

    penalty: λ in Σ r² + λ|a|². coefficients: a, shape (p,). test_error: the mean squared error on
    the test points.
    """

    penalty: float
    coefficients: Array
    test_error: float


def ridge_at_step(
    Phi: Array,
    y: Array,
    learning_rate: float,
    step: float,
    test_Phi: Array,
    test_y: Array,
) -> RidgeAtStep:
    """The ridge regression with the penalty n/(2·learning_rate·T), and its error on test points.

    In the time t = 2·learning_rate·T/n of the flow a′ = −½ ∂(Σ r²)/∂a, gradient descent takes T
    steps. The penalty is 1/t, with which the expected error of the flow is at most 1.69 times that
    of ridge regression (Ali, Kolter & Tibshirani 2019, theorem 1).

    Phi, y: as in `early_stopped`. step: T, at least 1. test_Phi: the same regressors at the test
    points, shape (k, p); test_y: shape (k,).
    """
    penalty = len(y) / (2 * learning_rate * step)
    U, s, V = all_triplets(Phi)
    shrunk = s / (np.square(s) + penalty)
    coefficients = V @ (shrunk * (U.T @ y))
    test_residual = test_Phi @ coefficients - test_y
    test_error = float(np.mean(np.square(test_residual)))
    return RidgeAtStep(penalty, coefficients, test_error)
