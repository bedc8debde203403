"""Products of matrices, and a matrix turned, by `tiles`."""

from __future__ import annotations

from typing import NamedTuple

from relusgd.gradients.compiled.machine_code import called, inlined
from relusgd.gradients.compiled.tile_code import LANES, ROWS
from relusgd.gradients.compiled.tiles import (
    add_products,
    load_1,
    load_2,
    load_3,
    store,
    transpose_block,
)
from relusgd.model.network import Array


class Matrix(NamedTuple):
    """A matrix whose number in row r and column c is numbers[start + r down + c across]."""

    numbers: Array
    start: int
    down: int
    across: int


@inlined
def by_rows(numbers: Array, start: int, stride: int) -> Matrix:
    """The matrix whose rows begin so far from each other, each with its numbers in a row."""
    return Matrix(numbers, start, stride, 1)


@inlined
def transposed(matrix: Matrix) -> Matrix:
    """The same numbers, with rows as columns."""
    return Matrix(matrix.numbers, matrix.start, matrix.across, matrix.down)


@inlined
def add_to_tile(
    tile: Array, left: Matrix, right: Matrix, product: Matrix, row: int, column: int, terms: int
) -> None:
    """Add the products of a tile's row and column to it, and write it where it stands."""
    first = left.start + row * left.down
    for term in range(terms):
        factors = first + term * left.across
        others = right.start + term * right.down + column
        tile = add_products(tile, left.numbers, factors, left.down, right.numbers, others)
    store(tile, product.numbers, product.start + row * product.down + column, product.down)


@called
def add_product(
    left: Matrix, right: Matrix, product: Matrix, rows: int, columns: int, terms: int
) -> None:
    """product_rc + Σ_t left_rt right_tc, in place, for so many rows and columns.

    Every sum is taken over t = 0, 1, … in this order. Columns of `right` and of the product are
    neighbours. Rows are rounded up to whole tiles and columns to whole vectors; the matrices have
    room for that.
    """
    numbers, stride = product.numbers, product.down
    for row in range(0, rows, ROWS):
        column = 0
        while column < columns:
            place = product.start + row * stride + column
            vectors = (columns - column + LANES - 1) // LANES
            # Four vectors are two and two: of one vector, sums would wait for each other.
            if vectors == 3 or vectors > 4:
                tile = load_3(numbers, place, stride)
                add_to_tile(tile, left, right, product, row, column, terms)
                column += 3 * LANES
            elif vectors > 1:
                pair = load_2(numbers, place, stride)
                add_to_tile(pair, left, right, product, row, column, terms)
                column += 2 * LANES
            else:
                single = load_1(numbers, place, stride)
                add_to_tile(single, left, right, product, row, column, terms)
                column += LANES


@called
def write_transposed(matrix: Matrix, other: Matrix, rows: int, columns: int) -> None:
    """Write so many rows of a matrix to the columns of another one.

    Rows and columns are rounded up to whole vectors, and the matrices have room for that.
    """
    for row in range(0, rows, LANES):
        for column in range(0, columns, LANES):
            start = matrix.start + row * matrix.down + column
            place = other.start + column * other.down + row
            transpose_block(matrix.numbers, start, matrix.down, other.numbers, place, other.down)
