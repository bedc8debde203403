"""A unit is active on one side of its switch point, exactly by the rule for being active."""

import sys

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

import numba

from relusgd.gradients.compiled.switch_points import (
    FARTHEST,
    NEAR_ZERO,
    STEEP,
    TINY,
    least_slope_for,
    write_switch_points,
)

UNITS = 400


@numba.njit
def call_write_switch_points(w, b, least_slope, t):
    """Python cannot call it by itself."""
    write_switch_points(w, b, least_slope, t)


def switch_points(w, b, least_slope=STEEP):
    """Of so many units, by machine code, which takes vectors of UNITS of them."""
    found = []
    for start in range(0, len(w), UNITS):
        padded = np.ones((3, UNITS))  # ordinary units, which are never bisected
        part = slice(start, start + UNITS)
        padded[0, : len(w[part])], padded[1, : len(w[part])] = w[part], b[part]
        call_write_switch_points(padded[0], padded[1], least_slope, padded[2])
        found.append(padded[2, : len(w[part])].copy())
    return np.concatenate(found)


def is_below(w, b, x):
    """The rule, with its words."""
    with np.errstate(all="ignore"):
        return (w * x + b > 0) != (w > 0)


def neighbours(t, count=3):
    """The floats around each t, shape (2 count + 1, units); none of them is the farthest."""
    around = [t]
    low = high = t
    for _ in range(count):
        with np.errstate(all="ignore"):
            low, high = np.nextafter(low, -np.inf), np.nextafter(high, np.inf)
        around += [low, high]
    return np.clip(around, -FARTHEST / 2, FARTHEST / 2)


def check(w, b, least_slope=STEEP, least_point=0.0):
    """That points above are those not below, near the switch points and far from them."""
    w, b = np.asarray(w, dtype=float), np.asarray(b, dtype=float)
    t = switch_points(w, b, least_slope)
    far = np.array([0.0, 1.0, -1.0, 1e-200, -1e-200, 1e200, -1e200])[:, None]
    for x in (*neighbours(t), *np.broadcast_to(far, (7, len(t)))):
        near_zero = (x != 0) & (np.abs(x) <= least_point)
        np.testing.assert_array_equal((x > t) | near_zero, ~is_below(w, b, x) | near_zero)


def test_of_ordinary_units_every_float_is_on_the_right_side():
    generator = np.random.default_rng(0)
    count = 2_000
    for scale in (1.0, 1e-3, 1e5, 1e-60, 1e60):
        w = generator.normal(size=count) * scale
        check(w, generator.normal(size=count))
        check(w, -(w * generator.normal(size=count)))
        # Slopes and biases of few bits: quotients and products are often exact, and on a boundary.
        few = generator.integers(-8, 9, count) * scale
        check(few, generator.integers(1, 65, count) / 8.0)
        check(few, -generator.integers(1, 65, count) * scale / 4.0)


def test_elbows_at_powers_of_two_have_neighbours_at_two_distances():
    signs = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]]).T[..., None]
    slopes = np.nextafter(np.repeat([1.0, 2.0, 3.0], 3), np.tile([0.0, 2.0, 9.0], 3))
    for power in (-40, -1, 0, 1, 40):
        for b in (2.0**power, np.nextafter(2.0**power, 0), np.nextafter(2.0**power, np.inf)):
            w, bias = np.broadcast_arrays(signs[0] * slopes, signs[1] * b)
            check(w.ravel(), bias.ravel())


def test_a_unit_without_bias_switches_at_zero():
    w = np.array([1.0, -1.0, 1e-8, -1e-8, 1e100, -1e100])
    for b in (0.0, -0.0):
        t = switch_points(w, np.full(6, b))
        for x in (-1.0, -2 * NEAR_ZERO, -0.0, 0.0, 2 * NEAR_ZERO, 1.0):
            np.testing.assert_array_equal(x > t, ~is_below(w, b, x))
        np.testing.assert_array_equal(t > -2 * NEAR_ZERO, True)


def test_a_constant_unit_has_all_points_on_one_side():
    w, b = np.array([0.0, -0.0, 0.0, -0.0, 0.0]), np.array([1.0, 5e-324, 0.0, -0.0, -1.0])
    np.testing.assert_array_equal(switch_points(w, b), FARTHEST * np.array([1, 1, -1, -1, -1]))


@pytest.mark.parametrize("w", [np.nan, np.inf, -np.inf, 1.0, -1.0])
@pytest.mark.parametrize("b", [np.nan, np.inf, -np.inf])
def test_a_unit_that_is_not_finite_has_a_switch_point_that_is(w, b):
    assert np.abs(switch_points(np.array([w, 1.0]), np.array([b, -2.0]))[0]) <= FARTHEST
    assert switch_points(np.array([w, 1.0]), np.array([b, -2.0]))[1] == 2


def sizes():
    magnitudes = st.floats(0, 1.7e308, allow_subnormal=True)
    ends = [5e-324, 1e-310, TINY, np.nextafter(TINY, 0), 2.0**-930, STEEP, 2.0**960, 2.0**961]
    return st.one_of(magnitudes, st.sampled_from([*ends, 1.0, sys.float_info.max]))


@settings(max_examples=150)
@given(st.lists(st.tuples(sizes(), sizes(), st.booleans(), st.booleans()), min_size=1, max_size=9))
@example([(5e-324, 5e-324, False, True)])
@example([(1.0, TINY / 2, False, True), (2.0**-31, 0.0, False, False)])
def test_units_at_the_ends_of_the_range_are_bisected(units):
    w = np.array([-w if falls else w for w, _, falls, _ in units])
    b = np.array([-b if is_low else b for _, b, _, is_low in units])
    check(w, b, least_point=NEAR_ZERO)
    check(w, b, least_slope=FARTHEST)


def test_points_beside_zero_are_noticed():
    def least_slope(*x):
        return least_slope_for(np.array(x))

    assert least_slope(-1.0, 0.0, 2.0) == STEEP
    assert least_slope(0.0, 2 * NEAR_ZERO) == least_slope(-2 * NEAR_ZERO) == STEEP
    for x in (NEAR_ZERO, -NEAR_ZERO, 5e-324, -5e-324):
        assert least_slope(1.0, x) == FARTHEST
