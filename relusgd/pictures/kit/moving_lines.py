"""Many lines of equally many points that move from frame to frame.

To make the outline of a line takes matplotlib about as long as to draw it. Here outlines are made
once, on the memory of one array, into which every frame writes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.kit.plain_matplotlib import Axes, LineCollection, Outline, PaintedPaths


class MovingLines(LineCollection):
    """Lines whose number, places, widths and colours change. look: as LineCollection takes it."""

    def __init__(self, axes: Axes, order: float, **look: Any) -> None:
        super().__init__([], zorder=order, **look)
        self._points: Array = np.empty((0, 0, 2))
        self._outlines: list[Outline] = []
        axes.add_collection(self, autolim=False)

    def show(self, points: Array, widths: Array, colours: Array) -> None:
        """Stand at these points, shape (lines, points of each, 2).

        widths: in points, shape (lines,); colours: shape (lines, 4).
        """
        count, points_of_each = points.shape[:2]
        if count > len(self._points) or points_of_each != self._points.shape[1]:
            self._points = np.zeros((2 * count, points_of_each, 2))
            self._outlines = [Outline(line) for line in self._points]
        self._points[:count] = points
        PaintedPaths.set_paths(self, self._outlines[:count])
        # Any, because the types of matplotlib do not allow arrays of widths and colours.
        lines: Any = self
        lines.set_linewidth(widths)
        lines.set_edgecolor(colours)
