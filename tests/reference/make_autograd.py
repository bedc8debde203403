"""Makes autograd.npz: derivatives of computation graphs as PyTorch's autograd computes them, in
float64.

    pip install torch numpy
    python tests/reference/make_autograd.py

Of the theory sheet's functions, with the sources' values that relusgd gives them; of networks at
one sample, whose parameters are kept with them; and of expressions at a point, kinks included.
Every array is named by its function and its source.
"""

import math
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch

from relusgd.graphs.sheet_functions import sheet_graph

EXPRESSIONS = [
    ("(x**2)**2 + x**2", 3.0),
    ("x*x", -1.5),
    ("x**3 - 2*x**2 + x", 1.7),
    ("2**x + x**x", 1.3),
    ("x**0.5", 2.0),
    ("(x - 3)**3", 1.0),
    ("1/x - x/3 + 5/(x*x)", -0.7),
    ("-x + 3 - (2 - x)", 0.4),
    ("sin(6*x) + abs(x - 0.3)", 0.9),
    ("cos(x)*tan(x)", 0.6),
    ("asin(x) + acos(x/2) + atan(3*x)", 0.4),
    ("sinh(x) - cosh(x) + tanh(2*x)", 0.8),
    ("exp(-x**2/2)*log(x) + log2(x) - log10(x + 1)", 1.9),
    ("sqrt(1 + x**2)", -2.0),
    ("relu(x - 1)*relu(3 - x)", 2.2),
    ("relu(x)", 0.0),
    ("abs(x)", 0.0),
    ("max(x, 2*x) + min(x, x**2)", 0.5),
    ("max(x, x**2) - min(2*x, x + 1)", 1.0),
    ("where(x > 2, sin(x)/x, 3 - x)", 2.5),
    ("where(x > 2, sin(x)/x, 3 - x)", 1.5),
    ("floor(x)*x + ceil(x) + round(x) + sign(x)", 1.4),
    ("x % 3 + (7*x) % (x + 1)", 4.3),
    ("sin(cos(sin(cos(x))))", 0.2),
    ("(x > 1)*x + (x <= 1)*x**2", 0.5),
]

NETWORKS = [(1,), (3,), (10,), (40,), (2, 2), (7, 5), (6, 5, 4)]


def where(condition, if_true, if_false):
    return torch.where(condition != 0, if_true, if_false)


def tensor(value):
    return torch.as_tensor(value, dtype=torch.float64)


NAMES = "sin cos tan asin acos atan sinh cosh tanh exp log log2 log10 sqrt"
NAMES += " abs sign floor ceil round relu"
FUNCTIONS = {name: getattr(torch, name) for name in NAMES.split()}
FUNCTIONS |= {
    "max": torch.maximum,
    "min": torch.minimum,
    "where": where,
    "pi": math.pi,
    "e": math.e,
}


def expression(text, at):
    x = tensor(at).requires_grad_()
    value = eval(text, {"__builtins__": {}}, {**FUNCTIONS, "x": x})
    value.backward()
    return np.array([value.item(), x.grad.item()])


def sheet_loss(name, s):
    """The functions of the sheet, in PyTorch's own words, of their sources s."""
    if name == "sheet-a":
        return (s["x"] ** 2) ** 2 + s["x"] ** 2
    if name == "sheet-b":
        return sum((s["w"] ** i) ** 2 for i in range(1, 4))
    if name == "sheet-c":
        units = [torch.relu(torch.dot(s[f"w{i}"], s["x"]) + s[f"b{i}"]) for i in range(1, 4)]
        return (s["y"] - sum(units)) ** 2
    hidden = torch.relu(s["W1"] @ s["x"] + s["b"])
    return 0.5 * ((s["W2"] @ hidden - s["y"]) ** 2).sum()


def sheet(name):
    graph = sheet_graph(name)
    sources = {
        node.name: tensor(node.given).clone().requires_grad_()
        for node in graph.nodes
        if node.operation is None
    }
    value = sheet_loss(name, sources)
    value.backward()
    return {
        f"{name}.value": value.item(),
        **{f"{name}.{source}": leaf.grad.numpy() for source, leaf in sources.items()},
    }


def network(hidden):
    torch.manual_seed(sum(hidden))
    sizes = [1, *hidden, 1]
    layers = [torch.nn.Linear(a, b, dtype=torch.float64) for a, b in pairwise(sizes)]
    x = tensor([0.3]).requires_grad_()
    a = x
    for layer in layers[:-1]:
        a = torch.relu(layer(a))
    loss = (layers[-1](a)[0] - 0.7) ** 2
    loss.backward()
    label = "x".join(str(width) for width in hidden)
    parts = [(layer.weight.T, layer.weight.grad.T, layer.bias, layer.bias.grad) for layer in layers]
    return {
        f"network.{label}.parameters": np.concatenate(
            [p.detach().numpy().ravel() for w, _, b, _ in parts for p in (w, b)]
        ),
        f"network.{label}.gradient": np.concatenate(
            [p.numpy().ravel() for _, w, _, b in parts for p in (w, b)]
        ),
        f"network.{label}.x_and_loss": np.array([x.grad.item(), loss.item()]),
    }


def main():
    torch.set_num_threads(1)
    arrays = {
        "expressions": np.array([text for text, _ in EXPRESSIONS]),
        "points": np.array([at for _, at in EXPRESSIONS]),
    }
    arrays["expression_derivatives"] = np.array([expression(text, at) for text, at in EXPRESSIONS])
    for name in ("sheet-a", "sheet-b", "sheet-c", "sheet-d"):
        arrays |= sheet(name)
    for hidden in NETWORKS:
        arrays |= network(hidden)
    np.savez_compressed(Path(__file__).with_name("autograd.npz"), **arrays)


if __name__ == "__main__":
    main()
