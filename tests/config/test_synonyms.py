"""Names that other tools use lead to ours."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from relusgd.config import json_schema, known_keys, load_config
from relusgd.config.synonyms import KEYS, VALUES
from relusgd.errors import ConfigError


def choices_in(schema: object) -> Iterator[str]:
    """Every text that the JSON schema lists as one that a key takes."""
    if isinstance(schema, dict):
        yield from schema.get("enum", [])
        yield from [schema["const"]] if "const" in schema else []
    for part in schema.values() if isinstance(schema, dict) else schema:
        if isinstance(part, dict | list):
            yield from choices_in(part)


CHOICES = set(choices_in(json_schema())) - set(known_keys())


def told(key: str, value: object = 1) -> str:
    with pytest.raises(ConfigError) as caught:
        load_config({}, {key: value})
    return caught.value.message


@pytest.mark.parametrize("key", KEYS)
def test_every_name_from_elsewhere_leads_to_its_key_in_the_same_block_and_from_the_top(
    key: str,
) -> None:
    block, _, own = key.rpartition(".")
    assert key in known_keys()
    for name in KEYS[key]:
        assert f"{block}.{name}".lstrip(".") not in known_keys()
        # keys of another kind of data than the default one
        if own not in ("path", "x", "y", "missing", "decimal", "test_fraction"):
            assert told(f"{block}.{name}".lstrip(".")).endswith(
                f"is not a known key; did you mean {own}?"
            )


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("lr", "training.learning_rate"),
        ("width", "network.hidden"),
        ("training.LR", "learning_rate"),
        ("network.mini-batch", "training.batch_size"),
        ("network.epochs", "training.epochs"),
        ("network.layers", "hidden"),
        ("training.momentun", "momentum"),
    ],
)
def test_names_from_elsewhere_are_known_in_other_blocks_too(key: str, meant: str) -> None:
    assert told(key).endswith(f"did you mean {meant}?")


def test_a_sweep_knows_them() -> None:
    assert told("sweep", {"grid": {"training.lr": [1, 2]}}).endswith(
        "did you mean training.learning_rate?"
    )


def test_a_name_of_no_key_anywhere_gets_the_list() -> None:
    assert "known: hidden, init" in told("network.activation", "relu")


def test_a_name_of_another_kind_of_data_is_not_offered() -> None:
    assert "did you mean path" not in told("data.file", "a.csv")


def test_every_value_from_elsewhere_stands_for_one_of_ours() -> None:
    assert set(VALUES) <= CHOICES
    elsewhere = {
        "all",
        "random",
        "last",
    }  # choices of one key, and words from elsewhere for another
    assert not (CHOICES - elsewhere) & {word for words in VALUES.values() for word in words}


@pytest.mark.parametrize(
    ("key", "word", "meant"),
    [
        ("network.init", "Kaiming", "he_normal"),
        ("network.init", "xavier", "glorot_uniform"),
        ("network.elbows", "random", "uniform"),
        ("data.positions", "linspace", "even"),
        ("training.layers", "last", "output"),
        ("training.batch_size", "all", "full"),
        ("training.sampling", "without-replacement", "shuffle"),
        ("engine", "numba", "compiled"),
        ("engine", "nunpy", "numpy"),
    ],
)
def test_words_from_elsewhere_lead_to_the_value(key: str, word: str, meant: str) -> None:
    assert told(key, word).endswith(f"not {word!r}; did you mean {meant}?")
