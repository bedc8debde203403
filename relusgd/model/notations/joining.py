"""Products, bars and brackets that Python would not read: 2x, |x|, sin x."""

from __future__ import annotations

import re

from relusgd.model.expressions import CONSTANTS
from relusgd.model.notations.calls import is_function
from relusgd.model.notations.spelling import NotOursError

MODULES = frozenset(
    {"np", "numpy", "jnp", "jax", "torch", "nn", "functional", "F", "tf", "math", "Math", "cmath"}
    | {"scipy", "special", "sp", "sympy", "keras", "activations", "cp"}
)

TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)"
    r"|(?P<name>[^\W\d]\w*)"
    r"|(?P<sign>\*\*|//|<=|>=|==|!=|[-+*/%<>^&~])"
    r"|(?P<mark>\|\||[][(){},.:|]))"
)
KEYWORDS = frozenset({"if", "else", "and", "or", "not", "lambda"})
CLOSING = {"(": ")", "[": ")", "{": ")"}
POWERS = ("**", "^")
NONE: frozenset[str] = frozenset()
ARGUMENT_ENDS = KEYWORDS | {"+", "-", ",", "|", "||", ":", "<", ">", "<=", ">=", "==", "!="}
"""What ends the argument of a function without brackets: sin x + 1."""
CALLED_WITHOUT_BRACKETS = re.compile(r"(?P<function>[a-z]+)(?P<factor>\d*)x")

TWO_READINGS = ("log2x", "log10x")

Token = tuple[str, str]
"""Its kind (number, name, sign, mark) and its text."""


def tokens(text: str) -> list[Token]:
    """The numbers, names, signs and marks of a text. Raises NotOursError for anything else."""
    found: list[Token] = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if match is None:
            raise NotOursError
        kind = str(match.lastgroup)
        if kind == "name":
            found += _split_name(match[kind])
        else:
            found.append((kind, match[kind]))
        position = match.end()
    return found


def _split_name(name: str) -> list[Token]:
    """A name as a token; sinx and sin6x as the function of its argument."""
    match = CALLED_WITHOUT_BRACKETS.fullmatch(name)
    if match is None or name in TWO_READINGS:
        return [("name", name)]
    function, factor = match["function"], match["factor"]
    if not is_function(function):
        return [("name", name)]
    if not factor:
        return [("name", function), ("name", "x")]
    return [("name", function), ("number", factor), ("name", "x")]


def _without_zeros_in_front(digits: str) -> str:
    return digits.lstrip("0") or "0"


