"""The computation graph of a network's loss at one sample, ℓ = (f(x) − y)², as the kernels compute it.

Narrow networks are drawn unit by unit; a wide layer folds into vector nodes, in which every kernel computes anyway. Names are
those of the kernels: with one hidden layer w, b, z = w x + b, a = relu(z), v, c, f = Σ v_j a_j + c, else W1, b1, z1, a1, W2, ….
"""

from __future__ import annotations

from relusgd.graphs.graph import Graph
from relusgd.graphs.operations import LINE, RELU, ROWS, SQUARE, SUBTRACT, WEIGHTED, weighted_units
from relusgd.model.network import Network, parameter_count

APART = 17
"""Networks with so many parameters or fewer are drawn unit by unit: 5 units in one hidden layer, or 2 + 2."""


def network_graph(network: Network, x: float, y: float) -> Graph:
    """The graph of the loss at one sample, in network units. `split` says whether its units stand apart."""
    if is_unfolded(network):
        return _by_units(network, x, y)
    return _by_layers(network, x, y)


def is_unfolded(network: Network) -> bool:
    """Whether the units stand apart."""
    return parameter_count(network.hidden) <= APART


def parameter_names(network: Network) -> list[tuple[str, str]]:
    """The names of every layer's weights and biases where layers are folded."""
    if len(network.hidden) == 1:
        return [("w", "b"), ("v", "c")]
    return [(f"W{k}", f"b{k}") for k in range(1, len(network.weights) + 1)]


def _by_layers(network: Network, x: float, y: float) -> Graph:
    graph = Graph()
    a, last = graph.source("x", x), len(network.weights)
    single = len(network.hidden) == 1
    for k, (W, b) in enumerate(parameter_names(network), start=1):
        weight, bias = network.weights[k - 1], network.biases[k - 1]
        graph.source(W, weight[0] if k == 1 else weight[:, 0] if k == last else weight, learns=True)
        graph.source(b, bias[0] if k == last else bias, learns=True)
        if k == last:
            graph.compute("f", WEIGHTED, a, W, b)
        else:
            z = graph.compute(
                "z" if single else f"z{k}",
                LINE if k == 1 else ROWS,
                *((W, a) if k == 1 else (a, W)),
                b,
            )
            a = graph.compute("a" if single else f"a{k}", RELU, z)
    return _with_loss(graph, y)


def _by_units(network: Network, x: float, y: float) -> Graph:
    graph, last = Graph(), len(network.weights)
    before = [graph.source("x", x)]
    for k in range(1, last):
        before = [_unit(graph, network, k, j, before) for j in range(network.hidden[k - 1])]
    weights = [
        graph.source(_output_name(network, j), network.weights[-1][j, 0], learns=True)
        for j in range(len(before))
    ]
    c = graph.source("c", network.biases[-1][0], learns=True)
    pairs = [name for pair in zip(before, weights, strict=True) for name in pair]
    graph.compute("f", weighted_units(len(before)), *pairs, c)
    return _with_loss(graph, y)


def _output_name(network: Network, j: int) -> str:
    return f"v{j + 1}" if network.hidden[-1] > 1 or len(network.hidden) > 1 else "v"


def _unit(graph: Graph, network: Network, k: int, j: int, before: list[str]) -> str:
    """Add unit j of layer k, and give its name; names are z1, a1, … with one hidden layer, else z1.1, a1.1, …."""
    one_layer = len(network.hidden) == 1
    place = ("" if network.hidden == (1,) else f"{j + 1}") if one_layer else f"{k}.{j + 1}"
    weight, bias = network.weights[k - 1], network.biases[k - 1]
    if k == 1:
        w = graph.source(f"w{place}", weight[0, j], learns=True)
        b = graph.source(f"b{place}", bias[j], learns=True)
        z = graph.compute(f"z{place}", LINE, w, "x", b)
    else:
        weights = [
            graph.source(f"w{place}.{i + 1}", weight[i, j], learns=True) for i in range(len(before))
        ]
        b = graph.source(f"b{place}", bias[j], learns=True)
        pairs = [name for pair in zip(before, weights, strict=True) for name in pair]
        z = graph.compute(f"z{place}", weighted_units(len(before)), *pairs, b)
    return graph.compute(f"a{place}", RELU, z)


def _with_loss(graph: Graph, y: float) -> Graph:
    graph.source("y", y)
    graph.compute("r", SUBTRACT, "f", "y")
    graph.compute("loss", SQUARE, "r")
    return graph
