"""Keys of the config in the words of people."""

import pytest

from relusgd.config.key_words import key_words


@pytest.mark.parametrize(
    ("key", "others", "words"),
    [
        ("network.hidden", [], "hidden units"),
        ("training.learning_rate", ["network.hidden"], "learning rate"),
        ("case", ["training.learning_rate"], "case"),
        ("training.seed", ["training.seed", "network.seed"], "training seed"),
        ("seed", ["network.seed"], "seed"),
        ("sweep.a.b_c", [], "b c"),
    ],
)
def test_a_key_is_its_last_part_in_words(key, others, words):
    assert key_words(key, others) == words
