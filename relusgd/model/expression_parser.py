"""From the text of an expression in x to its tree, so that no text can run code, exhaust memory or reach Python's names.

The text passes three gates. A scan lets numbers, known names and arithmetic signs through and bounds length, size and
bracket depth, so that Python's parser meets nothing deep or exotic. That parser gives the precedence of the signs. The
translation takes the few kinds of its nodes that mean arithmetic and refuses all others.
"""

from __future__ import annotations

import ast
import math
import re
from typing import NoReturn

from relusgd.errors import InputError
from relusgd.model.expressions import (
    CONSTANTS,
    FUNCTIONS,
    Comparison,
    Expression,
    Node,
    Number,
    Operation,
    Variable,
)
from relusgd.words import did_you_mean

MAX_CHARACTERS, MAX_NODES, MAX_DEPTH = 1000, 200, 30

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


def parse_expression(text: str) -> Expression:
    """Read an expression in x.

    Raises InputError, naming the character where it cannot be read, for anything but numbers, x, pi, e, the signs
    + - * / // % ** < <= > >= == != and brackets, and calls of FUNCTIONS; and for more than 1,000 characters, 200 nodes
    (numbers, names and signs) or 30 levels.
    """
    text = text.strip(" \t\r\n")
    if len(text) > MAX_CHARACTERS:
        raise InputError(
            f"the expression has {len(text):,} characters; at most {MAX_CHARACTERS:,} are read"
        )
    if not text:
        raise InputError(
            "the expression is empty; write a function of x such as sin(6*x) + abs(x - 0.3)"
        )
    _Scan(text).run()
    try:
        tree = ast.parse(re.sub(r"\s", " ", text), mode="eval")
    except SyntaxError as error:
        _refuse(text, (error.offset or 1) - 1, "this cannot be read")
    return Expression(text, _Translation(text).node(tree.body, 1))


def _refuse(text: str, position: int, problem: str) -> NoReturn:
    """Raise the error that says what is wrong at a position (from 0) and shows the expression, or the part around it."""
    start = max(0, position - 30)
    excerpt = text[start : start + 60]
    shown = ("…" if start else "") + repr(excerpt)[1:-1] + ("…" if start + 60 < len(text) else "")
    place = f"at character {position + 1}" if position < len(text) else "at its end"
    raise InputError(f"in the expression '{shown}' {place}: {problem}")


KNOWN_NAMES = ("x", *CONSTANTS, *FUNCTIONS)

_TOKEN = re.compile(
    r"(?P<space>\s+)"
    r"|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<sign>\*\*|//|<=|>=|==|!=|[-+*/%<>])"
    r"|(?P<mark>[(),])",
    re.ASCII,
)

_CHARACTER_HINTS = {
    "^": "powers are written with **",
    "=": "equality is written with ==",
    "[": "only round brackets are used",
    "{": "only round brackets are used",
}


