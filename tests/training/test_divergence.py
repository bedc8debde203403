"""What is said when a training leaves the finite numbers: the step is tested in test_loop, here the
rates.
"""

from contextlib import suppress

import numpy as np
import pytest
from small import SMALL

from relusgd.advice import in_shell
from relusgd.config import load_config
from relusgd.errors import DivergedError
from relusgd.training import prepare, train
from relusgd.training.stability import stable_rate

FORMULAS = {
    "plain": {},
    "momentum": {"training.momentum": 0.9},
    "nesterov": {"training.momentum": 0.9, "training.nesterov": True},
    "decay": {"training.weight_decay": 3.0},
    "all": {"training.momentum": 0.5, "training.nesterov": True, "training.weight_decay": 1.0},
}


def message_and_hint(overrides):
    with pytest.raises(DivergedError) as caught:
        list(train(load_config(SMALL, overrides)))
    return caught.value.message, caught.value.hint


@pytest.mark.parametrize("formula", FORMULAS)
def test_full_batch_steps_shrink_just_below_the_stable_rate_and_grow_just_above(formula):
    # on the output layer the loss is quadratic: the edge is sharp
    options = {
        **FORMULAS[formula],
        "training.layers": "output",
        "training.batch_size": "full",
        "training.epochs": 1200,
    }
    edge = stable_rate(prepared := prepare(load_config(SMALL, options)), prepared.initial)
    ends = []
    for factor in (0.99, 1.01):
        config = load_config(
            SMALL, {**options, "training.learning_rate": factor * edge, "snapshots.every": 1200}
        )
        with suppress(DivergedError):  # at its end, all numbers finite
            for last in train(config):  # noqa: B007
                pass
        ends.append(np.abs(last.state.parameters).max())
    assert ends[0] < 100 < 1e4 < ends[1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "; 2/sharpness, the largest"),
        ({"training.momentum": 0.9}, "; 2(1 + momentum)/sharpness, the largest"),
        (
            {"training.momentum": 0.9, "training.nesterov": True},
            "; 2(1 + momentum)/((1 + 2 momentum) sharpness), the largest",
        ),
        ({"training.weight_decay": 0.1}, "; 2/(sharpness + weight decay), the largest"),
    ],
)
def test_the_formula_of_the_edge_is_that_of_the_steps(options, words):
    message, hint = message_and_hint({"training.learning_rate": 500, **options})
    assert words in message
    assert "--set training.learning_rate=" in in_shell(hint)


@pytest.mark.parametrize(
    "options",
    [
        {"training.learning_rate": 500},
        {"training.learning_rate": 500, "training.momentum": 0.9},
        {
            "training.learning_rate": 0.02,
            "training.schedule": {"kind": "step", "every": 10, "factor": 200},
        },
        {"training.learning_rate": 300, "training.schedule": {"kind": "cosine"}},
        {"training.learning_rate": 900, "training.layers": "output"},
    ],
    ids=str,
)
def test_the_suggested_rate_is_lower_and_trains(options):
    _, hint = message_and_hint(options)
    suggested = float(in_shell(hint).rpartition("=")[2])
    assert suggested < options["training.learning_rate"]
    *_, last = train(
        load_config(SMALL, {**options, "training.learning_rate": suggested, "training.epochs": 15})
    )
    assert last.history.epoch[-1] == 15
