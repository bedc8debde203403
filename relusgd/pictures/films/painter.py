"""One moment of a run, or of several, as pixels.

A painter lays the figure out once and draws everything that never changes once. For a frame it puts
that back, lets each part take the state of the snapshot, and draws the few artists that moved: the
same pixels as a draw of the whole figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.pictures.kit.drawn_figure import DrawnFigure
from relusgd.pictures.kit.ink import Ink, canvas_pixels
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.parts import Part
from relusgd.pictures.kit.plain_matplotlib import Artist, plain_style
from relusgd.pictures.kit.sheet import Sheet
from relusgd.pictures.kit.stills import check_still, write_figure
from relusgd.pictures.moments.script import Script
from relusgd.pictures.panels.grid import draw_grid
from relusgd.pictures.panels.single import draw_single
from relusgd.pictures.scenes.scene import RunGroup, Scene
from relusgd.pictures.storeys.one_run import draw_one_run
from relusgd.pictures.storeys.several_runs import draw_several_runs
from relusgd.reference_cycles import without_cycle_search

Frame = NDArray[np.uint8]
"""Pixels, shape (height, width, 4): red, green, blue, opacity; the first row is the upper edge."""


def draw_scene(sheet: Sheet, scene: Scene, script: Script | None = None) -> list[Part]:
    """Draw what never changes in the picture of a scene, and give its parts that change.

    script: of the film, for what depends on the time that has passed in it.
    """
    in_panels = sheet.look.layout == "panels"
    if isinstance(scene, RunGroup):
        return draw_grid(sheet, scene) if in_panels else draw_several_runs(sheet, scene, script)
    return draw_single(sheet, scene) if in_panels else draw_one_run(sheet, scene, script)


class PartsPainter:
    """The pictures of a sheet with parts that change, one per moment, all with the same axes.

    draw: draws what never changes on a sheet, and gives the parts. count: of moments. still:
    numbers of the header are real texts, which any file format can hold; otherwise they are pasted,
    which is fast.
    """

    @plain_style
    def __init__(
        self,
        draw: Callable[[Sheet], Sequence[Part]],
        count: int,
        look: Look | None = None,
        *,
        still: bool = False,
    ) -> None:
        self._count = count
        self.sheet = Sheet(look or Look(), pasted_numbers=not still)
        with without_cycle_search():
            self._parts = draw(self.sheet)
            self._moving: list[Artist] = []
            for part in self._parts:
                self._moving += sorted(part.moving, key=_place_in_front)
            self._paper, self._background = self._draw_background()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.sheet.look.size

    @plain_style
    def paint(self, index: int) -> Frame:
        """The picture of this snapshot, in the painter's own memory: the next one overwrites it."""
        self.show(index)
        canvas = self.sheet.canvas
        self._put_background(canvas)
        # The figure's own draw_artist asks for the renderer anew for every artist.
        renderer = canvas.get_renderer()
        for artist in self._moving:
            artist.draw(renderer)
        return np.asarray(canvas.buffer_rgba())

    def frame(self, index: int) -> Frame:
        """The picture of this snapshot; −1 is the last one."""
        return self.paint(index).copy()

    @plain_style
    def full(self, index: int) -> Frame:
        """The same picture by a draw of the whole figure: slow, and what `frame` is held to."""
        self.show(index)
        self.sheet.canvas.draw()
        return np.array(self.sheet.canvas.buffer_rgba())

    @plain_style
    def show(self, index: int) -> None:
        """Let every part take the state of this moment; draws nothing."""
        for part in self._parts:
            part.show(index % self._count)

    def _draw_background(self) -> tuple[Any, Ink]:
        """Draw what never changes: the paper, and what stands on it."""
        for artist in self._moving:
            artist.set_visible(False)
        self.sheet.canvas.draw()
        for artist in self._moving:
            artist.set_visible(True)
        pixels = canvas_pixels(self.sheet.canvas)
        paper = pixels[0]
        return paper, Ink(pixels, paper)

    def _put_background(self, canvas: Any) -> None:
        pixels = canvas_pixels(canvas)
        pixels.fill(self._paper)
        self._background.put(pixels)


def _place_in_front(artist: Artist) -> tuple[float, float]:
    """The order of drawing: that of the axes, and within them that of the artist."""
    axes = artist.axes.get_zorder() if artist.axes else math.inf
    return axes, artist.get_zorder()


class Painter(PartsPainter):
    """The pictures of a scene, one per moment or snapshot, all with the same axes and scales.

    script: of the film that they are for.
    """

    def __init__(
        self,
        scene: Scene,
        look: Look | None = None,
        *,
        script: Script | None = None,
        still: bool = False,
    ) -> None:
        super().__init__(
            lambda sheet: draw_scene(sheet, scene, script), len(scene), look, still=still
        )


def _still_painter(scene: Scene, index: int, look: Look | None) -> Painter:
    """A painter that shows one moment, as a film of a single frame does."""
    script = Script(np.array([index % len(scene)]))
    painter = Painter(scene, look, script=script, still=True)
    painter.show(index)
    return painter


def still_figure(scene: Scene, index: int, look: Look | None = None) -> DrawnFigure:
    """The picture of one moment as a figure of matplotlib's, to be changed and saved by others."""
    painter = _still_painter(scene, index, look)
    return painter.sheet.figure


def save_still(scene: Scene, index: int, path: Path, look: Look | None = None) -> None:
    """Write the picture of one moment as .png, .svg or .pdf. Raises as `write_figure` does."""
    check_still(path)
    painter = _still_painter(scene, index, look)
    write_figure(painter.sheet, path)
