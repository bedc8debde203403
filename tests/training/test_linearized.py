"""The training of the linearised network, against its own steps and against the network's."""

import numpy as np
import pytest
from small import small

from relusgd.diagnostics.references.linearized import LinearizedFunction
from relusgd.errors import InputError
from relusgd.gradients.jacobian import jacobian
from relusgd.training import prepare, train
from relusgd.training.linearized import (
    LinearizedTraining,
    check_points,
    has_closed_form,
)

FULL = {"training__batch_size": "full", "training__learning_rate": 0.02}

RULES = {
    "plain": {},
    "unstable": {"training__learning_rate": 3.0},
    "momentum": {"training__momentum": 0.9},
    "Nesterov": {"training__momentum": 0.8, "training__nesterov": True},
    "decay": {"training__weight_decay": 0.05},
    "decay and momentum": {"training__weight_decay": 0.05, "training__momentum": 0.9},
    "warmup and steps": {
        "training__warmup": 30,
        "training__schedule": {"kind": "step", "every": 200, "factor": 0.5},
    },
    "cosine and momentum": {
        "training__momentum": 0.9,
        "training__schedule": {"kind": "cosine", "minimum": 0.001},
    },
    "hidden layer": {"training__layers": "hidden"},
    "output layer": {"training__layers": "output", "network__output_bias": False},
    "deep": {"network__hidden": [6, 5]},
}


def linearized_parameters(plan, steps):
    training = LinearizedTraining(plan, plan.initial)
    return np.stack([training.parameters(step) for step in steps])


def full(**changes):
    return prepare(small(**{**FULL, **changes}, training__epochs=1000))


def trained_by_hand(plan, steps):
    """θ after the last step on f_0 + J (θ − θ_0), by PyTorch's formulas written out."""
    training, theta_0 = plan.config.training, plan.initial.parameters()
    x, y = plan.descent.x, plan.descent.y
    J, f_0 = jacobian(plan.initial, x), plan.initial(x)
    learns = np.zeros(len(theta_0))
    learns[plan.descent.learning] = 1.0
    theta, velocity = theta_0.copy(), np.zeros_like(theta_0)
    for epoch in range(1, steps + 1):
        gradient = 2 / len(x) * J.T @ (f_0 + J @ (theta - theta_0) - y)
        gradient = learns * (gradient + training.weight_decay * theta)
        velocity = training.momentum * velocity + gradient
        move = gradient + training.momentum * velocity if training.nesterov else velocity
        theta -= plan.learning_rate(epoch) * move
    return theta


@pytest.mark.parametrize("rule", RULES)
def test_the_closed_form_is_what_the_steps_on_the_linear_model_give(rule):
    plan = full(**RULES[rule])
    assert has_closed_form(plan)
    last = 20 if rule == "unstable" else 1000
    found = linearized_parameters(plan, [0, 1, 7, last])
    np.testing.assert_array_equal(found[0], plan.initial.parameters())
    for row, steps in ((1, 1), (2, 7), (3, last)):
        by_hand = trained_by_hand(plan, steps)
        np.testing.assert_allclose(found[row], by_hand, rtol=1e-9, atol=1e-9)
    between = np.linspace(0, 1, 57)
    moved = jacobian(plan.initial, between) @ (found[3] - found[0])
    values = LinearizedFunction(plan.initial, between)(found[3])
    np.testing.assert_allclose(values, plan.initial(between) + moved, rtol=1e-9, atol=1e-9)


METHODS = {
    "batches": {},
    "replacement": {"training__sampling": "replacement", "training__momentum": 0.9},
    "adam": {"training__method": "adam"},
    "adamw": {"training__method": "adamw", "training__weight_decay": 0.1},
    "rmsprop": {"training__method": "rmsprop", "training__momentum": 0.5},
    "sign": {"training__method": "sign"},
    "noise on y": {"training__label_noise": 0.3},
    "noise on x": {"training__input_noise": 0.1, "training__label_noise": 0.2},
    "decay without biases": {
        "training__weight_decay": 0.1,
        "training__decay_biases": False,
        "training__batch_size": "full",
    },
    "deep": {"network__hidden": [6, 5], "training__label_noise": 0.1},
}


@pytest.mark.parametrize("method", METHODS)
def test_the_first_step_is_that_of_the_network(method):
    # Where it begins, a network and its linearisation have one gradient.
    changes = {"snapshots__first_steps": 2, "training__epochs": 1, "engine": "numpy"}
    plan = prepare(small(**changes, **METHODS[method]))
    assert not has_closed_form(plan)
    found = linearized_parameters(plan, [0, 1])
    history = [row for block in train(plan.config) for row in block.history.parameters]
    np.testing.assert_allclose(found, history[:2], rtol=0, atol=1e-13)


@pytest.mark.parametrize("method", ["batches", "adam", "noise on y", "noise on x"])
def test_of_the_output_layer_alone_it_is_the_run(method):
    plan = prepare(small(training__layers="output", **METHODS[method]))
    last = [plan.steps]
    found = linearized_parameters(plan, last)
    final = list(train(plan.config))[-1].state.parameters
    np.testing.assert_allclose(found[0], final, rtol=0, atol=1e-10)


def test_ridge_regression_is_its_own_linearisation():
    plan = prepare(small(training__method="ridge"))
    found = linearized_parameters(plan, [0, 1])
    final = list(train(plan.config))[-1].state.parameters
    np.testing.assert_array_equal(found, [plan.initial.parameters(), final])


def test_a_large_jacobian_is_multiplied_and_not_kept(monkeypatch):
    plan = full()
    steps = [5, 100]
    kept = linearized_parameters(plan, steps)
    monkeypatch.setattr("relusgd.training.linearized.MOST_NUMBERS", 10)
    assert not has_closed_form(plan)
    multiplied = linearized_parameters(plan, steps)
    np.testing.assert_allclose(multiplied, kept, atol=1e-12)
    batches = prepare(small())
    by_products = linearized_parameters(batches, steps)
    monkeypatch.undo()
    by_rows = linearized_parameters(batches, steps)
    np.testing.assert_allclose(by_products, by_rows, atol=1e-12)


def test_directions_that_no_point_asks_for_do_not_move():
    # Of one point J has one row, so θ moves along it alone.
    plan = full(data__samples=1, network__hidden=[1])
    J = jacobian(plan.initial, plan.descent.x)
    moved = linearized_parameters(plan, [1000]) - plan.initial.parameters()
    across = moved - (moved @ J.T) / (J @ J.T) @ J
    np.testing.assert_allclose(across, 0, atol=1e-12)


@pytest.mark.parametrize("changes", [{}, {"training__batch_size": "full"}])
def test_what_is_asked_for_in_any_order_is_the_same(changes):
    plan = prepare(small(training__momentum=0.5, **changes))
    training = LinearizedTraining(plan, plan.initial)
    late, early, again = (training.parameters(step) for step in (40, 10, 40))
    np.testing.assert_allclose(again, late, rtol=0, atol=1e-12)
    np.testing.assert_allclose(early, linearized_parameters(plan, [10])[0], rtol=0, atol=1e-12)


def test_too_many_points_are_refused_in_a_sentence():
    check_points(5_000)
    with pytest.raises(InputError, match="at most 5,000 training points, and there are 5,001"):
        check_points(5_001)
