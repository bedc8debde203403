from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from relusgd.config import yaml_reader
from relusgd.config.yaml_reader import read_yaml
from relusgd.words import value_text

PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text("abc.: -'\"\u2028\x00é", max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@pytest.fixture(autouse=True, params=["libyaml", "python"], scope="module")
def _parser(request: pytest.FixtureRequest) -> Iterator[None]:
    """Both of PyYAML's parsers, of which an installation may have only the slower one."""
    if request.param == "libyaml" and not yaml.__with_libyaml__:
        pytest.skip("this PyYAML was built without libyaml")
    before, yaml_reader.PARSER = (
        yaml_reader.PARSER,
        yaml.CLoader if request.param == "libyaml" else yaml.Loader,
    )
    yield
    yaml_reader.PARSER = before


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-3", 0.001),
        ("1e5", 1e5),
        (".5", 0.5),
        ("5.", 5.0),
        ("-0x1F", "-0x1F"),
        ("0x1F", 31),
        ("0o17", 15),
        ("017", 17),
        ("+12", 12),
        (".inf", math.inf),
        ("-.INF", -math.inf),
        ("~", None),
        ("NULL", None),
        ("True", True),
        ("false", False),
        ("yes", "yes"),
        ("on", "on"),
        ("n", "n"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2026-11-23", "2026-11-23"),
        ("0b11", "0b11"),
        ("nan", "nan"),
        ("e5", "e5"),
        (".", "."),
        ("-", "-"),
        ("'1'", "1"),
        ('"null"', "null"),
        ("-x", "-x"),
        ("=", "="),
        ("<<", "<<"),
        ("٣", "٣"),
    ],
)
def test_scalars_follow_the_core_schema_of_yaml_1_2(text: str, value: object) -> None:
    document = read_yaml(f"[{text}]") if text != "-" else read_yaml("['-']")
    assert document.faults == []
    assert document.value == [value]
    assert type(document.value[0]) is type(value)


def test_dot_nan_is_not_a_number() -> None:
    assert math.isnan(read_yaml("a: .nan").value["a"])


@given(PLAIN)
def test_what_is_written_is_read_back(value: object) -> None:
    document = read_yaml("value: " + value_text(value) + "\n")
    assert document.faults == []
    assert document.value == {"value": value}


def test_every_key_and_item_has_its_line() -> None:
    document = read_yaml("a: 1\nb:\n  c: [1,\n      2]\n  d:\n    - x\n    - e: 1\n")
    assert document.lines == {
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 3,
        ("b", "c", 0): 3,
        ("b", "c", 1): 4,
        ("b", "d"): 5,
        ("b", "d", 0): 6,
        ("b", "d", 1): 7,
        ("b", "d", 1, "e"): 7,
    } | {(): 1}


def test_keys_are_text_whatever_they_look_like() -> None:
    assert read_yaml("{on: 1, 1: 2, true: 3, null: 4, 1e5: 5}").value == {
        "on": 1,
        "1": 2,
        "true": 3,
        "null": 4,
        "1e5": 5,
    }


def test_the_first_of_two_equal_keys_counts_and_the_second_is_told() -> None:
    document = read_yaml("a: 1\na: {b: 2}\nc: 3\n")
    assert document.value == {"a": 1, "c": 3}
    assert [(fault.path, fault.line) for fault in document.faults] == [(("a",), 2)]


def test_fifty_levels_are_read_and_fifty_one_are_not() -> None:
    assert read_yaml("[" * 50 + "]" * 50).faults == []
    assert "50 levels" in read_yaml("[" * 51 + "]" * 51).faults[0].text


def test_a_byte_order_mark_and_windows_line_ends_are_harmless() -> None:
    assert read_yaml(b"\xef\xbb\xbfseed: 1\r\nengine: numpy\r\n").value == {
        "seed": 1,
        "engine": "numpy",
    }


def test_a_million_bytes_are_read_and_one_more_is_not() -> None:
    body = b"seed: 1\n#"
    assert read_yaml(body + b"x" * (1_000_000 - len(body))).value == {"seed": 1}
    assert "1,000,000 bytes" in read_yaml(body + b"x" * (1_000_001 - len(body))).faults[0].text


def test_nothing_is_made_from_a_tagged_value(tmp_path: Path) -> None:
    proof = tmp_path / "proof"
    document = read_yaml(
        "a: !!python/object/apply:pathlib.Path.touch [!!python/object/apply:pathlib.Path "
        f"['{proof}']]"
    )
    assert document.faults
    assert not proof.exists()


@given(
    st.text(st.characters(codec="utf-8"), max_size=60)
    | st.text("[]{}:,-#&*!|>'\"%@`?\n\t ab1.", max_size=40)
)
def test_any_text_gives_a_value_or_faults(text: str) -> None:
    document = read_yaml(text.encode())
    assert all(isinstance(fault.text, str) for fault in document.faults)


@given(st.binary(max_size=60))
def test_any_bytes_give_a_value_or_faults(data: bytes) -> None:
    read_yaml(data)


def test_a_syntax_fault_stands_after_the_faults_before_it() -> None:
    document = read_yaml("a: 1\na: 2\nb: [\n")
    assert [fault.line for fault in document.faults] == [2, 4]


def test_another_version_of_yaml_is_a_fault() -> None:
    assert "not valid YAML" in read_yaml("%YAML 3.0\n---\na: 1").faults[0].text
