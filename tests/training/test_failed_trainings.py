"""Trainings that learn nothing or explode: the outcome, the reason with its numbers, and advice
that was tried.
"""

import numpy as np
import pytest

from relusgd.config import load_config
from relusgd.diagnostics.outcomes import best_constant_mse, outcome_of
from relusgd.errors import DivergedError
from relusgd.training import prepare, training_blocks
from relusgd.training.ending import Ending, ending_of
from relusgd.training.loop import Recorder, final_mse
from relusgd.training.stability import rate_notes, stable_rate
from relusgd.training.trials import advised, better_output_layer

Y = np.array([0.0, 1.0, 2.0, 3.0])  # the best constant is 1.5, its error 1.25


def planned(config):
    return prepare(load_config({"engine": "numpy", "snapshots": {"per_decade": 1}, **config}))


def trained(plan):
    """The last finite state, and the ending."""
    state = plan.initial_state()
    try:
        for block in training_blocks(plan):
            state = block.state
    except DivergedError as error:
        return state, Ending.of_divergence(error)
    return state, ending_of(plan, state, final_mse(Recorder(plan), state))


def error_after(plan, changes):
    """The training error, over that of the best constant, of the training with these changes."""
    changed = prepare(load_config(plan.config, changes))
    for block in training_blocks(changed):
        state = block.state
    return final_mse(Recorder(changed), state) / best_constant_mse(changed.dataset.y_train)


@pytest.mark.parametrize(
    ("initial", "final", "outcome"),
    [
        (9.0, 0.2, "learned"),
        (9.0, 1.2374, "learned"),  # 0.99 of 1.25 is 1.2375
        (9.0, 1.2376, "nothing"),
        (9.0, 1.25, "nothing"),
        (20.0, 19.0, "nothing"),
        (9.0, 12.4, "nothing"),  # above the initial error, not above ten times the constant's
        (9.0, 12.6, "diverged"),
        (20.0, 19.9, "nothing"),
        (20.0, 20.1, "diverged"),
        (9.0, np.inf, "diverged"),
        (9.0, np.nan, "diverged"),
    ],
)
def test_the_outcome_follows_from_the_errors(initial, final, outcome):
    assert outcome_of(initial, final, Y) == outcome


@pytest.mark.parametrize(
    ("y", "initial", "final", "outcome"),
    [
        (0.1, 0.5, 1e-9, "learned"),
        (0.1, 0.5, 0.4, "nothing"),
        (0.0, 0.0, 0.0, "learned"),
        (0.0, 0.0, 1e-33, "diverged"),
        (3.0, 0.5, 80.0, "nothing"),
        (3.0, 0.5, 91.0, "diverged"),
    ],
)
def test_where_all_y_are_equal_the_initial_error_and_the_size_of_y_decide(
    y, initial, final, outcome
):
    assert outcome_of(initial, final, np.full(7, y)) == outcome


def test_the_best_constant_is_the_mean():
    errors = [np.mean((Y - constant) ** 2) for constant in np.linspace(0, 3, 301)]
    assert best_constant_mse(Y) == pytest.approx(min(errors))
    assert best_constant_mse(np.full(3, 0.1)) == 0.0


LISTED = {
    "identity to 100": {"data": {"target": "x", "domain": [0, 100]}, "training": {"epochs": 50}},
    "five points": {
        "data": {"kind": "points", "x": [32, 53, 61, 47, 59], "y": [31, 68, 62, 71, 87]},
        "training": {"epochs": 10_000},
    },
    "slow sine": {
        "data": {"target": "sin(2*pi*x/200)", "domain": [0, 1000]},
        "training": {"epochs": 400},
    },
    "fourth power": {
        "data": {"target": "x**4", "domain": [-100, 100], "samples": 1000},
        "training": {"epochs": 40},
    },
}


@pytest.mark.parametrize("name", LISTED)
def test_data_of_an_unusual_size_are_named_and_standardizing_them_helps(name):
    plan = planned(LISTED[name])
    state, ending = trained(plan)
    assert ending.outcome in ("diverged", "nothing")
    assert "reaches" in ending.reason
    ending = advised(plan, ending, state, 0.0)
    assert ending.advice["data.standardize"] is True
    assert ending.tried.startswith("train MSE ")
    assert error_after(plan, ending.advice) < 0.99


