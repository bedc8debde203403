"""Plain values, which YAML can hold: numbers, texts, lists and mappings; checked, or immutable."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from numbers import Integral, Real
from pathlib import PurePath
from typing import Any, TypeGuard

from relusgd.words import shown

MAX_LEVELS = 50
NAMED_LEVELS = 4
"""No key of a config lies deeper; a message names no more levels."""


class NotPlainError(ValueError):
    """A value that YAML cannot hold.

    text: the end of a sentence. path: the keys that lead to the value.
    """

    def __init__(self, text: str, path: tuple[str, ...] = ()) -> None:
        super().__init__(text)
        self.text = text
        self.path = path


class FrozenMapping(Mapping[str, object]):
    """A mapping that cannot be changed and has a hash; equal to mappings with the same items."""

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
        items = {str(key): freeze(item) for key, item in value.items()}
        return FrozenMapping(items)
    if isinstance(value, list | tuple):
        return tuple(map(freeze, value))
    return value


def single(value: object) -> Any:
    """The item of a list of one, such as a single width; any other value as it is."""
    if isinstance(value, tuple) and len(value) == 1:
        return value[0]
    return value


def finite_or_none(numbers: Mapping[str, float]) -> dict[str, float | None]:
    """The numbers as JSON takes them: None for what is not finite."""
    plain_numbers: dict[str, float | None] = {}
    for name, number in numbers.items():
        plain_numbers[name] = number if math.isfinite(number) else None
    return plain_numbers


def plain(value: object, levels: int = MAX_LEVELS) -> object:
    """The same value in dicts, lists, int, float, bool, str and None, as YAML would give it.

    NumPy's scalars and arrays are accepted, and ranges. Raises NotPlainError for a key that is not
    text, more than `levels` levels, or another kind of object.
    """
    if levels < 0:
        raise NotPlainError(f"is nested more than {MAX_LEVELS} levels deep")
    if isinstance(value, Mapping):
        return _plain_mapping(value, levels)
    if isinstance(value, list | tuple | range):
        return [plain(item, levels - 1) for item in value]
    return _plain_scalar(value, levels)


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain_mapping(value: Mapping[Any, object], levels: int) -> dict[str, object]:
    items: dict[str, object] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise NotPlainError(f"has the key {shown(key)}, which must be text")
        try:
            items[str(key)] = plain(item, levels - 1)
        except NotPlainError as error:
            path = (key, *error.path)
            raise NotPlainError(error.text, path[:NAMED_LEVELS]) from None
    return items


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
    kind = type(value).__name__
    raise NotPlainError(f"must be numbers, text, lists or mappings, not an object of type {kind}")
