from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relusgd.config import (
    Config,
    config_to_yaml,
    flatten,
    known_keys,
    load_config,
    shipped_configs,
)
from relusgd.config.differences import differing_values
from relusgd.config.yaml_reader import read_yaml
from relusgd.words import exact_number

COUNT = st.integers(1, 10**9)
FINITE = st.floats(-1e100, 1e100)
POSITIVE = st.floats(0, 1e100, exclude_min=True)
SEED = st.integers(0, 2**64 - 1)
LABEL = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=12)
NUMBERS = st.lists(FINITE, min_size=2, max_size=4)
TARGET = st.sampled_from(["step", "sin(6*x) + abs(x - 0.3)", "-x", "1"]) | st.fixed_dictionaries(
    {
        "x": st.lists(FINITE, min_size=3, max_size=3, unique=True).map(sorted),
        "y": st.lists(FINITE, min_size=3, max_size=3),
    }
)


def optional(**keys: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.fixed_dictionaries({}, optional=keys)


def falling(training: dict[str, Any]) -> dict[str, object]:
    """The same with a cosine that does not rise."""
    schedule = training.get("schedule")
    if not isinstance(schedule, dict) or "minimum" not in schedule:
        return training
    return {
        **training,
        "schedule": {
            **schedule,
            "minimum": min(schedule["minimum"], training.get("learning_rate", 0.02)),
        },
    }


DATA = st.one_of(
    optional(
        target=TARGET,
        samples=COUNT,
        noise=st.floats(0, 1e100),
        seed=st.none() | SEED,
        standardize=st.booleans(),
        domain=st.just([-1e-3, 2.5e7]),
        train_domain=st.sampled_from([None, [0, 0.5]]),
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("points"),
            "x": st.just([1, 2.5]),
            "y": st.lists(FINITE, min_size=2, max_size=2),
        },
        optional={"standardize": st.booleans()},
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("points"),
            "x": NUMBERS.map(lambda numbers: numbers[:2]),
            "y": st.lists(FINITE, min_size=2, max_size=2),
            "test_x": st.lists(FINITE, min_size=3, max_size=3),
            "test_y": st.lists(FINITE, min_size=3, max_size=3),
        }
    ),
    st.fixed_dictionaries(
        {
            "kind": st.just("csv"),
            "path": LABEL,
            "x": LABEL.map("x".__add__),
            "y": LABEL.map("y".__add__),
        },
        optional={"test_fraction": st.floats(0, 1, exclude_max=True), "standardize": st.booleans()},
    ),
)
SCHEDULE = st.one_of(
    st.just("constant"),
    st.fixed_dictionaries({"kind": st.just("step"), "every": COUNT, "factor": POSITIVE}),
    st.fixed_dictionaries({"kind": st.just("cosine")}, optional={"minimum": st.floats(0, 1)}),
)
NETWORK = st.one_of(
    optional(
        hidden=st.lists(st.integers(1, 10**8), min_size=1, max_size=4),
        init=st.sampled_from(["torch", "normal"]),
        balanced=st.booleans(),
    ),
    st.fixed_dictionaries(
        {
            "hidden": st.just(2),
            "elbows": st.lists(FINITE, min_size=2, max_size=2),
            "slopes": st.just(-1.5),
            "output_weights": st.lists(FINITE, min_size=2, max_size=2),
            "output_offset": FINITE,
        }
    ),
    st.fixed_dictionaries(
        {
            "hidden": st.just(2),
            "start": st.fixed_dictionaries(
                {
                    "weight_1": st.lists(FINITE, min_size=2, max_size=2),
                    "bias_1": st.lists(FINITE, min_size=2, max_size=2),
                    "weight_2": st.just([[1], [2]]),
                    "bias_2": FINITE,
                }
            )
            | st.just({"run": "outputs/a"}),
        }
    ),
)
TRAINING = optional(
    method=st.sampled_from(["sgd", "ridge"]),
    epochs=COUNT,
    batch_size=COUNT | st.just("full"),
    learning_rate=POSITIVE,
    schedule=SCHEDULE,
).map(falling)
SWEEP = optional(
    grid=st.just(
        {
            "network.init": ["torch", "normal"],
            "training.schedule": ["constant", {"kind": "step", "every": 3, "factor": 0.1}],
        }
    ),
    cases=st.dictionaries(
        LABEL, st.just({"training.epochs": 5, "network.hidden": [2, 3]}), max_size=2
    ),
    repeat=st.integers(1, 100),
)
SOURCES = optional(
    seed=SEED,
    data=DATA,
    network=NETWORK,
    training=TRAINING,
    snapshots=st.fixed_dictionaries({"every": COUNT})
    | st.fixed_dictionaries({"per_decade": st.integers(1, 10000)}),
    engine=st.sampled_from(["auto", "numpy", "compiled"]),
    sweep=st.none() | SWEEP,
)


@settings(deadline=None)
@given(SOURCES)
def test_a_config_loads_back_from_its_yaml(source: dict[str, object]) -> None:
    config = load_config(source)
    document = read_yaml(config_to_yaml(config))
    assert document.faults == []
    assert isinstance(document.value, dict)
    assert load_config(document.value) == config


