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
    scaling = dataset.scaling
    count = len(dataset.x_train)
    if at is None:
        return _training_point(dataset, count // 2)
    if len(at) == 1:
        distances = np.abs(dataset.x_train - scaling.x_to_network(np.array(at[0])))
        return _training_point(dataset, int(np.argmin(distances)))
    if len(at) != 2:
        raise InputError(
            advice("{} gives {} numbers; a network takes x, or x and y", option("at"), len(at)),
            Advice("write at=0.5 or at=(0.5, 1.2)", "write --at 0.5 or --at 0.5,1.2"),
        )
    x = float(scaling.x_to_network(np.array(at[0])))
    y = float(scaling.y_to_network(np.array(at[1])))
    return NetworkSample(x, y, f"the sample {_sample_text(at[0], at[1])}")


def _training_point(dataset: Dataset, i: int) -> NetworkSample:
    x, y = dataset.x_train[i], dataset.y_train[i]
    scaling = dataset.scaling
    original = _sample_text(float(scaling.x_to_original(x)), float(scaling.y_to_original(y)))
    words = f"training point {i + 1:,} of {len(dataset.x_train):,}, {original}"
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
    return [(f"W{k}", f"b{k}") for k in range(1, len(network.weights) + 1)]


def _add_layers(graph: Graph, network: Network) -> None:
    """Add all nodes from x to f, one for every layer's weights, biases, sums and activations."""
    last = len(network.weights)
    a = "x"
    for k, (W, b) in enumerate(parameter_names(network), start=1):
        weight, bias = network.weights[k - 1], network.biases[k - 1]
        number = "" if len(network.hidden) == 1 else str(k)
        if k == last:
            graph.source(W, weight[:, 0], learns=True)
            graph.source(b, bias[0], learns=True)
            graph.compute("f", OUTPUT, a, W, b)
        elif k == 1:
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
    names = [f"v{j + 1}" for j in range(len(units))]
    if network.hidden == (1,):
        names = ["v"]
    weights = network.weights[-1][:, 0]
    for name, weight in zip(names, weights, strict=True):
        graph.source(name, weight, learns=True)
    c = graph.source("c", network.biases[-1][0], learns=True)
    graph.compute("f", weighted_sum(len(units)), *_alternating(units, names), c)


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
    else:
        names = [f"w{unit}.{i + 1}" for i in range(len(inputs))]
        for name, weight in zip(names, weights, strict=True):
            graph.source(name, weight, learns=True)
        b = graph.source(f"b{unit}", bias, learns=True)
        operation = weighted_sum(len(inputs))
        z = graph.compute(f"z{unit}", operation, *_alternating(inputs, names), b)
    return graph.compute(f"a{unit}", RELU, z)


def _unit_number(network: Network, k: int, j: int) -> str:
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
