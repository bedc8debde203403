from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relusgd.config import load_config, parse_overrides
from relusgd.config.naming import assignment, join_name, name_text, run_name, stem_text


def name_of(*overrides: str) -> str:
    return run_name(load_config({}, parse_overrides(overrides)))


@pytest.mark.parametrize(
    ("overrides", "name"),
    [
        ([], "run"),
        (["training.learning_rate=2e-2"], "run,training.learning_rate=0.02"),
        (["training.learning_rate=.02"], "run,training.learning_rate=0.02"),
        (["training.epochs=1e5"], "run,training.epochs=100000"),
        (["training.penalty=1e-6"], "run,training.penalty=1e-6"),
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
