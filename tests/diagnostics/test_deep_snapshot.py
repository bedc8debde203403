"""A deep network measured by its pieces, against its forward pass."""

from dataclasses import replace

import numpy as np
import pytest

from relusgd.diagnostics.deep_snapshot import DeepSnapshot, count_dead_and_always_on
from relusgd.diagnostics.measures import breakpoints_inside
from relusgd.model.network import Network, layer_shapes
from relusgd.model.points import Dataset


def network_of(seed, hidden, scale=1.0):
    draw = np.random.RandomState(seed)
    weights = [draw.normal(0, np.sqrt(2 / a), (a, b)) * scale for a, b in layer_shapes(hidden)]
    biases = [draw.normal(0, 0.5, b) for _, b in layer_shapes(hidden)]
    return Network(tuple(weights), tuple(biases))


def dataset_of(seed, low=0.0, high=1.0, points=30):
    draw = np.random.RandomState(seed)
    x = np.sort(draw.uniform(low, high, points))
    grid = np.linspace(low, high, 50)
    return Dataset(x, np.sin(x), grid, np.sin(grid), (low, high))


def measured(network, data):
    x = np.unique(np.concatenate([data.x_train, data.x_test]))
    return x, DeepSnapshot(network, data, x, data.domain)


HIDDEN = [(6, 5), (20, 20), (3, 4, 5), (1, 1), (8,) * 6, (30, 2, 30)]


@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
@pytest.mark.parametrize("low_high", [(0.0, 1.0), (-3.0, 2.0), (1900.0, 2000.0)])
def test_values_units_and_breakpoints_are_those_of_the_forward_pass(hidden, low_high):
    for seed in range(20):
        network, data = network_of(seed, hidden), dataset_of(seed, *low_high)
        x, snapshot = measured(network, data)
        f = network(x)
        scale = np.abs(f).max() + np.abs(network.activations(x)[-1]).max()
        np.testing.assert_allclose(snapshot.values(), f, rtol=0, atol=1e-12 * scale)
        assert snapshot.dead_and_always_on() == count_dead_and_always_on(network, data)
        assert snapshot.breakpoints() == breakpoints_inside(network, data)


def test_points_outside_the_domain_have_their_own_pieces():
    network, data = network_of(4, (20, 20)), dataset_of(4, -4.0, 4.0)
    inner = replace(data, domain=(-0.5, 0.5))
    x, snapshot = measured(network, inner)
    np.testing.assert_allclose(snapshot.values(), network(x), atol=1e-12)
    assert snapshot.breakpoints() == breakpoints_inside(network, inner)
    assert snapshot.breakpoints() < breakpoints_inside(network, data)


def test_elbows_on_training_points_leave_the_units_to_the_forward_pass():
    data = dataset_of(0)
    at = data.x_train[[0, 10, -1]]
    network = Network(
        (np.ones((1, 3)), np.eye(3), np.ones((3, 1))), (-at, np.zeros(3), np.zeros(1))
    )
    _, snapshot = measured(network, data)
    assert snapshot.dead_and_always_on() == count_dead_and_always_on(network, data) == (2, 0)


def test_twins_count_as_often_as_there_are():
    network = network_of(1, (4, 3))
    first, second, last = network.weights
    doubled = Network(
        (
            np.repeat(first, 2, axis=1),
            np.repeat(np.repeat(second, 2, axis=0), 3, axis=1) / 2,
            np.repeat(last, 3, axis=0),
        ),
        (np.repeat(network.biases[0], 2), np.repeat(network.biases[1], 3), network.biases[2]),
    )
    data = dataset_of(1)
    _, snapshot = measured(doubled, data)
    assert snapshot.dead_and_always_on() == count_dead_and_always_on(doubled, data)


def test_what_overflows_on_the_way_is_left_to_the_forward_pass():
    network = network_of(0, (4, 3), scale=1e120)
    data = dataset_of(0)
    with np.errstate(all="ignore"):
        x, snapshot = measured(network, data)
        np.testing.assert_array_equal(np.isfinite(snapshot.values()), np.isfinite(network(x)))
