"""Words in films as pictures: to lay a text out anew for every frame takes matplotlib as long as
all lines of the frame together."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.pictures.kit.fonts import DPI
from relusgd.pictures.kit.haloed_text import HaloedText
from relusgd.pictures.kit.plain_matplotlib import (
    AggRenderer,
    Artist,
    RendererBase,
    Text,
)
from relusgd.pictures.kit.sheet import Sheet

MARGIN = 3
"""Pixels around the extent of a text, and its rim, within which all its ink is."""

Picture = tuple[int, int, NDArray[np.uint8]]
"""The left and lower edge in pixels, and the pixels from the bottom up: the colour of a text, with
how much of each pixel it covers."""


def pasted_in_films(sheet: Sheet, text: Text) -> PastedText | Text:
    """The text as a picture of itself in films, and the text as it is in stills."""
    return PastedText(sheet, text) if sheet.pasted_numbers else text


class PastedText(Artist):
    """A text of a sheet whose pixels are kept: they are blended with the opacity that it has.

    It takes the place of the text, with its words, colour and z-order.
    """

    def __init__(self, sheet: Sheet, text: Text) -> None:
        super().__init__()
        self._sheet = sheet
        self._text = text
        self._pictures: dict[str, Picture] = {}
        self.set_zorder(text.get_zorder())
        text.set_visible(False)
        sheet.figure.add_artist(self)

    def get_text(self) -> str:
        """The words."""
        return self._text.get_text()

    def set_text(self, words: str) -> None:
        """Say other words at the same place."""
        self._text.set_text(words)
        self.stale = True

    def get_color(self) -> Any:
        """The colour of the text."""
        return self._text.get_color()

    def draw(self, renderer: RendererBase) -> None:
        words = self.get_text()
        if not (words and self.get_visible()):
            return
        if words not in self._pictures:
            self._pictures[words] = self._picture(renderer)
        left, bottom, picture = self._pictures[words]
        opacity = self.get_alpha()
        if opacity is not None and opacity < 1:
            picture = picture.copy()
            picture[..., 3] = np.rint(opacity * picture[..., 3])
        context: Any = renderer.new_gc()
        renderer.draw_image(context, left, bottom, picture)
        context.restore()

    def _picture(self, renderer: Any) -> Picture:
        """The text alone, drawn on a canvas that is as large as it needs."""
        text, sheet = self._text, self._sheet
        text.set_visible(True)
        rim = text.rim if isinstance(text, HaloedText) else 0.0
        around = text.get_window_extent(renderer).padded(MARGIN + rim)
        left, bottom = math.floor(around.x0), math.floor(around.y0)
        width, height = math.ceil(around.x1) - left, math.ceil(around.y1) - bottom
        canvas = AggRenderer(width, height, DPI)
        x, y = text.get_position()
        text.set_position((x - left / sheet.width, y - bottom / sheet.height))
        text.draw(canvas)
        text.set_position((x, y))
        text.set_visible(False)
        pixels = np.asarray(canvas.buffer_rgba(), dtype=np.uint8)[::-1]
        across, up, inked = _inked(pixels)
        return left + across, bottom + up, inked


def _inked(pixels: NDArray[np.uint8]) -> Picture:
    """A copy of the smallest part that has everything that is drawn; one pixel without any."""
    is_inked = pixels[..., 3] > 0
    rows = np.flatnonzero(is_inked.any(axis=1))
    columns = np.flatnonzero(is_inked.any(axis=0))
    if not len(rows):
        return 0, 0, pixels[:1, :1].copy()
    bottom, left = int(rows[0]), int(columns[0])
    top, right = int(rows[-1]) + 1, int(columns[-1]) + 1
    return left, bottom, pixels[bottom:top, left:right].copy()
