"""Strips: their machine code does what their NumPy says."""

import operator

import numpy as np
import pytest

pytest.importorskip("numba")

import numba

from relusgd.gradients.compiled import strips
from relusgd.gradients.compiled.strips import fused, load_1, store, where
from relusgd.gradients.compiled.tile_code import LANES

LOADS = [strips.load_1, strips.load_2, strips.load_3, strips.load_4, strips.load_5]
every_load = pytest.mark.parametrize(("vectors", "load"), list(enumerate(LOADS, 1)))

NUMBERS = np.random.default_rng(0).normal(size=60)
SPECIAL = np.array([0.0, -0.0, 1.0, -1.0, np.nan, np.inf, -np.inf, 2.0] * 5)
LEFT, RIGHT = SPECIAL.copy(), np.repeat(SPECIAL[:8], 5)


def both(function, *arguments):
    """What a function writes to its last argument, by NumPy and by machine code."""
    by_numpy, compiled = (np.full(60, 7.0) for _ in range(2))
    with np.errstate(all="ignore"):
        function(*arguments, by_numpy)
        numba.njit(function)(*arguments, compiled)
    return by_numpy, compiled


def check(function, *arguments):
    by_numpy, compiled = both(function, *arguments)
    np.testing.assert_array_equal(compiled, by_numpy)
    return compiled


@every_load
def test_a_strip_is_read_and_written_where_it_begins(vectors, load):
    def copy(source, target):
        store(load(source, 3), target, 5)

    found = check(copy, NUMBERS)
    np.testing.assert_array_equal(found[5:][: vectors * LANES], NUMBERS[3:][: vectors * LANES])
    assert np.count_nonzero(found != 7) == vectors * LANES


@every_load
def test_a_strip_is_read_as_long_as_another_one(vectors, load):
    def copy(source, target):
        store(strips.load_alike(load(source, 0), source, 3), target, 5)

    found = check(copy, NUMBERS)
    np.testing.assert_array_equal(found[5:][: vectors * LANES], NUMBERS[3:][: vectors * LANES])
    assert np.count_nonzero(found != 7) == vectors * LANES


def test_the_numbers_of_chosen_pairs_are_read():
    rows = np.random.default_rng(1).integers(0, 30, 20).astype(np.uint64)

    def read(pairs, rows, target):
        store(strips.firsts(pairs, rows, 4), target, 3)
        store(strips.seconds(pairs, rows, 4), target, 30)

    found = check(read, NUMBERS, rows)
    by_rows = NUMBERS.reshape(30, 2)[rows[4 : 4 + LANES]]
    np.testing.assert_array_equal(found[3:][:LANES], by_rows[:, 0])
    np.testing.assert_array_equal(found[30:][:LANES], by_rows[:, 1])
    assert np.count_nonzero(found != 7) == 2 * LANES


def test_chosen_numbers_are_one_vector_long():
    rows = np.arange(30, dtype=np.uint64)

    def subtract(pairs, rows, target):
        of_one_vector = load_1(pairs, 0)
        store(strips.firsts(pairs, rows, 0) - of_one_vector, target, 0)
        store(strips.seconds(pairs, rows, 0) - of_one_vector, target, 30)

    found = check(subtract, NUMBERS, rows)
    np.testing.assert_array_equal(found[:LANES], NUMBERS[::2][:LANES] - NUMBERS[:LANES])
    np.testing.assert_array_equal(found[30:][:LANES], NUMBERS[1::2][:LANES] - NUMBERS[:LANES])


@every_load
def test_all_vectors_of_a_strip_are_computed_with(vectors, load):
    def compute(left, right, target):
        a, b = load(left, 1), load(right, 2)
        store(where(a > 0.1, fused(a, 3.0, b), -abs(b) * 2.0), target, 0)

    left, right = NUMBERS[:50], NUMBERS[10:]
    by_numpy, compiled = both(compute, left, right)
    np.testing.assert_allclose(compiled, by_numpy, rtol=0, atol=1e-15)
    assert np.count_nonzero(compiled != 7) == vectors * LANES


OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv]


@pytest.mark.parametrize("operation", OPERATORS, ids=lambda operation: operation.__name__)
def test_numbers_are_combined_as_by_numpy(operation):
    def of_strips(left, right, target):
        for i in range(0, 40, LANES):
            store(operation(load_1(left, i), load_1(right, i)), target, i)

    def with_a_number(left, right, target):
        for i in range(0, 40, LANES):
            store(operation(load_1(left, i), 3.0), target, i)

    def of_a_number(left, right, target):
        for i in range(0, 40, LANES):
            store(operation(3.0, load_1(right, i)), target, i)

    for function in (of_strips, with_a_number, of_a_number):
        check(function, LEFT, RIGHT)


COMPARISONS = [operator.gt, operator.ge, operator.lt, operator.le, operator.eq]


