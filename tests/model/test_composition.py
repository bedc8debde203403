"""Networks one behind another and with units on another scale: the same values, counted pieces."""

import numpy as np
import pytest

from relusgd.errors import InputError
from relusgd.model.breakpoints import breakpoints
from relusgd.model.composition import composed, rescaled
from relusgd.model.network import Network, parameter_count


def random_network(hidden, seed=0):
    vector = np.random.default_rng(seed).normal(size=parameter_count(hidden))
    return Network.from_parameters(vector, hidden)


def tent():
    """0 → 0, ½ → 1, 1 → 0."""
    weights = (np.array([[1.0, 1.0]]), np.array([[2.0], [-4.0]]))
    return Network(weights, (np.array([0.0, -0.5]), np.zeros(1)))


X = np.linspace(-3, 3, 501)


@pytest.mark.parametrize("shapes", [[(3,), (4,)], [(2, 3), (4,)], [(3,), (2, 2), (5,)]])
def test_a_composition_is_one_function_of_the_other(shapes):
    networks = [random_network(hidden, seed) for seed, hidden in enumerate(shapes)]
    whole = composed(networks)
    expected = X
    for network in networks:
        expected = network(expected)
    assert whole.hidden == tuple(width for hidden in shapes for width in hidden)
    assert whole(X) == pytest.approx(expected, rel=1e-12, abs=1e-11)


@pytest.mark.parametrize("seed", range(20))
def test_a_composition_has_at_most_the_product_of_the_pieces(seed):
    first, second = random_network((4,), seed), random_network((5,), seed + 100)
    counts = [len(breakpoints(network)) + 1 for network in (first, second)]
    assert len(breakpoints(composed([first, second]))) + 1 <= counts[0] * counts[1]


@pytest.mark.parametrize("count", [1, 2, 3, 6])
def test_every_tent_doubles_the_pieces(count):
    found = breakpoints(composed([tent()] * count)).between(0, 1)
    assert found == pytest.approx(np.arange(1, 2**count) / 2**count)


@pytest.mark.parametrize(("layer", "unit", "factor"), [(1, 0, 3.0), (1, 2, 0.1), (2, 1, 7.0)])
def test_a_positive_factor_leaves_the_function(layer, unit, factor):
    network = random_network((3, 4))
    other = rescaled(network, layer, unit, factor)
    assert other(X) == pytest.approx(network(X), rel=1e-12, abs=1e-12)
    assert other.biases[layer - 1][unit] == factor * network.biases[layer - 1][unit]


def test_a_negative_factor_puts_the_unit_on_the_other_side():
    network = random_network((3,))
    z = network.slope[1] * X + network.bias[1]
    change = network.output_weight[1] * (np.minimum(z, 0) - np.maximum(z, 0))
    other = rescaled(network, 1, 1, -2.5)
    assert other(X) == pytest.approx(network(X) + change)
    assert other.elbow == pytest.approx(network.elbow)


@pytest.mark.parametrize(
    ("layer", "unit", "factor", "sentence"),
    [
        (3, 0, 2.0, "there is no hidden layer 3: the network has 2 hidden layers"),
        (2, 4, 2.0, "there is no unit 4 in hidden layer 2: its units are 0 to 3"),
        (1, 0, 0.0, "cannot be rescaled by 0"),
    ],
)
def test_what_cannot_be_rescaled_is_refused(layer, unit, factor, sentence):
    with pytest.raises(InputError, match=sentence):
        rescaled(random_network((3, 4)), layer, unit, factor)
