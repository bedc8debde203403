"""Products of matrices, and a matrix turned, by `tiles`."""

from __future__ import annotations

from typing import NamedTuple

from relusgd.gradients.compiled.machine_code import called, inlined
from relusgd.gradients.compiled.tile_code import LANES, ROWS
from relusgd.gradients.compiled.tiles import (
    add_products,
    load,
    one_vector,
    store,
    three_vectors,
    transpose_block,
    two_vectors,
)
from relusgd.model.network import Array


class Matrix(NamedTuple):
    """A matrix whose number in row r and column c is numbers[start + r down + c across]."""

    numbers: Array
    start: int
    down: int
    across: int


@inlined
def transposed(matrix: Matrix) -> Matrix:
    """The same numbers, with rows as columns."""
    return Matrix(matrix.numbers, matrix.start, matrix.across, matrix.down)


@inlined
def write_tile(
    tile: Array,
    left: Matrix,
    right: Matrix,
    product: Matrix,
    row: int,
    column: int,
    terms: int,
    is_added: bool,
) -> None:
    """Write the tile of a product that begins in this row and column. tile: zeros, of its size."""
    first = left.start + row * left.down
    place = product.start + row * product.down + column
    if is_added:
        tile = load(tile, product.numbers, place, product.down)
    for term in range(terms):
        factors = first + term * left.across
        others = right.start + term * right.down + column
        tile = add_products(tile, left.numbers, factors, left.down, right.numbers, others)
    store(tile, product.numbers, place, product.down)


@called
def multiply(
    left: Matrix,
    right: Matrix,
    product: Matrix,
    rows: int,
    columns: int,
    terms: int,
    is_added: bool,
) -> None:
    """product_rc = Σ_t left_rt right_tc for so many rows and columns, or that added to it.

    Every sum is taken over t = 0, 1, … in this order. Columns of `right` and of the product are
    neighbours. Rows are rounded up to whole tiles and columns to whole vectors; the matrices have
    room for that.
    """
    for row in range(0, rows, ROWS):
        column = 0
        while column < columns:
            vectors = (columns - column + LANES - 1) // LANES
            # Four vectors are two and two: of one vector, sums would wait for each other.
            if vectors == 3 or vectors > 4:
                write_tile(three_vectors(), left, right, product, row, column, terms, is_added)
                column += 3 * LANES
            elif vectors > 1:
                write_tile(two_vectors(), left, right, product, row, column, terms, is_added)
                column += 2 * LANES
            else:
                write_tile(one_vector(), left, right, product, row, column, terms, is_added)
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
