from __future__ import annotations

import re
from itertools import combinations, product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relusgd.config import load_config, parse_overrides
from relusgd.config.naming import assignment, join_name, name_text, run_name, stem_text, sweep_name


def name_of(*overrides: str) -> str:
    return run_name(load_config({}, parse_overrides(overrides)))


@pytest.mark.parametrize(
    ("overrides", "name"),
    [
        ([], "run"),
        (["training.learning_rate=3e-2"], "run,training.learning_rate=0.03"),
        (["training.learning_rate=.03"], "run,training.learning_rate=0.03"),
        (["training.learning_rate=2e-2"], "run"),
        (["training.epochs=1e5"], "run,training.epochs=100000"),
        (["training.penalty=1e-7"], "run,training.penalty=1e-7"),
        (
            ["training.momentum=0.90", "network.hidden=[20,20]", "seed=3"],
            "run,network.hidden=20x20,seed=3,training.momentum=0.9",
        ),
        (["network.hidden=20"], "run,network.hidden=20"),
        (["network.output_bias=false"], "run,network.output_bias=false"),
        (["data.seed=null"], "run,data.seed=null"),
        (["data.domain=[-1, 1.5]"], "run,data.domain=-1x1.5"),
        (["sweep=null", "engine=numpy"], "run,engine=numpy"),
    ],
)
def test_a_run_is_named_by_what_was_set(overrides: list[str], name: str) -> None:
    assert name_of(*overrides) == name


def test_the_stem_is_that_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "sine.yaml"
    file.write_text("sweep:\n  cases: {a b: {seed: 1}}\n")
    assert run_name(load_config(file)) == "sine"
    assert re.fullmatch(
        r"sine,case=a-b~[0-9a-f]{6},engine=numpy",
        run_name(load_config(file, {"engine": "numpy"}, case="a b")),
    )


def test_what_was_set_names_the_run_of_a_file_though_it_be_the_default(tmp_path: Path) -> None:
    file = tmp_path / "sine.yaml"
    file.write_text("seed: 3\n")
    assert run_name(load_config(file)) == "sine"
    assert run_name(load_config(file, {"seed": 0})) == "sine,seed=0"


def test_a_config_without_a_file_is_named_by_all_that_it_says() -> None:
    said = {"seed": 3, "network": {"hidden": [5, 5]}, "data": {"kind": "points", "x": [0, 1]}}
    said["data"]["y"] = [1, 0]
    name = "run,data.kind=points,data.x=0x1,data.y=1x0,network.hidden=5x5,seed=3"
    assert run_name(load_config(said)) == name
    assert run_name(load_config({"seed": 3}, {"seed": 0, "training.epochs": 9})) == (
        "run,training.epochs=9"
    )


def test_two_configs_without_a_file_never_meet() -> None:
    names = set()
    keys = {
        "seed": [0, 1],
        "data": [{}, {"noise": 0}, {"target": "x"}, {"target": {"x": [0, 1], "y": [0, 1]}}],
        "network": [{}, {"hidden": 3}, {"hidden": [3, 3]}, {"hidden": 2, "slopes": [1, 1]}],
        "training": [{}, {"steps": 5}, {"epochs": 5}, {"schedule": {"kind": "cosine"}}],
    }
    for values in product(*keys.values()):
        config = load_config(dict(zip(keys, values, strict=True)))
        names |= {run_name(config), sweep_name(config)}
    assert len(names) == 2 * 2 * 4**3


