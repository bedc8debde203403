"""Plain values (numbers, text, lists, mappings) as texts in the shortest form, as messages, and as immutable objects."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from numbers import Integral, Real
from pathlib import PurePath

MAX_LEVELS = 50
SHOWN_CHARACTERS = 60
PLAIN_TEXT = re.compile(r"[A-Za-z_][A-Za-z0-9_./]*", re.ASCII)
RESERVED_TEXT = frozenset({"null", "true", "false"})
LONG_INTEGER = 10**40


class FrozenMapping(Mapping[str, object]):
    """A mapping that cannot be changed and can be hashed; equal to any mapping with the same items."""

    def __init__(self, items: Mapping[str, object]) -> None:
        self._items = dict(items)

    def __getitem__(self, key: str) -> object:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items.items()))

    def __repr__(self) -> str:
        return f"FrozenMapping({self._items!r})"


def freeze(value: object) -> object:
    """The same value with tuples for lists and FrozenMappings for mappings."""
    if isinstance(value, Mapping):
        return FrozenMapping({str(key): freeze(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return tuple(freeze(item) for item in value)
    return value


def plain(value: object, levels: int = MAX_LEVELS) -> object:
    """The same value in dicts, lists, int, float, bool, str and None, as YAML would give it; NumPy's kinds included.

    Raises ValueError, a sentence's end, for a key that is no text, more than `levels` levels, or another kind of object.
    """
    if levels < 0:
        raise ValueError(f"is nested more than {MAX_LEVELS} levels deep")
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise ValueError(f"has the key {shown(key)}, which must be text")
        return {str(key): plain(item, levels - 1) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, levels - 1) for item in value]
    return _plain_scalar(value, levels)


def _plain_scalar(value: object, levels: int) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | PurePath):
        return str(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return float(value)
    if hasattr(value, "tolist"):
        return plain(value.tolist(), levels - 1)
    raise ValueError(f"must be numbers, text, lists or mappings, not an object of type {type(value).__name__}")


def number_text(number: float) -> str:
    """The shortest text that reads back as this number: 0.02, 1e-6, 1 for 1.0."""
    if isinstance(number, int):
        return str(number)
    if not math.isfinite(number):
        return ".nan" if math.isnan(number) else ".inf" if number > 0 else "-.inf"
    mantissa, _, exponent = repr(float(number)).partition("e")
    return mantissa.removesuffix(".0") + (f"e{int(exponent)}" if exponent else "")


def quoted(text: str) -> str:
    """A text as YAML reads it back: bare where nothing can be taken for something else, otherwise in quotes."""
    if PLAIN_TEXT.fullmatch(text) and text.lower() not in RESERVED_TEXT:
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def value_text(value: object) -> str:
    """A value on one line of YAML: null, true, 0.02, 'sin(6*x)', [20, 20], {kind: cosine, minimum: 0}."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number_text(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{quoted(str(key))}: {value_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(value_text(item) for item in value) + "]"
    return quoted(str(value))


def shown(value: object) -> str:
    """A value for a message: on one line, printable, at most about 60 characters."""
    if isinstance(value, str):
        return shortened("'" + "".join(_visible(character) for character in value[: SHOWN_CHARACTERS + 1]) + "'")
    if isinstance(value, int) and abs(value) >= LONG_INTEGER:
        return f"a whole number of about {int(value.bit_length() * math.log10(2)) + 1:,} digits"
    if isinstance(value, list | tuple):
        return _shown_items("[", [shown(item) for item in value[:8]], len(value), "]")
    if isinstance(value, Mapping):
        pairs = [f"{shown_key(str(key))}: {shown(item)}" for key, item in list(value.items())[:8]]
        return _shown_items("{", pairs, len(value), "}")
    return shortened(value_text(value))


def _shown_items(start: str, items: list[str], count: int, end: str) -> str:
    text = ", ".join(items)
    if count > len(items) or len(text) > SHOWN_CHARACTERS:
        kind = "list" if start == "[" else "mapping"
        return f"a {kind} of {count:,}: {start}{shortened(text)}{end}"
    return start + text + end


def shown_key(key: str) -> str:
    """A key for a message: printable and not too long."""
    return shortened("".join(_visible(character) for character in key[: SHOWN_CHARACTERS + 1]))


def shortened(text: str) -> str:
    return text if len(text) <= SHOWN_CHARACTERS else text[: SHOWN_CHARACTERS - 1] + "…"


def _visible(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape", "surrogatepass").decode()
