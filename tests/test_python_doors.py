"""What Python gives relusgd in place of a config file: dicts, NumPy's numbers, and what is wrong
with them.
"""

import random
from contextlib import suppress

import numpy as np
import pytest
from command import run as command
from small import SMALL, TINY

import relusgd
from relusgd.config.keys import known_keys

VARIED_FAULTS = [
    (
        {"network": {"slopes": [1, 2]}, "sweep": {"grid": {"network.hidden": [2, [2, 2]]}}},
        "network.slopes has 2 slopes for the 40 units of network.hidden",
    ),
    (
        {
            "network": {"antisymmetric": True, "hidden": 3},
            "sweep": {"grid": {"network.hidden": [4]}},
        },
        "network.antisymmetric pairs the units of the last hidden layer, which has 3",
    ),
    (
        {
            "data": {"kind": "points", "x": [1, 2], "y": [1]},
            "sweep": {"grid": {"data.x": [[1], [2]]}},
        },
        "data.x has 2 values and data.y has 1",
    ),
    (
        {"training": {"nesterov": True}, "sweep": {"grid": {"training.momentum": [0.1, 0.2]}}},
        "training.nesterov is true with training.momentum: 0",
    ),
]
"""Configs that only their sweep makes whole, and what is wrong with them by themselves."""


@pytest.mark.parametrize(("values", "fault"), VARIED_FAULTS)
def test_a_config_that_its_sweep_alone_makes_whole_is_refused_by_every_door(
    values, fault, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    config = relusgd.load_config(values)
    for door in (relusgd.prepare, lambda config: next(relusgd.train(config)), relusgd.record):
        with pytest.raises(relusgd.ConfigError) as caught:
            door(config)
        assert fault in caught.value.message
        assert caught.value.hint.startswith("the sweep varies ")
    assert list(tmp_path.iterdir()) == []
    assert len(relusgd.load_config(values).sweep.grid) == 1


@pytest.mark.parametrize("words", [("graph",), ("gradcheck",)])
def test_the_commands_that_look_at_a_network_refuse_it_too(words, tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text("network: {slopes: [1, 2]}\nsweep: {grid: {network.hidden: [2, [2, 2]]}}\n")
    result = command(*words, file)
    assert result.exit_code == 2
    assert "network.slopes has 2 slopes for the 40 units" in " ".join(result.stderr.split())
    assert "the sweep varies network.hidden" in result.stderr


def test_the_faults_of_keys_and_of_sizes_come_together():
    values = {
        "network": {"slopes": [1, 2]},
        "training": {"batch_size": 500, "sampling": "shuffle"},
        "sweep": {"grid": {"network.hidden": [2]}},
    }
    with pytest.raises(relusgd.ConfigError) as caught:
        relusgd.prepare(values)
    first, second = caught.value.faults
    assert "network.slopes" in first
    assert "training.batch_size" in second


def test_a_config_made_by_its_class_is_checked_between_keys_too():
    config = relusgd.Config(network={"hidden": [3], "slopes": [1.0, 2.0]})
    with pytest.raises(relusgd.ConfigError, match="2 slopes for the 3 units"):
        relusgd.prepare(config)


def test_dicts_and_files_are_taken_where_a_config_is(tmp_path):
    file = tmp_path / "tiny.yaml"
    file.write_text(relusgd.config.config_to_yaml(relusgd.load_config(TINY)))
    whole = relusgd.record(relusgd.load_config(TINY), tmp_path / "config")
    for number, source in enumerate([TINY, file, str(file)]):
        run = relusgd.record(source, tmp_path / f"{number}")
        assert run.config == whole.config
        assert np.array_equal(run.history.elbow, whole.history.elbow)
    *_, last = relusgd.train(TINY)
    assert np.array_equal(last.history.elbow[-1], whole.history.elbow[-1])
    sweep = relusgd.run_sweep({**TINY, "sweep": {"repeat": 2}}, tmp_path / "sweep", workers=1)
    assert sweep.summary["seed"].tolist() == [0, 1]


def test_a_config_can_be_changed():
    config = relusgd.load_config(SMALL, {"seed": 3})
    changed = relusgd.load_config(config, {"training.epochs": 7})
    assert changed == relusgd.load_config(SMALL, {"seed": 3, "training.epochs": 7})
    assert config.training.epochs == 40


@pytest.mark.parametrize("bad", [3, None, [], b"config.yaml", {1, 2}])
def test_what_is_no_config_is_named(bad):
    for door in (relusgd.load_config, relusgd.prepare, relusgd.record, relusgd.run_sweep):
        with pytest.raises(TypeError, match="a config is a dict, the path of a YAML file or"):
            door(bad)


def test_numbers_and_arrays_of_numpy_are_the_numbers_that_they_are():
    given = {
        "seed": np.uint64(2**64 - 1),
        "data": {"domain": np.array([0, 2]), "noise": np.float64(0.5), "samples": np.int32(30)},
        "network": {
            "hidden": (np.int64(3),),
            "elbows": np.linspace(0, 2, 3),
            "slopes": range(1, 4),
            "output_bias": np.bool_(False),
        },
        "training": {"epochs": np.float64(5), "learning_rate": np.array(0.25)},
    }
    plain = {
        "seed": 2**64 - 1,
        "data": {"domain": [0, 2], "noise": 0.5, "samples": 30},
        "network": {
            "hidden": [3],
            "elbows": [0, 1, 2],
            "slopes": [1, 2, 3],
            "output_bias": False,
        },
        "training": {"epochs": 5, "learning_rate": 0.25},
    }
    assert relusgd.load_config(given) == relusgd.load_config(plain)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (
            {"a": {"b": {1, 2}}},
            "config: a.b must be numbers, text, lists or mappings, not an object",
        ),
        ({"network": {"hidden": [object()]}}, "config: network.hidden must be numbers, text"),
        ({"network": {3: 4}}, "config: network has the key 3, which must be text"),
        (
            {"training.epochs": 3},
            "training.epochs is two keys, one in the other; write training: {",
        ),
        (
            {"data": {"kind": "points", "x": [0, 1], "y": np.zeros((2, 1))}},
            "data.y: item 1 of the list must be a finite number, not [0]",
        ),
    ],
)
def test_what_no_config_can_hold_is_named_with_its_key(values, sentence):
    with pytest.raises(relusgd.ConfigError) as caught:
        relusgd.load_config(values)
    assert sentence in caught.value.message


