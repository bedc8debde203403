"""The types of values that keys take: seeds, counts, numbers and lists, with their bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from relusgd.config.section import BILLION, WHOLE
from relusgd.config.values import FrozenMapping, freeze
from relusgd.words import exact_number, shown

LARGEST_SEED = 2**64 - 1
MOST_STEPS = 10**15
"""The most steps of a training: their numbers are still exact as doubles."""

MAX_RUNS = 10**6
"""The most runs that one sweep may describe."""

HUGE = 1e100
"""The largest position or value: its square is still far from the end of the doubles."""

# Types of values


def _unsigned_zero(value: float) -> float:
    """−0 becomes 0, so that equal configs have equal texts."""
    return value + 0.0


def _increasing(ends: tuple[float, float]) -> tuple[float, float]:
    low, high = ends
    if not low < high:
        raise ValueError(
            f"must be two numbers [low, high] with low < high, not {shown([low, high])}"
        )
    if high - low < 1e-9 * max(abs(low), abs(high)):
        text = f"between {exact_number(low)} and {exact_number(high)} are too few doubles"
        raise ValueError(f"must be wider: {text}")
    return ends


def _as_list(value: object) -> object:
    return value if isinstance(value, list | tuple) else [value]


UNSIGNED_ZERO = AfterValidator(_unsigned_zero)

Seed = Annotated[int, Field(ge=0, le=LARGEST_SEED), WHOLE]
Count = Annotated[int, Field(ge=1, le=BILLION), WHOLE]
Number = Annotated[float, Field(ge=-HUGE, le=HUGE), UNSIGNED_ZERO]
Scale = Annotated[float, Field(ge=0, le=HUGE), UNSIGNED_ZERO]
Positive = Annotated[float, Field(gt=0, le=HUGE)]
Share = Annotated[float, Field(ge=0, lt=1), UNSIGNED_ZERO]

# strict=False lets a tuple take the lists of YAML; the items stay strict. The titles are what
# messages call such a list.
Numbers = Annotated[
    tuple[Number, ...],
    Field(
        strict=False,
        fail_fast=True,
        min_length=1,
        max_length=10**8,
        title="a list of numbers",
    ),
]
Interval = Annotated[
    tuple[Number, Number],
    Field(strict=False, title="two numbers [low, high] with low < high"),
    AfterValidator(_increasing),
]
Width = Annotated[int, Field(ge=1, le=10**8), WHOLE]
WidthList = Annotated[
    tuple[Width, ...],
    Field(
        strict=False,
        fail_fast=True,
        min_length=1,
        max_length=100,
        title="a list of widths such as [40] or [20, 20]",
    ),
]
Widths = Annotated[WidthList, BeforeValidator(_as_list, json_schema_input_type=Width | WidthList)]

GridValues = Annotated[tuple[object, ...], Field(strict=False, min_length=1, max_length=10**8)]
Grid = Annotated[
    Mapping[str, GridValues],
    Field(title="a mapping of keys to lists of values"),
    AfterValidator(freeze),
]
Cases = Annotated[
    Mapping[str, Mapping[str, object]],
    Field(title="a mapping of names to keys and values"),
    AfterValidator(freeze),
]
NOTHING: Any = FrozenMapping({})
Expectations = Annotated[
    Mapping[str, object],
    Field(title="a mapping with the claims of a recipe"),
    AfterValidator(freeze),
]


def kind_of(value: object, default: object) -> str | None:
    """The `kind` of a section, given as a mapping or as a model; None where it is not text."""
    if isinstance(value, Mapping):
        kind = value.get("kind", default)
    else:
        kind = getattr(value, "kind", default)
    return kind if isinstance(kind, str) else None
