"""The functions and signs of expressions in letters: their values, and their derivatives by every
argument, with the conventions of `derivatives` at kinks and jumps.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from relusgd.graphs.atoms import Atom, NamedNumber, Values
from relusgd.graphs.formula import HALF, ONE, Sum, as_sum, atom
from relusgd.model.expressions import (
    ComparisonNode,
    ConstantNode,
    OperationNode,
    TreeNode,
    apply,
    compare,
)
from relusgd.model.network import Array

Derivatives = tuple[Sum, ...]


class UnwritableError(Exception):
    """There is no formula for this: a number that is infinite."""


@dataclass(frozen=True)
class FunctionCall(Atom):
    """A function of sums, by its name in FUNCTIONS or OPERATORS."""

    name: str
    arguments: tuple[Sum, ...]

    @property
    def order(self) -> int:
        return max(argument.order for argument in self.arguments)

    @property
    def size(self) -> int:
        return 1 + sum(argument.size for argument in self.arguments)

    def evaluate(self, values: Values) -> Array:
        arguments = [argument.evaluate(values) for argument in self.arguments]
        return np.asarray(apply(self.name, *arguments))


@dataclass(frozen=True)
class SlopeOfExponent(FunctionCall):
    """log(a) in the derivative of aⁿ by n, which is 0 at a = 0."""

    def evaluate(self, values: Values) -> Array:
        a = self.arguments[0].evaluate(values)
        return np.where(a == 0, 0.0, np.log(a))


@dataclass(frozen=True)
class Condition(Atom):
    """[a < b < …]: 1 where it holds, else 0.

    at_ties: its value where a = b; None for what the sign says. is_negated: 1 where it does not
    hold, as with an operand that is nan.
    """

    signs: tuple[str, ...]
    operands: tuple[Sum, ...]
    at_ties: float | None = None
    is_negated: bool = False

    @property
    def order(self) -> int:
        return max(operand.order for operand in self.operands)

    @property
    def size(self) -> int:
        return sum(operand.size for operand in self.operands)

    def evaluate(self, values: Values) -> Array:
        operands = [operand.evaluate(values) for operand in self.operands]
        value = compare(self.signs, operands)
        if self.is_negated:
            return 1.0 - value
        if self.at_ties is None:
            return value
        return np.where(operands[0] == operands[1], self.at_ties, value)


def call(name: str, *arguments: Sum) -> Sum:
    """The formula of a function's value."""
    return atom(FunctionCall(name, arguments))


def condition(left: Sum, sign: str, right: Sum, at_ties: float | None = None) -> Sum:
    """[left sign right]."""
    return atom(Condition((sign,), (left, right), at_ties))


def is_positive(z: Sum) -> Sum:
    """[z > 0], the derivative of relu."""
    return condition(z, ">", as_sum(0))


def _root(a: Sum) -> Sum:
    return a**HALF


VALUES: dict[str, Callable[..., Sum]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "**": lambda a, n: a**n,
    "negative": lambda a: -a,
    "sqrt": _root,
}
"""The values that are not written as the call of a function."""


def _power(a: Sum, n: Sum, _: Sum) -> Derivatives:
    return n * a ** (n - 1), _log_of_base(a) * a**n


def _log_of_base(a: Sum) -> Sum:
    if a == E:
        return ONE
    if a.number is not None:
        return call("log", a)
    return atom(SlopeOfExponent("log", (a,)))


def _choice(test: Sum, a: Sum, b: Sum, _: Sum) -> Derivatives:
    return as_sum(0), *_holds_or_not(test)


def _holds_or_not(test: Sum) -> tuple[Sum, Sum]:
    """[test] and [not test]."""
    base = test.only_atom
    if isinstance(base, Condition) and len(base.signs) == 1:
        return test, atom(replace(base, is_negated=not base.is_negated))
    zero = as_sum(0)
    return condition(test, "!=", zero), condition(test, "==", zero)


def _zero(*_: Sum) -> Derivatives:
    return (as_sum(0),)


