"""Where a storey is free for a word: what is drawn is entered on a coarse grid of cells."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.kit.sheet import Box


class FreePlaces:
    """The cells of a box of the picture and how much is drawn in each. cell: its side in pixels."""

    def __init__(self, box: Box, cell: float) -> None:
        self._box = box
        self._cell = cell
        shape = int(box.height / cell) + 1, int(box.width / cell) + 1
        self._drawn = np.zeros(shape, dtype=np.int64)

    def enter(self, x: Array, y: Array) -> None:
        """Something is drawn at these pixels, shape (n,)."""
        inside = np.isfinite(x) & np.isfinite(y)
        column = np.floor((x[inside] - self._box.left) / self._cell)
        row = np.floor((y[inside] - self._box.bottom) / self._cell)
        rows, columns = self._drawn.shape
        is_in_box = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        column = column[is_in_box].astype(np.intp)
        row = row[is_in_box].astype(np.intp)
        self._drawn[row, column] = 1

    def enter_line(self, x: Array, y: Array) -> None:
        """A line through these pixels; x ascends."""
        along = np.arange(x[0], x[-1], self._cell / 2)
        heights = np.interp(along, x, y)
        self.enter(along, heights)
        # Where it is steep, the cells between its points.
        for share in np.linspace(0.1, 0.9, 9):
            self.enter(along[:-1], heights[:-1] + share * np.diff(heights))

    def enter_box(self, left: float, bottom: float, width: float, height: float) -> None:
        """Everything within a rectangle."""
        across = np.arange(left, left + width + self._cell, self._cell)
        up = np.arange(bottom, bottom + height + self._cell, self._cell)
        x, y = np.meshgrid(across, up)
        self.enter(x.ravel(), y.ravel())

    def crowd(self, left: float, bottom: float, width: float, height: float) -> float:
        """The share of a rectangle that is drawn on; inf for one that leaves the box."""
        box = self._box
        if left < box.left or left + width > box.right:
            return float("inf")
        if bottom < box.bottom or bottom + height > box.top:
            return float("inf")
        first_column = int((left - box.left) / self._cell)
        last_column = int((left + width - box.left) / self._cell) + 1
        first_row = int((bottom - box.bottom) / self._cell)
        last_row = int((bottom + height - box.bottom) / self._cell) + 1
        return float(self._drawn[first_row:last_row, first_column:last_column].mean())

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
