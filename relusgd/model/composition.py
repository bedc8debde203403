"""Networks made from networks: one behind another, and one with units on another scale.

A network ends with an affine layer and the next one begins with one. Both together are one affine
layer, so that f_2(f_1(x)) is again a ReLU network, whose hidden layers are those of both:

    z = (a V + c) W + b = a (V W) + (c W + b)

On every piece of f_1 the composition runs along f_2 once, so that it has at most as many pieces as
the one has times the other (Montúfar, Pascanu, Cho & Bengio 2014).
"""

from __future__ import annotations

from collections.abc import Sequence

from relusgd.errors import InputError
from relusgd.model.network import Network
from relusgd.words import counted


def composed(networks: Sequence[Network]) -> Network:
    """f_n(… f_2(f_1(x))): the first network is applied first. At least one network."""
    first, *others = networks
    for second in others:
        first = _behind(first, second)
    return first


def _behind(first: Network, second: Network) -> Network:
    """The network of f_2(f_1(x))."""
    *weights_before, V = first.weights
    *biases_before, c = first.biases
    W, *weights_after = second.weights
    b, *biases_after = second.biases
    weights = (*weights_before, V @ W, *weights_after)
    biases = (*biases_before, c @ W + b, *biases_after)
    return Network(weights, biases)


def rescaled(network: Network, layer: int, unit: int, factor: float) -> Network:
    """The network with a unit's incoming weights and bias times a factor, and its outgoing weights
    divided by it.

    As relu(α z) = α relu(z) for α > 0, the function stays (Neyshabur, Salakhutdinov & Srebro 2015).
    With α < 0 the unit is active on the other side, and adds v min(z, 0) in place of v max(z, 0).

    layer: hidden, from 1 on; unit: from 0 on; factor: α. Raises InputError for a unit that does not
    exist, and for the factor 0.
    """
    if not 1 <= layer <= len(network.hidden):
        layers = counted(len(network.hidden), "hidden layer")
        raise InputError(f"there is no hidden layer {layer}: the network has {layers}")
    width = network.hidden[layer - 1]
    if not 0 <= unit < width:
        raise InputError(
            f"there is no unit {unit} in hidden layer {layer}: its units are 0 to {width - 1}"
        )
    if factor == 0:
        raise InputError("a unit cannot be rescaled by 0", "give another factor, such as 2 or -2")
    weights = [weight.copy() for weight in network.weights]
    biases = [bias.copy() for bias in network.biases]
    weights[layer - 1][:, unit] *= factor
    biases[layer - 1][unit] *= factor
    weights[layer][unit] /= factor
    return Network(tuple(weights), tuple(biases))