VALUES = [
    None,
    True,
    -1,
    0,
    3,
    2**70,
    0.5,
    float("nan"),
    1e308,
    "",
    "sin(x)",
    "auto",
    [],
    [1],
    [2, 2],
    [0.5, "x"],
    {},
    {"kind": "step", "every": 2, "factor": 0.5},
    np.arange(3),
    np.float32(2),
    np.array("x"),
    {1},
    object(),
    lambda: 0,
]


@pytest.mark.parametrize("seed", range(150))
def test_a_dict_of_any_values_trains_or_is_refused_in_words(seed):
    chance = random.Random(seed)
    values = {"data": {"samples": 5, "test_samples": 3}, "network": {"hidden": 3}}
    for key in chance.sample(known_keys(), chance.randint(1, 3)):
        block, _, name = key.rpartition(".")
        place = values.setdefault(block, {}) if block else values
        if isinstance(place, dict):
            place[name] = chance.choice(VALUES)
    values["training"] = {**values.get("training", {}), "epochs": 1}
    if chance.random() < 0.5:
        keys = chance.sample(known_keys(), 1)
        values["sweep"] = {"grid": {key: chance.sample(VALUES[:18], 2) for key in keys}}
    for door in (relusgd.prepare, lambda values: list(relusgd.train(values))):
        with suppress(relusgd.RelusgdError):
            door(values)
