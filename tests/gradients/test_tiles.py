"""Tiles: their machine code does what their NumPy says, and products made of them are right."""

import numpy as np
import pytest

pytest.importorskip("numba")

import numba

from relusgd.gradients.compiled import tiles
from relusgd.gradients.compiled.products import Matrix, add_product, transposed, write_transposed
from relusgd.gradients.compiled.tile_code import LANES, ROWS, lanes_of, processor_features

LOADS = {LANES: tiles.load_1, 2 * LANES: tiles.load_2, 3 * LANES: tiles.load_3}
every_width = pytest.mark.parametrize(("width", "load"), LOADS.items())


def numbers(size, seed=0):
    return np.random.default_rng(seed).normal(size=size)


def test_a_register_holds_as_many_numbers_as_the_processor_says():
    assert lanes_of({"avx512f", "avx", "sse2"}) == 8
    assert lanes_of({"avx", "sse2"}) == 4
    assert lanes_of({"sse2"}) == lanes_of(set()) == 2


def test_a_processor_has_what_is_named_with_a_plus(monkeypatch):
    monkeypatch.setattr("numba.config.CPU_FEATURES", "+avx512f,-avx,+sse2")
    assert processor_features() == {"avx512f", "sse2"}
    monkeypatch.setattr("numba.config.CPU_FEATURES", "")
    assert processor_features() == set()


def test_a_processor_that_llvm_does_not_know_has_registers_of_two_numbers(monkeypatch):
    def unknown():
        raise RuntimeError("failed to get host cpu features.")

    monkeypatch.setattr("numba.config.CPU_FEATURES", None)
    monkeypatch.setattr("llvmlite.binding.get_host_cpu_features", unknown)
    assert lanes_of(processor_features()) == 2


# Machine code against NumPy


@every_width
def test_a_tile_is_read_and_written_row_by_row(width, load):
    def copy(source, target):
        tiles.store(load(source, 3, 31), target, 2, 37)

    source, by_numpy, compiled = numbers(200), np.zeros(200), np.zeros(200)
    copy(source, by_numpy)
    numba.njit(copy)(source, compiled)
    np.testing.assert_array_equal(compiled, by_numpy)
    for row in range(ROWS):
        np.testing.assert_array_equal(
            compiled[2 + 37 * row :][:width], source[3 + 31 * row :][:width]
        )
    assert np.count_nonzero(compiled) == ROWS * width


@every_width
def test_products_are_added_to_a_tile(width, load):
    def add(left, right, target):
        tile = load(target, 1, 30)
        for term in range(5):
            tile = tiles.add_products(tile, left, 2 + term, 7, right, 4 + 29 * term)
        tiles.store(tile, target, 1, 30)

    left, right = numbers(40, 1), numbers(200, 2)
    by_numpy = numbers(130, 3)
    compiled = by_numpy.copy()
    add(left, right, by_numpy)
    numba.njit(add)(left, right, compiled)
    np.testing.assert_allclose(compiled, by_numpy, rtol=0, atol=1e-14)
    assert np.count_nonzero(compiled != numbers(130, 3)) == ROWS * width


def test_a_block_is_turned():
    def turn(source, target):
        tiles.transpose_block(source, 5, 11, target, 3, 13)

    source, by_numpy, compiled = numbers(100), np.zeros(120), np.zeros(120)
    turn(source, by_numpy)
    numba.njit(turn)(source, compiled)
    np.testing.assert_array_equal(compiled, by_numpy)
    for row in range(LANES):
        for column in range(LANES):
            assert compiled[3 + 13 * column + row] == source[5 + 11 * row + column]


# Matrices


@numba.njit
def call_add_product(*arguments):
    """Python cannot call it by itself."""
    add_product(*arguments)


@numba.njit
def call_write_transposed(*arguments):
    write_transposed(*arguments)


def whole(size, unit):
    return -(-size // unit) * unit


def matrix_of(values):
    """A matrix with room for whole tiles and vectors, behind three other numbers."""
    rows, columns = (whole(size, 8) for size in values.shape)
    room = np.full((rows, columns), 0.5)
    room[: values.shape[0], : values.shape[1]] = values
    flat = np.concatenate([np.full(3, 0.5), room.ravel()])
    return Matrix(flat, 3, columns, 1)


def values_of(matrix, rows, columns):
    return matrix.numbers[3:].reshape(-1, matrix.down)[:rows, :columns]


SIZES = [
    (1, 1, 1),
    (4, 8, 3),
    (5, 9, 2),
    (3, 16, 40),
    (17, 23, 5),
    (8, 24, 1),
    (12, 40, 7),
    (9, 52, 9),
]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
@pytest.mark.parametrize("is_turned", [False, True])
def test_a_product_is_added_as_by_numpy(sizes, is_turned):
    rows, columns, terms = sizes
    left, right = numbers((rows, terms), 1), numbers((terms, columns), 2)
    before = numbers((rows, columns), 3)
    given = transposed(matrix_of(left.T.copy())) if is_turned else matrix_of(left)
    product = matrix_of(before)
    call_add_product(given, matrix_of(right), product, rows, columns, terms)
    found = values_of(product, rows, columns)
    np.testing.assert_allclose(found, before + left @ right, rtol=0, atol=1e-13)


@pytest.mark.parametrize("sizes", [(1, 1), (8, 8), (9, 3), (40, 17)], ids=str)
def test_a_matrix_is_turned(sizes):
    rows, columns = sizes
    values = numbers(sizes)
    other = matrix_of(np.zeros((columns, rows)))
    call_write_transposed(matrix_of(values), other, rows, columns)
    np.testing.assert_array_equal(values_of(other, columns, rows), values.T)
