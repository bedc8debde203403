"""Placeholders: numbers that a lesson's texts take from its runs.

`{notebook: test_mse}` is a quantity of the run of that name at its last snapshot,
`{notebook at 0: test_mse}` at another one, `{widths: groups/hidden 10/test_mse/median}` a value of
the JSON that a command of the lesson prints. `{{` and `}}` are braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from relusgd.errors import InputError
from relusgd.recipes.recipe import Moments
from relusgd.words import (
    did_you_mean,
    exact_number,
    number,
    plain_significant,
    rounded_number,
    shown,
)

FORMATS: dict[str, Callable[[float], str]] = {
    "three digits": number,
    "two digits": rounded_number,
    "four digits": plain_significant,
    "exact": exact_number,
}
"""By name, how a number is written; the first where none is named."""

USUAL_FORMAT = next(iter(FORMATS))

WORDS_OF_MOMENTS: tuple[Moments, ...] = ("last", "all", "second half")

EXAMPLE = "{notebook: test_mse} or {notebook at 0: test_mse}"

BRACES = re.compile(r"\{\{|\}\}|\{[^{}]*\}|[{}]")
INSIDE = re.compile(
    r"\{\s*(?P<source>[^:|]+?)(?:\s+at\s+(?P<at>last|all|second half|[0-9]+))?\s*"
    r":\s*(?P<asked>[^|\s](?:[^|]*[^|\s])?)\s*(?:\|\s*(?P<format>[^|]+?)\s*)?\}",
    re.DOTALL,
)


@dataclass(frozen=True)
class Placeholder:
    """source: a run or a fact of the lesson. asked: an expression, or a path in JSON.

    at: the snapshots that an expression sees. format: a name of FORMATS. written: as it stands in
    the text.
    """

    source: str
    asked: str
    at: Moments
    format: str
    written: str

    def words(self, value: float | str) -> str:
        """The value as it stands in the lesson, with a minus of print; a text as it is."""
        if isinstance(value, str):
            return value
        written = FORMATS[self.format](abs(value))
        return f"−{written}" if value < 0 else written


def split_text(text: str) -> Iterator[str | Placeholder]:
    """The parts of a text in their order. Raises InputError for a brace that opens nothing."""
    start = 0
    for found in BRACES.finditer(text):
        yield text[start : found.start()]
        start = found.end()
        is_doubled_brace = found[0] in ("{{", "}}")
        yield found[0][0] if is_doubled_brace else _placeholder(found[0])
    yield text[start:]


def placeholders_in(text: str) -> list[Placeholder]:
    return [part for part in split_text(text) if isinstance(part, Placeholder)]


def filled(text: str, values: Mapping[Placeholder, float | str]) -> str:
    """The text with every placeholder's value in its place."""
    words = []
    for part in split_text(text):
        if isinstance(part, Placeholder):
            words.append(part.words(values[part]))
        else:
            words.append(part)
    return "".join(words)


def _placeholder(written: str) -> Placeholder:
    found = INSIDE.fullmatch(written)
    if found is None:
        raise InputError(
            f"{shown(written)} is no placeholder, which is written {EXAMPLE}; "
            "a brace itself is written twice"
        )
    name = found["format"] or USUAL_FORMAT
    if name not in FORMATS:
        raise InputError(
            f"{shown(written)}: {shown(name)} is no format{did_you_mean(name, FORMATS)}"
        )
    asked = " ".join(found["asked"].split())
    return Placeholder(found["source"].strip(), asked, _moments(found["at"]), name, written)


def _moments(text: str | None) -> Moments:
    for words in WORDS_OF_MOMENTS:
        if text == words:
            return words
    return "last" if text is None else int(text)
