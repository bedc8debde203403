"""Expressions in one variable, such as sin(6*x) + abs(x - 0.3): trees that NumPy evaluates in
float64.

All numbers are float64 from the start, so that 9**9**9 is inf at once. Evaluation gives inf and nan
without a warning.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from relusgd.model.network import Array

CONSTANTS = {"pi": math.pi, "e": math.e}


def _where(condition: Array, if_true: Array, if_false: Array) -> Array:
    return np.where(condition != 0, if_true, if_false)


FUNCTIONS: dict[str, tuple[int, Callable[..., Array]]] = {
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
    "relu": (1, lambda z: np.maximum(z, 0.0)),
    "step": (1, lambda z: np.heaviside(z, 1.0)),
    "min": (2, np.minimum),
    "max": (2, np.maximum),
    "where": (3, _where),
}
"""name → (number of arguments, function).

step(0) is 1, round goes to even, where(condition, if true, if false).
"""

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
    """The variable: x, or width."""


@dataclass(frozen=True)
class OperationNode:
    """A function of FUNCTIONS or an operation of OPERATORS, applied to its arguments."""

    name: str
    arguments: tuple[TreeNode, ...]


@dataclass(frozen=True)
class ComparisonNode:
    """operands[0] signs[0] operands[1] signs[1] …: 1 where every one of them holds, else 0."""

    signs: tuple[str, ...]
    operands: tuple[TreeNode, ...]


TreeNode = ConstantNode | VariableNode | OperationNode | ComparisonNode


@dataclass(frozen=True)
class Expression:
    """A function of one variable: its text and its validated tree.

    Called with an array of any shape, it gives one of that shape.
    """

    text: str
    root: TreeNode

    def __call__(self, x: ArrayLike) -> Array:
        """The values at x in float64, in a new array; inf and nan are given without a warning."""
        positions = np.asarray(x, dtype=np.float64)
        values = np.empty(positions.shape)
        with np.errstate(all="ignore"):
            values[...] = evaluate(self.root, positions)
        return values


def evaluate(node: TreeNode, x: Array) -> Array:
    """The value of a node where the variable is x; a scalar where x does not occur in it."""
    match node:
        case ConstantNode():
            return np.asarray(node.value)
        case VariableNode():
            return x
        case OperationNode():
            arguments = [evaluate(argument, x) for argument in node.arguments]
            return apply(node.name, *arguments)
        case ComparisonNode():
            operands = [evaluate(operand, x) for operand in node.operands]
            pairs = zip(node.signs, pairwise(operands), strict=True)
            holds = [COMPARISONS[sign](left, right) for sign, (left, right) in pairs]
            all_hold = np.logical_and.reduce(np.broadcast_arrays(*holds))
            return np.asarray(all_hold, dtype=np.float64)


def apply(name: str, *arguments: Array) -> Array:
    """The operation of this name, a key of FUNCTIONS or OPERATORS."""
    operation = OPERATORS[name] if name in OPERATORS else FUNCTIONS[name][1]
    return operation(*arguments)
