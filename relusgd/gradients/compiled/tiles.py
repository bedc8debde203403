"""Tiles: small blocks of a matrix that stay in registers while products are added to them.

A tile has ROWS rows of one, two or three vectors, and a vector has LANES numbers, as many as a
register of this processor holds. Products and sums of all lanes are independent of each other, so
the order of every sum is the written one. A product is fused with its sum where the processor has
one instruction for both.

The functions say in NumPy what they do; `tile_code` has their machine code, in which a tile is a
value like a number. Matrices are flat vectors, of which a row begins at an index, and the next one
a stride later.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import overload

from relusgd.gradients.compiled import tile_code
from relusgd.gradients.compiled.tile_code import LANES, ROWS
from relusgd.model.network import Array


def load_1(matrix: Array, start: int, stride: int) -> Array:
    """The tile of a matrix that is one vector wide and begins at `start`."""
    return _rows_of(matrix, start, stride, LANES).copy()


def load_2(matrix: Array, start: int, stride: int) -> Array:
    """The same, two vectors wide."""
    return _rows_of(matrix, start, stride, 2 * LANES).copy()


def load_3(matrix: Array, start: int, stride: int) -> Array:
    """The same, three vectors wide."""
    return _rows_of(matrix, start, stride, 3 * LANES).copy()


def store(tile: Array, matrix: Array, start: int, stride: int) -> None:
    """Write the tile to the matrix, where it begins at `start`."""
    _rows_of(matrix, start, stride, tile.shape[1])[:] = tile


def add_products(
    tile: Array, left: Array, start: int, stride: int, right: Array, row: int
) -> Array:
    """The tile and the products of ROWS numbers of `left` with a row of `right`, added."""
    column = left[start + stride * np.arange(ROWS)]
    products: Array = tile + np.outer(column, right[row : row + tile.shape[1]])
    return products


def transpose_block(
    matrix: Array, start: int, stride: int, transposed: Array, place: int, width: int
) -> None:
    """Write LANES rows and columns of the matrix to another one as its columns and rows.

    The rows of the first one are `stride` apart, and those of the other one `width`.
    """
    block = np.zeros((LANES, LANES))
    for row in range(LANES):
        first = start + row * stride
        block[row] = matrix[first : first + LANES]
    for column in range(LANES):
        first = place + column * width
        transposed[first : first + LANES] = block[:, column]


def _rows_of(matrix: Array, start: int, stride: int, width: int) -> Array:
    """ROWS rows of a matrix, so many numbers of each, the first one from `start` on: a view."""
    steps = stride * matrix.itemsize, matrix.itemsize
    return np.lib.stride_tricks.as_strided(matrix[start:], (ROWS, width), steps)


# What the names above mean in machine code.


@overload(load_1, inline="always", strict=False)
def _load_1(matrix: Any, start: Any, stride: Any) -> Any:
    return lambda matrix, start, stride: tile_code.load_1(matrix, start, stride)


@overload(load_2, inline="always", strict=False)
def _load_2(matrix: Any, start: Any, stride: Any) -> Any:
    return lambda matrix, start, stride: tile_code.load_2(matrix, start, stride)


@overload(load_3, inline="always", strict=False)
def _load_3(matrix: Any, start: Any, stride: Any) -> Any:
    return lambda matrix, start, stride: tile_code.load_3(matrix, start, stride)


@overload(store, inline="always", strict=False)
def _store(tile: Any, matrix: Any, start: Any, stride: Any) -> Any:
    return lambda tile, matrix, start, stride: tile_code.store(tile, matrix, start, stride)


@overload(add_products, inline="always", strict=False)
def _add_products(
    tile: Any,
    left: Any,
    start: Any,
    stride: Any,
    right: Any,
    row: Any,
) -> Any:
    return lambda tile, left, start, stride, right, row: tile_code.add_products(
        tile, left, start, stride, right, row
    )


@overload(transpose_block, inline="always", strict=False)
def _transpose_block(
    matrix: Any,
    start: Any,
    stride: Any,
    transposed: Any,
    place: Any,
    width: Any,
) -> Any:
    return lambda matrix, start, stride, transposed, place, width: tile_code.transpose_block(
        matrix, start, stride, transposed, place, width
    )
