"""The fields over a column of features: when it is, and the numbers of the snapshot."""

from __future__ import annotations

from collections.abc import Callable

from relusgd.pictures.features.view import FeatureView
from relusgd.pictures.kit.number_text import error_text
from relusgd.pictures.panels.header import Field


def clock_letters(pixels: float) -> float:
    """The height of the letters that say when, over plain words of this height."""
    return 1.15 * pixels


def head_options(clock: list[Field], numbers: list[Field]) -> list[list[Field]]:
    """The fields over a column, from all of them to when it is alone."""
    return [clock + numbers[:count] for count in range(len(numbers), -1, -1)]


def number_fields(views: Callable[[int], FeatureView], pixels: float) -> list[Field]:
    """Rank, effective rank and condition of a moment in a film."""

    def rank(index: int) -> str:
        return f"{views(index).rank:,}"

    def effective_rank(index: int) -> str:
        return error_text(views(index).effective_rank)

    def condition(index: int) -> str:
        return error_text(views(index).condition)

    return [
        Field("rank", rank, "0,000", pixels),
        Field("effective rank", effective_rank, "00.00", pixels),
        Field("condition", condition, "0.00e−00", pixels),
    ]


def fixed_number_fields(view: FeatureView, pixels: float) -> list[Field]:
    """The same of a single snapshot."""
    fields = number_fields(lambda _: view, pixels)
    return [Field.fixed(field.word, field.number(0), pixels) for field in fields]
