"""Formulas in letters, with exact numbers: sums of terms, and how they are added and multiplied.

    sum = term + term + …,   term = coefficient · atom^exponent · atom^exponent · …

Coefficients are fractions, so that 0.1 is a tenth. An atom is a letter, a function of sums, or a
sum in brackets: a product keeps (x + 1)² as it is, and only a sum of sums is merged.

Letters may stand for vectors and matrices. Numbers times vectors and products entry by entry are
terms as well; what else there is of vectors is in `vector_formulas`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

import numpy as np

from relusgd.graphs.atoms import Atom, Letter, Values
from relusgd.model.network import Array

Exact = int | Fraction

LONGEST_COEFFICIENT = 256
"""The most bits of a power of a number that is computed; others stay as they were written."""


@dataclass(frozen=True)
class Grouped(Atom):
    """A sum in brackets, or a number that is the base of a power."""

    inner: Sum

    @property
    def order(self) -> int:
        return self.inner.order

    @property
    def size(self) -> int:
        return self.inner.size

    def evaluate(self, values: Values) -> Array:
        return self.inner.evaluate(values)


@dataclass(frozen=True)
class Power:
    """An atom to an exponent, which may hold letters itself."""

    base: Atom
    exponent: Sum

    @property
    def is_below(self) -> bool:
        """Whether it belongs into a denominator."""
        number = self.exponent.number
        return number is not None and number < 0

    @property
    def inverse(self) -> Power:
        """1 over it."""
        return Power(self.base, -self.exponent)

    @property
    def size(self) -> int:
        exponent = 0 if self.exponent.number is not None else self.exponent.size
        return self.base.size + exponent

    def evaluate(self, values: Values) -> Array:
        base = self.base.evaluate(values)
        exponent = self.exponent.number
        if exponent == 1:
            return base
        if exponent is not None and exponent.denominator == 2:  # roots are exact, powers are not
            base, exponent = np.sqrt(base), 2 * exponent
        if exponent is not None:
            return np.asarray(np.power(base, as_float(exponent)))
        return np.asarray(np.power(base, self.exponent.evaluate(values)))


@dataclass(frozen=True, eq=False)
class Term:
    """A coefficient and the powers that it is multiplied by, each base once."""

    coefficient: Fraction
    powers: tuple[Power, ...] = ()

    @cached_property
    def kind(self) -> frozenset[Power]:
        """What terms have in common that differ by their coefficients alone."""
        return frozenset(self.powers)

    @property
    def order(self) -> int:
        """The highest among its atoms: 0 for a number, 1 for a vector, 2 for a matrix."""
        return max((power.base.order for power in self.powers), default=0)

    @property
    def size(self) -> int:
        """How many atoms and numbers it is made of, its coefficient among them."""
        return 1 + sum(power.size for power in self.powers)

    def evaluate(self, values: Values) -> Array:
        numerator = np.asarray(as_float(self.coefficient))
        denominator = np.ones(())
        for power in self.powers:
            if power.is_below:  # a/b is rounded once, a · 1/b twice
                denominator = denominator * power.inverse.evaluate(values)
            else:
                numerator = numerator * power.evaluate(values)
        return numerator / denominator


@dataclass(frozen=True, eq=False)
class Sum:
    """A formula: terms of different kinds, in the order in which they came. No term is 0."""

    terms: tuple[Term, ...] = ()

    @cached_property
    def _key(self) -> frozenset[tuple[frozenset[Power], Fraction]]:
        return frozenset((term.kind, term.coefficient) for term in self.terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sum) and self._key == other._key

    @cached_property
    def _hash(self) -> int:
        return hash(self._key)

    def __hash__(self) -> int:
        return self._hash

    @property
    def number(self) -> Fraction | None:
        """The number that it is; None if there is a letter, a root or a function in it."""
        if not self.terms:
            return Fraction(0)
        if len(self.terms) > 1:
            return None
        (term,) = self.terms
        return None if term.powers else term.coefficient

    @property
    def only_atom(self) -> Atom | None:
        """The atom that it is; None if there is more than this."""
        if len(self.terms) != 1:
            return None
        (term,) = self.terms
        if term.coefficient != 1 or len(term.powers) != 1:
            return None
        (power,) = term.powers
        return power.base if power.exponent.number == 1 else None

    @property
    def order(self) -> int:
        """0 for a number, 1 for a vector, 2 for a matrix."""
        return max((term.order for term in self.terms), default=0)

    @cached_property
    def size(self) -> int:
        """How many atoms and numbers it is made of."""
        return sum(term.size for term in self.terms)

    def evaluate(self, values: Values) -> Array:
        """Its value where the letters have these values; nan and inf come without a warning.

        The shape is that of a number where every vector in it has the coefficient 0.
        """
        total = np.zeros(())
        with np.errstate(all="ignore"):
            for term in self.terms:
                total = total + term.evaluate(values)
        return total

    def __add__(self, other: Sum | Exact) -> Sum:
        return added([self, as_sum(other)])

    def __sub__(self, other: Sum | Exact) -> Sum:
        return added([self, -as_sum(other)])

    def __rsub__(self, other: Exact) -> Sum:
        return as_sum(other) - self

    def __neg__(self) -> Sum:
        opposites = [Term(-term.coefficient, term.powers) for term in self.terms]
        return Sum(tuple(opposites))

    def __mul__(self, other: Sum | Exact) -> Sum:
        return multiplied([self, as_sum(other)])

    def __truediv__(self, other: Sum | Exact) -> Sum:
        return self * as_sum(other) ** -1

    def __pow__(self, exponent: Sum | Exact) -> Sum:
        return raised(self, as_sum(exponent))

    __radd__, __rmul__ = __add__, __mul__


# Making formulas


def as_float(number: Fraction) -> float:
    """The nearest float; one that is too large is infinite."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def as_sum(value: Sum | Exact) -> Sum:
    """A number as a formula; a formula as it is."""
    if isinstance(value, Sum):
        return value
    return Sum((Term(Fraction(value)),)) if value else Sum()


