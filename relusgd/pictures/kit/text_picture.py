"""A text by itself, as a picture that is pasted wherever the text stands."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.pictures.kit.fonts import DPI
from relusgd.pictures.kit.plain_matplotlib import Affine2D, AggRenderer, RendererBase, Text

MARGIN = 3
"""Pixels around the extent of a text within which all its ink is."""

Picture = tuple[int, int, NDArray[np.uint8]]
"""The left and lower edge in pixels, and the pixels from the bottom up: the colour of a text, with
how much of each pixel it covers."""


def picture_of(
    text: Text,
    draw: Callable[[Any], None],
    renderer: RendererBase,
    rim: float = 0.0,
) -> Picture:
    """What is drawn of a text, on a canvas that is as large as it needs.

    draw: draws the text by a renderer; renderer: by which its size is measured; rim: pixels around
    its letters that are drawn, too.
    """
    around = text.get_window_extent(renderer).padded(MARGIN + rim)
    left = math.floor(around.x0)
    bottom = math.floor(around.y0)
    width = math.ceil(around.x1) - left
    height = math.ceil(around.y1) - bottom
    canvas = AggRenderer(width, height, DPI)
    place = text.get_transform()
    text.set_transform(place + Affine2D().translate(-left, -bottom))
    draw(canvas)
    text.set_transform(place)
    pixels = np.asarray(canvas.buffer_rgba(), dtype=np.uint8)[::-1]
    return left, bottom, pixels
