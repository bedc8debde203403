"""The four functions of a theory sheet on backpropagation, as computation graphs.

    a: h(x², x) with h(x_1, x_2) = x_1² + x_2²                        two paths from x
    b: f(g_1(w), …, g_n(w)) with g_i(w) = wⁱ, f = g_1² + … + g_n²     one path for every i
    c: (y − Σ_i φ(w_iᵀx + b_i))², n units with d inputs, φ = relu
    d: ½|W_2 Φ(W_1 x + b) − y|², matrices d × d

Where the sheet leaves numbers open they are small multiples of ½, so that a result can be checked with pencil and paper.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.errors import InputError
from relusgd.graphs.graph import Graph
from relusgd.graphs.operations import (
    AFFINE,
    HALF_NORM,
    IDENTITY,
    INNER,
    MATRIX,
    RELU,
    SQUARE,
    SQUARED_NORM,
    SUBTRACT,
    TOTAL,
    Local,
    Operation,
    plain_sum,
    power,
    sum_of_squares,
)
from relusgd.model.network import Array
from relusgd.words import did_you_mean

MOST = 1000
"""The largest n or d of a graph."""

APART = 6
"""Up to so many branches of b and units of c are drawn one by one; more are a vector."""


@dataclass(frozen=True)
class SheetFunction:
    """sizes: those that --size may give, by their letters, with defaults. build(sizes, at) gives the graph at a point."""

    sizes: tuple[str, ...]
    defaults: tuple[int, ...]
    inputs: Callable[[Sequence[int]], int]
    build: Callable[[Sequence[int], Array | None], Graph]


def sheet_graph(
    name: str, at: Sequence[float] | None = None, sizes: Sequence[int] | None = None
) -> Graph:
    """The graph of sheet-a, sheet-b, sheet-c or sheet-d at a point, of given sizes.

    at: x of sheet-a, w of sheet-b (one number each), the d entries of x of the others. sizes: n for b; n, d for c; d for d.
    Raises InputError for another name and for numbers that do not fit.
    """
    if name not in SHEET:
        raise InputError(
            f"the sheet has no function {name!r}{did_you_mean(name, SHEET)}",
            "or write an expression in x such as 'x**2 + sin(x)'",
        )
    function = SHEET[name]
    chosen = _checked_sizes(name, function, sizes)
    wanted = function.inputs(chosen)
    if at is not None and len(at) != wanted:
        numbers = "1 number" if wanted == 1 else f"{wanted} numbers"
        example = ",".join(["0.5", "-1"][i % 2] for i in range(min(wanted, 6))) + (
            ",…" if wanted > 6 else ""
        )
        raise InputError(
            f"--at gives {len(at)}, and {name} takes {numbers}", f"write --at={example}"
        )
    return function.build(chosen, None if at is None else np.array(at, dtype=np.float64))


def _checked_sizes(
    name: str, function: SheetFunction, sizes: Sequence[int] | None
) -> tuple[int, ...]:
    if sizes is None:
        return function.defaults
    if not function.sizes:
        raise InputError(f"{name} has no sizes", "leave --size away")
    if len(sizes) != len(function.sizes):
        example = ",".join(str(size) for size in function.defaults)
        raise InputError(
            f"--size gives {len(sizes)}, and {name} takes {' and '.join(function.sizes)}",
            f"write --size {example}",
        )
    for letter, size in zip(function.sizes, sizes, strict=True):
        if not 1 <= size <= MOST:
            raise InputError(f"--size: {letter} = {size:,} is outside 1 … {MOST:,}")
    return tuple(sizes)


def halves(seed: int, *shape: int) -> Array:
    """Small multiples of ½, none of them 0: the same at every call."""
    drawn = np.random.RandomState(seed).randint(0, 6, shape)
    return np.array([-1.5, -1.0, -0.5, 0.5, 1.0, 1.5])[drawn]


def _sheet_a(_: Sequence[int], at: Array | None) -> Graph:
    graph = Graph()
    graph.source("x", 3.0 if at is None else at[0])
    graph.compute("g1", power(2), "x")
    graph.compute("g2", IDENTITY, "x")
    graph.compute("h", sum_of_squares(2), "g1", "g2")
    return graph


def _sheet_b(sizes: Sequence[int], at: Array | None) -> Graph:
    (n,) = sizes
    graph = Graph()
    w = graph.source("w", 2.0 if at is None and n <= APART else 0.5 if at is None else at[0])
    if n <= APART:
        branches = [graph.compute(f"g{i}", power(i), w) for i in range(1, n + 1)]
        graph.compute("f", sum_of_squares(n), *branches)
    else:
        graph.compute("f", SQUARED_NORM, graph.compute("g", _powers(n), w))
    return graph


def _powers(n: int) -> Operation:
    """The vector (w, w², …, wⁿ) of a number."""
    i = np.arange(1, n + 1)
    return Operation(
        "({0}, {0}², …)",
        lambda w: w**i,
        lambda w, _: (Local(np.asarray(i * w ** (i - 1.0)), "dot", "(1, 2{0}, …)"),),
    )


def _sheet_c(sizes: Sequence[int], at: Array | None) -> Graph:
    n, d = sizes
    W, x, b = halves(5, n, d), halves(6, d) if at is None else at, halves(7, n)
    graph = Graph()
    graph.source("x", x)
    if n <= APART:
        for i in range(n):
            graph.source(f"w{i + 1}", W[i], learns=True)
            graph.source(f"b{i + 1}", b[i], learns=True)
            graph.compute(f"z{i + 1}", INNER, f"w{i + 1}", "x", f"b{i + 1}")
        units = [graph.compute(f"a{i + 1}", RELU, f"z{i + 1}") for i in range(n)]
        graph.compute("s", plain_sum(n), *units)
    else:
        graph.source("W", W, learns=True)
        graph.source("b", b, learns=True)
        graph.compute("z", AFFINE, "W", "x", "b")
        graph.compute("a", RELU, "z")
        graph.compute("s", TOTAL, "a")
    graph.source("y", 2.5)
    graph.compute("r", SUBTRACT, "y", "s")
    graph.compute("f", SQUARE, "r")
    return graph


def _sheet_d(sizes: Sequence[int], at: Array | None) -> Graph:
    (d,) = sizes
    return two_layers(
        halves(5, d, d),
        halves(6, d) if at is None else at,
        halves(7, d),
        halves(8, d, d),
        halves(9, d),
    )


def two_layers(W1: Array, x: Array, b: Array, W2: Array, y: Array) -> Graph:
    """The graph of ℓ = ½|W_2 Φ(W_1 x + b) − y|², with the sheet's names for what is between."""
    graph = Graph()
    for name, value, learns in (("W1", W1, True), ("x", x, False), ("b", b, True)):
        graph.source(name, value, learns=learns)
    graph.compute("x1", AFFINE, "W1", "x", "b")
    graph.compute("x2", RELU, "x1")
    graph.source("W2", W2, learns=True)
    graph.compute("x3", MATRIX, "W2", "x2")
    graph.source("y", y)
    graph.compute("x4", SUBTRACT, "x3", "y")
    graph.compute("loss", HALF_NORM, "x4")
    return graph


def _one(_: Sequence[int]) -> int:
    return 1


SHEET = {
    "sheet-a": SheetFunction((), (), _one, _sheet_a),
    "sheet-b": SheetFunction(("n",), (3,), _one, _sheet_b),
    "sheet-c": SheetFunction(("n", "d"), (3, 2), lambda sizes: sizes[1], _sheet_c),
    "sheet-d": SheetFunction(("d",), (3,), lambda sizes: sizes[0], _sheet_d),
}
