"""How a run was trained, in words."""

from relusgd.config import load_config
from relusgd.runs.training_words import training_words


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
