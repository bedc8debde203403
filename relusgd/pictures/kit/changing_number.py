"""Numbers that change with every frame, pasted from pictures of their characters."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array
from relusgd.pictures.kit.fonts import DPI, font
from relusgd.pictures.kit.plain_matplotlib import (
    AggRenderer,
    Artist,
    RendererBase,
    Text,
    to_rgba_array,
)
from relusgd.pictures.kit.sheet import Sheet
from relusgd.pictures.kit.text_fit import text_width

CHARACTERS = "0123456789.,/−e–"
"""All that such numbers are made of."""

NUMBERS = 20.0
"""The z-order of changing numbers, over all axes."""

Pixels = NDArray[np.uint8]
"""A picture, shape (height, width, 4): red, green, blue, opacity."""


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

    pictures: dict[str, Pixels]
    below: int


@cache
def draw_glyphs(pixels: float, ink: str, paper: str, characters: str = CHARACTERS) -> Glyphs:
    """Each of the characters in a font of this size, as wide as it advances.

    The pictures are no higher than the ink in any of them, so that a number hides nothing that
    stands close above or below it.
    """
    edges = [0]
    for character in characters:
        width = max(1, round(_advance(character, pixels)))
        edges.append(edges[-1] + width)
    below = round(0.4 * pixels)
    background = np.rint(255 * to_rgba_array(paper)[0])
    strip = _draw_strip(pixels, ink, background, characters, edges, below)
    inked_rows = np.flatnonzero((strip != background).any(axis=(1, 2)))
    first, last = int(inked_rows[0]), int(inked_rows[-1])
    rows_below_ink = len(strip) - 1 - last
    cut = strip[first : last + 1]
    pictures = {}
    for character, (start, end) in zip(characters, pairwise(edges), strict=True):
        pictures[character] = cut[:, start:end]
    return Glyphs(pictures, below - rows_below_ink)


def _draw_strip(
    pixels: float, ink: str, background: Array, characters: str, edges: list[int], below: int
) -> Pixels:
    """The characters side by side, each from its edge to the next one.

    background: red, green, blue and opacity; below: the pixels under the baseline.
    """
    height = round(1.5 * pixels)
    renderer = AggRenderer(edges[-1], height, DPI)
    strip: Pixels = np.asarray(renderer.buffer_rgba())
    strip[...] = background
    context = renderer.new_gc()
    context.set_foreground(ink)
    for character, start in zip(characters, edges, strict=False):
        renderer.draw_text(context, start, height - below, character, font(pixels), 0.0)
    return strip


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
        self._picture: Pixels | None = None

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
