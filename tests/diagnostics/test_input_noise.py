"""Ridge regression by fresh noise on x: expectations against samples, a line by hand."""

import numpy as np
import pytest

from relusgd.diagnostics.references.input_noise import noisy_optimum, noisy_regressors
from relusgd.model.network import Network
from relusgd.training.ridge import solve


def network(slopes, biases):
    w, b = np.array([slopes], dtype=float), np.array(biases, dtype=float)
    return Network((w, np.ones((len(biases), 1))), (b, np.zeros(1)))


UNITS = network([1.0, -2.0, 0.5, 0.0, 0.0, 3.0], [-0.3, 1.0, 0.2, 0.7, -0.7, 1.5])
X = np.array([0.1, 0.3, 0.55, 0.9])
Y = np.array([1.0, -0.5, 0.4, 2.0])


def test_means_and_covariances_are_those_of_many_samples():
    mean, covariance = noisy_regressors(UNITS, X, 0.3)
    noise = 0.3 * np.random.default_rng(0).standard_normal(400_000)
    found = np.zeros((6, 6))
    for i, x in enumerate(X):
        (outputs,) = UNITS.activations(x + noise)
        assert mean[i, :6] == pytest.approx(outputs.mean(axis=0), abs=5e-3)
        found += np.cov(outputs.T) / len(X)
    assert covariance[:6, :6] == pytest.approx(found, abs=5e-3)
    assert np.all(mean[:, 6] == 1)
    assert not covariance[6].any()


def test_the_optimum_is_where_the_expected_loss_is_least():
    units, noise = network([1.0, -2.0, 3.0], [-0.3, 1.0, 1.5]), 0.2
    a = noisy_optimum(units, X, Y, noise)
    mean, covariance = noisy_regressors(units, X, noise)

    def loss(a):
        return np.mean((mean @ a - Y) ** 2) + a @ covariance @ a

    least = loss(a)
    for direction in np.eye(4):
        assert min(loss(a + 1e-3 * direction), loss(a - 1e-3 * direction)) > least


def test_on_a_line_through_0_it_is_ridge_regression_with_the_penalty_n_sigma_squared():
    x, y, sigma = np.array([2.0, 3.0, 5.0]), np.array([1.0, 4.0, 4.0]), 0.1
    found = noisy_optimum(network([1.0], [0.0]), x, y, sigma, output_bias=False)
    by_hand = (x @ y) / (x @ x + 3 * sigma**2)
    assert found == pytest.approx([by_hand], rel=1e-12)
    assert found == pytest.approx(solve(x[:, None], y, 3 * sigma**2), rel=1e-12)


def test_active_units_pay_for_the_slope_of_their_sum_alone():
    units = network([1.0, 2.0, -1.0], [5.0, 9.0, 8.0])
    _, covariance = noisy_regressors(units, X, 0.05)
    slopes = np.array([1.0, 2.0, -1.0, 0.0])
    assert covariance == pytest.approx(0.05**2 * np.outer(slopes, slopes), abs=1e-12)
