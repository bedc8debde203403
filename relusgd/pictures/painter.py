"""One moment of a run, or of several, as a picture.

A painter lays the figure out once and draws everything that never changes once. For a frame it puts that back, lets each part
take the state of the snapshot, and draws the few artists that moved: the same pixels as a draw of the whole figure.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib.artist import Artist
from numpy.typing import NDArray

from relusgd.errors import InputError, RelusgdError
from relusgd.files import write_whole
from relusgd.pictures.composition import build_parts
from relusgd.pictures.fonts import DPI
from relusgd.pictures.grid import build_grid
from relusgd.pictures.group import Group, Scene
from relusgd.pictures.look import Look
from relusgd.pictures.sheet import STYLE, Sheet

Frame = NDArray[np.uint8]
"""Pixels, shape (height, width, 4): red, green, blue, opacity; the first row is the upper edge."""

STILLS = (".png", ".svg", ".pdf")

METADATA: dict[str, Any] = {".png": {}, ".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
"""What matplotlib writes into a file by itself is left out where it would make equal pictures different files."""


class Painter:
    """The pictures of a scene, one per moment (of one run: per snapshot), all with the same axes and scales.

    still: numbers of the header are real texts, which any file format can hold; else they are pasted, which is fast.
    """

    def __init__(self, scene: Scene, look: Look | None = None, *, still: bool = False) -> None:
        with matplotlib.rc_context(STYLE):
            self.sheet = Sheet(look or Look())
            if isinstance(scene, Group):
                self._parts = build_grid(self.sheet, scene, cells=not still)
            else:
                self._parts = build_parts(self.sheet, scene, cells=not still)
        self._moving: list[Artist] = [
            artist for part in self._parts for artist in sorted(part.moving, key=Artist.get_zorder)
        ]
        self._count = len(scene)
        self._background = self._draw_background()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.sheet.look.size

    def paint(self, index: int) -> Frame:
        """The picture of this snapshot, in the painter's own memory: the next one overwrites it."""
        self.show(index)
        self.sheet.canvas.restore_region(self._background)
        for artist in self._moving:
            self.sheet.figure.draw_artist(artist)
        return np.asarray(self.sheet.canvas.buffer_rgba())

    def frame(self, index: int) -> Frame:
        """The picture of this snapshot; −1 is the last one."""
        return self.paint(index).copy()

    def full(self, index: int) -> Frame:
        """The same picture by a draw of the whole figure: slow, and what `frame` is held to."""
        self.show(index)
        self.sheet.canvas.draw()
        return np.array(self.sheet.canvas.buffer_rgba())

    def show(self, index: int) -> None:
        """Let every part take the state of this moment; draws nothing."""
        for part in self._parts:
            part.show(index % self._count)

    def _draw_background(self) -> Any:
        for artist in self._moving:
            artist.set_visible(False)
        self.sheet.canvas.draw()
        for artist in self._moving:
            artist.set_visible(True)
        return self.sheet.canvas.copy_from_bbox(self.sheet.figure.bbox)


def save_still(scene: Scene, index: int, path: Path, look: Look | None = None) -> None:
    """Write the picture of one moment as .png, .svg or .pdf.

    Raises InputError for another suffix, RelusgdError when the file cannot be written; what stood at path is then untouched.
    """
    check_still(path)
    painter = Painter(scene, look, still=True)
    painter.show(index)
    write_figure(painter.sheet, path)


def check_still(path: Path) -> None:
    """Raise InputError if no still can be written to a path with this suffix."""
    if path.suffix.lower() not in STILLS:
        raise InputError(
            f"a still cannot be written as {path.name!r}",
            f"its name ends in {', '.join(STILLS[:-1])} or {STILLS[-1]}",
        )


def write_figure(sheet: Sheet, path: Path) -> None:
    """Write a figure in the format of the path's suffix. Raises as `save_still` does."""
    check_still(path)
    suffix, content = (
        path.suffix.lower(),
        io.BytesIO(),
    )  # a disk that is full would be met inside matplotlib otherwise
    with matplotlib.rc_context({"svg.hashsalt": "relusgd", "svg.fonttype": "path"}):
        sheet.figure.savefig(content, format=suffix[1:], dpi=DPI, metadata=METADATA[suffix])
    try:
        write_whole(path, content.getvalue())
    except OSError as error:
        raise RelusgdError(f"{path} could not be written: {error.strerror or error}") from error
