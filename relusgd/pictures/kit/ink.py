"""What is drawn on paper, kept without the paper.

A picture in 4K has 33 MB, and most of it is paper.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint32] | NDArray[np.uint64]
"""Pixels row after row, shape (n,), in numbers of one or two pixels."""


class Ink:
    """The pixels of a picture that are not paper: their places and colours.

    pixels: of the picture. paper: one number for all of them, or what they stand on, shape (n,).
    """

    def __init__(self, pixels: Pixels, paper: Pixels | np.integer[Any]) -> None:
        self._places = np.flatnonzero(pixels != paper).astype(np.int32)
        self._colours: Pixels = pixels[self._places]

    def put(self, pixels: Pixels, stop: int | None = None) -> None:
        """Draw it on other pixels, up to the place `stop`."""
        count = None if stop is None else int(np.searchsorted(self._places, stop))
        pixels[self._places[:count]] = self._colours[:count]


def canvas_pixels(canvas: Any) -> NDArray[np.uint32]:
    """The pixels of a canvas or renderer of matplotlib's, row after row: its own memory."""
    return np.asarray(canvas.buffer_rgba()).reshape(-1).view(np.uint32)
