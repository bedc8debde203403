"""The lines over a picture: words drawn once, numbers that change with every frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.changing_number import PastedNumber, changing_number
from relusgd.pictures.kit.number_text import error_text
from relusgd.pictures.kit.plain_matplotlib import Artist, Text
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.stack import flow
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.scenes.scales import errors_of
from relusgd.pictures.scenes.view import View

WORD_GAP = 0.45
"""The room between a word and its number, in heights of a letter."""

FIELD_GAP = 1.4
"""The room between two fields, in heights of a letter."""

SAMPLED = 300
"""Numbers of a column among which the widest is looked for."""


@dataclass(frozen=True)
class Field:
    """A word and the number after it.

    number: the text for a snapshot; widest: a text as wide as any of them.
    """

    word: str
    number: Callable[[int], str]
    widest: str
    pixels: float

    @classmethod
    def fixed(cls, word: str, text: str, pixels: float) -> Field:
        """A number that is the same for all snapshots."""
        return cls(word, lambda _: text, text, pixels)

    @classmethod
    def counting(cls, word: str, counts: Integers, pixels: float) -> Field:
        """A number that only grows, such as the epoch: one of these counts, shape (moments,)."""
        last = f"{counts[-1]:,}"
        return cls(word, lambda index: f"{counts[index]:,}", last, pixels)

    @property
    def word_width(self) -> float:
        """The pixels from the word's start to the number's."""
        return text_width(self.word, self.pixels) + WORD_GAP * self.pixels

    @property
    def width(self) -> float:
        """The pixels from the word's start to the end of the widest number."""
        return self.word_width + text_width(self.widest, self.pixels)


SHORT_WORDS = {
    "train MSE": "train",
    "test MSE": "test",
    "elbows inside": "elbows",
    "first-layer elbows inside": "elbows",
}
"""Words for narrow pictures."""


def fitting_fields(sheet: Sheet, view: View, room: float) -> list[Field]:
    """The fields in the largest letters and longest words that fit on one line of `room` pixels.

    If none do, the smallest letters and shortest words.
    """
    scale = sheet.scale
    plain = fields(view, scale.text, scale.large)
    smaller = fields(view, scale.text, 1.2 * scale.text)
    brief = shorter_words(smaller)
    smallest = shorter_words(fields(view, scale.text, scale.text))
    for listed in (plain, smaller, brief):
        fits = len(header_lines(listed, room)) == 1
        if fits:
            return listed
    return smallest


def fields(view: View, text: float, large: float) -> list[Field]:
    """What the header says of a snapshot: epoch and step, the errors, and counts of units.

    text, large: heights of the letters, of all and of epoch and step.
    """
    history = view.history
    listed = [
        Field.counting("epoch", history.epoch, large),
        Field.counting("step", history.step, large),
    ]
    listed += [_error(view, name, text) for name in errors_of(view)]
    listed.append(_elbows_inside(view, text))
    if view.deep:
        listed.append(_count(view, "breakpoints", text))
    listed.append(_count(view, "dead_units", text))
    return listed


def _elbows_inside(view: View, pixels: float) -> Field:
    """How many elbows are inside the domain, of all units of the first layer."""
    word = "first-layer elbows inside" if view.deep else "elbows inside"
    units = f"{view.history.elbow.shape[1]:,}"

    def number(index: int) -> str:
        return f"{view.elbows_inside(index):,}/{units}"

    return Field(word, number, f"{units}/{units}", pixels)


def shorter_words(listed: Sequence[Field]) -> list[Field]:
    """The same fields with words for narrow pictures."""
    shorter = []
    for field in listed:
        word = SHORT_WORDS.get(field.word, field.word)
        shorter.append(replace(field, word=word))
    return shorter


def _error(view: View, name: str, pixels: float) -> Field:
    """An error, train or test."""
    errors = errors_of(view)[name]

    def number(index: int) -> str:
        return error_text(float(errors[index]))

    texts = [error_text(float(value)) for value in _sample_of(errors)]
    widest = max(texts, key=len, default="")
    return Field(f"{name} MSE", number, widest, pixels)


def _count(view: View, name: str, pixels: float) -> Field:
    """A count of metrics.csv by the first word of its name."""
    column = view.history.metrics[name]
    word, *_ = name.split("_")
    widest = f"{int(np.max(column)):,}"
    return Field(word, lambda index: f"{int(column[index]):,}", widest, pixels)


def _sample_of(column: NDArray[np.generic]) -> Array:
    """A few hundred finite values of a column, with its smallest and largest."""
    values = np.asarray(column, dtype=np.float64)
    finite = values[np.isfinite(values)]
    if not len(finite):
        return finite
    every = max(1, len(finite) // SAMPLED)
    sample = finite[::every]
    extremes = [finite.min(), finite.max()]
    return np.concatenate([sample, extremes])


def header_lines(listed: Sequence[Field], room: float) -> list[list[int]]:
    """Which fields stand on which line."""
    widths = [field.width for field in listed]
    return flow(widths, room, FIELD_GAP * listed[-1].pixels)


def header_width(listed: Sequence[Field]) -> float:
    """The pixels that fields on one line take."""
    gap = FIELD_GAP * listed[-1].pixels
    widths = sum(field.width for field in listed)
    return widths + gap * (len(listed) - 1)


class Header:
    """Fields, set into a box."""

    def __init__(self, sheet: Sheet, box: Box, listed: Sequence[Field]) -> None:
        self._numbers: list[tuple[Field, PastedNumber | Text]] = []
        gap = FIELD_GAP * listed[-1].pixels
        lines = header_lines(listed, box.width)
        for number, items in enumerate(lines):
            lines_above = number + 0.75
            baseline = round(box.top - lines_above * box.height / len(lines))
            x = float(box.left)
            for item in items:
                field = listed[item]
                self._set(sheet, field, x, baseline)
                x += field.width + gap
        self.moving: list[Artist] = [artist for _, artist in self._numbers]

    def _set(self, sheet: Sheet, field: Field, x: float, baseline: int) -> None:
        """Write the field's word at pixel x, and make the artist of its number."""
        faint = sheet.colours.faint
        sheet.text(round(x), baseline, field.word, pixels=field.pixels, colour=faint)
        number = changing_number(sheet, field.pixels, round(x + field.word_width), baseline)
        self._numbers.append((field, number))

    def show(self, index: int) -> None:
        for field, artist in self._numbers:
            artist.set_text(field.number(index))