def _larger_and_smaller(a: Sum, b: Sum) -> Derivatives:
    return condition(a, ">", b, 0.5), condition(b, ">", a, 0.5)


DERIVATIVES: dict[str, Callable[..., Derivatives]] = {
    "+": lambda a, b, _: (ONE, ONE),
    "-": lambda a, b, _: (ONE, -ONE),
    "*": lambda a, b, _: (b, a),
    "/": lambda a, b, value: (1 * b**-1, -value / b),
    "//": lambda a, b, _: (as_sum(0), as_sum(0)),
    "%": lambda a, b, _: (ONE, -call("floor", a / b)),
    "**": _power,
    "negative": lambda a, _: (-ONE,),
    "sin": lambda a, _: (call("cos", a),),
    "cos": lambda a, _: (-call("sin", a),),
    "tan": lambda a, value: (1 + value**2,),
    "asin": lambda a, _: (_root(1 - a**2) ** -1,),
    "acos": lambda a, _: (-(_root(1 - a**2) ** -1),),
    "atan": lambda a, _: ((1 + a**2) ** -1,),
    "sinh": lambda a, _: (call("cosh", a),),
    "cosh": lambda a, _: (call("sinh", a),),
    "tanh": lambda a, value: (1 - value**2,),
    "exp": lambda a, value: (value,),
    "log": lambda a, _: (a**-1,),
    "log2": lambda a, _: ((a * call("log", as_sum(2))) ** -1,),
    "log10": lambda a, _: ((a * call("log", as_sum(10))) ** -1,),
    "sqrt": lambda a, value: ((2 * value) ** -1,),
    "abs": lambda a, _: (call("sign", a),),
    "sign": _zero,
    "floor": _zero,
    "ceil": _zero,
    "round": _zero,
    "relu": lambda a, _: (is_positive(a),),
    "step": _zero,
    "min": lambda a, b, _: tuple(reversed(_larger_and_smaller(a, b))),
    "max": lambda a, b, _: _larger_and_smaller(a, b),
    "where": _choice,
}
"""By the name in FUNCTIONS or OPERATORS, a function of the arguments and the value that gives the
derivative by every argument: PARTIALS in letters.
"""


# Expressions


NAMED = {"pi": atom(NamedNumber("π", math.pi)), "e": atom(NamedNumber("e", math.e))}
E = NAMED["e"]


def operation_formula(node: TreeNode, parts: Sequence[Sum]) -> Sum:
    """The value of an operation or a comparison, from those of its parts."""
    if isinstance(node, ComparisonNode):
        return atom(Condition(node.signs, tuple(parts)))
    assert isinstance(node, OperationNode)
    if node.name in VALUES:
        return VALUES[node.name](*parts)
    return call(node.name, *parts)


def operation_derivatives(node: TreeNode, parts: Sequence[Sum], value: Sum) -> Derivatives:
    """The derivatives of an operation or a comparison by its parts."""
    if isinstance(node, ComparisonNode):
        return tuple(as_sum(0) for _ in parts)
    assert isinstance(node, OperationNode)
    return DERIVATIVES[node.name](*parts, value)


def constant_formula(node: TreeNode) -> Sum:
    """A part of an expression in which there is no variable; a number as it was typed.

    Raises UnwritableError for a number that is infinite.
    """
    match node:
        case ConstantNode(text=text) if text in NAMED:
            return NAMED[text]
        case ConstantNode(value=value, text=text):
            return as_sum(_exact(value, text))
        case OperationNode(arguments=parts) | ComparisonNode(operands=parts):
            return operation_formula(node, [constant_formula(part) for part in parts])
        case _:
            raise AssertionError(f"{node} is not constant")


def _exact(value: float, text: str) -> Fraction:
    if not math.isfinite(value):
        raise UnwritableError
    try:
        typed = Fraction(text)
    except ValueError:  # cut short, or in another notation
        return Fraction(value)
    return typed if float(typed) == value else Fraction(value)