@pytest.mark.parametrize("operation", COMPARISONS, ids=lambda operation: operation.__name__)
def test_numbers_are_compared_as_by_numpy(operation):
    def of_strips(left, right, target):
        for i in range(0, 40, LANES):
            a, b = load_1(left, i), load_1(right, i)
            store(where(operation(a, b), 1.0, strips.filled(a, 2.0)), target, i)

    def with_a_number(left, right, target):
        for i in range(0, 40, LANES):
            a = load_1(left, i)
            store(where(operation(a, 1.0), strips.filled(a, 1.0), 2.0), target, i)

    def of_a_number(left, right, target):
        for i in range(0, 40, LANES):
            a = load_1(left, i)
            store(where(operation(1.0, a), a, strips.filled(a, 2.0)), target, i)

    for function in (of_strips, with_a_number, of_a_number):
        check(function, LEFT, RIGHT)


@pytest.mark.parametrize("operation", [operator.and_, operator.or_, operator.xor])
def test_masks_are_combined_as_by_numpy(operation):
    def combine(left, right, target):
        for i in range(0, 40, LANES):
            a, b = load_1(left, i), load_1(right, i)
            store(where(operation(a > 0.0, b > 0.0), a, b), target, i)

    check(combine, LEFT, RIGHT)


def test_signs_are_changed_and_left_out_as_by_numpy():
    def change(left, right, target):
        for i in range(0, 40, LANES):
            store(-load_1(left, i), target, i)

    def leave_out(left, right, target):
        for i in range(0, 40, LANES):
            store(abs(load_1(right, i)), target, i)

    for function in (change, leave_out):
        by_numpy, compiled = both(function, LEFT, RIGHT)
        np.testing.assert_array_equal(compiled, by_numpy)
        np.testing.assert_array_equal(np.signbit(compiled), np.signbit(by_numpy))


def test_numpy_reads_no_strip_that_is_not_whole():
    array, rows = np.zeros(2 * LANES), np.zeros(LANES, dtype=np.uint64)
    for start in (LANES + 1, 2 * LANES):
        with pytest.raises(ValueError, match=f"into shape \\({LANES},\\)"):
            load_1(array, start)
        with pytest.raises(ValueError, match="into shape"):
            strips.load_alike(array[:LANES], array, start)
    with pytest.raises(ValueError, match="into shape"):
        strips.firsts(array, rows, 1)


def unequal_strips(source, target):
    store(load_1(source, 0) + strips.load_2(source, 0), target, 0)


def unequal_masks(source, target):
    both_true = (load_1(source, 0) > 0.0) & (strips.load_2(source, 0) > 0.0)
    store(where(both_true, load_1(source, 0), 0.0), target, 0)


def mask_as_a_strip(source, target):
    store(abs(load_1(source, 0) > 0.0), target, 0)


def strips_as_masks(source, target):
    store(load_1(source, 0) & load_1(source, 0), target, 0)


@pytest.mark.skipif(bool(numba.config.DISABLE_JIT), reason="nothing is compiled")
@pytest.mark.parametrize(
    "function", [unequal_strips, unequal_masks, mask_as_a_strip, strips_as_masks]
)
def test_what_has_no_meaning_in_numpy_is_not_compiled(function):
    with pytest.raises(numba.TypingError):
        numba.njit(function)(NUMBERS, np.zeros(60))


def test_a_number_fills_a_strip():
    def fill(source, target):
        store(strips.filled(load_1(source, 0), 4.0), target, 2)

    assert (check(fill, NUMBERS)[2 : 2 + LANES] == 4).all()


def test_a_mask_is_true_everywhere_only_if_it_is_so_in_every_lane():
    def look(source, target):
        for i in range(LANES + 1):
            target[i] = 1.0 if strips.everywhere(load_1(source, i) > 0.0) else 0.0

    for false_lane in range(LANES):
        source = np.ones(2 * LANES + 1)
        source[LANES + false_lane] = -1.0
        found = check(look, source)[: LANES + 1]
        wanted = [not i <= LANES + false_lane < i + LANES for i in range(LANES + 1)]
        assert found.tolist() == wanted


def test_products_and_sums_are_fused_alike_in_strips_and_numbers():
    # A dead unit keeps its place to the last bit only if both are rounded in the same way.
    def add(factors, terms, target):
        strip = strips.filled(load_1(factors, 0), 0.0)
        number = 0.0
        for i in range(len(factors)):
            strip = fused(factors[i], terms[i], strip)
            number = fused(factors[i], terms[i], number)
        store(strip, target, 0)
        target[LANES] = number

    for function in (add, numba.njit(add)):
        found = np.zeros(60)
        function(NUMBERS, NUMBERS[::-1].copy(), found)
        assert (found[:LANES] == found[LANES]).all()
        assert found[LANES] != 0
