"""Frames as video stores them: brightness for every pixel, colour for every square of four.

Of a film only what moves differs from frame to frame, so only squares that changed are converted.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relusgd.pictures.encoding.palette import Pixels

BAND_PIXELS = 1 << 18
"""Pixels that are compared at a time, so that what differs is still in the processor's cache."""

BITS = 16
"""Weights are whole numbers of 2⁻¹⁶."""

RED, GREEN, BLUE = 0.2126, 0.7152, 0.0722
"""How much each adds to the brightness of white (ITU-R BT.709-6, item 3.2)."""

DARKEST, BRIGHTEST = 16, 235
"""The bytes of black and of white."""

GREY, COLOURFUL = 128, 112
"""The byte of no colour, and how far that of the fullest colour is from it."""

Pairs = NDArray[np.uint64]
"""Two pixels, side by side, in one number."""


def _whole(reach: float, *weights: float) -> NDArray[np.int32]:
    """Weights of red, green and blue bytes, as whole numbers of 2⁻¹⁶.

    reach: how many bytes the result takes.
    """
    shares = reach * np.array(weights) / 255
    return np.rint(shares * (1 << BITS)).astype(np.int32)


_LUMA = _whole(BRIGHTEST - DARKEST, RED, GREEN, BLUE)
_TO_BLUE = _whole(COLOURFUL / (1 - BLUE), -RED, -GREEN, 1 - BLUE)
_TO_RED = _whole(COLOURFUL / (1 - RED), 1 - RED, -GREEN, -BLUE)


class Planes:
    """The frame that is shown, in three planes: brightness, then colour towards blue and red."""

    def __init__(self, size: tuple[int, int]) -> None:
        """size: width and height in pixels, both even."""
        width, height = size
        self._half_width = width // 2
        squares = self._half_width * (height // 2)
        pairs_of_rows = BAND_PIXELS // width // 2
        self._rows_of_band = 2 * max(1, pairs_of_rows)
        # A square of four pixels has four bytes of brightness, and one of either colour.
        self._bytes = np.zeros(6 * squares, dtype=np.uint8)
        self._luma = self._bytes[: 4 * squares].view(np.uint16)
        self._blue = self._bytes[4 * squares : 5 * squares]
        self._red = self._bytes[5 * squares :]
        self._before = np.zeros((height, self._half_width), dtype=np.uint64)

    def of(self, frame: Pixels) -> Pixels:
        """The planes of a frame of red, green, blue and opacity, shape (height, width, 4).

        One behind the other, shape (height · 3/2, width); the next frame overwrites them. The
        opacity is full everywhere.
        """
        now: Pairs = np.ascontiguousarray(frame).reshape(len(frame), -1).view(np.uint64)
        for top in range(0, len(now), self._rows_of_band):
            self._convert(now[top : top + self._rows_of_band], top)
        return self._bytes.reshape(-1, 2 * self._half_width)

    def _convert(self, now: Pairs, top: int) -> None:
        """Take what changed in a band of rows, of which the first is row `top` of the frame."""
        before = self._before[top : top + len(now)]
        differs = now != before
        in_upper_row, in_lower_row = differs[0::2], differs[1::2]
        squares = np.flatnonzero(in_upper_row | in_lower_row)
        if not len(squares):
            return
        # The square in a row and column has its upper pair in row 2·row: a row of pairs is as long
        # as a row of squares.
        row = squares // self._half_width
        upper = squares + row * self._half_width
        lower = upper + self._half_width
        places = np.stack([upper, lower])
        pairs = now.ravel()[places]
        before.ravel()[places] = pairs
        red, green, blue = _channels(pairs)
        first_pair = top * self._half_width
        self._luma[first_pair + places] = _luma(red, green, blue)
        first_square = top // 2 * self._half_width
        sums = _sums(red), _sums(green), _sums(blue)
        self._blue[first_square + squares] = _chroma(_TO_BLUE, *sums)
        self._red[first_square + squares] = _chroma(_TO_RED, *sums)


Channel = NDArray[np.int32]
"""A colour's bytes, shape (2 rows, squares, 2 columns)."""

Sums = NDArray[np.int32]
"""A colour's sum over the pixels of each square, shape (squares,)."""


def _channels(pairs: Pairs) -> tuple[Channel, Channel, Channel]:
    """Red, green and blue of squares; pairs: the upper and the lower ones, shape (2, squares)."""
    pixels = pairs.view(np.int32).reshape(*pairs.shape, 2)
    red = pixels & 255
    green = pixels >> 8 & 255
    blue = pixels >> 16 & 255
    return red, green, blue


def _luma(red: Channel, green: Channel, blue: Channel) -> NDArray[np.uint16]:
    """The brightness of squares, two pixels in a number, shape (2, squares)."""
    of_red, of_green, of_blue = _LUMA
    mixed: Channel = red * of_red + green * of_green + blue * of_blue
    luma = (mixed + _offset(DARKEST, BITS) >> BITS).astype(np.uint8)
    return luma.view(np.uint16)[..., 0]


def _sums(channel: Channel) -> Sums:
    """The sum over the four pixels of each square, shape (squares,)."""
    upper, lower = channel
    both = upper + lower
    return np.asarray(both[:, 0] + both[:, 1])


def _chroma(weights: NDArray[np.int32], red: Sums, green: Sums, blue: Sums) -> Pixels:
    """The mean colour of squares in one direction, from the sums over their pixels."""
    of_red, of_green, of_blue = weights
    # A mean is a fourth of a sum: two bits more.
    bits = BITS + 2
    mixed: Sums = red * of_red + green * of_green + blue * of_blue
    return (mixed + _offset(GREY, bits) >> bits).astype(np.uint8)


def _offset(byte: int, bits: int) -> int:
    """What is added before so many bits are cut off: the byte of black or of no colour, and a half,
    by which cutting is rounding.
    """
    half = 1 << bits - 1
    return (byte << bits) + half
