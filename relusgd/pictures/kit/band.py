"""Curves of more values than can be drawn: their middle, and a shade where they move."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.kit.plain_matplotlib import Axes

PART_COLUMNS = 3
"""The columns of pixels that show one median and range, where there are more snapshots."""


@dataclass(frozen=True, eq=False)
class Band:
    """Values along x, each shape (n,): the median, lowest and highest of the snapshots around x."""

    x: Array
    middle: Array
    low: Array
    high: Array

    def until(self, x: float) -> tuple[Array, Array]:
        """The middle up to a place x, to which it goes level from the last value before."""
        passed = int(np.searchsorted(self.x, x, side="right"))
        reached = self.middle[max(passed, 1) - 1]
        return np.append(self.x[:passed], x), np.append(self.middle[:passed], reached)


def summarise(x: Array, y: Array, columns: int) -> Band:
    """y along ascending x as it is, or of many values the bands of parts PART_COLUMNS wide."""
    parts = columns / PART_COLUMNS
    if len(x) <= parts:
        return Band(x, y, y, y)
    share = (x - x[0]) / (x[-1] - x[0])
    part = (share * parts).astype(np.int64)
    first = np.flatnonzero(np.diff(part, prepend=-1))
    stop = np.append(first[1:], len(x))
    # Within each part y ascends, and what is not finite comes last.
    ascending = y[np.lexsort((y, part))]
    finite = np.add.reduceat(np.isfinite(y), first)
    last = np.maximum(first + finite - 1, first)
    median = (first + last) // 2
    centre = (x[first] + x[stop - 1]) / 2
    return Band(centre, ascending[median], ascending[first], ascending[last])


def shade_band(axes: Axes, band: Band, colour: str, *, alpha: float, order: float) -> None:
    """The range between the lowest and the highest values as a pale area, if there is one."""
    if not np.any(band.low < band.high):
        return
    axes.fill_between(
        band.x,
        band.low,
        band.high,
        color=colour,
        alpha=alpha,
        linewidth=0,
        zorder=order,
    )
