"""Expressions such as sin(6*x) + abs(x - 0.3): trees that NumPy evaluates in float64.

All numbers are float64 from the start, so that 9**9**9 is inf at once. Evaluation gives inf and nan
without a warning.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from relusgd.model.network import Array

CONSTANTS = {"pi": math.pi, "e": math.e}


def _relu(z: Array) -> Array:
    return np.maximum(z, 0.0)


def _step(z: Array) -> Array:
    return np.heaviside(z, 1.0)


def _where(condition: Array, if_true: Array, if_false: Array) -> Array:
    return np.where(condition != 0, if_true, if_false)


Functions = Mapping[str, tuple[int, Callable[..., Array]]]
"""name → (number of arguments, function)."""

FUNCTIONS: Functions = {
    "sin": (1, np.sin),
    "cos": (1, np.cos),
    "tan": (1, np.tan),
    "asin": (1, np.arcsin),
    "acos": (1, np.arccos),
    "atan": (1, np.arctan),
    "sinh": (1, np.sinh),
    "cosh": (1, np.cosh),
    "tanh": (1, np.tanh),
    "exp": (1, np.exp),
    "log": (1, np.log),
    "log2": (1, np.log2),
    "log10": (1, np.log10),
    "sqrt": (1, np.sqrt),
    "abs": (1, np.abs),
    "sign": (1, np.sign),
    "floor": (1, np.floor),
    "ceil": (1, np.ceil),
    "round": (1, np.round),
    "relu": (1, _relu),
    "step": (1, _step),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
    "where": (3, _where),
}
"""step(0) is 1, round goes to even, where(condition, if true, if false)."""

OPERATORS: dict[str, Callable[..., Array]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "//": np.floor_divide,
    "%": np.remainder,
    "**": np.power,
    "negative": np.negative,
}
"""The operations that are written with signs; "negative" is the minus before an operand."""

COMPARISONS: dict[str, Callable[..., Array]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
    "!=": np.not_equal,
}


@dataclass(frozen=True)
class ConstantNode:
    """A number or a named constant; text is how it was written."""

    value: float
    text: str


@dataclass(frozen=True)
class VariableNode:
    """A variable by its name."""

    name: str = "x"


@dataclass(frozen=True)
class OperationNode:
    """A function or an operation of OPERATORS, applied to its arguments."""

    name: str
    arguments: tuple[TreeNode, ...]


@dataclass(frozen=True)
class ComparisonNode:
    """operands[0] signs[0] operands[1] signs[1] …: 1 where every one of them holds, else 0."""

    signs: tuple[str, ...]
    operands: tuple[TreeNode, ...]


TreeNode = ConstantNode | VariableNode | OperationNode | ComparisonNode


@dataclass(frozen=True)
class Vocabulary:
    """The names that expressions may use, besides the constants.

    variables: of several, messages speak of the first. functions: by name. example: an expression.
    """

    variables: tuple[str, ...]
    example: str
    functions: Functions = field(default_factory=lambda: FUNCTIONS, compare=False)

    @property
    def variable(self) -> str:
        return self.variables[0]

    @property
    def names(self) -> list[str]:
        """All names."""
        return [*self.variables, *CONSTANTS, *self.functions]


IN_X = Vocabulary(("x",), "sin(6*x) + abs(x - 0.3)")
"""Functions of x, as targets are."""


@dataclass(frozen=True)
class Expression:
    """A function of variables: its text, its validated tree, and the names that it may use.

    Called with an array of any shape for its only variable, it gives one of that shape.
    """

    text: str
    root: TreeNode
    vocabulary: Vocabulary = IN_X

    def __call__(self, x: ArrayLike) -> Array:
        """The values at x in float64, in a new array; inf and nan are given without a warning."""
        positions = np.asarray(x, dtype=np.float64)
        values = np.empty(positions.shape)
        with np.errstate(all="ignore"):
            values[...] = self.of({self.vocabulary.variable: positions})
        return values

    def of(self, values: Mapping[str, Array]) -> Array:
        """The value where the variables have these values."""
        return evaluate(self.root, values, self.vocabulary.functions)


def evaluate(
    node: TreeNode,
    values: Mapping[str, Array],
    functions: Functions = FUNCTIONS,
) -> Array:
    """The value of a node where the variables have these values; a scalar without a variable."""
    match node:
        case ConstantNode():
            return np.asarray(node.value)
        case VariableNode():
            return values[node.name]
        case OperationNode():
            arguments = [evaluate(argument, values, functions) for argument in node.arguments]
            return apply(node.name, *arguments, functions=functions)
        case ComparisonNode():
            operands = [evaluate(operand, values, functions) for operand in node.operands]
            return compare(node.signs, operands)


def compare(signs: Sequence[str], operands: Sequence[Array]) -> Array:
    """1 where all comparisons of neighbouring operands hold, as in 0 < x <= 1, and else 0."""
    holds = []
    for sign, (left, right) in zip(signs, pairwise(operands), strict=True):
        holds.append(COMPARISONS[sign](left, right))
    all_hold = np.logical_and.reduce(np.broadcast_arrays(*holds))
    return np.asarray(all_hold, dtype=np.float64)


def apply(name: str, *arguments: Array, functions: Functions = FUNCTIONS) -> Array:
    """The operation of this name, a key of OPERATORS or of the functions."""
    operation = OPERATORS[name] if name in OPERATORS else functions[name][1]
    return operation(*arguments)
