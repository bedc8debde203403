"""A grid on the command line: KEY=V1,V2,… with ranges such as 0..4999 and lists in brackets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from relusgd.config.overrides import parse_value
from relusgd.config.sweep_checks import MAX_RUNS
from relusgd.errors import ConfigError
from relusgd.words import shown_key

RANGE = re.compile(r"\s*([+-]?\d{1,20})\.\.([+-]?\d{1,20})\s*")
OPENING, CLOSING, QUOTES = "([{", ")]}", "'\""


def parse_grids(texts: Iterable[str]) -> dict[str, list[object]]:
    """All of several KEY=V1,V2; of the same key the last one counts. Raises ConfigError with every fault."""
    grids: dict[str, list[object]] = {}
    faults: list[str] = []
    for text in texts:
        try:
            key, values = parse_grid(text)
            grids[key] = values
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(faults)
    return grids


def parse_grid(text: str) -> tuple[str, list[object]]:
    """From "network.hidden=10,[20,20]" to ("network.hidden", [10, [20, 20]]), from "seed=0..2" to ("seed", [0, 1, 2]).

    A comma inside brackets, parentheses or quotes does not part values. Raises ConfigError.
    """
    key, equals, listed = text.partition("=")
    key = key.strip()
    if not equals or not key or not listed.strip():
        raise ConfigError(
            [
                f"--grid {shown_key(text)}: expected KEY=V1,V2,…, such as network.hidden=10,20,40 or seed=0..4"
            ]
        )
    label = f"--grid {shown_key(key)}"
    return key, [value for part in _parts(listed) for value in _values(part, label)]


def _values(text: str, label: str) -> Iterator[object]:
    match = RANGE.fullmatch(text)
    if match is None:
        yield parse_value(text, label)
        return
    first, last = int(match[1]), int(match[2])
    if last < first:
        raise ConfigError(
            [f"{label}: the range {first}..{last} is empty; the smaller number comes first"]
        )
    if last - first >= MAX_RUNS:
        raise ConfigError(
            [
                f"{label}: the range {first}..{last} has {last - first + 1:,} values; at most {MAX_RUNS:,} are accepted"
            ]
        )
    yield from range(first, last + 1)


def _parts(text: str) -> Iterator[str]:
    """The text, cut at the commas that stand in no brackets and no quotes."""
    depth, quote, start = 0, "", 0
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
        elif character in QUOTES:
            quote = character
        elif character in OPENING:
            depth += 1
        elif character in CLOSING:
            depth -= 1
        elif character == "," and depth == 0:
            yield text[start:place]
            start = place + 1
    yield text[start:]
