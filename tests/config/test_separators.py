"""Numbers of a config with separators: nothing is guessed, every meaning is named."""

import pytest

from relusgd.config import load_config
from relusgd.errors import ConfigError


@pytest.mark.parametrize(
    ("key", "text", "end"),
    [
        ("seed", "1,2,3", "; it could be several values, which stand in a sweep's grid"),
        ("seed", "1;2", "; it could be several values, which stand in a sweep's grid"),
        ("seed", "1,000", "; it could be 1000, 1 or several values, which stand in a sweep's grid"),
        ("seed", "1 000", "; it could be 1000 or several values, which stand in a sweep's grid"),
        ("seed", "1_000", "; it could be 1000"),
        ("seed", "1'000", "; it could be 1000"),
        ("seed", "200", "; write 200 without quotes"),
        ("seed", "many", "not 'many'"),
        (
            "training.momentum",
            "0,02",
            "; it could be 0.02 or several values, which stand in a sweep's grid",
        ),
    ],
)
def test_every_meaning_of_a_separator_is_named(key, text, end):
    with pytest.raises(ConfigError) as caught:
        load_config({}, {key: text})
    assert caught.value.message.endswith(end)
