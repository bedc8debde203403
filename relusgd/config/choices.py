"""The values that a key of the config has to choose from."""

from __future__ import annotations

from collections.abc import Iterator

from relusgd.config.expected import Schema, alternatives, named_values
from relusgd.config.json_schema import properties
from relusgd.config.keys import sections_at
from relusgd.model.targets import NAMED_TARGETS

TARGET = "data.target"
"""The one key that has names although it takes any text."""


def choices_of(key: str) -> list[str]:
    """What a dotted key takes as words: names, true, false, null. Empty where it takes numbers
    alone, or is no key.
    """
    *block, name = key.split(".")
    words: list[str] = []
    if key == TARGET:
        words += NAMED_TARGETS
    for section in sections_at(tuple(block)):
        schema = properties(section).get(name, {})
        words += _words(schema)
    # Two kinds of a section may take the same word.
    return list(dict.fromkeys(words))


def _words(schema: Schema) -> Iterator[str]:
    for option in alternatives(schema):
        yield from named_values(option)
        if option.get("type") == "boolean":
            yield from ("true", "false")
        if option.get("type") == "null":
            yield "null"
