"""What every layer is doing: signals forwards and backwards, against single points."""

import numpy as np
import pytest

from relusgd.diagnostics.layers import layer_measures, layer_signals
from relusgd.diagnostics.quantities import SnapshotSeries
from relusgd.diagnostics.quantities.measuring import measure
from relusgd.gradients.backprop import backprop
from relusgd.model.initial import InitialNetwork
from relusgd.model.network import Network, parameter_count
from relusgd.model.points import Dataset


def random_network(hidden, seed=0):
    vector = np.random.default_rng(seed).normal(size=parameter_count(hidden))
    return Network.from_parameters(vector, hidden)


def dataset(n=12):
    x = np.linspace(-1, 1, n)
    empty = np.empty(0)
    return Dataset(x, np.sin(3 * x), empty, empty, (-1.0, 1.0))


@pytest.mark.parametrize("hidden", [(5,), (4, 3), (3, 2, 3)])
def test_signals_back_are_the_derivatives_of_every_points_error(hidden):
    network, data = random_network(hidden), dataset()
    squares = []
    for x, y in zip(data.x_train, data.y_train, strict=True):
        point = backprop(network.weights, network.biases, np.array([[x]]), np.array([[y]]))
        squares.append([np.mean(slopes**2) for slopes in point.biases])
    signals = layer_signals(network, data)
    assert signals.backward == pytest.approx(np.mean(squares, axis=0))
    layers = [*network.activations(data.x_train), network(data.x_train)]
    assert signals.activation == pytest.approx([np.mean(values**2) for values in layers])
    table = layer_measures(network, network, data)
    assert [layer.activation for layer in table] == signals.activation.tolist()
    assert [layer.backward for layer in table] == signals.backward.tolist()


def test_a_layer_that_doubles_its_input_grows_fourfold():
    """Three layers of two units: z = 2 a in each, and f = a_1 + a_2."""
    double = 2 * np.eye(2)
    weights = (np.ones((1, 2)), double, double, np.ones((2, 1)))
    biases = (np.ones(2), np.zeros(2), np.zeros(2), np.zeros(1))
    snapshots = SnapshotSeries.of(Network(weights, biases), dataset())
    growth = measure(snapshots, ["activation_growth", "derivative_growth"])
    assert growth["activation_growth"] == pytest.approx([4])
    assert growth["derivative_growth"] == pytest.approx([4])
    alone = measure(SnapshotSeries.of(random_network((5,)), dataset()), ["activation_growth"])
    assert np.isnan(alone["activation_growth"][0])


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.0])
def test_weights_of_variance_two_over_n_keep_the_signals(scale):
    law = InitialNetwork((300,) * 12, (-1.0, 1.0), "he_normal", hidden_scale=scale, elbows="keep")
    network = law.draw(np.random.RandomState(0))
    growth = measure(
        SnapshotSeries.of(network, dataset()), ["activation_growth", "derivative_growth"]
    )
    assert growth["activation_growth"][0] == pytest.approx(scale**2, rel=0.1)
    assert growth["derivative_growth"][0] == pytest.approx(scale**2, rel=0.1)
