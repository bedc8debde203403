"""The computation graph of a network's loss at one sample, ℓ = (f(x) − y)², as kernels compute it.

Narrow networks are drawn unit by unit. The layers of wide networks are vector nodes, as in every
kernel. Names are those of the kernels: with one hidden layer w, b, z = w x + b, a = relu(z), v, c,
f = Σ v_j a_j + c; else W1, b1, z1, a1, W2, ….
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.advice import Advice, advice, option
from relusgd.errors import InputError
from relusgd.graphs.graph import Graph
from relusgd.graphs.operations import (
    FIRST_LAYER,
    OUTPUT,
    RELU,
    ROW_AFFINE,
    SQUARE,
    SUBTRACT,
    weighted_sum,
)
from relusgd.model.network import Network, parameter_count
from relusgd.model.points import Dataset
from relusgd.words import significant

MOST_UNFOLDED = 17
"""The most parameters of a network that is drawn unit by unit: 5 units in one layer, or 2 + 2."""


@dataclass(frozen=True)
class NetworkSample:
    """x, y: in network units. words: which sample it is, in original units."""

    x: float
    y: float
    words: str


def choose_sample(dataset: Dataset, at: Sequence[float] | None = None) -> NetworkSample:
    """The sample at which a network's graph is evaluated.

    at, in original units: (x, y) is the sample itself, (x,) takes the nearest training point, and
    None the training point in the middle. Raises InputError for another count of numbers.
    """
    if at is None:
        middle = len(dataset.x_train) // 2
        return _training_point(dataset, middle)
    if len(at) == 1:
        (x,) = at
        return _training_point(dataset, _nearest_point(dataset, x))
    if len(at) == 2:
        x, y = at
        return _own_sample(dataset, x, y)
    raise InputError(
        advice("{} gives {} numbers; a network takes x, or x and y", option("at"), len(at)),
        Advice("write at=0.5 or at=(0.5, 1.2)", "write --at 0.5 or --at 0.5,1.2"),
    )


def _nearest_point(dataset: Dataset, x: float) -> int:
    """The number of the training point nearest to x, in original units."""
    in_network_units = dataset.scaling.x_to_network(np.array(x))
    distances = np.abs(dataset.x_train - in_network_units)
    return int(np.argmin(distances))


def _own_sample(dataset: Dataset, x: float, y: float) -> NetworkSample:
    """A sample that need not be of the data, in original units."""
    return NetworkSample(
        float(dataset.scaling.x_to_network(np.array(x))),
        float(dataset.scaling.y_to_network(np.array(y))),
        f"the sample {_sample_text(x, y)}",
    )


def _training_point(dataset: Dataset, i: int) -> NetworkSample:
    x = dataset.x_train[i]
    y = dataset.y_train[i]
    original_x = float(dataset.scaling.x_to_original(x))
    original_y = float(dataset.scaling.y_to_original(y))
    count = len(dataset.x_train)
    sample = _sample_text(original_x, original_y)
    words = f"training point {i + 1:,} of {count:,}, {sample}"
    return NetworkSample(float(x), float(y), words)


def _sample_text(x: float, y: float) -> str:
    return f"x = {significant(x, 6)}, y = {significant(y, 6)}"


def network_graph(network: Network, x: float, y: float) -> Graph:
    """The graph of the loss at one sample, in network units."""
    graph = Graph()
    graph.source("x", x)
    if is_unfolded(network):
        _add_units(graph, network)
    else:
        _add_layers(graph, network)
    graph.source("y", y)
    graph.compute("r", SUBTRACT, "f", "y")
    graph.compute("loss", SQUARE, "r")
    return graph


def is_unfolded(network: Network) -> bool:
    """Whether every unit has nodes of its own."""
    return parameter_count(network.hidden) <= MOST_UNFOLDED


# Layer by layer


def parameter_names(network: Network) -> list[tuple[str, str]]:
    """The names of every layer's weights and biases in a graph with a node for each layer."""
    if len(network.hidden) == 1:
        return [("w", "b"), ("v", "c")]
    layers = range(1, len(network.weights) + 1)
    return [(f"W{k}", f"b{k}") for k in layers]


