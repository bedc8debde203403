"""What the sections of a config have in common, and the types of values that several take."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from relusgd.words import shown

BILLION = 10**9

BESIDE_THE_RUN = ("sweep", "expect")
"""Keys of a config that are not about one run: no run has them, and they change none."""


class Section(BaseModel):
    """Keys that belong together; immutable, and no others are taken."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        validate_default=False,
    )


def _whole(value: object) -> object:
    """A float without a fraction, such as 1e5, is a whole number."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _printable(value: str) -> str:
    if any(_is_control(ord(character)) for character in value):
        raise ValueError(control_character_fault(value))
    return value


def control_character_fault(given: object) -> str:
    """The fault of a text with a character that no text of a config may have."""
    return f"must hold no control characters; {shown(given)} does"


def _is_control(code: int) -> bool:
    return code < 32 or 127 <= code < 160 or 0xD800 <= code < 0xE000


WHOLE = BeforeValidator(_whole)
CountFromZero = Annotated[int, Field(ge=0, le=BILLION), WHOLE]
Text = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_printable)]
