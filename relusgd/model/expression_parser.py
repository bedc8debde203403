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
from collections.abc import Iterator
from keyword import iskeyword
from typing import NoReturn

from relusgd.errors import InputError
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
from relusgd.words import counted, did_you_mean, nearest, or_list

MAX_CHARACTERS, MAX_TOKENS, MAX_DEPTH = 1000, 200, 30

IN_WIDTH = Vocabulary(("width",), "0.2/width**0.5")
"""Numbers that depend on the width of the first hidden layer."""

_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign>\*\*|//|<=|>=|==|!=|[-+*/%<>])"
    r"|(?P<mark>[(),])"
    r"|(?P<other>.)",
    re.ASCII | re.DOTALL,
)

_USABLE_SIGNS = "+ - * / // % ** < > ( )"

_CHARACTER_HINTS = {
    "^": "powers are written with **",
    "=": "equality is written with ==",
    "[": "only round brackets are used",
    "{": "only round brackets are used",
}

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

_USAGE = {1: "{}({})", 2: "{}(a, b)", 3: "{}(condition, a, b)"}
"""How a function is called, by its number of arguments."""


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
    except _RefusedError as refused:
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


class _RefusedError(InputError):
    """An expression that cannot be read. otherwise: the advice where nothing better is known."""

    def __init__(self, problem: str, otherwise: str) -> None:
        super().__init__(problem + otherwise)
        self._problem = problem

    def sentence(self, meant: list[str]) -> str:
        """The message, with what to write instead."""
        if not meant:
            return self.message
        return f"{self._problem}; write {or_list(meant)}"


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
    _check_tokens(text, vocabulary)
    one_line = re.sub(r"\s", " ", text)
    try:
        tree = ast.parse(one_line, mode="eval")
    except SyntaxError as error:
        column = error.offset or 1
        _refuse(text, column - 1, "this cannot be read")
    translation = _Translation(text, vocabulary)
    root = translation.node(tree.body, depth=1)
    return Expression(text, root, vocabulary)


def _refuse(text: str, position: int, problem: str, otherwise: str = "") -> NoReturn:
    """Raise the error that names a problem at a position (from 0) and shows the text there.

    otherwise: advice for a text of which nobody knows what it means.
    """
    start = max(0, position - 30)
    stop = start + 60
    excerpt = repr(text[start:stop])[1:-1]
    if start > 0:
        excerpt = f"…{excerpt}"
    if stop < len(text):
        excerpt = f"{excerpt}…"
    place = f"at character {position + 1}" if position < len(text) else "at its end"
    raise _RefusedError(f"in the expression '{excerpt}' {place}: {problem}", otherwise)


# Tokens


def _check_tokens(text: str, vocabulary: Vocabulary) -> None:
    """Refuse unknown, misplaced or too many tokens, and unmatched or too deep brackets."""
    operand_next = True
    before = ""
    open_brackets: list[int] = []
    for position, kind, token in _tokens(text, vocabulary):
        is_operand = kind in ("number", "name")
        if operand_next:
            stray_sign = kind == "sign" and token not in ("+", "-")
            is_empty_call = before == "(" and token == ")"  # refused with what the function takes
            stray_mark = token in (")", ",") and not is_empty_call
            if stray_sign or stray_mark:
                _refuse(text, position, f"an operand is missing before {token!r}")
        elif is_operand or (token == "(" and before not in vocabulary.functions):
            _refuse(text, position, *_missing_operator(before, token, vocabulary))
        if is_operand:
            _check_operand(text, position, token, vocabulary)
        if token == "(":
            open_brackets.append(position)
        if len(open_brackets) > MAX_DEPTH:
            _refuse(text, position, f"brackets are nested more than {MAX_DEPTH} deep")
        if token == ")":
            if not open_brackets:
                _refuse(text, position, "this bracket was never opened")
            open_brackets.pop()
        operand_next = kind == "sign" or token in ("(", ",")
        before = token
    if operand_next:
        _refuse(text, len(text), "an operand is missing")
    if open_brackets:
        _refuse(text, open_brackets[-1], "this bracket is never closed")


def _tokens(text: str, vocabulary: Vocabulary) -> Iterator[tuple[int, str, str]]:
    """(position, kind, token) of all but blanks; refuses other characters and too many tokens."""
    count = 0
    for match in _TOKEN.finditer(text):
        position = match.start()
        kind = str(match.lastgroup)
        token = match.group()
        if kind == "other":
            usable = f"numbers, {vocabulary.variable}, pi, e, functions and {_USABLE_SIGNS} can"
            hint = _CHARACTER_HINTS.get(token, usable)
            _refuse(text, position, f"{token!r} cannot be used", f"; {hint}")
        if kind in ("number", "name", "sign"):
            count += 1
        if count > MAX_TOKENS:
            problem = f"the expression has more than {MAX_TOKENS} numbers, names and signs"
            _refuse(text, position, problem)
        if kind != "space":
            yield position, kind, token


def _missing_operator(before: str, token: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """The problem of two neighbouring operands, and advice."""
    if before in vocabulary.functions:
        return f"the argument of {before} needs brackets", f": {_usage(before, vocabulary)}"
    problem = f"an operator is missing before {token[:40]!r}"
    if iskeyword(token):
        return problem, "; a choice is written where(condition, a, b)"
    return f"{problem}; a product is written 2*{vocabulary.variable}", ""


def _check_operand(text: str, position: int, token: str, vocabulary: Vocabulary) -> None:
    has_zero_in_front = token.startswith("0") and len(token) > 1
    if token.isdigit() and has_zero_in_front:
        _refuse(text, position, "numbers are written without zeros in front")
    if token.isidentifier() and token not in vocabulary.names:
        hint = _name_hint(token, vocabulary)
        _refuse(text, position, f"{token[:40]!r} is not known", hint)


def _name_hint(name: str, vocabulary: Vocabulary) -> str:
    """What may be meant by a name that is not known."""
    has_one_variable = len(vocabulary.variables) == 1
    may_be_variable = len(name) == 1
    if vocabulary != IN_X and nearest(name, vocabulary.names) is None:
        may_be_variable = True
    if has_one_variable and may_be_variable:
        return f"; the variable is {vocabulary.variable}"
    return did_you_mean(name, vocabulary.names)


# Python's syntax tree


class _Translation:
    """Turns Python's syntax tree, node by node, into ours; refuses every kind not named here."""

    def __init__(self, text: str, vocabulary: Vocabulary) -> None:
        self._text = text
        self._vocabulary = vocabulary
        self._functions = vocabulary.functions

    def node(self, tree: ast.expr, depth: int) -> TreeNode:
        """Our node for one of Python's; depth: how many operations it is nested in."""
        if depth > MAX_DEPTH:
            _refuse(
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
                usage = _usage(name, self._vocabulary)
                _refuse(self._text, tree.col_offset, f"{name} is a function; write {usage}")
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
                _refuse(self._text, tree.col_offset, problem)
            case _:
                _refuse(
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
            usage = _usage(name, self._vocabulary)
            problem = f"{name} takes {arguments}, not {given}: {usage}"
            _refuse(self._text, tree.col_offset, problem)
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


def _usage(function: str, vocabulary: Vocabulary) -> str:
    """How a function is called, such as sin(x)."""
    argument_count, _ = vocabulary.functions[function]
    template = _USAGE[argument_count]
    return template.format(function, vocabulary.variable)
