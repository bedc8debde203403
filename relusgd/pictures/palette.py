"""One palette of 255 colours for a whole film, and the quick way from pixels to its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

TRANSPARENT = 255
"""The number that stands for "as before"."""

EXACT = 120
"""So many of the most frequent colours are kept exactly: paper, ink, plain lines."""

MOST_CLUSTERED = 8000
"""So many of the others, the most frequent ones, decide which colours stand for all of them."""

SHADES = 6
"""Bits of red, green and blue by which colours are told apart when their number is looked up."""

UNKNOWN = TRANSPARENT
"""Stands in the table where no pixel has asked yet; no colour has this number."""

Pixels = NDArray[np.uint8]

Packed = NDArray[np.uint32]
"""Pixels with their four bytes in one number, red lowest; one comparison then serves all channels."""


def packed(pixels: Pixels) -> Packed:
    """Pixels, shape (…, 4), as numbers, shape (…); the same memory."""
    return np.ascontiguousarray(pixels).view("<u4")[..., 0]


class Palette:
    """Colours, shape (255, 3), and the number of the nearest one to any pixel."""

    def __init__(self, colours: Pixels) -> None:
        self.colours = colours
        self._numbers = np.full(1 << 3 * SHADES, UNKNOWN, dtype=np.uint8)
        # of several colours in one cell the most frequent, which comes first, is the one that
        # counts
        for number, cell in reversed(list(enumerate(_cells(packed(_opaque(colours)))))):
            self._numbers[cell] = number

    @classmethod
    def of(cls, frames: Sequence[Pixels]) -> Palette:
        """The palette of a film of which these frames, shape (height, width, 4), are a sample."""
        colours, counts = _count_colours(frames)
        most_frequent = np.argsort(-counts, kind="stable")
        exact, rest = most_frequent[:EXACT], most_frequent[EXACT:]
        chosen = np.concatenate(
            [colours[exact], _cluster(colours[rest], counts[rest], TRANSPARENT - len(exact))]
        )
        return cls(
            np.concatenate([chosen, np.zeros((TRANSPARENT - len(chosen), 3))])
            .round()
            .astype(np.uint8)
        )

    def numbers(self, pixels: Packed) -> Pixels:
        """The palette's number for each of the packed pixels, shape (n,)."""
        cells = _cells(pixels)
        found = self._numbers[cells]
        unknown = found == UNKNOWN
        if unknown.any():
            self._learn(np.unique(cells[unknown]))
            found = self._numbers[cells]
        return found

    def _learn(self, cells: NDArray[np.uint32]) -> None:
        """Look for the nearest colour once for every cell of equal shades."""
        half = 1 << 7 - SHADES
        shades = np.stack([cells, cells >> SHADES, cells >> 2 * SHADES], axis=1) & (1 << SHADES) - 1
        self._numbers[cells] = _nearest((shades << 8 - SHADES) + half, self.colours)


def _cells(pixels: Packed) -> NDArray[np.uint32]:
    """The upper SHADES bits of red, green and blue in one number."""
    drop, mask = 8 - SHADES, (1 << SHADES) - 1
    cells = (
        (pixels >> drop & mask)
        | (pixels >> 8 + drop & mask) << SHADES
        | (pixels >> 16 + drop & mask) << 2 * SHADES
    )
    return cells.astype(np.uint32, copy=False)


def _opaque(colours: Pixels) -> Pixels:
    """Colours, shape (n, 3), with full opacity, shape (n, 4)."""
    return np.column_stack([colours, np.full(len(colours), 255, dtype=np.uint8)])


def _count_colours(frames: Sequence[Pixels]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Colours, shape (n, 3), and how often each occurs: in the first frame, and where the next ones
    differ from the one before.
    """
    shown = [packed(frame) for frame in frames]
    changed = [now[now != before] for before, now in pairwise(shown)]
    values, counts = np.unique(np.concatenate([shown[0].ravel(), *changed]), return_counts=True)
    return np.stack([values >> shift & 255 for shift in (0, 8, 16)], axis=1).astype(
        np.float64
    ), counts


def _cluster(
    colours: NDArray[np.float64], counts: NDArray[np.int64], most: int
) -> NDArray[np.float64]:
    """At most `most` colours for many: each time the worst served one is added, then all move to
    the means of those they serve.
    """
    if len(colours) <= most:
        return colours
    colours, weight = colours[:MOST_CLUSTERED], np.sqrt(counts[:MOST_CLUSTERED])
    size, distance, chosen = (colours**2).sum(axis=1), np.full(len(colours), np.inf), [0]
    while len(chosen) < most:
        last = chosen[-1]
        distance = np.minimum(distance, size - 2 * (colours @ colours[last]) + size[last])
        chosen.append(int(np.argmax(distance * weight)))
    found = colours[chosen]
    for _ in range(4):
        served = _nearest(colours, found)
        total = np.bincount(served, weight, minlength=most)
        sums = np.stack(
            [
                np.bincount(served, weight * colours[:, channel], minlength=most)
                for channel in range(3)
            ],
            axis=1,
        )
        found[total > 0] = sums[total > 0] / total[total > 0, None]
    return found


def _nearest(colours: NDArray[np.generic], palette: NDArray[np.generic]) -> NDArray[np.int64]:
    """The index of the palette's nearest colour for each colour, shape (n,); |c − p|² = |c|² − 2c·p
    + |p|².
    """
    c, p = colours.astype(np.float32), palette.astype(np.float32)
    return np.asarray(np.argmin((p**2).sum(axis=1) - 2 * c @ p.T, axis=1))
