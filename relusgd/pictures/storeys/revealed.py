"""What grows downwards with time: drawn whole once, and uncovered row by row.

Time runs down, so what has happened until now is a rectangle. In a film the ink of the whole is
kept, and a frame takes that of its rows, which costs much less than to draw it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relusgd.pictures.kit.ink import Ink, Pixels, canvas_pixels
from relusgd.pictures.kit.plain_matplotlib import Artist, Bbox, RendererBase, TransformedBbox
from relusgd.pictures.kit.sheet import Box, Sheet


class Revealed(Artist):
    """Artists within a box of which only the upper rows of pixels are shown.

    The artists stand in axes and are invisible by themselves. In a film nothing may move under
    them: their ink is the one that they have over what never changes. In a still they are drawn
    anew within the rows, so that any file format can hold them.
    """

    def __init__(self, sheet: Sheet, artists: Sequence[Artist], box: Box) -> None:
        super().__init__()
        self._sheet = sheet
        self._artists = artists
        self._box = box
        self._rows = box.height
        self._history: Ink | None = None
        for artist in artists:
            artist.set_visible(False)

    def reveal(self, rows: int) -> None:
        """Show so many rows of pixels from the upper edge of the box."""
        self._rows = rows
        self.stale = True

    def draw(self, renderer: RendererBase) -> None:
        if not self.get_visible() or self._rows <= 0:
            return
        if not self._sheet.pasted_numbers:
            self._draw_rows(renderer, self._rows)
            return
        if self._history is None:
            self._history = self._ink_of_all(renderer)
        self._history.put(self._rows_of_box(renderer), stop=self._rows * self._sheet.width)

    def _draw_rows(self, renderer: RendererBase, rows: int) -> None:
        place = self._on_the_figure(
            Box(self._box.left, self._box.top - rows, self._box.width, rows)
        )
        for artist in self._artists:
            artist.set_clip_box(place)
            artist.set_visible(True)
            artist.draw(renderer)
            artist.set_visible(False)

    def _ink_of_all(self, renderer: Any) -> Ink:
        """What the artists draw in the whole box; the renderer is left as it was."""
        pixels = self._rows_of_box(renderer)
        before = pixels.copy()
        self._draw_rows(renderer, self._box.height)
        ink = Ink(pixels, before)
        pixels[:] = before
        return ink

    def _rows_of_box(self, renderer: Any) -> Pixels:
        """The pixels of the rows that the box takes, from the left to the right of the picture."""
        width = self._sheet.width
        first = self._sheet.height - self._box.top
        return canvas_pixels(renderer)[first * width : (first + self._box.height) * width]

    def _on_the_figure(self, box: Box) -> TransformedBbox:
        """A box of pixels, at whatever resolution the figure is drawn."""
        sheet = self._sheet
        shares = Bbox.from_bounds(
            box.left / sheet.width,
            box.bottom / sheet.height,
            box.width / sheet.width,
            box.height / sheet.height,
        )
        return TransformedBbox(shares, sheet.figure.transFigure)