def test_the_reason_has_the_numbers_of_the_training():
    plan = planned(LISTED["five points"])
    _, ending = trained(plan)
    error = f"{np.var([31, 68, 62, 71, 87]):.0f}"
    happened, because = ending.reason.split("; ")
    assert happened.startswith("all 40 units are dead, so the learned function is the constant 6")
    assert happened.endswith(f": train MSE {error}, the best constant's is {error}")
    assert because == (
        "x reaches 61 and y reaches 87, and initial networks and learning rates are made for "
        "sizes of about 1"
    )


def test_a_training_that_exploded_with_finite_numbers_has_diverged():
    plan = planned({"training": {"learning_rate": 1, "batch_size": 1, "epochs": 3}})
    state, ending = trained(plan)
    assert ending.outcome == "diverged"
    assert "the train MSE grew from 0.388 to 3.27e45" in ending.reason
    assert state.step == plan.steps, "every step was taken, and recorded"
    assert np.isfinite(state.parameters).all()


CAUSES = {
    "dead_from_the_start": (
        {
            "network": {"hidden": 3, "elbows": [2, 2, 2], "slopes": 1},
            "training": {"epochs": 200},
        },
        "all 3 units are dead in the initial network already",
    ),
    "no_gradient": (
        {
            "network": {"output_scale": 0},
            "training": {"layers": "hidden", "epochs": 50},
        },
        "all output weights are 0 and do not learn",
    ),
    "no_gradient_by_given_weights": (
        {
            "network": {"output_weights": 0},
            "training": {"layers": "hidden", "epochs": 50},
        },
        "all output weights are 0 and do not learn",
    ),
    "rate_above_the_edge": (
        {"training": {"learning_rate": 1, "batch_size": 1, "epochs": 3}},
        "learning rate 1 is above 0.586, the largest stable one of the initial network",
    ),
    "momentum_near_one": (
        {"training": {"momentum": 0.999, "learning_rate": 0.05, "epochs": 100}},
        "momentum 0.999 adds up the gradients of some 1,000 steps",
    ),
    "strong_decay": (
        {"training": {"weight_decay": 1.0, "epochs": 400}},
        "weight decay 1 holds the weights near 0",
    ),
    "strong_label_noise": (
        {"training": {"label_noise": 10, "batch_size": 4, "epochs": 100}},
        "every step sees fresh noise of 10 on y, whose own standard deviation is 0.",
    ),
    "strong_input_noise": (
        {"training": {"input_noise": 1, "batch_size": "full", "epochs": 500}},
        "every step sees fresh noise of 1 on x, whose own standard deviation is 0.",
    ),
    "too_short": (
        {"training": {"learning_rate": 1e-4, "epochs": 20}},
        "100 steps at learning rate 0.0001 are few",
    ),
    "one_position": (
        {"data": {"kind": "points", "x": [2, 2, 2], "y": [1, 2, 3]}, "training": {"epochs": 50}},
        "all training x are 2",
    ),
    "no_steps": ({"training": {"epochs": 0}}, "no step was taken"),
}


@pytest.mark.parametrize("name", CAUSES)
def test_every_cause_is_named_with_its_numbers(name):
    config, words = CAUSES[name]
    _, ending = trained(planned(config))
    assert ending.outcome != "learned"
    assert words in ending.reason


@pytest.mark.parametrize(
    "name", [name for name in CAUSES if name not in ("one_position", "no_steps")]
)
def test_the_advice_of_every_cause_ends_below_the_best_constant(name):
    plan = planned(CAUSES[name][0])
    state, ending = trained(plan)
    ending = advised(plan, ending, state, 0.0)
    assert ending.tried
    assert error_after(plan, ending.advice) < 0.99


def test_a_single_dead_unit_is_told_of_in_the_singular():
    network = {"hidden": 1, "elbows": [2], "slopes": 1}
    plan = planned({"network": network, "training": {"epochs": 200}})
    _, ending = trained(plan)
    told = "the unit is dead in the initial network already, so its gradients are 0 and nothing"
    assert told in ending.reason


def test_where_nothing_can_help_there_is_no_advice():
    plan = planned(CAUSES["one_position"][0])
    state, ending = trained(plan)
    assert advised(plan, ending, state, 0.0).advice == {}


