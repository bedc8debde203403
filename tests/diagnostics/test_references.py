"""Splines and the line: through the points, smooth, straight where they have to be."""

import numpy as np
import pytest

from relusgd.diagnostics.references.line import least_squares_line
from relusgd.diagnostics.references.splines import linear_spline, natural_cubic_spline

X = np.array([-1.0, -0.4, 0.1, 0.5, 1.7, 2.0])
Y = np.array([0.3, -1.0, 0.2, 0.9, 0.4, -0.7])


def test_three_points_worked_out_by_hand():
    """Through (0, 0), (1, 1), (2, 0) the second derivative in the middle is −3."""
    spline = natural_cubic_spline(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 0.0]))
    assert spline(np.array([0.5, 1.5])) == pytest.approx([0.6875, 0.6875])
    # Straight beyond the points: the slope at 0 is 1.5.
    assert spline(np.array([-1.0, 3.0])) == pytest.approx([-1.5, -1.5])


def test_the_cubic_spline_goes_through_the_points_and_is_smooth():
    spline = natural_cubic_spline(X, Y)
    assert spline(X) == pytest.approx(Y, abs=1e-14)
    h = 1e-4
    for knot in X:
        before, at, behind = spline(np.array([knot - h, knot, knot + h]))
        assert (at - before) / h == pytest.approx((behind - at) / h, abs=5e-3)

    # The second derivative is continuous inside, and 0 at both ends.
    def bend(x):
        left, at, right = spline(np.array([x - h, x, x + h]))
        return (left - 2 * at + right) / h**2

    for knot in X[1:-1]:
        assert bend(knot - 2 * h) == pytest.approx(bend(knot + 2 * h), abs=0.05)
    assert bend(X[0] + 2 * h) == pytest.approx(0, abs=0.02)
    assert bend(X[-1] - 2 * h) == pytest.approx(0, abs=0.02)


def test_the_cubic_spline_bends_least_of_all_functions_through_the_points():
    x = np.linspace(X[0], X[-1], 20_001)

    def bending(f):
        second = np.diff(f(x), 2) / (x[1] - x[0]) ** 2
        return np.sum(second**2) * (x[1] - x[0])

    spline = natural_cubic_spline(X, Y)
    product = np.prod([x - knot for knot in X], axis=0)
    for size in (-0.1, -0.01, 0.01, 0.1):
        assert bending(lambda _, size=size: spline(x) + size * product) > bending(spline)


def test_two_points_and_one_give_a_line():
    spline = natural_cubic_spline(np.array([0.0, 2.0]), np.array([1.0, 5.0]))
    assert spline(np.array([-1.0, 1.0, 3.0])) == pytest.approx([-1.0, 3.0, 7.0])
    for make in (natural_cubic_spline, linear_spline, least_squares_line):
        assert make(np.array([2.0]), np.array([7.0]))(np.array([0.0, 2.0])).tolist() == [7.0, 7.0]


def test_points_that_share_an_x_count_by_their_mean():
    x, y = np.array([0.0, 1.0, 1.0, 2.0]), np.array([0.0, 1.0, 3.0, 0.0])
    for make in (natural_cubic_spline, linear_spline):
        assert make(x, y)(np.array([1.0])) == pytest.approx([2.0])


def test_the_line_is_that_of_least_squares():
    line = least_squares_line(X, Y)
    slope, intercept = np.polyfit(X, Y, 1)
    assert line(X) == pytest.approx(slope * X + intercept)


def test_the_splines_are_those_of_scipy():
    interpolate = pytest.importorskip("scipy.interpolate")
    random = np.random.default_rng(0)
    x, y = np.sort(random.uniform(-3, 5, 60)), random.normal(size=60)
    between = np.linspace(x[0], x[-1], 1001)
    cubic = interpolate.CubicSpline(x, y, bc_type="natural")(between)
    np.testing.assert_allclose(natural_cubic_spline(x, y)(between), cubic, atol=1e-9)
    linear = interpolate.make_interp_spline(x, y, k=1)(between)
    np.testing.assert_allclose(linear_spline(x, y)(between), linear, atol=1e-12)
