"""The lower storey: the paths of the elbows, growing downwards with time."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.axis import TimeAxis
from relusgd.pictures.kit.plain_matplotlib import Artist, Axes
from relusgd.pictures.kit.sheet import MOVING, Box, Sheet
from relusgd.pictures.panels.marks import x_limits
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.bare_axes import PATHS, bare_axes
from relusgd.pictures.storeys.density import draw_density
from relusgd.pictures.storeys.paths import draw_breakpoints, draw_paths
from relusgd.pictures.storeys.revealed import Revealed

MARGIN = 0.01
"""Free paper above the first and under the last moment, as a share of the axis of time."""


class LowerStorey:
    """Paths, or the density of bends of a wide layer, until the moment that is shown.

    time: the axis; clock: when each snapshot was taken on it, shape (snapshots,).
    """

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        view: View,
        scales: Scales,
        time: TimeAxis,
        clock: Integers | Array,
    ) -> None:
        self.box = box
        first, last = time.limits(MARGIN)
        axes = bare_axes(sheet, box, x_limits(scales.x), (last, first), order=PATHS)
        when = np.asarray(clock, dtype=np.float64)
        self.rows = rows_until(time, when, box)
        history = self._draw_history(sheet, axes, view, scales, time, when)
        self._revealed = Revealed(sheet, [history], box)
        self._revealed.set_zorder(MOVING)
        axes.add_artist(self._revealed)
        self.moving: list[Artist] = [self._revealed]

    def _draw_history(
        self,
        sheet: Sheet,
        axes: Axes,
        view: View,
        scales: Scales,
        time: TimeAxis,
        clock: Array,
    ) -> Artist:
        """The paths of elbows or breakpoints, or the density of a wide layer."""
        if view.wide:
            return draw_density(sheet, axes, view, time, clock, self.box)
        if view.deep:
            return draw_breakpoints(sheet, axes, view, time, clock, scales)
        return draw_paths(sheet, axes, view, time, clock, scales)

    def show(self, index: int) -> None:
        self.reveal(int(self.rows[index]))

    def reveal(self, rows: int) -> None:
        """Show so many rows of pixels from the upper edge."""
        self._revealed.reveal(rows)


def rows_until(time: TimeAxis, clock: Array, box: Box) -> Integers:
    """How many rows of pixels from the upper edge of a box lie before each moment."""
    first, last = time.limits(MARGIN)
    share_above = (time.place(clock) - first) / (last - first)
    rows = share_above * box.height
    return np.rint(rows).astype(np.int64)
