"""The operations in computation graphs: how a value is computed, and the local derivative by every argument.

A local derivative is kept by its numbers, and by the way in which a derivative is pulled back through it: a Jacobian of
elementwise operations is diagonal, and one of a product with a matrix is that matrix; neither is ever filled with zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from relusgd.model.network import Array

Way = Literal["times", "dot", "transpose", "outer", "row", "row_outer"]

PULLS: dict[Way, Callable[[Array, Array], Array]] = {
    "times": lambda delta, D: delta * D,
    "dot": lambda delta, D: (delta * D).sum(),
    "transpose": lambda delta, D: D.T @ delta,
    "outer": lambda delta, D: np.multiply.outer(delta, D),
    "row": lambda delta, D: D @ delta,
    "row_outer": lambda delta, D: np.multiply.outer(D, delta),
}
"""From δ = ∂ℓ/∂child and the numbers D of the local derivative to the term of ∂ℓ/∂parent.

times: a number or a diagonal, or of a number by a vector, δ D. dot: of a vector by a number, Σ δ D. transpose: D x by x, Dᵀδ.
outer: W x by W, with D = x, δ xᵀ. row: a D by a, with rows as points, D δ. row_outer: a W by W, with D = a, aᵀ δ.
"""


@dataclass(frozen=True, eq=False)
class Local:
    """∂child/∂parent: its numbers, how to pull back through it, and what it is in the names {0}, {1}, … of the arguments."""

    numbers: Array
    way: Way
    symbol: str

    def pull(self, delta: Array) -> Array:
        """The term of ∂ℓ/∂parent that δ = ∂ℓ/∂child gives."""
        return as_value(PULLS[self.way](delta, self.numbers))


@dataclass(frozen=True, eq=False)
class Operation:
    """apply(*arguments) gives the value; locals(*arguments, value) the local derivative by every argument.

    formula: in the names {0}, {1}, … of the arguments.
    """

    formula: str
    apply: Callable[..., Any]
    locals: Callable[..., Sequence[Local]]


def as_value(value: Any) -> Array:
    """A number, vector or matrix as an array; of other numbers than floats it stays one of objects."""
    array = np.asarray(value)
    return array if array.dtype == object else array.astype(np.float64, copy=False)


def ones_like(value: Array) -> Array:
    return as_value(np.ones(np.shape(value)))


def times(numbers: Any, symbol: str) -> Local:
    return Local(as_value(numbers), "times", symbol)


SUBTRACT = Operation(
    "{0} − {1}", lambda a, b: a - b, lambda a, b, _: (times(1.0, "1"), times(-1.0, "−1"))
)
IDENTITY = Operation("{0}", lambda a: a, lambda a, _: (times(1.0, "1"),))
SQUARE = Operation("{0}²", lambda a: a * a, lambda a, _: (times(2.0 * a, "2{0}"),))
RELU = Operation(
    "relu({0})", lambda z: np.maximum(z, 0.0), lambda z, _: (times(_active(z), "[{0} > 0]"),)
)
"""relu′(0) = 0, as in every kernel."""

HALF_NORM = Operation("½|{0}|²", lambda r: 0.5 * (r @ r), lambda r, _: (times(r, "{0}"),))
SQUARED_NORM = Operation("|{0}|²", lambda r: r @ r, lambda r, _: (times(2.0 * r, "2{0}"),))
TOTAL = Operation("sum({0})", lambda a: a.sum(), lambda a, _: (times(ones_like(a), "1"),))

INNER = Operation(
    "{0}·{1} + {2}",
    lambda w, x, b: w @ x + b,
    lambda w, x, b, _: (times(x, "{1}"), times(w, "{0}"), times(1.0, "1")),
)
"""wᵀx + b of vectors w and x."""

MATRIX = Operation(
    "{0} {1}",
    lambda W, x: W @ x,
    lambda W, x, _: (Local(x, "outer", "{1}"), Local(W, "transpose", "{0}")),
)
"""W x, columns as points."""

AFFINE = Operation(
    "{0} {1} + {2}",
    lambda W, x, b: W @ x + b,
    lambda W, x, b, _: (Local(x, "outer", "{1}"), Local(W, "transpose", "{0}"), times(1.0, "1")),
)
"""W x + b, columns as points."""

LINE = Operation(
    "{0}·{1} + {2}",
    lambda w, x, b: w * x + b,
    lambda w, x, b, _: (times(x, "{1}"), Local(w, "dot", "{0}"), times(1.0, "1")),
)
"""w x + b with one number x, the product rounded before the sum: units of the first layer, one or all of them."""

ROWS = Operation(
    "{0} {1} + {2}",
    lambda a, W, b: a @ W + b,
    lambda a, W, b, _: (Local(W, "row", "{1}"), Local(a, "row_outer", "{0}"), times(1.0, "1")),
)
"""a W + b, rows as points: a layer behind the first."""

WEIGHTED = Operation(
    "{0}·{1} + {2}",
    lambda a, v, c: a @ v + c,
    lambda a, v, c, _: (times(v, "{1}"), times(a, "{0}"), times(1.0, "1")),
)
"""Σ a_j v_j + c: the output."""


def sum_of_squares(count: int) -> Operation:
    """a_1² + … + a_n²."""
    terms = [f"{{{i}}}²" for i in range(count)]
    return Operation(
        shortened_sum(terms),
        lambda *a: sum(part * part for part in a),
        lambda *a: [times(2.0 * part, f"2{{{i}}}") for i, part in enumerate(a[:-1])],
    )


def plain_sum(count: int) -> Operation:
    """a_1 + … + a_n."""
    terms = [f"{{{i}}}" for i in range(count)]
    return Operation(shortened_sum(terms), lambda *a: sum(a), lambda *a: [times(1.0, "1")] * count)


def power(exponent: int) -> Operation:
    """aⁿ for a whole number n > 0."""
    n = superscript(exponent)
    symbol = {1: "1", 2: "2{0}"}.get(exponent, f"{exponent}{{0}}{superscript(exponent - 1)}")
    return Operation(
        f"{{0}}{n}" if exponent > 1 else "{0}",
        lambda a: a**exponent,
        lambda a, _: (times(exponent * a ** (exponent - 1), symbol),),
    )


def weighted_units(inputs: int) -> Operation:
    """a_1 v_1 + … + a_n v_n + c of numbers, the arguments in the order a_1, v_1, …, a_n, v_n, c: a unit behind the first layer."""
    products = [f"{{{2 * i}}}·{{{2 * i + 1}}}" for i in range(inputs)]

    def apply(*arguments: Array) -> Array:
        total = arguments[0] * arguments[1]
        for i in range(1, inputs):
            total = total + arguments[2 * i] * arguments[2 * i + 1]
        return as_value(total + arguments[-1])

    def locals_(*arguments: Array) -> list[Local]:
        pairs = [times(arguments[i ^ 1], f"{{{i ^ 1}}}") for i in range(2 * inputs)]
        return [*pairs, times(1.0, "1")]

    return Operation(shortened_sum([*products, f"{{{2 * inputs}}}"]), apply, locals_)


def shortened_sum(terms: Sequence[str]) -> str:
    """The terms with plus signs, the first and the last two of many."""
    shown = terms if len(terms) <= 4 else [terms[0], "…", *terms[-2:]]
    return " + ".join(shown)


def superscript(number: int) -> str:
    """A whole number in raised digits."""
    return str(number).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _active(z: Array) -> Array:
    """[z > 0] as numbers."""
    return np.asarray(z > 0).astype(np.float64)
