"""The four functions of a theory sheet on backpropagation, as computation graphs.

    a: h(f(x), g(x)) with f(x) = x², g(x) = x and h = f² + g²         two paths from x
    b: f(g_1(w), …, g_n(w)) with g_i(w) = wⁱ, f = g_1² + … + g_n²     one path for every i
    c: (y − Σ_i φ(w_iᵀx + b_i))², n units with d inputs, φ = relu
    d: ½|W_2 Φ(W_1 x + b) − y|², matrices d × d

Numbers that the sheet leaves open are small multiples of ½, so that results can be checked with
pencil and paper.
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
    plain_sum,
    power,
    powers,
    sum_of_squares,
)
from relusgd.model.network import Array
from relusgd.words import counted, did_you_mean

LARGEST_SIZE = 1000
"""The largest n or d of a graph."""

MOST_UNFOLDED = 6
"""The most branches of b, or units of c, that are drawn one by one; more are one vector."""

HALVES = np.array([-1.5, -1.0, -0.5, 0.5, 1.0, 1.5])


@dataclass(frozen=True)
class SheetFunction:
    """One of the sheet's functions.

    sizes: the letters of the sizes that it takes; defaults: their values. inputs(sizes): how many
    numbers its point has. build(sizes, at): its graph at that point, or at one of its own.
    """

    sizes: tuple[str, ...]
    defaults: tuple[int, ...]
    inputs: Callable[[Sequence[int]], int]
    build: Callable[[Sequence[int], Array | None], Graph]


def sheet_graph(
    name: str, at: Sequence[float] | None = None, sizes: Sequence[int] | None = None
) -> Graph:
    """The graph of sheet-a, sheet-b, sheet-c or sheet-d at a point, of given sizes.

    at: x of sheet-a, w of sheet-b (one number each), the d entries of x of the others. sizes: n of
    b; n, d of c; d of d. Raises InputError for another name and for numbers that do not fit.
    """
    if name not in SHEET:
        raise InputError(
            f"the sheet has no function {name!r}{did_you_mean(name, SHEET)}",
            "or write an expression in x such as 'x**2 + sin(x)'",
        )
    function = SHEET[name]
    chosen = _checked_sizes(name, function, sizes)
    if at is None:
        return function.build(chosen, None)
    inputs = function.inputs(chosen)
    if len(at) != inputs:
        raise InputError(
            f"--at gives {len(at)}, and {name} takes {counted(inputs, 'number')}",
            f"write --at={_example_point(inputs)}",
        )
    return function.build(chosen, np.array(at, dtype=np.float64))


def _example_point(inputs: int) -> str:
    """0.5,-1,0.5,…: the first six numbers of a point."""
    numbers = ["0.5", "-1"] * 3
    rest = ",…" if inputs > len(numbers) else ""
    return ",".join(numbers[:inputs]) + rest


def _checked_sizes(
    name: str, function: SheetFunction, sizes: Sequence[int] | None
) -> tuple[int, ...]:
    """The sizes, or the usual ones. Raises InputError where the function does not take them."""
    if sizes is None:
        return function.defaults
    if not function.sizes:
        raise InputError(f"{name} has no sizes", "omit --size")
    if len(sizes) != len(function.sizes):
        letters = " and ".join(function.sizes)
        example = ",".join(str(size) for size in function.defaults)
        raise InputError(
            f"--size gives {len(sizes)}, and {name} takes {letters}", f"write --size {example}"
        )
    for letter, size in zip(function.sizes, sizes, strict=True):
        if not 1 <= size <= LARGEST_SIZE:
            raise InputError(f"--size: {letter} = {size:,} is outside 1 … {LARGEST_SIZE:,}")
    return tuple(sizes)


def halves(seed: int, *shape: int) -> Array:
    """Small multiples of ½, none of them 0: the same at every call."""
    drawn = np.random.RandomState(seed).randint(0, len(HALVES), shape)
    return HALVES[drawn]


def _sheet_a(_: Sequence[int], at: Array | None) -> Graph:
    graph = Graph()
    x = 3.0 if at is None else at[0]
    graph.source("x", x)
    graph.compute("f", power(2), "x")
    graph.compute("g", IDENTITY, "x")
    graph.compute("h", sum_of_squares(2), "f", "g")
    return graph


def _sheet_b(sizes: Sequence[int], at: Array | None) -> Graph:
    """f = Σ_i (wⁱ)² for i = 1 … n; of many powers, they are one vector."""
    (n,) = sizes
    unfolded = n <= MOST_UNFOLDED
    default = 2.0 if unfolded else 0.5  # high powers of 2 are huge
    graph = Graph()
    graph.source("w", default if at is None else at[0])
    if unfolded:
        branches = [graph.compute(f"g{i}", power(i), "w") for i in range(1, n + 1)]
        graph.compute("f", sum_of_squares(n), *branches)
    else:
        graph.compute("g", powers(n), "w")
        graph.compute("f", SQUARED_NORM, "g")
    return graph


def _sheet_c(sizes: Sequence[int], at: Array | None) -> Graph:
    """f = (y − Σ_i relu(w_i·x + b_i))² for i = 1 … n; many units are one layer."""
    n, d = sizes
    W, b = halves(5, n, d), halves(7, n)
    graph = Graph()
    x = halves(6, d) if at is None else at
    graph.source("x", x)
    if n <= MOST_UNFOLDED:
        numbers = range(1, n + 1)
        for i in numbers:
            graph.source(f"w{i}", W[i - 1], learns=True)
            graph.source(f"b{i}", b[i - 1], learns=True)
            graph.compute(f"z{i}", INNER, f"w{i}", "x", f"b{i}")
        units = [graph.compute(f"a{i}", RELU, f"z{i}") for i in numbers]
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
    x = halves(6, d) if at is None else at
    return two_layers(halves(5, d, d), x, halves(7, d), halves(8, d, d), halves(9, d))


def two_layers(W1: Array, x: Array, b: Array, W2: Array, y: Array) -> Graph:
    """The graph of ℓ = ½|W_2 Φ(W_1 x + b) − y|², with the sheet's names for the values between."""
    graph = Graph()
    graph.source("W1", W1, learns=True)
    graph.source("x", x)
    graph.source("b", b, learns=True)
    graph.compute("x1", AFFINE, "W1", "x", "b")
    graph.compute("x2", RELU, "x1")
    graph.source("W2", W2, learns=True)
    graph.compute("x3", MATRIX, "W2", "x2")
    graph.source("y", y)
    graph.compute("x4", SUBTRACT, "x3", "y")
    graph.compute("loss", HALF_NORM, "x4")
    return graph


SHEET = {
    "sheet-a": SheetFunction((), (), lambda _: 1, _sheet_a),
    "sheet-b": SheetFunction(("n",), (3,), lambda _: 1, _sheet_b),
    "sheet-c": SheetFunction(("n", "d"), (3, 2), lambda sizes: sizes[1], _sheet_c),
    "sheet-d": SheetFunction(("d",), (3,), lambda sizes: sizes[0], _sheet_d),
}
