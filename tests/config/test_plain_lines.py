"""The short way of reading YAML against the parser of YAML: what it reads, both read alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relusgd.config import load_config
from relusgd.config.dumping import config_to_yaml
from relusgd.config.plain_lines import read_plain_lines
from relusgd.config.shipped import shipped_configs
from relusgd.config.yaml_reader import Document, read_events

CONTENT = """\
seed: 18446744073709551615
data:
  kind: csv
  path: some/where.csv
  x: yes
  y: 'sin(6*x): # no comment'
  domain: [0, -.5, 1e-3, +2.5]
network:
  hidden: [40]
  elbows: null
  empty: ''
training:
  schedule: {kind: step, every: 10, factor: 0.5}
  nesterov: false
  rate: .5
engine: auto
"""

PIECES = st.sampled_from(
    [
        *("a: 1\n", "b:\n", "  c: [1, x]\n", "  d: {k: v, l: 2}\n", "  e: 'it'\n", "f: 0x1F\n"),
        *("\n", " ", "  ", "\t", "#", "# c\n", ":", ": ", "-", "- ", "---\n", "...\n", "'", '"'),
        *("[", "]", "{", "}", ",", "&a ", "*a", "!t ", "%", "|\n", ">", "\r\n", "\ufeff", "é"),
        *("a", "0", ".", "~", "null", "1_0", "0o7", "9" * 5000, "k" * 70),
    ]
)


def parsed(text: str) -> Document:
    document = Document()
    read_events(text, document)
    return document


def check_both_ways(text: str) -> bool:
    """Whether the text is of plain lines, in which case both ways must read the same."""
    plain = read_plain_lines(text)
    if plain is None:
        return False
    document = parsed(text)
    assert document.faults == []
    assert not document.is_empty
    assert repr(plain[0]) == repr(document.value)
    assert list(plain[1].items()) == list(document.lines.items())
    return True


def test_plain_lines_are_read_as_the_parser_reads_them() -> None:
    assert check_both_ways(CONTENT)


@pytest.mark.parametrize("file", shipped_configs().values(), ids=lambda file: file.stem)
def test_the_config_of_a_run_is_read_as_the_parser_reads_it(file: Path) -> None:
    text = config_to_yaml(load_config(file, {"sweep": None}))
    assert check_both_ways(text)


@settings(deadline=None, max_examples=500)
@given(st.integers(0, len(CONTENT)), st.integers(0, 3), PIECES)
def test_a_changed_text_is_read_alike_or_left_to_the_parser(
    place: int, removed: int, piece: str
) -> None:
    check_both_ways(CONTENT[:place] + piece + CONTENT[place + removed :])


@settings(deadline=None, max_examples=500)
@given(st.lists(PIECES, max_size=8))
def test_any_text_is_read_alike_or_left_to_the_parser(pieces: list[str]) -> None:
    check_both_ways("".join(pieces))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a: 1",
        "a: 1\n\n",
        "a: 1 # why\n",
        "a: 1\na: 2\n",
        "a:\n  b: 1\n  b: 2\n",
        "a: {b: 1, b: 2}\n",
        "a: &b 1\n",
        "a: 1\n  b: 2\n",
        "a:\n  b:\n    c: 1\n",
        "a: " + "9" * 4001 + "\n",
    ],
)
def test_what_is_not_plain_is_left_to_the_parser(text: str) -> None:
    assert read_plain_lines(text) is None


def test_values_that_are_read_twice_are_not_shared() -> None:
    first, _ = read_plain_lines(CONTENT) or ({}, {})
    network = first["network"]
    assert isinstance(network, dict)
    network["hidden"].append(7)
    network["init"] = "torch"
    again, _ = read_plain_lines(CONTENT) or ({}, {})
    assert again == parsed(CONTENT).value
