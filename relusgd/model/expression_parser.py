"""From the text of an expression to its tree.

No text can run code, exhaust memory or reach Python's names.

First the text is checked token by token: only numbers, known names and arithmetic signs, within
bounds of length, size and bracket depth. Then Python's parser gives the precedence of the signs.
Last, the few kinds of its nodes that mean arithmetic are translated, and all others are refused.
"""

from __future__ import annotations

import ast
import math
import re

from relusgd.errors import InputError
from relusgd.model.expression_tokens import MAX_DEPTH, RefusedError, check_tokens, refusal, usage_of
from relusgd.model.expressions import (
    CONSTANTS,
    IN_X,
    ComparisonNode,
    ConstantNode,
    Expression,
    OperationNode,
    TreeNode,
    VariableNode,
    Vocabulary,
)
from relusgd.model.notations import in_our_notation
from relusgd.words import counted

MAX_CHARACTERS = 1000

IN_WIDTH = Vocabulary(("width",), "0.2/width**0.5")
"""Numbers that depend on the width of the first hidden layer."""

_SIGNS: dict[type[ast.AST], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.FloorDiv: "//",
    ast.Mod: "%",
    ast.Pow: "**",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}

_CHAINS = ({"+", "-"}, {"*", "/", "//", "%"})
"""Signs that are read from left to right together: a sum of 40 terms is one level deep, not 40."""


def parse_expression(text: str, vocabulary: Vocabulary = IN_X) -> Expression:
    """Read an expression in these names.

    Raises InputError, naming the character where it cannot be read, for anything but numbers, the
    variables, pi, e, the signs + - * / // % ** < <= > >= == != and brackets, and calls of the
    functions; and for more than 1,000 characters, 200 tokens (numbers, names and signs) or 30
    levels. If another notation has a meaning here (np.sin(6*x), 2x, |x|), the error ends with what
    to write.
    """
    text = text.strip(" \t\r\n")
    try:
        return _parse(text, vocabulary)
    except RefusedError as refused:
        raise InputError(refused.sentence(meant_by(text, vocabulary))) from None


def meant_by(text: str, vocabulary: Vocabulary = IN_X) -> list[str]:
    """The expressions that a text of another notation may mean: sin(6*x) for np.sin(6*x).

    Empty if there is none; two if the text has two readings.
    """
    variable = vocabulary.variable
    x = IN_X.variable
    in_x = re.sub(rf"(?<![A-Za-z_]){variable}(?!\w)", x, text)
    found = []
    for reading_in_x in in_our_notation(in_x):
        reading = re.sub(rf"\b{x}\b", variable, reading_in_x)
        if _can_be_read(reading, vocabulary):
            found.append(reading)
    return found


def _can_be_read(text: str, vocabulary: Vocabulary) -> bool:
    try:
        _parse(text, vocabulary)
    except InputError:
        return False
    return True


def _parse(text: str, vocabulary: Vocabulary) -> Expression:
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"the expression has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read"
        )
    if not text:
        raise InputError(
            f"the expression is empty; write a function of {vocabulary.variable} "
            f"such as {vocabulary.example}"
        )
    check_tokens(text, vocabulary)
    one_line = re.sub(r"\s", " ", text)
    try:
        tree = ast.parse(one_line, mode="eval")
    except SyntaxError as error:
        column = error.offset or 1
        raise refusal(text, column - 1, "this cannot be read") from None
    translation = _Translation(text, vocabulary)
    root = translation.node(tree.body, depth=1)
    return Expression(text, root, vocabulary)


class _Translation:
    """Turns Python's syntax tree, node by node, into ours; refuses every kind not named here."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._vocabulary = vocabulary
        self._functions = vocabulary.functions

    def node(self, tree: ast.expr, depth: int) -> TreeNode:
        """Our node for one of Python's; depth: how many operations it is nested in."""
        if depth > MAX_DEPTH:
            raise refusal(
                self._text,
                tree.col_offset,
                f"operations are nested more than {MAX_DEPTH} deep",
            )
        match tree:
            case ast.Constant(value=int() | float() as value):
                return ConstantNode(_to_float(value), self._source(tree))
            case ast.Name(id=name) if name in self._vocabulary.variables:
                return VariableNode(name)
            case ast.Name(id=name) if name in CONSTANTS:
                return ConstantNode(CONSTANTS[name], name)
            case ast.Name(id=name):
                usage = usage_of(name, self._vocabulary)
                raise refusal(self._text, tree.col_offset, f"{name} is a function; write {usage}")
            case ast.UnaryOp(op=ast.USub()):
                operand = self.node(tree.operand, depth + 1)
                return OperationNode("negative", (operand,))
            case ast.UnaryOp(op=ast.UAdd()):
                return self.node(tree.operand, depth + 1)
            case ast.BinOp(op=op) if type(op) in _SIGNS:
                return self._operation(tree, depth)
            case ast.Compare(ops=ops):
                signs = tuple(_SIGNS[type(op)] for op in ops)
                operands = self._nodes([tree.left, *tree.comparators], depth + 1)
                return ComparisonNode(signs, operands)
            case ast.Call(func=ast.Name(id=name), keywords=[]) if (
                name in self._vocabulary.functions
            ):
                return self._call(tree, name, depth)
            case ast.Tuple():
                problem = "one value is expected here, without a comma; decimals are written 0.5"
                raise refusal(self._text, tree.col_offset, problem)
            case _:
                raise refusal(
                    self._text,
                    tree.col_offset,
                    f"{self._source(tree)!r} cannot be used in an expression",
                )

    def _nodes(self, trees: list[ast.expr], depth: int) -> tuple[TreeNode, ...]:
        return tuple(self.node(tree, depth) for tree in trees)

    def _source(self, tree: ast.expr) -> str:
        return self._text[tree.col_offset : tree.end_col_offset][:60]

    def _operation(self, tree: ast.BinOp, depth: int) -> TreeNode:
        sign = _SIGNS[type(tree.op)]
        left_depth = depth + 1
        if _continues_chain(tree.left, sign):
            left_depth = depth
        left = self.node(tree.left, left_depth)
        right = self.node(tree.right, depth + 1)
        return OperationNode(sign, (left, right))

    def _call(self, tree: ast.Call, name: str, depth: int) -> TreeNode:
        wanted, _ = self._functions[name]
        given = len(tree.args)
        if given != wanted:
            arguments = counted(wanted, "argument")
            usage = usage_of(name, self._vocabulary)
            problem = f"{name} takes {arguments}, not {given}: {usage}"
            raise refusal(self._text, tree.col_offset, problem)
        arguments_here = self._nodes(tree.args, depth + 1)
        return OperationNode(name, arguments_here)


def _continues_chain(left: ast.expr, sign: str) -> bool:
    """Whether the left operand of a sign is itself written with a sign of the same chain."""
    if not isinstance(left, ast.BinOp):
        return False
    signs = {sign, _SIGNS.get(type(left.op))}
    return any(signs <= chain for chain in _CHAINS)


def _to_float(value: float) -> float:
    """A literal in float64; Python's integers know no bound, so one too large becomes inf."""
    try:
        return float(value)
    except OverflowError:
        return math.inf
