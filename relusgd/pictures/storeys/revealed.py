"""What grows downwards with time: drawn whole once, and uncovered row by row.

Time runs down, so what has happened until now is a rectangle. In a film its pixels are copied from
the picture of the whole, and the cost of a frame does not depend on what is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.pictures.kit.plain_matplotlib import Artist, Bbox, RendererBase, TransformedBbox
from relusgd.pictures.kit.sheet import Box, Sheet


class Revealed(Artist):
    """Artists within a box of which only the upper rows of pixels are shown.

    The artists stand in axes and are invisible by themselves. In a film nothing may move under
    them: the rows hide what is there. In a still they are drawn anew within the rows, so that any
    file format can hold them.
    """

    def __init__(self, sheet: Sheet, artists: Sequence[Artist], box: Box) -> None:
        super().__init__()
        self._sheet = sheet
        self._artists = artists
        self._box = box
        self._rows = box.height
        self._whole: NDArray[np.uint8] | None = None
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
        if self._whole is None:
            self._whole = self._picture_of_all(renderer)
        rows = self._whole[: self._rows]
        context = renderer.new_gc()
        renderer.draw_image(context, self._box.left, self._box.top - len(rows), rows[::-1])
        context.restore()

    def _draw_rows(self, renderer: RendererBase, rows: int) -> None:
        place = self._on_the_figure(
            Box(self._box.left, self._box.top - rows, self._box.width, rows)
        )
        for artist in self._artists:
            artist.set_clip_box(place)
            artist.set_visible(True)
            artist.draw(renderer)
            artist.set_visible(False)

    def _picture_of_all(self, renderer: Any) -> NDArray[np.uint8]:
        """The pixels of the box with everything in it; the renderer is left as it was."""
        box = self._box
        around = Bbox.from_extents(box.left, box.bottom, box.right, box.top).padded(2)
        before = renderer.copy_from_bbox(around)
        self._draw_rows(renderer, self._box.height)
        upper_edge = self._sheet.height - self._box.top
        rows = slice(upper_edge, upper_edge + self._box.height)
        columns = slice(self._box.left, self._box.right)
        whole = np.asarray(renderer.buffer_rgba())[rows, columns].copy()
        renderer.restore_region(before)
        return whole

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