def _add_layers(graph: Graph, network: Network) -> None:
    """Add all nodes from x to f, one for every layer's weights, biases, sums and activations."""
    last = len(network.weights)
    is_deep = len(network.hidden) > 1
    a = "x"
    for k, (W, b) in enumerate(parameter_names(network), start=1):
        weight = network.weights[k - 1]
        bias = network.biases[k - 1]
        number = str(k) if is_deep else ""
        if k == last:
            # One output: the weights are a vector, the bias is a number.
            graph.source(W, weight[:, 0], learns=True)
            graph.source(b, bias[0], learns=True)
            graph.compute("f", OUTPUT, a, W, b)
        elif k == 1:
            # One input: the weights are a vector.
            graph.source(W, weight[0], learns=True)
            graph.source(b, bias, learns=True)
            z = graph.compute(f"z{number}", FIRST_LAYER, W, "x", b)
            a = graph.compute(f"a{number}", RELU, z)
        else:
            graph.source(W, weight, learns=True)
            graph.source(b, bias, learns=True)
            z = graph.compute(f"z{number}", ROW_AFFINE, a, W, b)
            a = graph.compute(f"a{number}", RELU, z)


# Unit by unit


def _add_units(graph: Graph, network: Network) -> None:
    """Add all nodes from x to f, one for every parameter and unit."""
    units = ["x"]
    for k, width in enumerate(network.hidden, start=1):
        units = [_add_unit(graph, network, k, j, units) for j in range(width)]
    weights = network.weights[-1][:, 0]
    bias = network.biases[-1][0]
    names = _output_weight_names(network)
    for name, weight in zip(names, weights, strict=True):
        graph.source(name, weight, learns=True)
    c = graph.source("c", bias, learns=True)
    factors = _alternating(units, names)
    graph.compute("f", weighted_sum(len(units)), *factors, c)


def _output_weight_names(network: Network) -> list[str]:
    """v1, v2, …, or v where there is one unit alone."""
    if network.hidden == (1,):
        return ["v"]
    last_width = network.hidden[-1]
    return [f"v{j}" for j in range(1, last_width + 1)]


def _add_unit(graph: Graph, network: Network, k: int, j: int, inputs: Sequence[str]) -> str:
    """Add unit j of layer k, and return its name.

    Names are z1, a1, … with one hidden layer, else z1.1, a1.1, ….
    """
    unit = _unit_number(network, k, j)
    weights = network.weights[k - 1][:, j]
    bias = network.biases[k - 1][j]
    if k == 1:
        w = graph.source(f"w{unit}", weights[0], learns=True)
        b = graph.source(f"b{unit}", bias, learns=True)
        z = graph.compute(f"z{unit}", FIRST_LAYER, w, "x", b)
        return graph.compute(f"a{unit}", RELU, z)
    count = len(inputs)
    names = [f"w{unit}.{i}" for i in range(1, count + 1)]
    for name, weight in zip(names, weights, strict=True):
        graph.source(name, weight, learns=True)
    b = graph.source(f"b{unit}", bias, learns=True)
    z = graph.compute(f"z{unit}", weighted_sum(count), *_alternating(inputs, names), b)
    return graph.compute(f"a{unit}", RELU, z)


def _unit_number(network: Network, k: int, j: int) -> str:
    """What a unit's names end in: nothing for a single unit, its number, or layer and number."""
    if network.hidden == (1,):
        return ""
    if len(network.hidden) == 1:
        return f"{j + 1}"
    return f"{k}.{j + 1}"


def _alternating(units: Sequence[str], weights: Sequence[str]) -> list[str]:
    """a_1, v_1, a_2, v_2, …"""
    names = []
    for unit, weight in zip(units, weights, strict=True):
        names += [unit, weight]
    return names
