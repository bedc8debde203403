"""The lines over a picture: words drawn once, numbers that change with every frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.fonts import DPI, font
from relusgd.pictures.kit.number_text import error_text
from relusgd.pictures.kit.plain_matplotlib import (
    AggRenderer,
    Artist,
    RendererBase,
    Text,
    to_rgba_array,
)
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.stack import flow
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.scenes.scales import errors_of
from relusgd.pictures.scenes.view import View

CHARACTERS = "0123456789.,/−e–"
"""All that the numbers of a header are made of."""

WORD_GAP = 0.45
"""The room between a word and its number, in heights of a letter."""

NUMBERS = 20.0
"""The z-order of changing numbers, over all axes."""

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
        if len(header_lines(listed, room)) == 1:
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
    return [replace(field, word=SHORT_WORDS.get(field.word, field.word)) for field in listed]


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
    return np.concatenate([finite[::every], [finite.min(), finite.max()]])


def header_lines(listed: Sequence[Field], room: float) -> list[list[int]]:
    """Which fields stand on which line."""
    widths = [field.width for field in listed]
    return flow(widths, room, FIELD_GAP * listed[-1].pixels)


def header_width(listed: Sequence[Field]) -> float:
    """The pixels that fields on one line take."""
    gap = FIELD_GAP * listed[-1].pixels
    return sum(field.width for field in listed) + gap * (len(listed) - 1)


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


def changing_number(
    sheet: Sheet,
    pixels: float,
    x: int,
    baseline: int,
    *,
    colour: str | None = None,
    ends_there: bool = False,
    over_lines: bool = False,
) -> PastedNumber | Text:
    """An artist whose number is set anew for every frame, from pixel x on or up to it.

    over_lines: whether lines may cross it. In a film, it hides them in any case.
    """
    ink = colour or sheet.colours.ink
    if not sheet.pasted_numbers:
        side = "right" if ends_there else "left"
        if over_lines:
            return sheet.text_over_lines(
                x, baseline, "", pixels=pixels, colour=ink, zorder=NUMBERS, ha=side
            )
        return sheet.text(x, baseline, "", pixels=pixels, colour=ink, ha=side, zorder=NUMBERS)
    glyphs = draw_glyphs(pixels, ink, sheet.colours.paper)
    number = PastedNumber(x, baseline, glyphs, ends_there=ends_there)
    number.set_zorder(NUMBERS)
    sheet.figure.add_artist(number)
    return number


@dataclass(frozen=True, eq=False)
class Glyphs:
    """Pictures of single characters, all of one height; below: pixels under the baseline."""

    pictures: dict[str, NDArray[np.uint8]]
    below: int


@cache
def draw_glyphs(pixels: float, ink: str, paper: str, characters: str = CHARACTERS) -> Glyphs:
    """Each of the characters in a font of this size, as wide as it advances.

    The pictures are no higher than the ink in any of them, so that a number hides nothing that
    stands close above or below it.
    """
    height, below = round(1.5 * pixels), round(0.4 * pixels)
    edges = [0]
    for character in characters:
        edges.append(edges[-1] + max(1, round(_advance(character, pixels))))
    renderer = AggRenderer(edges[-1], height, DPI)
    strip: NDArray[np.uint8] = np.asarray(renderer.buffer_rgba())
    background = np.rint(255 * to_rgba_array(paper)[0])
    strip[...] = background
    context = renderer.new_gc()
    context.set_foreground(ink)
    for character, start in zip(characters, edges, strict=False):
        renderer.draw_text(context, start, height - below, character, font(pixels), 0.0)
    inked = np.flatnonzero((strip != background).any(axis=(1, 2)))
    first, last = int(inked[0]), int(inked[-1])
    rows_below_ink = len(strip) - 1 - last
    strip = strip[first : last + 1]
    pictures = [strip[:, start:end] for start, end in pairwise(edges)]
    return Glyphs(dict(zip(characters, pictures, strict=True)), below - rows_below_ink)


def _advance(character: str, pixels: float) -> float:
    """The pixels from a character to the next one."""
    # Of ten characters, so that what stands over at both ends of a text does not count.
    ten = text_width(character * 20, pixels) - text_width(character * 10, pixels)
    return ten / 10


class PastedNumber(Artist):
    """A number made of glyphs; matplotlib's own text takes a hundred times as long to set.

    ends_there: whether x is where the number ends, and not where it begins.
    """

    def __init__(self, x: int, baseline: int, glyphs: Glyphs, *, ends_there: bool = False) -> None:
        super().__init__()
        self._x = x
        self._ends_there = ends_there
        self._y = baseline - glyphs.below
        self._glyphs = glyphs
        self._picture: NDArray[np.uint8] | None = None

    def move_to(self, x: int) -> None:
        """Begin, or end, at another pixel."""
        self._x = x
        self.stale = True

    def set_text(self, text: str) -> None:
        pictures = [self._glyphs.pictures[character] for character in text]
        self._picture = np.concatenate(pictures, axis=1) if pictures else None
        self.stale = True

    def draw(self, renderer: RendererBase) -> None:
        if self._picture is None or not self.get_visible():
            return
        context = renderer.new_gc()
        left = self._x - self._picture.shape[1] if self._ends_there else self._x
        renderer.draw_image(context, left, self._y, self._picture[::-1])
        context.restore()
