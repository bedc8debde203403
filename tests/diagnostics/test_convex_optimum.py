"""The convex optimum by hand, by its optimality conditions, and against networks near it."""

import numpy as np
import pytest

from relusgd.diagnostics.references.convex_optimum import convex_optimum
from relusgd.model.network import Network

X = np.array([-1, -0.6, -0.3, 0.1, 0.45, 0.7, 1])
Y = np.array([0, 0.7, -0.4, 0.9, 0.1, 0.6, -0.2])


def objective(network, weight_decay, x=X, y=Y):
    mse = np.mean((network(x) - y) ** 2)
    return mse + weight_decay / 2 * np.sum(network.parameters() ** 2)


def noisy_wave(n=30):
    generator = np.random.default_rng(0)
    x = np.sort(generator.uniform(-1, 1, n))
    return x, np.sin(4 * x) + 0.2 * generator.normal(size=n)


@pytest.mark.parametrize("weight_decay", [1e-1, 1e-2, 1e-3, 1e-5])
def test_the_network_has_the_objective_and_the_bound_meets_it(weight_decay):
    best = convex_optimum(X, Y, weight_decay)
    assert objective(best.network, weight_decay) == pytest.approx(best.objective, rel=1e-12)
    assert -1e-12 < best.relative_gap <= 1e-9
    assert best.network.output_bias == 0


@pytest.mark.parametrize("weight_decay", [1e-2, 1e-3])
@pytest.mark.parametrize("points", [(X, Y), noisy_wave()])
def test_no_direction_pulls_more_than_the_decay_and_those_of_units_as_much(points, weight_decay):
    x, y = points
    network = convex_optimum(x, y, weight_decay).network
    nu = 2 / len(x) * (y - network(x))
    t = np.linspace(0, 2 * np.pi, 20_000)
    pull = nu @ np.maximum(np.outer(x, np.cos(t)) + np.sin(t), 0.0)
    assert np.abs(pull).max() <= weight_decay * (1 + 1e-5)
    size = np.hypot(network.slope, network.bias)
    pull_of_units = nu @ network.activations(x)[-1] / size
    signed = np.sign(network.output_weight) * weight_decay
    np.testing.assert_allclose(pull_of_units, signed, rtol=1e-5)
    np.testing.assert_allclose(np.abs(network.output_weight), size)


@pytest.mark.parametrize("x", [0.0, 0.75, -2.0])
def test_one_point_worked_out_by_hand(x):
    """The best unit has the direction of (x, 1), where it gives s = √(x² + 1): least squares with a
    penalty on one number."""
    s = np.hypot(x, 1)
    best = convex_optimum(np.array([x]), np.array([-1.0]), 0.1)
    assert best.objective == pytest.approx(0.1 / s - 0.1**2 / (4 * s**2), rel=1e-9)
    assert best.network([x]) == pytest.approx([-(1 - 0.1 / (2 * s))], abs=1e-4)


def test_a_large_decay_leaves_no_unit():
    best = convex_optimum(X, Y, 10.0)
    assert best.objective == best.lower_bound == pytest.approx(np.mean(Y**2))
    assert best.network.hidden == (0,)
    assert best.network(X).tolist() == [0.0] * 7


@pytest.mark.parametrize("width", [0, 40])
@pytest.mark.parametrize("change", [1e-1, 1e-2, 1e-4])
def test_no_network_beside_it_is_better(change, width):
    """Of its own width, and of more units."""
    best = convex_optimum(X, Y, 1e-2)
    slope, bias, output_weight = (
        np.concatenate([own, np.zeros(width)])
        for own in (best.network.slope, best.network.bias, best.network.output_weight)
    )
    generator = np.random.default_rng(0)
    for _ in range(100):
        moved = [own + change * generator.normal(size=len(own)) for own in (slope, bias)]
        v = output_weight + change * generator.normal(size=len(output_weight))
        network = Network((moved[0][None, :], v[:, None]), (moved[1], np.zeros(1)))
        assert objective(network, 1e-2) > best.lower_bound


def test_mirrored_points_have_the_same_optimum():
    least = convex_optimum(X, Y, 1e-3).objective
    assert convex_optimum(-X, Y, 1e-3).objective == pytest.approx(least, rel=2e-9)
    assert convex_optimum(X, -Y, 1e-3).objective == pytest.approx(least, rel=2e-9)


def test_points_given_twice_count_as_once():
    twice = convex_optimum(np.repeat(X, 2), np.repeat(Y, 2), 1e-2)
    assert twice.objective == pytest.approx(convex_optimum(X, Y, 1e-2).objective, rel=2e-9)


@pytest.mark.parametrize("weight_decay", [0.0, -1.0, float("nan")])
def test_without_decay_there_is_no_optimum_to_find(weight_decay):
    with pytest.raises(ValueError, match="weight_decay must be positive"):
        convex_optimum(X, Y, weight_decay)
