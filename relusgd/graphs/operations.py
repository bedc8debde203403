"""The operations of computation graphs: their values, and the derivative by every argument.

A local derivative is kept as few numbers with a rule for pulling a derivative back through it. The
Jacobian of an elementwise operation is diagonal, and that of a product with a matrix is the matrix;
neither is ever filled with zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from relusgd.graphs import vector_formulas as letters
from relusgd.graphs.formula import ONE as ONE_IN_LETTERS
from relusgd.graphs.formula import Sum, added
from relusgd.graphs.function_formulas import is_positive
from relusgd.graphs.vector_formulas import PullBack, same
from relusgd.model.network import Array
from relusgd.words import superscript

MOST_TERMS = 4
"""The most terms of a sum that a formula writes out."""


@dataclass(frozen=True, eq=False)
class LocalDerivative:
    """∂child/∂parent.

    numbers: its entries D, without the zeros. symbol: what it is, in the names {0}, {1}, … of the
    arguments. rule(δ, D): the term of ∂ℓ/∂parent that follows from δ = ∂ℓ/∂child.
    """

    numbers: Array
    symbol: str
    rule: Callable[[Array, Array], Any]

    def pull_back(self, delta: Array) -> Array:
        """The term of ∂ℓ/∂parent that δ = ∂ℓ/∂child gives."""
        return as_value(self.rule(delta, self.numbers))


@dataclass(frozen=True, eq=False)
class Operation:
    """value(*arguments) is the value; partials(*arguments, value) the derivative by every argument.

    formula: in the names {0}, {1}, … of the arguments. pull_backs(*arguments, value): the partials
    with formulas in the place of numbers. in_letters(*arguments): the value as a formula, of
    operations that a function of one number consists of; None if a formula keeps the node's name.
    """

    formula: str
    value: Callable[..., Any]
    partials: Callable[..., Sequence[LocalDerivative]]
    pull_backs: Callable[..., Sequence[PullBack]]
    in_letters: Callable[..., Sum] | None = None


def as_value(value: Any) -> Array:
    """A number, vector or matrix as an array of floats; objects, such as counted numbers, stay."""
    array = np.asarray(value)
    return array if array.dtype == object else array.astype(np.float64, copy=False)


# Local derivatives, by the rule that pulls δ back


def times(D: Any, symbol: str) -> LocalDerivative:
    """δ D, entry by entry: D is a number or a diagonal, or a number differentiated by a vector."""
    return LocalDerivative(as_value(D), symbol, lambda delta, D: delta * D)


def dot(D: Array, symbol: str) -> LocalDerivative:
    """Σ δ D: a vector differentiated by a number."""
    return LocalDerivative(D, symbol, lambda delta, D: (delta * D).sum())


def outer(x: Array, symbol: str) -> LocalDerivative:
    """δ xᵀ: W x differentiated by W."""
    return LocalDerivative(x, symbol, np.multiply.outer)


def transposed(W: Array, symbol: str) -> LocalDerivative:
    """Wᵀ δ: W x differentiated by x."""
    return LocalDerivative(W, symbol, lambda delta, W: W.T @ delta)


def row_outer(a: Array, symbol: str) -> LocalDerivative:
    """aᵀ δ: a W with rows as points, differentiated by W."""
    return LocalDerivative(a, symbol, lambda delta, a: np.multiply.outer(a, delta))


def row_transposed(W: Array, symbol: str) -> LocalDerivative:
    """W δ: a W with rows as points, differentiated by a."""
    return LocalDerivative(W, symbol, lambda delta, W: W @ delta)


ONE = times(1.0, "1")
MINUS_ONE = times(-1.0, "−1")


# Operations of one or two arguments

SUBTRACT = Operation(
    formula="{0} − {1}",
    value=lambda a, b: a - b,
    partials=lambda a, b, _: (ONE, MINUS_ONE),
    pull_backs=lambda a, b, _: (same, letters.times(-ONE_IN_LETTERS)),
)
IDENTITY = Operation(
    formula="{0}",
    value=lambda a: a,
    partials=lambda a, _: (ONE,),
    pull_backs=lambda a, _: (same,),
    in_letters=lambda a: a,
)
SQUARE = Operation(
    formula="{0}²",
    value=lambda a: a * a,
    partials=lambda a, _: (times(2.0 * a, "2{0}"),),
    pull_backs=lambda a, _: (letters.times(2 * a),),
)
RELU = Operation(
    formula="relu({0})",
    value=lambda z: np.maximum(z, 0.0),
    partials=lambda z, _: (times(np.asarray(z > 0).astype(np.float64), "[{0} > 0]"),),
    pull_backs=lambda z, _: (letters.times(is_positive(z)),),
)
"""relu′(0) = 0, as in every kernel."""

HALF_NORM = Operation(
    formula="½|{0}|²",
    value=lambda r: 0.5 * (r @ r),
    partials=lambda r, _: (times(r, "{0}"),),
    pull_backs=lambda r, _: (letters.times(r),),
)
SQUARED_NORM = Operation(
    formula="|{0}|²",
    value=lambda r: r @ r,
    partials=lambda r, _: (times(2.0 * r, "2{0}"),),
    pull_backs=lambda r, _: (letters.times(2 * r),),
)
TOTAL = Operation(
    formula="sum({0})",
    value=lambda a: a.sum(),
    partials=lambda a, _: (times(np.ones(a.shape), "1"),),
    pull_backs=lambda a, _: (letters.ones_like(a),),
)
MATRIX = Operation(
    formula="{0} {1}",
    value=lambda W, x: W @ x,
    partials=lambda W, x, _: (outer(x, "{1}"), transposed(W, "{0}")),
    pull_backs=lambda W, x, _: (letters.outer(x), letters.transposed(W)),
)
"""W x, columns as points."""


# Layers and units

INNER = Operation(
    formula="{0}·{1} + {2}",
    value=lambda w, x, b: w @ x + b,
    partials=lambda w, x, b, _: (times(x, "{1}"), times(w, "{0}"), ONE),
    pull_backs=lambda w, x, b, _: (letters.times(x), letters.times(w), same),
)
"""wᵀx + b of vectors w and x."""

AFFINE = Operation(
    formula="{0} {1} + {2}",
    value=lambda W, x, b: W @ x + b,
    partials=lambda W, x, b, _: (outer(x, "{1}"), transposed(W, "{0}"), ONE),
    pull_backs=lambda W, x, b, _: (letters.outer(x), letters.transposed(W), same),
)
"""W x + b, columns as points."""


def _times_or_dot(w: Sum) -> PullBack:
    """By the number x: w of one unit is a number, that of a layer a vector."""
    return letters.dot(w) if w.order else letters.times(w)


FIRST_LAYER = Operation(
    formula="{0}·{1} + {2}",
    value=lambda w, x, b: w * x + b,
    partials=lambda w, x, b, _: (times(x, "{1}"), dot(w, "{0}"), ONE),
    pull_backs=lambda w, x, b, _: (letters.times(x), _times_or_dot(w), same),
)
"""w x + b with one number x: one unit of the first layer, or all. Rounded after the product."""

ROW_AFFINE = Operation(
    formula="{0} {1} + {2}",
    value=lambda a, W, b: a @ W + b,
    partials=lambda a, W, b, _: (row_transposed(W, "{1}"), row_outer(a, "{0}"), ONE),
    pull_backs=lambda a, W, b, _: (letters.row_transposed(W), letters.row_outer(a), same),
)
"""a W + b, rows as points: a layer behind the first."""

OUTPUT = Operation(
    formula="{0}·{1} + {2}",
    value=lambda a, v, c: a @ v + c,
    partials=lambda a, v, c, _: (times(v, "{1}"), times(a, "{0}"), ONE),
    pull_backs=lambda a, v, c, _: (letters.times(v), letters.times(a), same),
)
"""Σ a_j v_j + c: the output."""


# Operations of any number of arguments


def sum_of_squares(count: int) -> Operation:
    """a_1² + … + a_n²."""

    def partials(*a_and_value: Array) -> list[LocalDerivative]:
        *a, _ = a_and_value
        return [times(2.0 * part, f"2{{{i}}}") for i, part in enumerate(a)]

    def pull_backs(*a_and_value: Sum) -> list[PullBack]:
        *a, _ = a_and_value
        return [letters.times(2 * part) for part in a]

    return Operation(
        formula=sum_formula([f"{{{i}}}²" for i in range(count)]),
        value=lambda *a: sum(part * part for part in a),
        partials=partials,
        pull_backs=pull_backs,
        in_letters=lambda *a: added(part**2 for part in a),
    )


def plain_sum(count: int) -> Operation:
    """a_1 + … + a_n."""
    return Operation(
        formula=sum_formula([f"{{{i}}}" for i in range(count)]),
        value=lambda *a: sum(a),
        partials=lambda *_: [ONE] * count,
        pull_backs=lambda *_: [same] * count,
    )


def power(n: int) -> Operation:
    """aⁿ for a whole number n > 0."""
    if n == 1:
        return IDENTITY
    symbol = "2{0}" if n == 2 else f"{n}{{0}}{superscript(n - 1)}"
    return Operation(
        formula=f"{{0}}{superscript(n)}",
        value=lambda a: a**n,
        partials=lambda a, _: (times(n * a ** (n - 1), symbol),),
        pull_backs=lambda a, _: (letters.times(n * a ** (n - 1)),),
        in_letters=lambda a: a**n,
    )


def powers(n: int) -> Operation:
    """The vector (w, w², …, wⁿ) of a number."""
    i = np.arange(1, n + 1)
    return Operation(
        formula="({0}, {0}², …)",
        value=lambda w: w**i,
        partials=lambda w, _: (dot(i * w ** (i - 1.0), "(1, 2{0}, …)"),),
        pull_backs=lambda w, _: (letters.slopes_of_powers(w, n),),
    )


def weighted_sum(inputs: int) -> Operation:
    """a_1 v_1 + … + a_n v_n + c of numbers, in the order a_1, v_1, …, a_n, v_n, c.

    One unit behind the first layer, or the output. Added from left to right.
    """
    places_of_a = range(0, 2 * inputs, 2)
    place_of_c = 2 * inputs
    # The derivative by a_j is v_j, and by v_j it is a_j.
    partners: list[int] = []
    for place in places_of_a:
        partners += [place + 1, place]

    def value(*arguments: Array) -> Array:
        *factors, c = arguments
        total = factors[0] * factors[1]
        for a, v in zip(factors[2::2], factors[3::2], strict=True):
            total = total + a * v
        return as_value(total + c)

    def partials(*arguments: Array) -> list[LocalDerivative]:
        derivatives = [times(arguments[partner], f"{{{partner}}}") for partner in partners]
        return [*derivatives, ONE]

    def pull_backs(*arguments: Sum) -> list[PullBack]:
        rules = [letters.times(arguments[partner]) for partner in partners]
        return [*rules, same]

    products = [f"{{{place}}}·{{{place + 1}}}" for place in places_of_a]
    formula = sum_formula([*products, f"{{{place_of_c}}}"])
    return Operation(formula, value, partials, pull_backs)


def sum_formula(terms: Sequence[str]) -> str:
    """The terms with plus signs; of many terms the first one and the last two."""
    if len(terms) > MOST_TERMS:
        terms = [terms[0], "…", *terms[-2:]]
    return " + ".join(terms)
