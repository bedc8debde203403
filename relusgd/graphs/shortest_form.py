"""The shortest way to write a sum: as it is, with its brackets multiplied out, or with what its
terms have in common, numerators and denominators, before a bracket.

    (x² + 1) + x·2x → 3x² + 1        1/(x + 1) − x/(x + 1)² → 1/(x + 1)²

A single term stays as it is: 4x(x² + 1).
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm

from relusgd.graphs.atoms import Atom
from relusgd.graphs.formula import (
    ONE,
    Grouped,
    Power,
    Sum,
    Term,
    added,
    as_single_term,
    as_sum,
    distributed,
    product_of,
)
from relusgd.graphs.formula_text import LARGEST_DENOMINATOR, formula_text
from relusgd.graphs.function_formulas import Condition, FunctionCall

MOST_TERMS = 12
"""The most terms of a sum that other ways are looked for."""

HIGHEST_POWER = 3
"""The highest power of a bracket that is multiplied out."""


def shortest(formula: Sum) -> Sum:
    """The form of a formula with the fewest characters; the earlier of two that have as many."""
    formula = added(_without_repetition(term) for term in formula.terms)
    if not 2 <= len(formula.terms) <= MOST_TERMS:
        return formula
    forms = [formula, multiplied_out(formula), with_common_factor(formula)]
    return min(forms, key=_length)


def _length(formula: Sum) -> int:
    """The characters that a formula takes."""
    return len(formula_text(formula))


def _without_repetition(term: Term) -> Sum:
    """relu(z) [z > 0] as relu(z), [z > 0]² as [z > 0], and abs(z) sign(z) as z."""
    parts = without_repeated_conditions(term).terms
    return added(without_signs(part) for part in parts)


def without_signs(term: Term) -> Sum:
    """abs(z) sign(z) as z, of every z."""
    for power in term.powers:
        sign = power.base
        if not isinstance(sign, FunctionCall) or sign.name != "sign":
            continue
        if power.exponent.number != 1:
            continue
        size = FunctionCall("abs", sign.arguments)
        if _has_factor(term, size):
            without = product_of([_inverse(size), _inverse(sign)])
            (z,) = sign.arguments
            return product_of([term, *without.terms, as_single_term(z)])
    return Sum((term,))


def _has_factor(term: Term, base: Atom) -> bool:
    """Whether a term can be divided by an atom, so that no denominator comes about."""
    for power in term.powers:
        exponent = power.exponent.number
        if power.base == base and exponent is not None and exponent >= 1:
            return True
    return False


def _inverse(base: Atom) -> Term:
    """1 over an atom."""
    return Term(Fraction(1), (Power(base, as_sum(-1)),))


def without_repeated_conditions(term: Term) -> Sum:
    """relu(z) [z > 0] as relu(z), and [z > 0]² as [z > 0]."""
    positive = [_positive_part(power) for power in term.powers]
    powers = []
    for power in term.powers:
        if power.base in positive:
            continue
        if _is_power_of_condition(power):
            powers.append(Power(power.base, ONE))
        else:
            powers.append(power)
    return product_of([Term(term.coefficient, tuple(powers))])


def _positive_part(power: Power) -> Atom | None:
    """[z > 0] for a power of relu(z) that is 0 where z is not positive."""
    base, exponent = power.base, power.exponent.number
    if not isinstance(base, FunctionCall) or base.name != "relu":
        return None
    if exponent is None or exponent <= 0:
        return None
    return Condition((">",), (base.arguments[0], as_sum(0)))


def _is_power_of_condition(power: Power) -> bool:
    exponent = power.exponent.number
    is_positive = exponent is not None and exponent > 0
    return is_positive and isinstance(power.base, Condition) and power.base.at_ties is None


def multiplied_out(formula: Sum) -> Sum:
    """Every bracket of numbers with a small whole exponent, multiplied out."""
    total = added(_multiplied_out(term) for term in formula.terms)
    return total if len(total.terms) <= MOST_TERMS else formula


def _multiplied_out(term: Term) -> Sum:
    """The brackets of a term multiplied out; the term itself where that is too long."""
    product = Sum((Term(term.coefficient),))
    for power in term.powers:
        for factor in _factors(power):
            product = distributed(product, factor)
        if len(product.terms) > MOST_TERMS:
            return Sum((term,))
    return product


def _factors(power: Power) -> list[Sum]:
    """A bracket as often as its small whole exponent says; any other power as it is."""
    base, exponent = power.base, power.exponent.number
    small = range(1, HIGHEST_POWER + 1)
    if isinstance(base, Grouped) and exponent is not None and exponent in small:
        return [base.inner] * int(exponent)
    return [product_of([Term(Fraction(1), (power,))])]


def with_common_factor(formula: Sum) -> Sum:
    """What all terms have in common, times the rest in brackets."""
    common = _common_term(formula)
    inverse_powers = [power.inverse for power in common.powers]
    inverse = Term(1 / common.coefficient, tuple(inverse_powers))
    rest = added(product_of([inverse, term]) for term in formula.terms)
    shorter = min((rest, multiplied_out(rest)), key=_length)
    return product_of([common, as_single_term(shorter)])


def _common_term(formula: Sum) -> Term:
    """The largest term that divides all, in whole numbers."""
    exponents: list[dict[Atom, Sum]] = []
    bases: dict[Atom, None] = {}
    for term in formula.terms:
        of_term = {power.base: power.exponent for power in term.powers}
        exponents.append(of_term)
        bases |= dict.fromkeys(of_term)
    powers = []
    for base in bases:
        exponent = _common_exponent(base, exponents)
        if exponent.terms:
            powers.append(Power(base, exponent))
    return Term(_common_number(formula), tuple(powers))


def _common_exponent(base: Atom, exponents: list[dict[Atom, Sum]]) -> Sum:
    """The smallest exponent of a base, 0 where it does not occur; 0 if they cannot be compared."""
    of_terms = [term.get(base, Sum()) for term in exponents]
    first, *others = of_terms
    if all(exponent == first for exponent in others):
        return first
    numbers = []
    for exponent in of_terms:
        if exponent.number is None:
            return Sum()
        numbers.append(exponent.number)
    return as_sum(min(numbers))


def _common_number(formula: Sum) -> Fraction:
    """The largest number of which all coefficients are multiples; negative if all of them are.

    With a denominator of more digits it would make nothing shorter, and is 1.
    """
    coefficients = [term.coefficient for term in formula.terms]
    sign = -1 if all(coefficient < 0 for coefficient in coefficients) else 1
    denominator = lcm(*(coefficient.denominator for coefficient in coefficients))
    if denominator > LARGEST_DENOMINATOR:
        return Fraction(sign)
    numerator = gcd(*(int(coefficient * denominator) for coefficient in coefficients))
    return Fraction(sign * numerator, denominator)
