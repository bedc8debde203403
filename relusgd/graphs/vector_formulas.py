"""Derivatives of vectors and matrices in letters: the rules of `operations` that pull a derivative
back, with formulas in the place of numbers.

Every rule is linear in δ, so numbers that multiply δ are taken out: Wᵀ(2r v) is 2r Wᵀv.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from relusgd.graphs.atoms import Atom, Letter, Values
from relusgd.graphs.formula import Sum, Term, added, as_single_term, atom, product_of
from relusgd.model.network import Array

PullBack = Callable[[Sum], Sum]
"""From ∂ℓ/∂child to the term of ∂ℓ/∂parent."""


@dataclass(frozen=True)
class VectorProduct(Atom):
    """The product of two formulas by a rule of RULES."""

    rule: str
    left: Sum
    right: Sum

    @property
    def order(self) -> int:
        return RULES[self.rule].order

    @property
    def size(self) -> int:
        return self.left.size + self.right.size

    def evaluate(self, values: Values) -> Array:
        left = self.left.evaluate(values)
        right = self.right.evaluate(values)
        return np.asarray(RULES[self.rule].compute(left, right))


@dataclass(frozen=True)
class ProductRule:
    """text: how it is written, with {0} and {1}. order: of the product."""

    text: str
    order: int
    compute: Callable[[Array, Array], Array]


RULES = {
    "dot": ProductRule("{0}·{1}", 0, lambda a, b: (a * b).sum()),
    "outer": ProductRule("{0} {1}ᵀ", 2, np.multiply.outer),
    "row outer": ProductRule("{0}ᵀ {1}", 2, np.multiply.outer),
    "transposed": ProductRule("{0}ᵀ {1}", 1, lambda W, delta: W.T @ delta),
    "row transposed": ProductRule("{0} {1}ᵀ", 1, lambda delta, W: W @ delta),
}


@dataclass(frozen=True)
class OnesLike(Atom):
    """(1, …, 1), as long as a vector."""

    name: str
    order: int = 1
    is_neutral: bool = True

    def evaluate(self, values: Values) -> Array:
        return np.ones(np.shape(values[self.name]))


@dataclass(frozen=True)
class SlopesOfPowers(Atom):
    """(1, 2w, …, n wⁿ⁻¹): the derivatives of w, w², …, wⁿ."""

    name: str
    count: int
    order: int = 1

    def evaluate(self, values: Values) -> Array:
        i = np.arange(1, self.count + 1)
        return np.asarray(i * np.asarray(values[self.name]) ** (i - 1.0))


# Rules that pull δ back


MOST_DISTRIBUTED = 4
"""The most terms of a derivative that are multiplied one by one; more are put in brackets."""


def times(D: Sum) -> PullBack:
    """δ D, entry by entry."""

    def pull_back(delta: Sum) -> Sum:
        factor = as_single_term(D)
        if len(delta.terms) > MOST_DISTRIBUTED:
            return product_of([as_single_term(delta), factor])
        return added(product_of([term, factor]) for term in delta.terms)

    return pull_back


def same(delta: Sum) -> Sum:
    """δ itself, through a derivative of 1."""
    return delta


def dot(D: Sum) -> PullBack:
    """Σ δ D."""
    return lambda delta: _linear(delta, lambda vector: VectorProduct("dot", D, vector))


def outer(x: Sum) -> PullBack:
    """δ xᵀ."""
    return lambda delta: _linear(delta, lambda vector: VectorProduct("outer", vector, x))


def transposed(W: Sum) -> PullBack:
    """Wᵀ δ."""
    return lambda delta: _linear(delta, lambda vector: VectorProduct("transposed", W, vector))


def row_outer(a: Sum) -> PullBack:
    """aᵀ δ, rows as points."""
    return lambda delta: _linear(delta, lambda vector: VectorProduct("row outer", a, vector))


def row_transposed(W: Sum) -> PullBack:
    """δ Wᵀ, rows as points."""
    return lambda delta: _linear(delta, lambda vector: VectorProduct("row transposed", vector, W))


def ones_like(a: Sum) -> PullBack:
    """δ (1, …, 1): a sum's derivative by the vector a."""
    return times(atom(OnesLike(_name_of(a))))


def slopes_of_powers(w: Sum, count: int) -> PullBack:
    """Σ δ (1, 2w, 3w², …)."""
    slopes = atom(SlopesOfPowers(_name_of(w), count))
    return lambda delta: _linear(delta, lambda vector: VectorProduct("dot", vector, slopes))


def _name_of(formula: Sum) -> str:
    base = formula.only_atom
    assert isinstance(base, Letter)
    return base.name


def _linear(delta: Sum, product: Callable[[Sum], Atom]) -> Sum:
    """The product with δ, the numbers that multiply δ outside of it."""
    term = as_single_term(delta)
    if not term.coefficient:
        return Sum()
    numbers = tuple(power for power in term.powers if not power.base.order)
    vectors = tuple(power for power in term.powers if power.base.order)
    outside = Term(term.coefficient, numbers)
    inside = product_of([Term(Fraction(1), vectors)])
    return product_of([outside, as_single_term(atom(product(inside)))])
