"""How a run was trained, in words."""

import pytest

from relusgd.config import load_config
from relusgd.runs.training_words import beyond_plain_sgd, training_words


def words_of(**training):
    return training_words(load_config({"training": training}))


def test_a_line_has_all_that_is_not_the_default():
    assert words_of() == "SGD on all layers, learning rate 0.02, batches of 40"
    given = {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01, "decay_biases": False}
    assert words_of(**given, batch_size="full", label_noise=0.4, input_noise=1e-3).endswith(
        "full batch, Nesterov momentum 0.9, weight decay 0.01 on weights alone, label noise 0.4, "
        "input noise 0.001"
    )
    assert words_of(method="ridge", label_noise=0.4) == "ridge, penalty 1e-6"


@pytest.mark.parametrize(
    ("training", "left_out"),
    [
        ({"batch_size": 8, "learning_rate": 0.5, "layers": "output"}, ""),
        ({"label_noise": 0.4}, "label noise 0.4"),
        ({"method": "adam", "betas": [0.8, 0.9]}, "Adam and betas 0.8×0.9"),
        ({"momentum": 0.9, "input_noise": 0.1}, "momentum 0.9 and input noise 0.1"),
        (
            {"warmup": 3, "schedule": {"kind": "cosine"}, "sampling": "shuffle"},
            "warmup, schedule and shuffling",
        ),
        ({"method": "ridge", "momentum": 0.9}, ""),
    ],
    ids=str,
)
def test_what_plain_sgd_at_a_constant_rate_leaves_out(training, left_out):
    assert beyond_plain_sgd(load_config({"training": training}).training) == left_out
