"""Why trainings do not fit: the cause that is named first, over a collection of failing runs."""

import pytest
from failing_runs import FAILING, FINE, FORESEEN, HELD_BACK, UNLUCKY

from relusgd.config import load_config
from relusgd.errors import DivergedError
from relusgd.model.history import concatenate
from relusgd.runs.explanation import explain_history, explain_plan
from relusgd.training import prepare, training_blocks


def explained(config, budget=0.0):
    """The explanation of a training, whose snapshots are dense enough for its course."""
    sparse = {"engine": "numpy", "snapshots": {"per_decade": 60}}
    plan = prepare(load_config({**sparse, **config}))
    histories, has_diverged = [], False
    try:
        for block in training_blocks(plan):
            histories.append(block.history)
    except DivergedError:
        has_diverged = True
    return explain_history(plan, concatenate(histories), budget, has_diverged)


@pytest.mark.parametrize("name", [*FAILING, *HELD_BACK])
def test_the_cause_of_a_failing_run_is_named_first(name):
    config, cause = {**FAILING, **HELD_BACK}[name]
    explanation = explained(config)
    assert explanation.verdict not in ("fits", "planned")
    assert explanation.causes[0].name == cause
    assert explanation.causes[0].reason in explanation.sentence


@pytest.mark.parametrize("name", FINE)
def test_a_fine_run_is_told_to_be_fine(name):
    explanation = explained(FINE[name])
    assert explanation.verdict == "fits"
    assert "fits as well as the noise allows" in explanation.sentence
    assert explanation.causes == ()


@pytest.mark.parametrize("name", FINE)
def test_nothing_is_foreseen_of_a_fine_run(name):
    assert explain_plan(prepare(load_config(FINE[name]))).causes == ()


@pytest.mark.parametrize("name", FORESEEN)
def test_what_lies_in_the_start_and_the_data_is_foreseen(name):
    config, cause = FAILING[name]
    explanation = explain_plan(prepare(load_config(config)))
    assert explanation.verdict == "planned"
    assert explanation.causes[0].name == cause
    assert explanation.sentence.startswith("Before the first step it can be foreseen: ")


@pytest.mark.parametrize("name", UNLUCKY)
def test_the_seed_is_blamed_where_another_one_was_tried_and_does_better(name):
    luck = explained(UNLUCKY[name], budget=60).causes[0]
    assert luck.name == "luck_of_the_seed"
    assert luck.helped
    assert luck.tried.startswith("train MSE")
    followed = {**UNLUCKY[name]["network"], "seed": luck.advice["network.seed"]}
    assert explained({**UNLUCKY[name], "network": followed}).verdict == "fits"


def test_without_trials_no_seed_is_blamed():
    explanation = explained(UNLUCKY["two units for two sides"])
    assert "luck_of_the_seed" not in [cause.name for cause in explanation.causes]
    assert {cause.tried for cause in explanation.causes} == {""}


def test_a_remedy_that_was_tried_says_what_it_led_to():
    config, _ = FAILING["elbows right of the data, facing left"]
    cause = explained(config, budget=60).causes[0]
    assert cause.helped
    assert cause.advice["network.slopes"] is None
    assert cause.tried.startswith("train MSE 0.0")


def test_causes_are_ranked_by_their_strength():
    for name in ("nine of ten dead", "x to a hundred", "label noise"):
        strengths = [cause.strength for cause in explained(FAILING[name][0]).causes]
        assert strengths == sorted(strengths, reverse=True)
        assert 0 <= min(strengths) <= max(strengths) <= 1


def test_dead_units_are_told_why_they_have_no_gradient():
    """No point reaches them: "on no training point" alone would name a place."""
    network = {"hidden": 3, "slopes": 1, "elbows": [0.3, 2, 2]}
    data = {"samples": 12, "test_samples": 9}
    training = {"epochs": 60, "batch_size": 4}
    plan = prepare(load_config({"data": data, "network": network, "training": training}))
    assert (
        "2 of 3 units are dead, 2 of them from the start: active on no training point, so that "
        "their gradients are 0 and nothing brings them back"
    ) in explain_plan(plan).sentence
