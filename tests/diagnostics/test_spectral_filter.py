"""Gradient descent on the output layer in closed form, against its own steps, and beside ridge."""

import numpy as np
import pytest
from small import small

from relusgd.diagnostics.references.spectral_filter import early_stopped, ridge_at_step
from relusgd.model.initial import InitialNetwork
from relusgd.training import prepare, train
from relusgd.training.ridge import output_regressors, solve

LEARNING_RATE = 0.1


def regressors(points):
    """The outputs of 30 units at evenly spaced points of [0, 1], with a column of ones."""
    network = InitialNetwork((30,), (0.0, 1.0)).draw(np.random.RandomState(0))
    return output_regressors(network, np.linspace(0, 1, points))


Y = np.sin(6 * np.linspace(0, 1, 20)) + 0.1 * np.random.default_rng(0).normal(size=20)


def test_it_is_what_the_steps_of_gradient_descent_give():
    Phi = regressors(20)
    a = np.zeros(Phi.shape[1])
    for step in range(1, 401):
        a -= LEARNING_RATE * 2 / len(Y) * Phi.T @ (Phi @ a - Y)
        if step in (1, 7, 400):
            f = early_stopped(Phi, Y, LEARNING_RATE, step)
            np.testing.assert_allclose(f, Phi @ a, atol=1e-13)


def test_one_step_worked_out_by_hand():
    # Φ = 3 and y = 1: the derivative at a = 0 is 2·3·(0 − 1) = −6, so a = 0.6 and f = 1.8.
    assert early_stopped(np.array([[3.0]]), np.array([1.0]), 0.1, 1) == pytest.approx([1.8])


def test_several_steps_are_rows_and_none_is_zero():
    Phi = regressors(20)
    rows = early_stopped(Phi, Y, LEARNING_RATE, np.array([0, 3, 50]))
    assert rows.shape == (3, 20)
    np.testing.assert_array_equal(rows[0], 0)
    np.testing.assert_allclose(rows[2], early_stopped(Phi, Y, LEARNING_RATE, 50), atol=1e-14)


def test_steps_above_the_edge_overshoot():
    # With a learning rate of 3/λ each step multiplies the distance by −2.
    f = early_stopped(np.array([[1.0]]), np.array([1.0]), 1.5, [1, 2, 3])
    assert f[:, 0] == pytest.approx([3, -3, 9])


def test_many_steps_end_at_least_squares_without_a_loss_of_digits():
    Phi = regressors(20)
    f = early_stopped(Phi, Y, LEARNING_RATE, 10**15)
    np.testing.assert_allclose(f, Phi @ solve(Phi, Y, 0.0), atol=1e-3)
    # Small rates: 1 − (1 − 2e-12)^(10^12) is 1 − e^−2 to eleven digits.
    slow = early_stopped(np.array([[1e-6]]), np.array([1.0]), 1.0, 10**12)
    assert slow == pytest.approx([1 - np.exp(-2)], rel=1e-11)


def test_a_training_of_the_output_layer_follows_it():
    config = small(
        network__output_scale=0,
        training__layers="output",
        training__batch_size="full",
        training__learning_rate=0.2,
        engine="numpy",
    )
    plan = prepare(config)
    x, y = plan.dataset.x_train, plan.dataset.y_train
    Phi = output_regressors(plan.initial, x)
    history = list(train(config))[-1].history
    f = history.values(x)
    np.testing.assert_allclose(f, early_stopped(Phi, y, 0.2, history.step), atol=1e-13)
    # The comparison is sharp: a rate that is a twentieth less is far away.
    assert np.abs(f - early_stopped(Phi, y, 0.19, history.step)).max() > 1e-3


def test_ridge_has_the_penalty_of_the_time_and_solves_its_normal_equations():
    Phi = regressors(20)
    at_step = ridge_at_step(Phi, Y, LEARNING_RATE, 500, regressors(100), np.zeros(100))
    assert at_step.penalty == pytest.approx(20 / (2 * LEARNING_RATE * 500))
    np.testing.assert_allclose(at_step.coefficients, solve(Phi, Y, at_step.penalty), atol=1e-12)
    test_f = regressors(100) @ at_step.coefficients
    assert at_step.test_error == pytest.approx(np.mean(test_f**2))


@pytest.mark.parametrize("step", [30, 1000, 100_000])
def test_stopped_gradient_descent_is_close_to_that_ridge(step):
    """With z = learning_rate·λ·T they learn 1 − e^−z and z/(1 + z), at most 0.204 apart."""
    Phi = regressors(20)
    stopped = early_stopped(Phi, Y, LEARNING_RATE, step)
    ridge = Phi @ ridge_at_step(Phi, Y, LEARNING_RATE, step, Phi, Y).coefficients
    assert np.linalg.norm(stopped - ridge) < 0.21 * np.linalg.norm(Y)
