"""What the parts of a picture have in common.

A part draws what never changes once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np

from relusgd.model.network import Array, Integers, Range
from relusgd.pictures.kit.plain_matplotlib import Artist, Axes, Line2D, StepPatch
from relusgd.pictures.kit.sheet import MOVING

FAR = 1e5
"""Heights beyond this many panels are cut: no pixel differs, and no number overflows."""


class Part(Protocol):
    """Something in a picture that changes from snapshot to snapshot.

    moving: the artists that are drawn anew, in their order.
    """

    moving: list[Artist]

    def show(self, index: int) -> None:
        """Take the state of this snapshot; draws nothing."""


class AtRows:
    """A part of one of several runs. rows: what it shows at every moment, shape (moments,)."""

    def __init__(self, part: Part, rows: Integers) -> None:
        self._part, self._rows = part, rows
        self.moving = part.moving

    def show(self, index: int) -> None:
        self._part.show(int(self._rows[index]))


class InOneOrder:
    """Parts in the same axes: what moves in them is drawn in one order, not part by part."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = tuple(parts)
        self.moving: list[Artist] = [artist for part in parts for artist in part.moving]

    def show(self, index: int) -> None:
        for part in self.parts:
            part.show(index)


def kept_near(y: Array, limits: Range) -> Array:
    """Heights, cut where they are so far from a panel with these limits that no pixel differs."""
    low, high = limits
    reach = FAR * (high - low)
    return np.clip(y, low - reach, high + reach)


def moving_line(axes: Axes, order: float, **look: Any) -> Line2D:
    line = Line2D([], [], zorder=MOVING + order, **look)
    axes.add_line(line)
    return line


def moving_dots(axes: Axes, order: float, **look: Any) -> Any:
    """Round markers whose places, sizes and colours change."""
    # Any, because the types of matplotlib do not allow arrays of colours.
    return axes.scatter([], [], marker="o", zorder=MOVING + order, **look)


def moving_steps(axes: Axes, order: float, places: Sequence[float], **look: Any) -> StepPatch:
    """A stepped area whose heights change, between the first and the last of these places."""
    steps = StepPatch([0], [places[0], places[-1]], fill=True, zorder=MOVING + order, **look)
    axes.add_patch(steps)
    return steps


def moving_bars(axes: Axes, order: float, places: Sequence[float], **look: Any) -> StepPatch:
    """Bars side by side without an outline whose heights change, as `moving_steps`.

    They are not snapped to whole pixels. What is lower than half a pixel would be gone, and the
    rest of a row of low bars would be dashes.
    """
    return moving_steps(axes, order, places, linewidth=0, snap=False, **look)