class _Scan:
    """The first gate: tokens are known, operands and signs alternate, brackets are closed, sizes are within bounds."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.nodes = 0
        self.open: list[int] = []
        self.before = ""
        self.operand_next = True

    def run(self) -> None:
        position = 0
        while position < len(self.text):
            found = _TOKEN.match(self.text, position)
            if found is None:
                self._refuse_character(position)
            if found.lastgroup != "space":
                self._token(position, found.lastgroup or "", found.group())
                self.before = found.group()
            position = found.end()
        if self.operand_next:
            _refuse(self.text, position, "an operand is missing")
        if self.open:
            _refuse(self.text, self.open[-1], "this bracket is never closed")

    def _refuse_character(self, position: int) -> NoReturn:
        character = self.text[position]
        hint = _CHARACTER_HINTS.get(
            character, "numbers, x, pi, e, functions and + - * / // % ** < > ( ) can"
        )
        _refuse(self.text, position, f"{character!r} cannot be used; {hint}")

    def _token(self, position: int, kind: str, token: str) -> None:
        if kind == "mark":
            self._mark(position, token)
            return
        self.nodes += 1
        if self.nodes > MAX_NODES:
            _refuse(
                self.text,
                position,
                f"the expression has more than {MAX_NODES} numbers, names and signs",
            )
        if kind == "sign":
            self._sign(position, token)
        else:
            self._operand(position, kind, token)

    def _mark(self, position: int, mark: str) -> None:
        if mark == "(":
            self._opening(position)
            return
        if self.operand_next and self.before + mark != "()":
            _refuse(self.text, position, f"an operand is missing before {mark!r}")
        self.operand_next = mark == ","
        if mark == ")":
            if not self.open:
                _refuse(self.text, position, "this bracket was never opened")
            self.open.pop()

    def _opening(self, position: int) -> None:
        if not self.operand_next and self.before not in FUNCTIONS:
            self._refuse_neighbours(position, "(")
        self.operand_next = True
        self.open.append(position)
        if len(self.open) > MAX_DEPTH:
            _refuse(self.text, position, f"brackets are nested more than {MAX_DEPTH} deep")

    def _sign(self, position: int, sign: str) -> None:
        if self.operand_next and sign not in ("+", "-"):
            _refuse(self.text, position, f"an operand is missing before {sign!r}")
        self.operand_next = True

    def _operand(self, position: int, kind: str, token: str) -> None:
        if not self.operand_next:
            self._refuse_neighbours(position, token)
        self.operand_next = False
        if kind == "name" and token not in KNOWN_NAMES:
            _refuse(self.text, position, f"{token[:40]!r} is not known{_name_hint(token)}")
        if kind == "number" and token.isdigit() and token[0] == "0" and len(token) > 1:
            _refuse(self.text, position, "numbers are written without zeros in front")

    def _refuse_neighbours(self, position: int, token: str) -> NoReturn:
        _refuse(
            self.text,
            position,
            f"an operator is missing before {token[:40]!r}; a product is written 2*x",
        )


def _name_hint(name: str) -> str:
    if name == "ln":
        return "; did you mean log?"
    return "; the variable is x" if len(name) == 1 else did_you_mean(name, KNOWN_NAMES)


class _Translation:
    """The last gate: Python's syntax tree, node by node, into ours; every kind that is not named here is refused."""

    def __init__(self, text: str) -> None:
        self.text = text

    def node(self, tree: ast.expr, depth: int) -> Node:
        if depth > MAX_DEPTH:
            _refuse(self.text, tree.col_offset, f"operations are nested more than {MAX_DEPTH} deep")
        match tree:
            case ast.Constant(value=int() | float() as value):
                return Number(_to_float(value), self._source(tree))
            case ast.Name():
                return self._name(tree)
            case ast.UnaryOp(op=ast.USub()):
                return Operation("negative", (self.node(tree.operand, depth + 1),))
            case ast.UnaryOp(op=ast.UAdd()):
                return self.node(tree.operand, depth + 1)
            case ast.BinOp(op=op) if type(op) in _SIGNS:
                return self._sign(tree, depth)
            case ast.Compare():
                return self._comparison(tree, depth)
            case ast.Call(func=ast.Name()):
                return self._call(tree, depth)
            case ast.Tuple():
                _refuse(
                    self.text,
                    tree.col_offset,
                    "one value is expected here, without a comma; decimals are written 0.5",
                )
            case _:
                _refuse(
                    self.text,
                    tree.col_offset,
                    f"{self._source(tree)!r} cannot be used in an expression",
                )

    def _source(self, tree: ast.expr) -> str:
        return self.text[tree.col_offset : tree.end_col_offset][:60]

    def _name(self, tree: ast.Name) -> Node:
        if tree.id in CONSTANTS:
            return Number(CONSTANTS[tree.id], tree.id)
        if tree.id == "x":
            return Variable()
        _refuse(self.text, tree.col_offset, f"{tree.id} is a function; write {_usage(tree.id)}")

    def _sign(self, tree: ast.BinOp, depth: int) -> Node:
        sign = _SIGNS[type(tree.op)]
        left = tree.left
        same_chain = isinstance(left, ast.BinOp) and any(
            {sign, _SIGNS.get(type(left.op))} <= chain for chain in _CHAINS
        )
        return Operation(
            sign,
            (self.node(left, depth if same_chain else depth + 1), self.node(tree.right, depth + 1)),
        )

    def _comparison(self, tree: ast.Compare, depth: int) -> Node:
        operands = [self.node(operand, depth + 1) for operand in (tree.left, *tree.comparators)]
        return Comparison(tuple(_SIGNS[type(op)] for op in tree.ops), tuple(operands))

    def _call(self, tree: ast.Call, depth: int) -> Node:
        name = tree.func.id if isinstance(tree.func, ast.Name) else ""
        if name not in FUNCTIONS:
            _refuse(self.text, tree.col_offset, f"{name} is no function")
        if tree.keywords:
            _refuse(
                self.text,
                tree.col_offset,
                f"arguments of {name} have no names; write {_usage(name)}",
            )
        wanted, given = FUNCTIONS[name][0], len(tree.args)
        if given != wanted:
            _refuse(
                self.text,
                tree.col_offset,
                f"{name} takes {wanted} argument{'s'[: wanted > 1]}, not {given}: {_usage(name)}",
            )
        return Operation(name, tuple(self.node(argument, depth + 1) for argument in tree.args))


def _to_float(value: float) -> float:
    """A literal in float64; Python's integers know no bound, so one too large becomes inf."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _usage(function: str) -> str:
    return {1: f"{function}(x)", 2: f"{function}(a, b)", 3: f"{function}(condition, a, b)"}[
        FUNCTIONS[function][0]
    ]