class Joining:
    """Joins tokens to Python's text, with the signs and brackets that people leave out.

    tight: 1/2x is 1/(2*x) and sin x/2 is sin(x/2); else 1/2*x and sin(x)/2.
    """

    def __init__(self, tokens: list[Token], *, tight: bool) -> None:
        self._tokens = tokens
        self._place = 0
        self._tight = tight

    def whole(self) -> str:
        text = self._sequence("")
        if self._place < len(self._tokens):
            raise NotOursError
        return text.strip()

    def _next(self) -> str:
        """The text of the next token; empty at the end."""
        return self._tokens[self._place][1] if self._place < len(self._tokens) else ""

    def _kind(self) -> str:
        return self._tokens[self._place][0] if self._place < len(self._tokens) else ""

    def _take(self) -> str:
        text = self._next()
        self._place += 1
        return text

    def _sequence(self, end: str, *, in_call: bool = False, stops: frozenset[str] = NONE) -> str:
        """Everything up to a closing mark or one of the stops, which is left to be taken.

        end: the mark that closes it; empty for the end of the text.
        """
        parts: list[str] = []
        sign = ""  # before the operand that comes next, or the last one
        after_operand = False
        while self._next() not in ("", ")", "]", "}", *stops):
            text, kind = self._next(), self._kind()
            if after_operand and text == end == "|":
                break
            if after_operand and self._is_or(text):
                self._take()
                parts.append(" or ")
                after_operand = False
            elif after_operand and text == "." and self._is_method():
                self._take()
                parts.append("." + self._operand())
            elif text == "," and after_operand and not in_call and self._decimals():
                sign = self._take()
                parts.append("." + self._take())
            elif kind == "sign" or text in KEYWORDS or text in (",", ":"):
                self._take()
                sign = "**" if text == "^" else text
                parts.append(f" {sign} ")
                after_operand = False
            elif after_operand and stops and is_function(text):
                break  # sin x cos x
            elif not after_operand:
                parts.append(self._operand())
                after_operand = True
            elif sign in ("/", "//", "%", "**") and self._tight:
                parts.append(f"({parts.pop()}*{self._product()})")
            else:
                sign = "*"
                parts.append(f"*{self._operand()}")
        return "".join(parts)

    def _is_or(self, text: str) -> bool:
        """Whether bars behind an operand mean `or`: || in C, or a single one that none closes."""
        if text != "|":
            return text == "||"
        bars = self._tokens[self._place :].count(("mark", "|"))
        return bars % 2 == 1

    def _product(self) -> str:
        """Factors without signs between them, with their powers; at least one."""
        factors = [self._factor()]
        while self._next() in CLOSING or self._kind() in ("number", "name"):
            if self._next() in KEYWORDS:
                break
            factors.append(self._factor())
        return "*".join(factors)

    def _factor(self) -> str:
        factor = self._operand()
        if self._next() in POWERS:
            self._take()
            sign = self._take() if self._next() in ("-", "+") else ""
            factor += f"**{sign}{self._operand()}"
        return factor

    def _decimals(self) -> bool:
        """Whether digits follow this comma, as in 0,5."""
        _, before = self._tokens[self._place - 1]
        _, behind = self._behind_next()
        return before.isdigit() and behind.isdigit()

    def _is_method(self) -> bool:
        """Whether a name follows this point, as in x.sin()."""
        kind, _ = self._behind_next()
        return kind == "name"

    def _behind_next(self) -> Token:
        """The token behind the next one; two empty texts at the end."""
        place = self._place + 1
        return self._tokens[place] if place < len(self._tokens) else ("", "")

    def _operand(self) -> str:
        kind, text = self._kind(), self._take()
        if kind == "number":
            return _without_zeros_in_front(text) if text.isdigit() else text
        if kind == "name":
            return self._named(text)
        if text in ("|", "||"):
            return self._bars(text)
        if text in CLOSING:
            return self._brackets()
        raise NotOursError

    def _bars(self, bars: str) -> str:
        """|x| as abs(x)."""
        bar = ("mark", "|")
        if bars == "||":
            # It opens two pairs, as in ||x| - 1|; the inner one is still to be read.
            self._tokens.insert(self._place, bar)
        inner = self._sequence("|")
        if self._next() == "||":
            # It closes two pairs; the outer one is still to be closed.
            self._tokens[self._place : self._place + 1] = [bar, bar]
        if self._take() != "|":
            raise NotOursError
        return f"abs({inner})"

    def _brackets(self, *, in_call: bool = False) -> str:
        inner = self._sequence(")", in_call=in_call)
        if self._take() not in (")", "]", "}"):
            raise NotOursError
        return f"({inner})"

    def _named(self, name: str) -> str:
        """A name with what belongs to it: modules, arguments, a power, an index."""
        while self._next() == "." and name in MODULES and self._is_method():
            self._take()
            name = self._take()
        if self._next() == "[":
            self._skip_index()
            return name
        if self._next() == "(" and name not in ("x", "X", *CONSTANTS):
            self._take()
            return name + self._brackets(in_call=True)
        if not is_function(name) or self._next() in ("", "+", "-", ")", ","):
            return name
        power = ""
        if self._next() in POWERS:
            name, power = self._power(name)
        if self._next() == "(":
            self._take()
            return name + self._brackets(in_call=True) + power
        return f"{name}({self._argument()}){power}"

    def _skip_index(self) -> None:
        """x[0] and x[:, 0] are x."""
        self._take()
        while self._next() not in ("]", ""):
            self._take()
        self._take()

    def _power(self, name: str) -> tuple[str, str]:
        """A function and its exponent where the exponent stands before the argument: sin^2(x).

        sin^-1(x) is asin(x), or 1/sin(x).
        """
        self._take()
        is_negative = self._next() == "-"
        if is_negative:
            self._take()
        if self._kind() != "number":
            raise NotOursError
        exponent = self._take()
        if is_negative and exponent == "1" and self._tight:
            return f"a{name}", ""
        if is_negative:
            exponent = f"-{exponent}"
        return name, f"**{exponent}"

    def _argument(self) -> str:
        """What a function without brackets is applied to: sin 2x, sin x/2."""
        if self._next() in KEYWORDS or self._kind() not in ("number", "name"):
            raise NotOursError
        if self._tight:
            return self._sequence("", stops=ARGUMENT_ENDS)
        factors = [self._operand()]
        while self._is_factor():
            factors.append(self._operand())
        return "*".join(factors)

    def _is_factor(self) -> bool:
        """Whether a number or a variable comes next, but no other function."""
        is_word = self._next() in KEYWORDS or is_function(self._next())
        return self._kind() in ("number", "name") and not is_word