@pytest.mark.parametrize("file", shipped_configs().values(), ids=lambda file: file.stem)
def test_a_shipped_config_loads_back_from_its_yaml(file: Path, tmp_path: Path) -> None:
    config = load_config(file)
    (tmp_path / "copy.yaml").write_text(config_to_yaml(config))
    assert load_config(tmp_path / "copy.yaml") == config


def test_the_yaml_has_every_default_on_a_line() -> None:
    lines = config_to_yaml(Config()).splitlines()
    assert lines[:4] == ["seed: 0", "data:", "  kind: target", "  target: piecewise_linear"]
    assert {
        "  hidden: [40]",
        "  domain: [0, 1]",
        "  penalty: 1e-6",
        "  learning_rate: 0.02",
        "  slopes: null",
    } <= set(lines)


def test_the_yaml_writes_values_of_one_key_on_one_line() -> None:
    config = load_config(
        {
            "data": {"target": {"x": [0, 1], "y": [0, 0.5]}},
            "training": {"schedule": {"kind": "step", "every": 5, "factor": 0.1}},
        }
    )
    lines = config_to_yaml(config).splitlines()
    assert "  target: {x: [0, 1], y: [0, 0.5]}" in lines
    assert "  schedule: {kind: step, every: 5, factor: 0.1}" in lines


def test_the_yaml_writes_a_sweep_key_by_key() -> None:
    sweep = {"grid": {"seed": [1, 2]}, "cases": {"a": {"training.method": "ridge"}}}
    lines = config_to_yaml(load_config({"sweep": sweep})).splitlines()
    assert lines[-6:] == [
        "sweep:",
        "  grid:",
        "    seed: [1, 2]",
        "  cases:",
        "    a: {training.method: ridge}",
        "  repeat: 1",
    ]


@given(st.floats(allow_nan=False))
def test_the_text_of_a_number_reads_back_and_is_no_longer_than_its_repr(number: float) -> None:
    text = exact_number(number)
    assert read_yaml(text).value == number
    assert len(text) <= len(repr(number)) + 2


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (2e-2, "0.02"),
        (1.0, "1"),
        (1e-6, "1e-6"),
        (1e5, "100000"),
        (1e22, "1e22"),
        (1.5e-7, "1.5e-7"),
        (3, "3"),
    ],
)
def test_numbers_are_written_in_their_shortest_form(number: float, text: str) -> None:
    assert exact_number(number) == text


def test_flat_keys_are_those_that_can_be_set() -> None:
    flat = [
        set(flatten(load_config({"data": data})))
        for data in ({}, {"kind": "csv", "path": "a"}, {"kind": "points", "x": [1], "y": [1]})
    ]
    assert set.union(*flat) | {"sweep", "expect"} == set(known_keys())


def test_keys_in_which_configs_differ_have_the_value_of_each() -> None:
    sine = flatten(load_config({"data": {"target": "sin(6*x)"}, "network": {"hidden": 20}}))
    table = flatten(load_config({"data": {"kind": "csv", "path": "a.csv"}}))
    assert differing_values([sine, sine]) == {}
    differing = differing_values([sine, table], missing="-")
    assert differing["network.hidden"] == [(20,), (40,)]
    assert differing["data.path"] == ["-", "a.csv"]
    assert "training.epochs" not in differing


@pytest.mark.parametrize(
    "values",
    [
        {"seed": 0},
        {"seed": 4, "engine": "numpy"},
        {"network": {"hidden": [5, 5], "output_bias": False}, "training": {"epochs": 3}},
        {"data": {"kind": "points", "x": [0, 1, 2], "y": [0, 1, 0]}},
        {"data": {"target": {"x": [0, 1], "y": [0, 1]}, "noise": 0}},
        {"training": {"schedule": {"kind": "step", "every": 3, "factor": 0.5}}},
        {"sweep": {"grid": {"network.hidden": [1, 2]}, "cases": {"a: b": {}, "null": {"seed": 1}}}},
    ],
)
def test_a_config_is_shown_as_the_yaml_of_what_was_changed(values, tmp_path):
    config = load_config(values)
    assert str(config) == repr(config)
    file = tmp_path / "shown.yaml"
    file.write_text(repr(config), encoding="utf-8")
    assert load_config(file) == config
    assert len(repr(config)) < 250


def test_of_a_long_list_the_ends_are_shown():
    points = {"kind": "points", "x": list(range(1000)), "y": [0] * 24 + [1] * 976}
    shown = repr(load_config({"data": points}))
    assert "x: [0, 1, 2, '… 994 more …', 997, 998, 999]" in shown
    assert len(shown) < 200
    points = {"kind": "points", "x": list(range(24)), "y": [0] * 24}
    assert "more" not in repr(load_config({"data": points}))


def test_what_is_at_its_default_is_not_shown():
    config = load_config({"seed": 0, "network": {"hidden": [40]}, "training": {"epochs": 3}})
    assert repr(config) == "training:\n  epochs: 3"
