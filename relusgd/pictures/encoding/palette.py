"""A palette of 255 colours for a whole film, and the quick way from pixels to palette numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

TRANSPARENT = 255
"""The number that stands for "as before"."""

EXACT_COLOURS = 120
"""This many of the most frequent colours are kept exactly: paper, ink, plain lines."""

MOST_CLUSTERED = 8000
"""At most this many of the other colours, the most frequent ones, are clustered."""

CLUSTER_ROUNDS = 4

SHADE_BITS = 6
"""Bits of red, green and blue by which colours are told apart when their number is looked up."""

DROPPED_BITS = 8 - SHADE_BITS

SHADE = (1 << SHADE_BITS) - 1
"""The bits of one channel in the number of a cell."""

CHANNEL_SHIFTS = (0, 8, 16)
"""Where red, green and blue begin in a packed pixel."""

CELL_SHIFTS = (0, SHADE_BITS, 2 * SHADE_BITS)
"""Where they begin in the number of a cell."""

UNKNOWN = TRANSPARENT
"""Stands in the table where no pixel has asked yet; no colour has this number."""

Pixels = NDArray[np.uint8]

Packed = NDArray[np.uint32]
"""Pixels with their four bytes in one number, red lowest: one comparison serves all channels."""


def packed(pixels: Pixels) -> Packed:
    """Pixels, shape (…, 4), as numbers, shape (…); the same memory."""
    return np.ascontiguousarray(pixels).view("<u4")[..., 0]


class Palette:
    """Colours, shape (255, 3), and the number of the nearest one to any pixel."""

    def __init__(self, colours: Pixels) -> None:
        self.colours = colours
        self._numbers = np.full(1 << 3 * SHADE_BITS, UNKNOWN, dtype=np.uint8)
        cells = _cells(packed(_opaque(colours)))
        # Of several colours in one cell the most frequent, which comes first, is set last.
        for number in reversed(range(len(cells))):
            self._numbers[cells[number]] = number

    @classmethod
    def of(cls, frames: Sequence[Pixels]) -> Palette:
        """The palette of a film of which these frames, shape (height, width, 4), are a sample."""
        colours, counts = _count_colours(frames)
        most_frequent = np.argsort(-counts, kind="stable")
        exact = most_frequent[:EXACT_COLOURS]
        rest = most_frequent[EXACT_COLOURS:]
        free = TRANSPARENT - len(exact)
        clustered = _cluster(colours[rest], counts[rest], free)
        unused = np.zeros((free - len(clustered), 3))
        chosen = np.concatenate([colours[exact], clustered, unused])
        return cls(chosen.round().astype(np.uint8))

    def numbers(self, pixels: Packed) -> Pixels:
        """The palette's number for each of the packed pixels, shape (n,)."""
        cells = _cells(pixels)
        found = self._numbers[cells]
        unknown = found == UNKNOWN
        if unknown.any():
            asked_first = np.unique(cells[unknown])
            self._learn(asked_first)
            found = self._numbers[cells]
        return found

    def _learn(self, cells: NDArray[np.uint32]) -> None:
        """Look for the nearest colour once for every cell of equal shades."""
        shades = np.stack([cells >> shift & SHADE for shift in CELL_SHIFTS], axis=1)
        half_a_shade = 1 << DROPPED_BITS - 1
        middles = (shades << DROPPED_BITS) + half_a_shade
        self._numbers[cells] = _nearest(middles, self.colours)


def _cells(pixels: Packed) -> NDArray[np.uint32]:
    """The upper SHADE_BITS bits of red, green and blue in one number."""
    red = pixels >> DROPPED_BITS & SHADE
    green = pixels >> 8 + DROPPED_BITS & SHADE
    blue = pixels >> 16 + DROPPED_BITS & SHADE
    cells = red | green << SHADE_BITS | blue << 2 * SHADE_BITS
    return cells.astype(np.uint32, copy=False)


def _opaque(colours: Pixels) -> Pixels:
    """Colours, shape (n, 3), with full opacity, shape (n, 4)."""
    return np.column_stack([colours, np.full(len(colours), 255, dtype=np.uint8)])


def _count_colours(frames: Sequence[Pixels]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Colours, shape (n, 3), and how often each occurs.

    The whole first frame counts, and of every next one what differs from the frame before.
    """
    shown = [packed(frame) for frame in frames]
    changed = [now[now != before] for before, now in pairwise(shown)]
    drawn = np.concatenate([shown[0].ravel(), *changed])
    values, counts = np.unique(drawn, return_counts=True)
    channels = [values >> shift & 255 for shift in CHANNEL_SHIFTS]
    return np.stack(channels, axis=1).astype(np.float64), counts


def _cluster(
    colours: NDArray[np.float64], counts: NDArray[np.int64], most: int
) -> NDArray[np.float64]:
    """At most `most` colours that stand for many, by weighted k-means.

    The first centres are chosen one by one: each is the colour that those before serve worst.
    """
    if len(colours) <= most:
        return colours
    colours = colours[:MOST_CLUSTERED]
    weight = np.sqrt(counts[:MOST_CLUSTERED])
    centres = colours[_spread_out(colours, weight, most)]
    for _ in range(CLUSTER_ROUNDS):
        served_by = _nearest(colours, centres)
        total = np.bincount(served_by, weight, minlength=most)
        is_used = total > 0
        for channel in range(3):
            sums = np.bincount(served_by, weight * colours[:, channel], minlength=most)
            centres[is_used, channel] = sums[is_used] / total[is_used]
    return centres


def _spread_out(colours: NDArray[np.float64], weight: NDArray[np.float64], count: int) -> list[int]:
    """The indices of colours that lie far apart, in the squared distance times the weight."""
    squared_size = (colours**2).sum(axis=1)
    distance = np.full(len(colours), np.inf)
    chosen = [0]
    while len(chosen) < count:
        last = chosen[-1]
        # |c − l|² = |c|² − 2c·l + |l|²
        to_last = squared_size - 2 * (colours @ colours[last]) + squared_size[last]
        distance = np.minimum(distance, to_last)
        worst_served = int(np.argmax(distance * weight))
        chosen.append(worst_served)
    return chosen


def _nearest(colours: NDArray[np.generic], palette: NDArray[np.generic]) -> NDArray[np.int64]:
    """The index of the palette's nearest colour for each colour, shape (n,).

    |c − p|² = |c|² − 2c·p + |p|², of which |c|² is the same for all p.
    """
    c = colours.astype(np.float32)
    p = palette.astype(np.float32)
    squared_size = (p**2).sum(axis=1)
    distance = squared_size - 2 * c @ p.T
    return np.asarray(np.argmin(distance, axis=1))
