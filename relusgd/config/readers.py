"""Readers: what a config key takes, in words, as a check and as JSON schema, said once each.

A reader stands in the annotation of a model's field, `Annotated[int, Whole(1, 10)]`, and does all the checking there:
the same sentence for a person wherever a value comes from.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from relusgd.config.synonyms import value_meant
from relusgd.words import exact_number, nearest, shown

HUGE = 1e100
"""The largest position or value: its square is still far from the end of the doubles."""


class Reader(ABC):
    """Base of all readers."""

    @property
    @abstractmethod
    def words(self) -> str:
        """What is taken: "a whole number from 1 to 10"."""

    @abstractmethod
    def schema(self) -> dict[str, Any]:
        """The JSON schema of what is taken."""

    @abstractmethod
    def takes(self, value: object) -> bool:
        """Whether the value is of this reader's kind, right or wrong in itself."""

    @abstractmethod
    def read(self, value: object) -> object:
        """The value; raises ValueError with the rest of a sentence that begins with the key."""

    def hint(self, value: object) -> str:  # noqa: ARG002 - most readers have none
        """What the giver of a wrong value may have meant."""
        return ""

    def refusal(self, value: object) -> ValueError:
        return ValueError(f"must be {self.words}, not {shown(value)}{self.hint(value)}")

    def __get_pydantic_core_schema__(self, source: object, handler: object) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return self.schema()


@dataclass(frozen=True)
class Whole(Reader):
    """A whole number from low to high; floats without a fraction, such as 1e5, are whole."""

    low: int
    high: int

    @property
    def words(self) -> str:
        return f"a whole number from {self.low:,} to {self.high:,}"

    def schema(self) -> dict[str, Any]:
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    def takes(self, value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool)

    def read(self, value: object) -> int:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if (
            not isinstance(value, int)
            or isinstance(value, bool)
            or not self.low <= value <= self.high
        ):
            raise self.refusal(value)
        return value

    def hint(self, value: object) -> str:
        return number_hint(value)


@dataclass(frozen=True)
class Number(Reader):
    """A finite number from low to high; above, below: bounds that are not reached."""

    low: float = -HUGE
    high: float = HUGE
    above: float | None = None
    below: float | None = None

    @property
    def words(self) -> str:
        bounds = []
        if self.above is not None:
            bounds.append(f"above {exact_number(self.above)}")
        elif self.low > -HUGE:
            bounds.append(f"of at least {exact_number(self.low)}")
        if self.below is not None:
            bounds.append(f"below {exact_number(self.below)}")
        elif self.high < HUGE:
            bounds.append(f"of at most {exact_number(self.high)}")
        return "a finite number" + (" " + " and ".join(bounds) if bounds else "")

    def schema(self) -> dict[str, Any]:
        low = {"minimum": self.low} if self.above is None else {"exclusiveMinimum": self.above}
        high = {"maximum": self.high} if self.below is None else {"exclusiveMaximum": self.below}
        bounds = {key: bound for key, bound in {**low, **high}.items() if math.isfinite(bound)}
        return {"type": "number", **bounds}

    def takes(self, value: object) -> bool:
        return isinstance(value, int | float) and not isinstance(value, bool)

    def read(self, value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.refusal(value)
        try:
            number = float(value) + 0.0  # −0 becomes 0: equal configs have equal texts
        except OverflowError:
            raise self.refusal(value) from None
        if not math.isfinite(number) or not self._is_inside(number):
            raise self.refusal(value)
        return number

    def _is_inside(self, number: float) -> bool:
        is_high_enough = number > self.above if self.above is not None else number >= self.low
        return is_high_enough and (
            number < self.below if self.below is not None else number <= self.high
        )

    def hint(self, value: object) -> str:
        if (
            isinstance(value, int | float)
            and not isinstance(value, bool)
            and HUGE < abs(value) < math.inf
        ):
            return f" (at most {exact_number(HUGE)} in size)"
        return number_hint(value)


def number_hint(value: object) -> str:
    """A text that would be a number but for its separators, which YAML does not have."""
    if not isinstance(value, str) or len(value) > 40:
        return ""
    digits = value.replace("_", "").replace(" ", "")
    for candidate in (digits, digits.replace(",", "")):
        try:
            if math.isfinite(float(candidate)):
                return f"; without quotes and separators it is {candidate}"
        except ValueError:
            continue
    return ""


@dataclass(frozen=True)
class Choice(Reader):
    """One of the texts of a Literal."""

    literal: object

    @property
    def names(self) -> tuple[str, ...]:
        return get_args(self.literal)

    @property
    def words(self) -> str:
        return _or(self.names)

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.names)} if len(self.names) > 1 else {"const": self.names[0]}

    def takes(self, value: object) -> bool:
        return isinstance(value, str)

    def read(self, value: object) -> str:
        if not isinstance(value, str) or value not in self.names:
            raise self.refusal(value)
        return value

    def hint(self, value: object) -> str:
        if not isinstance(value, str):
            return ""
        meant = value_meant(value, self.names) or nearest(value, self.names)
        return f"; did you mean {meant}?" if meant else ""


def _or(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


@dataclass(frozen=True)
class Truth(Reader):
    """true or false."""

    @property
    def words(self) -> str:
        return "true or false"

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}

    def takes(self, value: object) -> bool:
        return isinstance(value, bool)

    def read(self, value: object) -> bool:
        if not isinstance(value, bool):
            raise self.refusal(value)
        return value


@dataclass(frozen=True)
class Null(Reader):
    """null."""

    @property
    def words(self) -> str:
        return "null"

    def schema(self) -> dict[str, Any]:
        return {"type": "null"}

    def takes(self, value: object) -> bool:
        return value is None

    def read(self, value: object) -> None:
        if value is not None:
            raise self.refusal(value)


@dataclass(frozen=True)
class Text(Reader):
    """A text without control characters."""

    longest: int = 1000

    @property
    def words(self) -> str:
        return f"a text of at most {self.longest:,} characters"

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.longest}

    def takes(self, value: object) -> bool:
        return isinstance(value, str)

    def read(self, value: object) -> str:
        if not isinstance(value, str) or not 0 < len(value) <= self.longest:
            raise self.refusal(value)
        if any(
            ord(character) < 32 or 127 <= ord(character) < 160 or 0xD800 <= ord(character) < 0xE000
            for character in value
        ):
            raise ValueError(f"must hold no control characters; {shown(value)} does")
        return value

    def hint(self, value: object) -> str:
        return f"; write '{shown(value)}' in quotes" if isinstance(value, int | float) else ""
