"""A GIF written frame by frame: one palette, and of each frame only the rectangle and the pixels
that changed.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray
from PIL import GifImagePlugin, Image

from relusgd.pictures.encoding.palette import TRANSPARENT, Packed, Palette, Pixels, packed

FASTEST = 50
"""Frames a second; browsers slow down films whose frames last less than two hundredths."""

FOR_EVER = 0
"""The number of times for which the film is repeated."""

KEEP_PICTURE = 1
"""How a frame is left: it stays, and the next one is drawn over it."""

TABLE_OF_256 = 0xF7
"""The flags of a screen: a global table of 2⁸ colours of 8 bits each, in no order."""


def delays(frames: int, fps: float, hold: float, rest: float = 0.0) -> list[int]:
    """How long each frame is shown, in hundredths of a second.

    They are rounded so that the film as a whole keeps time.

    hold: the seconds for which the last one stands, if that is longer; rest: the first one.
    """
    starts = [round(100 * frame / fps) for frame in range(frames + 1)]
    shown = [stop - start for start, stop in pairwise(starts)]
    shown[0] = max(shown[0], round(100 * rest))
    shown[-1] = max(shown[-1], round(100 * hold))
    return shown


class GifFilm:
    """A GIF that grows; memory holds two frames, however long it gets."""

    def __init__(
        self, path: Path, size: tuple[int, int], palette: Palette, shown: Sequence[int]
    ) -> None:
        """shown: hundredths of a second for each frame to come. Raises OSError."""
        self._file: BinaryIO = path.open("wb")
        self._palette = palette
        self._delays = iter(shown)
        self._before: Packed | None = None
        self._shown = np.zeros(size[::-1], dtype=np.uint8)
        self._drawn = np.full(size[::-1], TRANSPARENT, dtype=np.uint8)
        self._file.write(_head(size, palette))

    def add(self, frame: Pixels) -> None:
        """Append a frame, shape (height, width, 4). Raises OSError."""
        pixels = packed(frame)
        if self._before is None:
            differs = np.ones(pixels.shape, dtype=bool)
        else:
            differs = pixels != self._before
        changed = np.flatnonzero(differs)
        colours = pixels.ravel()[changed]
        self._draw(changed, self._palette.numbers(colours))
        rows, columns = _bounds(differs)
        self._write(self._drawn[rows, columns], (columns.start, rows.start))
        self._drawn.ravel()[changed] = TRANSPARENT
        if self._before is None:
            self._before = pixels.copy()
        self._before.ravel()[changed] = colours

    def _draw(self, changed: NDArray[np.intp], new: Pixels) -> None:
        """Draw the new numbers of the places that changed, but for those that show their number
        already: two colours may have the same one.
        """
        drawn = self._drawn.ravel()
        shown = self._shown.ravel()
        if self._before is None:
            drawn[changed] = new
        else:
            is_shown = new == shown[changed]
            drawn[changed] = np.where(is_shown, TRANSPARENT, new)
        shown[changed] = new

    def _write(self, numbers: Pixels, corner: tuple[int, int]) -> None:
        """Header and compressed numbers of one frame; Pillow's C code does the compression."""
        hundredths = next(self._delays)
        image = Image.fromarray(np.ascontiguousarray(numbers))
        written = GifImagePlugin.getdata(
            image,
            corner,
            transparency=TRANSPARENT,
            duration=10 * hundredths,
            disposal=KEEP_PICTURE,
        )
        self._file.writelines(written)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._file:
            if kind is None:
                self._file.write(b";")


def _head(size: tuple[int, int], palette: Palette) -> bytes:
    """Signature, size, a global table of 256 colours, and the extension that repeats the film."""
    screen = struct.pack("<6sHHBBB", b"GIF89a", *size, TABLE_OF_256, 0, 0)
    unused_colours = 256 - len(palette.colours)
    colours = palette.colours.tobytes() + bytes(3 * unused_colours)
    repetition = struct.pack("<BBB11sBBHB", 0x21, 0xFF, 11, b"NETSCAPE2.0", 3, 1, FOR_EVER, 0)
    return screen + colours + repetition


def _bounds(differs: NDArray[np.bool_]) -> tuple[slice, slice]:
    """The smallest rows and columns that hold every difference; one pixel when there is none."""
    rows = np.flatnonzero(differs.any(axis=1))
    if not len(rows):
        return slice(0, 1), slice(0, 1)
    columns = np.flatnonzero(differs.any(axis=0))
    return _from_first_to_last(rows), _from_first_to_last(columns)


def _from_first_to_last(places: NDArray[np.intp]) -> slice:
    first, last = int(places[0]), int(places[-1])
    return slice(first, last + 1)
