"""The best single unit, by hand and against a scan of all directions."""

import numpy as np
import pytest

from relusgd.diagnostics.references.single_unit import best_single_unit


def scanned(x, y, count=40_000):
    """The least mean squared error of relu(x cos t + sin t) among so many directions t."""
    t = np.linspace(0, 2 * np.pi, count, endpoint=False)
    outputs = np.maximum(np.outer(x, np.cos(t)) + np.sin(t), 0.0)
    size = np.sum(outputs**2, axis=0)
    weights = np.divide(y @ outputs, size, out=np.zeros_like(size), where=size > 0)
    return np.mean((y[:, None] - weights * outputs) ** 2, axis=0).min()


@pytest.mark.parametrize("seed", range(6))
def test_no_direction_does_better(seed):
    generator = np.random.default_rng(seed)
    x, y = generator.normal(size=(2, 9))
    best = best_single_unit(x, y)
    least = scanned(x, y)
    assert best.mse <= least + 1e-15
    assert best.mse == pytest.approx(least, rel=1e-4)


def test_the_unit_has_the_error_that_is_said():
    x, y = np.random.default_rng(1).normal(size=(2, 30))
    best = best_single_unit(x, y)
    f = best.output_weight * np.maximum(best.slope * x + best.bias, 0.0)
    assert np.mean((y - f) ** 2) == pytest.approx(best.mse, rel=1e-14)


@pytest.mark.parametrize("slope", [1.0, -1.0])
@pytest.mark.parametrize("elbow", [0.6, -0.5])
def test_a_unit_is_found_again(slope, elbow):
    """Between two points, with as few as two of them active, and on a point."""
    x = np.linspace(-1, 1, 9)
    y = -0.7 * np.maximum(slope * (x - elbow), 0.0)
    best = best_single_unit(x, y)
    assert best.mse == pytest.approx(0, abs=1e-30)
    assert (best.slope, best.elbow) == (slope, pytest.approx(elbow))
    assert best.output_weight == pytest.approx(-0.7)


def test_an_elbow_may_have_to_stand_on_a_point():
    # Without the point at 0, the line through the others would be 0 at 1/3; with it, at −1/4.
    x, y = np.array([-1.0, 0.0, 1.0, 2.0]), np.array([0.0, -3.0, 1.0, 2.0])
    best = best_single_unit(x, y)
    assert best.elbow == 0
    assert best.output_weight == pytest.approx(1)
    assert best.mse == pytest.approx(9 / 4)


def test_constants_are_units_too():
    best = best_single_unit(np.array([0.0, 1.0, 2.0]), np.array([3.0, 3.0, 3.0]))
    assert best.mse == pytest.approx(0, abs=1e-30)
    same_x = best_single_unit(np.ones(4), np.array([0.0, 1.0, 2.0, 3.0]))
    assert same_x.mse == pytest.approx(np.var([0, 1, 2, 3]))


def test_the_mirrored_points_have_the_mirrored_unit():
    x, y = np.random.default_rng(3).normal(size=(2, 12))
    best, mirrored = best_single_unit(x, y), best_single_unit(-x, y)
    assert mirrored.mse == pytest.approx(best.mse)
    assert mirrored.slope == -best.slope
    assert mirrored.elbow == pytest.approx(-best.elbow)
