"""Words over lines: a rim of paper around each letter keeps them legible."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import cache
from typing import Any

from relusgd.pictures.kit.fonts import DPI
from relusgd.pictures.kit.plain_matplotlib import AggRenderer, RendererBase, Stroke, Text
from relusgd.pictures.kit.text_picture import picture_of

RIM = 3.0
"""The width of the rim around a letter, in pixels of a picture 1000 wide."""

BETWEEN_RINGS = 1.5
"""The distance of the rings of a rim, in pixels: less than the thinnest line of a letter."""

Shift = tuple[int, int]
"""Whole pixels to the right and up."""


class HaloedText(Text):
    """A text with a rim of paper around its letters. rim: its width in pixels."""

    def __init__(self, *place: Any, paper: str, rim: float, **look: Any) -> None:
        super().__init__(*place, **look)
        self.rim = rim
        self._paper = paper
        # Half of a stroke lies under the letter.
        width = 2 * rim * 72 / DPI
        self._stroke = Stroke(linewidth=width, foreground=paper, joinstyle="round")

    def draw(self, renderer: RendererBase) -> None:
        """Draw the rim, and over it the letters as they are without one."""
        if not (self.get_text() and self.get_visible()):
            return
        if isinstance(renderer, AggRenderer):
            self._draw_rim_of_pixels(renderer)
        else:
            self._draw_rim_of_strokes(renderer)
        super().draw(renderer)

    def _draw_rim_of_pixels(self, renderer: RendererBase) -> None:
        """The letters in the colour of the paper, moved by up to a rim to all sides.

        In pixels, letters stand at whole pixels, and those of outlines do not: strokes around
        outlines would be some pixels beside the last letters of small words.
        """
        colour = self.get_color()
        self.set_color(self._paper)
        left, bottom, letters = picture_of(self, super().draw, renderer)
        self.set_color(colour)
        # To paste a picture is quicker by far than to lay the letters out for every place.
        context: Any = renderer.new_gc()
        for right, up in rim_shifts(self.rim):
            renderer.draw_image(context, left + right, bottom + up, letters)
        context.restore()

    def _draw_rim_of_strokes(self, renderer: RendererBase) -> None:
        """Wide outlines of the letters, for a vector graphic, whose letters are outlines, too."""
        self.set_path_effects([self._stroke])
        super().draw(renderer)
        self.set_path_effects([])


@cache
def rim_shifts(rim: float) -> tuple[Shift, ...]:
    """How letters are moved for a rim: on rings around where they stand, each shift once."""
    found = dict.fromkeys(_on_rings(rim))
    return tuple(found)


def _on_rings(rim: float) -> Iterator[Shift]:
    radius = rim
    while radius > 0:
        count = math.ceil(2 * math.pi * radius)
        for number in range(count):
            angle = 2 * math.pi * number / count
            yield round(radius * math.cos(angle)), round(radius * math.sin(angle))
        radius -= BETWEEN_RINGS
