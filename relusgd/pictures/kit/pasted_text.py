"""Words in films as pictures: to lay a text out anew for every frame takes matplotlib as long as
all lines of the frame together."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.pictures.kit.haloed_text import HaloedText
from relusgd.pictures.kit.plain_matplotlib import Artist, RendererBase, Text
from relusgd.pictures.kit.sheet import Sheet
from relusgd.pictures.kit.text_picture import Picture, picture_of


def pasted_in_films(sheet: Sheet, text: Text) -> PastedText | Text:
    """The text as a picture of itself in films, and the text as it is in stills."""
    return PastedText(sheet, text) if sheet.pasted_numbers else text


class PastedText(Artist):
    """A text of a sheet whose pixels are kept: they are blended with the opacity that it has.

    It takes the place of the text, with its words, colour and z-order.
    """

    def __init__(self, sheet: Sheet, text: Text) -> None:
        super().__init__()
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
        """The text by itself, cut to where it has ink."""
        text = self._text
        rim = text.rim if isinstance(text, HaloedText) else 0.0
        text.set_visible(True)
        left, bottom, pixels = picture_of(text, text.draw, renderer, rim)
        text.set_visible(False)
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
