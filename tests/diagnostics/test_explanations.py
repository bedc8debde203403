"""Why trainings do not fit: the cause that is named first, over a collection of failing runs."""

import numpy as np
import pytest
from failing_runs import FAILING, FINE, UNLUCKY

from relusgd.config import load_config
from relusgd.diagnostics.causes.cause import CAUSES, FORESEEABLE
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


@pytest.mark.parametrize("name", FAILING)
def test_the_cause_of_a_failing_run_is_named_first(name):
    config, cause = FAILING[name]
    explanation = explained(config)
    assert explanation.verdict not in ("fits", "planned")
    assert explanation.causes[0].name == cause
    assert explanation.causes[0].reason.lower() in explanation.sentence.lower()


@pytest.mark.parametrize("name", FINE)
def test_a_fine_run_is_told_to_be_fine(name):
    explanation = explained(FINE[name])
    assert explanation.verdict == "fits"
    assert "fits as well as the noise allows" in explanation.sentence
    assert explanation.causes == ()


@pytest.mark.parametrize("name", UNLUCKY)
def test_the_seed_is_blamed_where_another_one_was_tried_and_does_better(name):
    explanation = explained(UNLUCKY[name], budget=60)
    luck = explanation.causes[0]
    assert luck.name == "luck_of_the_seed"
    assert luck.helped
    after = explained({**UNLUCKY[name], "network": {**UNLUCKY[name]["network"], "seed": 0}})
    assert after is not None
    untried = explained(UNLUCKY[name])
    assert untried.causes[0].name != "luck_of_the_seed"