def test_advice_for_a_network_by_its_numbers_makes_a_valid_config():
    numbers = {"hidden": 2, "elbows": [3, 4], "slopes": [1, 1], "output_weights": [1, -1]}
    plan = planned({"network": numbers, "training": {"epochs": 200}})
    state, ending = trained(plan)
    ending = advised(plan, ending, state, 0.0)
    assert ending.tried
    assert error_after(plan, ending.advice) < 0.99


def test_advice_in_place_of_an_expression_is_a_number_that_was_tried():
    training = {"learning_rate": "width", "epochs": 40}
    plan = planned({"network": {"hidden": 8}, "training": training})
    state, ending = trained(plan)
    tried = advised(plan, ending, state, seconds=1.0)
    rate = tried.advice["training.learning_rate"]
    assert isinstance(rate, float)
    assert rate < 8
    assert tried.tried.startswith("train MSE")


def test_trials_stop_when_they_are_asked_to():
    plan = planned(LISTED["slow sine"])
    state, ending = trained(plan)
    asked = []
    assert advised(plan, ending, state, 0.0, lambda: asked.append(1) or True) == ending
    assert asked == [1]


def test_a_deep_network_of_few_units_is_told_too():
    config = {
        "data": {"kind": "points", "x": [0, 1, 2, 3, 4, 5, 6], "y": [0, 1, 0, 1, 0, 1, 0]},
        "network": {"hidden": [4, 2]},
        "training": {"epochs": 500, "learning_rate": 0.001},
    }
    plan = planned(config)
    state, ending = trained(plan)
    assert ending.outcome == "nothing"
    assert "the best constant's is 0.245" in ending.reason
    ending = advised(plan, ending, state, 0.0)
    assert error_after(plan, ending.advice) < 1


@pytest.mark.parametrize(
    ("changes", "is_noted"),
    [
        ({}, False),
        ({"training.learning_rate": 2.0}, True),
        ({"training.learning_rate": 2.0, "training.method": "ridge"}, False),
        ({"training.learning_rate": 2.0, "training.epochs": 0}, False),
        ({"training.learning_rate": 2.0, "training.method": "adam"}, False),
        ({"data.domain": [0, 100]}, True),
        ({"data.domain": [0, 100], "data.standardize": True}, False),
    ],
    ids=str,
)
def test_a_rate_above_the_edge_is_noted_before_the_first_step(changes, is_noted):
    plan = prepare(load_config({}, changes))
    notes = list(rate_notes(plan))
    assert bool(notes) == is_noted
    if is_noted:
        assert f"{stable_rate(plan, plan.initial):.2g}"[:3] in notes[0]


def test_momentum_and_weight_decay_count_in_the_note():
    """2(1 + momentum)/(sharpness + weight decay): the note begins exactly above it."""
    changes = {"training.momentum": 0.9, "training.weight_decay": 0.5}
    plan = prepare(load_config({}, changes))
    edge = stable_rate(plan, plan.initial)
    for factor, count in ((0.999, 0), (1.001, 1)):
        config = load_config({}, {**changes, "training.learning_rate": factor * edge})
        assert len(list(rate_notes(prepare(config)))) == count


def test_ten_elbows_at_the_knots_that_sgd_uses_badly_are_held_against_ridge():
    knots = np.linspace(0, 1, 11)
    target = {"x": knots.tolist(), "y": [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0]}
    plan = planned(
        {
            "data": {"target": target, "noise": 0.0},
            "network": {"hidden": 11, "elbows": [-0.1, *knots[:-1].tolist()], "slopes": 1},
            "training": {"epochs": 500},
        }
    )
    state, _ = trained(plan)
    error = final_mse(Recorder(plan), state)
    solved = better_output_layer(plan, error)
    assert solved < 0.1 * error
    ridge = prepare(load_config(plan.config, {"training.method": "ridge"}))
    *_, last = training_blocks(ridge)
    assert solved == pytest.approx(float(last.history.metrics["train_mse"][-1]))


def test_a_good_fit_is_held_against_nothing():
    plan = planned({"training": {"epochs": 300}})
    assert better_output_layer(plan, 0.01 * best_constant_mse(plan.dataset.y_train)) is None


def test_an_error_that_only_rounding_made_larger_has_not_exploded():
    y = np.array([0.0, 1.0])
    assert outcome_of(4e30, 4e30 * (1 + 1e-13), y) == "nothing"
    assert outcome_of(4e30, 4e30 * (1 + 1e-6), y) == "diverged"
