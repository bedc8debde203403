"""Values as YAML writes them, and as messages repeat what a user gave."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from relusgd.words.numbers import exact_number

LONGEST_SHOWN = 60
"""The most characters of a user's value that a message repeats."""

LONG_INTEGER = 10**40
"""From here on, a whole number is shown as its count of digits."""

PLAIN_TEXT = re.compile(r"[A-Za-z_][A-Za-z0-9_./]*", re.ASCII)
RESERVED_TEXT = frozenset({"null", "true", "false"})


def value_text(value: object) -> str:
    """A value on one line of YAML: null, true, 0.02, 'sin(6*x)', [20, 20], {kind: cosine, minimum:
    0}.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return exact_number(value)
    if isinstance(value, Mapping):
        pairs = []
        for key, item in value.items():
            pairs.append(f"{quoted(str(key))}: {value_text(item)}")
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        items = [value_text(item) for item in value]
        return "[" + ", ".join(items) + "]"
    return quoted(str(value))


def quoted(text: str) -> str:
    """A text as YAML reads it back: bare where nothing can be taken for something else, otherwise
    in quotes.
    """
    if PLAIN_TEXT.fullmatch(text) and text.lower() not in RESERVED_TEXT:
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return f"\\U{ord(character):08x}"


def shown(value: object) -> str:
    """A user's value for a message: one printable line, about LONGEST_SHOWN characters at most."""
    if isinstance(value, str):
        return cut_short(f"'{_printable_start(value)}'")
    if isinstance(value, int) and abs(value) >= LONG_INTEGER:
        digits = int(value.bit_length() * math.log10(2)) + 1
        return f"a whole number of about {digits:,} digits"
    if isinstance(value, list | tuple):
        items = [shown(item) for item in value[:8]]
        return _shown_items("list", "[", items, "]", len(value))
    if isinstance(value, Mapping):
        items = []
        for key, item in list(value.items())[:8]:
            items.append(f"{shown_key(str(key))}: {shown(item)}")
        return _shown_items("mapping", "{", items, "}", len(value))
    return cut_short(value_text(value))


def _shown_items(kind: str, start: str, items: list[str], end: str, count: int) -> str:
    text = ", ".join(items)
    if count > len(items) or len(text) > LONGEST_SHOWN:
        return f"a {kind} of {count:,}: {start}{cut_short(text)}{end}"
    return f"{start}{text}{end}"


def shown_kind(value: object) -> str:
    """What kind of thing a value is, for messages: None, an object of type int."""
    return "None" if value is None else f"an object of type {type(value).__name__}"


def shown_key(key: str) -> str:
    """A key for a message: printable and not too long."""
    return cut_short(_printable_start(key))


def cut_short(text: str) -> str:
    """The text, cut with an ellipsis behind LONGEST_SHOWN characters."""
    if len(text) <= LONGEST_SHOWN:
        return text
    return text[: LONGEST_SHOWN - 1] + "…"


def _printable_start(text: str) -> str:
    """As much of the text as a message may need, with escapes for what no terminal should get."""
    start = text[: LONGEST_SHOWN + 1]
    return "".join(_printable(character) for character in start)


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    return character.encode("unicode_escape", "surrogatepass").decode()