def atom(base: Atom) -> Sum:
    """The formula that is one atom."""
    return Sum((Term(Fraction(1), (Power(base, ONE),)),))


def letter(name: str, order: int = 0) -> Sum:
    """The formula that is one letter."""
    return atom(Letter(name, order))


ONE = Sum((Term(Fraction(1)),))
HALF = Fraction(1, 2)


def added(sums: Iterable[Sum]) -> Sum:
    """a + b + …, terms of the same kind merged."""
    merged: dict[frozenset[Power], Term] = {}
    for part in sums:
        for term in part.terms:
            before = merged.get(term.kind)
            if before is not None:
                term = Term(before.coefficient + term.coefficient, before.powers)
            merged[term.kind] = term
    return Sum(tuple(term for term in merged.values() if term.coefficient))


def multiplied(sums: Iterable[Sum]) -> Sum:
    """a · b · …; factors of several terms stay in brackets."""
    return product_of([as_single_term(part) for part in sums])


def distributed(a: Sum, b: Sum) -> Sum:
    """a · b, every term of a with every term of b."""
    return added(product_of([left, right]) for left in a.terms for right in b.terms)


def as_single_term(formula: Sum) -> Term:
    """The formula as one term, its sum in brackets if it has several; −a − b as −(a + b)."""
    if not formula.terms:
        return Term(Fraction(0))
    if len(formula.terms) == 1:
        return formula.terms[0]
    if all(term.coefficient < 0 for term in formula.terms):
        return Term(Fraction(-1), (Power(Grouped(-formula), ONE),))
    return Term(Fraction(1), (Power(Grouped(formula), ONE),))


def product_of(terms: Iterable[Term]) -> Sum:
    """The product of terms, the exponents of equal bases added."""
    coefficient = Fraction(1)
    exponents: dict[Atom, Sum] = {}
    for term in terms:
        coefficient *= term.coefficient
        for power in term.powers:
            before = exponents.get(power.base)
            exponent = power.exponent
            exponents[power.base] = exponent if before is None else before + exponent
    # What (1, …, 1) is multiplied with entry by entry stays as it is.
    has_vector = any(base.order and not base.is_neutral for base in exponents)
    powers = []
    for base, exponent in exponents.items():
        is_needed = not (has_vector and base.is_neutral)
        if is_needed and exponent.terms:
            powers.append(Power(base, exponent))
    return _without_needless_brackets(Term(coefficient, tuple(powers)))


def _without_needless_brackets(term: Term) -> Sum:
    """±(a + b) as ±a ± b, and √(2x)·√(2x) as 2x."""
    if not term.coefficient:
        return Sum()
    for power in term.powers:
        base, exponent = power.base, power.exponent.number
        if not isinstance(base, Grouped) or exponent is None or exponent.denominator != 1:
            continue
        other_powers = tuple(other for other in term.powers if other != power)
        rest = Term(term.coefficient, other_powers)
        inner = base.inner
        if len(inner.terms) == 1 and _stays_short(inner.terms[0].coefficient, exponent):
            return product_of([rest, *(inner**exponent).terms])
        if exponent == 1 and not rest.powers and abs(rest.coefficient) == 1:
            return inner if rest.coefficient == 1 else -inner
    return Sum((term,))


def raised(base: Sum, exponent: Sum) -> Sum:
    """base^exponent. (2x)³ is 8x³; √(x²) stays, because it is not x."""
    number = exponent.number
    if number == 0:
        return ONE
    if number == 1:
        return base
    is_whole = number is not None and number.denominator == 1
    if number is not None and is_whole and len(base.terms) == 1:
        (only,) = base.terms
        if _stays_short(only.coefficient, number):
            return product_of([_raised_term(only, int(number))])
    bracket = base.only_atom or Grouped(base)
    return Sum((Term(Fraction(1), (Power(bracket, exponent),)),))


def _raised_term(term: Term, exponent: int) -> Term:
    """A term to a whole number, factor by factor."""
    powers = [Power(power.base, power.exponent * exponent) for power in term.powers]
    return Term(term.coefficient**exponent, tuple(powers))


def _stays_short(coefficient: Fraction, exponent: Fraction) -> bool:
    """Whether the power of a coefficient is computed; 0 has no negative one."""
    if not coefficient:
        return exponent > 0
    bits = max(coefficient.numerator.bit_length(), coefficient.denominator.bit_length())
    return abs(coefficient) == 1 or bits * abs(exponent) <= LONGEST_COEFFICIENT