def test_a_sweep_without_a_file_is_named_by_what_it_varies() -> None:
    grid = {"network.hidden": [10, [20, 20]], "seed": [1, 2]}
    config = load_config({"seed": 3, "sweep": {"grid": grid, "repeat": 1}})
    assert sweep_name(config) == "sweep,seed=3,network.hidden=10+20x20,seed=1+2"
    assert sweep_name(load_config({"sweep": {"repeat": 3}})) == "sweep,repeat=3"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"grid": {"data.target": ["x", "x+1"]}}, {"grid": {"data.target": ["x+x", "1+x"]}}),
        ({"grid": {"seed": [1, 2]}}, {"grid": {"seed": [2, 1]}}),
        ({"grid": {"seed": list(range(90))}}, {"grid": {"seed": list(range(91))}}),
        ({"cases": {"a": {"seed": 1}}}, {"cases": {"a": {"seed": 2}}}),
        ({"repeat": 2}, {"repeat": 3}),
    ],
)
def test_two_sweeps_without_a_file_never_meet(one: object, other: object) -> None:
    names = {sweep_name(load_config({"sweep": sweep})) for sweep in (one, other)}
    assert len(names) == 2


def test_the_sweep_of_a_file_has_the_name_of_the_file(tmp_path: Path) -> None:
    file = tmp_path / "sine.yaml"
    file.write_text("sweep: {repeat: 3}\n")
    assert sweep_name(load_config(file, {"seed": 2})) == "sine,seed=2"


def test_other_characters_become_dashes_and_a_hash_follows() -> None:
    assert re.fullmatch(r"run,data\.target=sin-6-x-~[0-9a-f]{6}", name_of("data.target=sin(6*x)"))


def test_a_block_that_was_set_is_named_by_what_it_says() -> None:
    names = {
        name_of(f"training={block}")
        for block in ("{epochs: 5}", "{epochs: 6}", "{epochs: 5, batch_size: full}")
    }
    assert len(names) == 3
    assert name_of("training={epochs: 5}") == name_of("training={epochs: 5.0, momentum: 0}")


def test_targets_that_look_alike_without_their_signs_have_different_names() -> None:
    assert (
        len({name_of(f"data.target={target}") for target in ("sin(6*x)", "sin(6/x)", "sin(6+x)")})
        == 3
    )


def test_a_long_value_is_cut_and_hashed() -> None:
    elbows = [i / 100 for i in range(40)]
    text = name_text("network.elbows", tuple(elbows))
    assert re.fullmatch(r"0x0\.01x0\.02.*~[0-9a-f]{6}", text)
    assert len(text) == 47
    assert text != name_text("network.elbows", (*elbows[:-1], 0.5))


def test_a_list_of_one_is_not_named_like_its_item() -> None:
    assert name_text("network.slopes", (2.0,)) != name_text("network.slopes", 2.0) == "2"


def test_a_long_name_fits_a_disk_and_keeps_its_difference() -> None:
    parts = [assignment(f"key{i}", "x" * 30) for i in range(20)]
    assert len(join_name(parts)) < 200
    assert join_name(parts) != join_name([*parts[:-1], "key19=y"])


@pytest.mark.parametrize(
    "stem", ["a,seed=1", "my config", ".hidden", "größe", "", "-", "x" * 300, "a~123456"]
)
def test_an_odd_stem_makes_a_plain_name(stem: str) -> None:
    text = stem_text(stem)
    assert re.fullmatch(r"[A-Za-z0-9_+-][A-Za-z0-9._+~-]*", text)
    assert len(text) < 120
    assert stem == "-" or text != stem


def test_stems_that_differ_make_names_that_differ() -> None:
    assert len({stem_text(stem) for stem in ("a b", "a-b", "a,b", "a~b", "ab", ".ab", "-ab")}) == 7


VALUES = st.one_of(
    st.integers(-1000, 1000),
    st.floats(-1e100, 1e100),
    st.lists(st.floats(-10, 10), min_size=1, max_size=8).map(tuple),
    st.text(min_size=1, max_size=60),
)


@given(VALUES)
def test_any_value_makes_a_text_without_special_characters(value: object) -> None:
    assert re.fullmatch(r"[A-Za-z0-9._+~-]+", name_text("key", value))
    assert len(name_text("key", value)) <= 47


@given(st.lists(st.text(" ab(*x", min_size=1, max_size=4), min_size=2, max_size=6, unique=True))
def test_different_texts_have_different_names(texts: list[str]) -> None:
    assert all(name_text("key", a) != name_text("key", b) for a, b in combinations(texts, 2))
