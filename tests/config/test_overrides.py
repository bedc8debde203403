from __future__ import annotations

import pytest

from relusgd.config import load_config, parse_overrides, planned_runs
from relusgd.config.overrides import parse_override
from relusgd.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("training.learning_rate=1e-3", "training.learning_rate", 0.001),
        ("network.hidden=[20,20]", "network.hidden", [20, 20]),
        ("sweep=null", "sweep", None),
        ("data.target=sin(6*x)", "data.target", "sin(6*x)"),
        ("data.target='sin(6*x) # slow'", "data.target", "sin(6*x) # slow"),
        ("data.target=x == 1", "data.target", "x == 1"),
        ("data.target=-x", "data.target", "-x"),
        ("data.target={x: [0,1], y: [0,1]}", "data.target", {"x": [0, 1], "y": [0, 1]}),
        ("network.output_bias=false", "network.output_bias", False),
        ("data.path=yes", "data.path", "yes"),
        ("data.path=''", "data.path", ""),
        (" seed = 3", "seed", 3),
    ],
)
def test_values_are_read_as_in_a_file(text: str, key: str, value: object) -> None:
    assert parse_override(text) == (key, value)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "training.epochs",
            "--set training.epochs: expected KEY=VALUE, such as training.epochs=1000",
        ),
        ("=3", "--set =3: expected KEY=VALUE"),
        ("", "--set : expected KEY=VALUE"),
        (
            "network.seed=",
            "--set network.seed: there is no value behind the `=`; nothing at all is written null",
        ),
        (
            "network.hidden=[20,20",
            "--set network.hidden: not valid YAML: the list or mapping that opens here",
        ),
        (
            "seed=!!python/name:os.system",
            "--set seed: the tag !!python/name:os.system is not accepted",
        ),
        ("data.target=*x", "--set data.target: *x is an anchor or alias"),
        ("seed=" + "9" * 5000, "--set seed: a number of 5,000 characters is too long"),
        ("seed=" + "[" * 99, "--set seed: nested more than 50 levels deep here"),
    ],
)
def test_a_fault_names_the_key(text: str, sentence: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_override(text)
    assert caught.value.faults[0].startswith(sentence)


def test_all_faulty_overrides_are_told_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse_overrides(["seed", "training.epochs=10", "data.target='x"])
    assert [fault.split(":")[0] for fault in caught.value.faults] == [
        "--set seed",
        "--set data.target",
    ]


def test_of_two_values_for_a_key_the_last_one_counts() -> None:
    assert parse_overrides(["seed=1", "engine=numpy", "seed=2"]) == {"seed": 2, "engine": "numpy"}


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        (
            "data.target",
            "sin(",
            "--set data.target: in the expression 'sin(' at its end: an operand is missing",
        ),
        (
            "network.elbows",
            [1, "a"],
            "--set network.elbows: item 2 of the list must be a finite number, not 'a'",
        ),
        (
            "sweep.grid.seed",
            ["a"],
            "--grid seed: must be a whole number from 0 to 18,446,744,073,709,551,615, not 'a'",
        ),
    ],
)
def test_the_key_of_an_override_is_said_once(key: str, value: object, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config({}, {key: value}, typed=True)
    assert caught.value.faults == (fault,)


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("a." * 5000 + "b", "is not a known key"),
        ("network." + "hidden." * 5000 + "x", "network.hidden must be a whole number"),
        ("sweep.cases.a." * 5000 + "x", "cannot vary the sweep itself"),
        ("sweep.grid.network.hidden" + ".x" * 5000, "network.hidden must be a whole number"),
    ],
)
def test_a_key_of_more_parts_than_any_config_has_levels_is_a_sentence(key: str, fault: str) -> None:
    with pytest.raises(ConfigError, match=fault) as caught:
        planned_runs(load_config({}, {key: [3]}, typed=True))
    assert len(str(caught.value)) < 1000


@pytest.mark.parametrize("case", [None, "a"])
def test_a_case_with_such_a_key_is_a_sentence(case: str | None) -> None:
    config = {"sweep": {"cases": {"a": {"network.hidden" + ".x" * 5000: 3}}}}
    with pytest.raises(ConfigError, match=r"network\.hidden must be a whole number"):
        planned_runs(load_config(config, case=case))
