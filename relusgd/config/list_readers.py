"""Readers of lists and mappings, and of keys that take one thing or another."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from relusgd.config.readers import Number, Reader, number_hint
from relusgd.config.values import freeze
from relusgd.words import exact_number, shown


@dataclass(frozen=True)
class Several(Reader):
    """A list, each item of which another reader reads; it becomes a tuple."""

    item: Reader
    items: str
    shortest: int = 1
    longest: int = 10**8

    @property
    def words(self) -> str:
        return f"a list of {self.items}"

    def schema(self) -> dict[str, Any]:
        return {
            "type": "array",
            "items": self.item.schema(),
            "minItems": self.shortest,
            "maxItems": self.longest,
        }

    def takes(self, value: object) -> bool:
        return isinstance(value, list | tuple)

    def read(self, value: object) -> tuple[object, ...]:
        if not isinstance(value, list | tuple):
            raise self.refusal(value)
        if not self.shortest <= len(value) <= self.longest:
            raise ValueError(
                f"must be {self.words}, at least {self.shortest} and at most {self.longest:,}; it has {len(value):,}"
            )
        return tuple(self._read_item(i, item) for i, item in enumerate(value, 1))

    def _read_item(self, i: int, item: object) -> object:
        try:
            return self.item.read(item)
        except ValueError as error:
            raise ValueError(f": item {i} of the list {error}") from None


@dataclass(frozen=True)
class Interval(Reader):
    """[low, high] with low < high, far enough apart for doubles to lie between them."""

    @property
    def words(self) -> str:
        return "two numbers [low, high] with low < high"

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": Number().schema(), "minItems": 2, "maxItems": 2}

    def takes(self, value: object) -> bool:
        return isinstance(value, list | tuple)

    def read(self, value: object) -> tuple[float, float]:
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise self.refusal(value)
        low, high = Several(Number(), "numbers").read(value)
        assert isinstance(low, float)
        assert isinstance(high, float)
        if not low < high:
            raise self.refusal(value)
        if high - low < 1e-9 * max(abs(low), abs(high)):
            raise ValueError(
                f"must be wider: between {exact_number(low)} and {exact_number(high)} are too few doubles"
            )
        return low, high


class Either(Reader):
    """What any one of several readers takes."""

    def __init__(self, *readers: Reader) -> None:
        self.readers = readers

    @property
    def words(self) -> str:
        return ", or ".join(reader.words for reader in self.readers)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [reader.schema() for reader in self.readers]}

    def takes(self, value: object) -> bool:
        return any(reader.takes(value) for reader in self.readers)

    def read(self, value: object) -> object:
        for reader in self.readers:
            if reader.takes(value):
                return self._read_by(reader, value)
        raise self.refusal(value)

    def _read_by(self, reader: Reader, value: object) -> object:
        """A wrong list is told as such; for other wrong values the other ways are worth naming too."""
        try:
            return reader.read(value)
        except ValueError as error:
            raise error if isinstance(reader, Several | Interval) else self.refusal(value) from None

    def hint(self, value: object) -> str:
        own = next(
            filter(None, (reader.hint(value) for reader in self.readers if reader.takes(value))), ""
        )
        return own or self._brackets_hint(value) or number_hint(value)

    def _brackets_hint(self, value: object) -> str:
        """A text such as 10,20 that would be a list but for its brackets."""
        if not isinstance(value, str) or "," not in value or len(value) > 1000:
            return ""
        bracketed = f"[{value.strip()}]"
        try:
            self.read(json.loads(bracketed))
        except (ValueError, RecursionError):
            return ""
        return f"; did you mean the list {bracketed}?"


@dataclass(frozen=True)
class Bundles(Reader):
    """A mapping of texts to what another reader reads; it becomes a FrozenMapping."""

    item: Reader
    contents: str

    @property
    def words(self) -> str:
        return self.contents

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.item.schema()}

    def takes(self, value: object) -> bool:
        return isinstance(value, Mapping)

    def read(self, value: object) -> object:
        if not isinstance(value, Mapping):
            raise self.refusal(value)
        return freeze({str(key): self._read_item(str(key), item) for key, item in value.items()})

    def _read_item(self, key: str, item: object) -> object:
        try:
            return self.item.read(item)
        except ValueError as error:
            raise ValueError(f": {shown(key)} {error}") from None


@dataclass(frozen=True)
class Anything(Reader):
    """Any plain value; what it may be is checked elsewhere."""

    @property
    def words(self) -> str:
        return "a value"

    def schema(self) -> dict[str, Any]:
        return {}

    def takes(self, value: object) -> bool:  # noqa: ARG002 - the base class says how it is called
        return True

    def read(self, value: object) -> object:
        return freeze(value)
