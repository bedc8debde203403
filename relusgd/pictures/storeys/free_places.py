"""Where a storey is free for a word: what is drawn is entered on a coarse grid of cells."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.kit.sheet import Box

SHARES_BETWEEN = np.linspace(0.1, 0.9, 9)
"""Where between two of its points a line is entered, as shares of the way."""


class FreePlaces:
    """The cells of a box of the picture and how much is drawn in each. cell: its side in pixels."""

    def __init__(self, box: Box, cell: float) -> None:
        self._box = box
        self._cell = cell
        rows = self._cells(box.height) + 1
        columns = self._cells(box.width) + 1
        self._drawn = np.zeros((rows, columns), dtype=np.int64)

    def enter(self, x: Array, y: Array) -> None:
        """Something is drawn at these pixels, shape (n,); those outside the box are left out."""
        is_finite = np.isfinite(x) & np.isfinite(y)
        column = np.floor((x[is_finite] - self._box.left) / self._cell)
        row = np.floor((y[is_finite] - self._box.bottom) / self._cell)
        rows, columns = self._drawn.shape
        is_in_columns = (column >= 0) & (column < columns)
        is_in_rows = (row >= 0) & (row < rows)
        is_in_box = is_in_columns & is_in_rows
        drawn_rows = row[is_in_box].astype(np.intp)
        drawn_columns = column[is_in_box].astype(np.intp)
        self._drawn[drawn_rows, drawn_columns] = 1

    def enter_line(self, x: Array, y: Array) -> None:
        """A line through these pixels; x ascends."""
        along = np.arange(x[0], x[-1], self._cell / 2)
        heights = np.interp(along, x, y)
        self.enter(along, heights)
        # Where it is steep, there are cells between one of its points and the next.
        rises = np.diff(heights)
        for share in SHARES_BETWEEN:
            self.enter(along[:-1], heights[:-1] + share * rises)

    def enter_box(self, left: float, bottom: float, width: float, height: float) -> None:
        """Everything within a rectangle."""
        across = np.arange(left, left + width + self._cell, self._cell)
        up = np.arange(bottom, bottom + height + self._cell, self._cell)
        x, y = np.meshgrid(across, up)
        self.enter(x.ravel(), y.ravel())

    def crowd(self, left: float, bottom: float, width: float, height: float) -> float:
        """The share of a rectangle that is drawn on; inf for one that leaves the box."""
        box = self._box
        right, top = left + width, bottom + height
        leaves_aside = left < box.left or right > box.right
        leaves_upright = bottom < box.bottom or top > box.top
        if leaves_aside or leaves_upright:
            return float("inf")
        first_column = self._cells(left - box.left)
        last_column = self._cells(right - box.left)
        first_row = self._cells(bottom - box.bottom)
        last_row = self._cells(top - box.bottom)
        drawn = self._drawn[first_row : last_row + 1, first_column : last_column + 1]
        return float(drawn.mean())

    def _cells(self, pixels: float) -> int:
        """How many whole cells so many pixels are."""
        return int(pixels / self._cell)

    def best(
        self, corners: Iterable[tuple[float, float]], width: float, height: float, most: float
    ) -> tuple[float, float] | None:
        """The first of the lower left corners whose rectangle is free, else the least crowded.

        None where all are more crowded than `most`.
        """
        least = most
        chosen = None
        for left, bottom in corners:
            crowd = self.crowd(left, bottom, width, height)
            if crowd == 0:
                return left, bottom
            if crowd < least:
                least = crowd
                chosen = left, bottom
        return chosen
