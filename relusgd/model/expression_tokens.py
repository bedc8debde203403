"""Which tokens an expression may have, and in which order; and what is said of any other text.

Only numbers, known names and arithmetic signs pass, within bounds of number and bracket depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from keyword import iskeyword

from relusgd.errors import InputError
from relusgd.model.expressions import IN_X, Vocabulary
from relusgd.words import did_you_mean, nearest, or_list

MAX_TOKENS = 200
"""The most numbers, names and signs."""

MAX_DEPTH = 30
"""The most brackets, and operations, that are nested in one another."""

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

_USAGE = {1: "{}({})", 2: "{}(a, b)", 3: "{}(condition, a, b)"}
"""How a function is called, by its number of arguments."""


class RefusedError(InputError):
    """An expression that cannot be read. otherwise: the advice where nothing better is known."""

    def __init__(self, problem: str, otherwise: str) -> None:
        super().__init__(problem + otherwise)
        self._problem = problem

    def sentence(self, meant: list[str]) -> str:
        """The message, with what to write instead."""
        if not meant:
            return self.message
        return f"{self._problem}; write {or_list(meant)}"


def refusal(text: str, position: int, problem: str, otherwise: str = "") -> RefusedError:
    """The error that names a problem at a position (from 0) and shows the text there.

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
    return RefusedError(f"in the expression '{excerpt}' {place}: {problem}", otherwise)


def check_tokens(text: str, vocabulary: Vocabulary) -> None:
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
                raise refusal(text, position, f"an operand is missing before {token!r}")
        elif is_operand or (token == "(" and before not in vocabulary.functions):
            raise refusal(text, position, *_missing_operator(before, token, vocabulary))
        if is_operand:
            _check_operand(text, position, token, vocabulary)
        if token == "(":
            open_brackets.append(position)
        if len(open_brackets) > MAX_DEPTH:
            raise refusal(text, position, f"brackets are nested more than {MAX_DEPTH} deep")
        if token == ")":
            if not open_brackets:
                raise refusal(text, position, "this bracket was never opened")
            open_brackets.pop()
        operand_next = kind == "sign" or token in ("(", ",")
        before = token
    if operand_next:
        raise refusal(text, len(text), "an operand is missing")
    if open_brackets:
        raise refusal(text, open_brackets[-1], "this bracket is never closed")


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
            raise refusal(text, position, f"{token!r} cannot be used", f"; {hint}")
        if kind in ("number", "name", "sign"):
            count += 1
        if count > MAX_TOKENS:
            problem = f"the expression has more than {MAX_TOKENS} numbers, names and signs"
            raise refusal(text, position, problem)
        if kind != "space":
            yield position, kind, token


def _missing_operator(before: str, token: str, vocabulary: Vocabulary) -> tuple[str, str]:
    """The problem of two neighbouring operands, and advice."""
    if before in vocabulary.functions:
        return f"the argument of {before} needs brackets", f": {usage_of(before, vocabulary)}"
    problem = f"an operator is missing before {token[:40]!r}"
    if iskeyword(token):
        return problem, "; a choice is written where(condition, a, b)"
    return f"{problem}; a product is written 2*{vocabulary.variable}", ""


def _check_operand(text: str, position: int, token: str, vocabulary: Vocabulary) -> None:
    has_zero_in_front = token.startswith("0") and len(token) > 1
    if token.isdigit() and has_zero_in_front:
        raise refusal(text, position, "numbers are written without zeros in front")
    if token.isidentifier() and token not in vocabulary.names:
        hint = _name_hint(token, vocabulary)
        raise refusal(text, position, f"{token[:40]!r} is not known", hint)


def _name_hint(name: str, vocabulary: Vocabulary) -> str:
    """What may be meant by a name that is not known."""
    has_one_variable = len(vocabulary.variables) == 1
    may_be_variable = len(name) == 1
    if vocabulary != IN_X and nearest(name, vocabulary.names) is None:
        may_be_variable = True
    if has_one_variable and may_be_variable:
        return f"; the variable is {vocabulary.variable}"
    return did_you_mean(name, vocabulary.names)


def usage_of(function: str, vocabulary: Vocabulary) -> str:
    """How a function is called, such as sin(x)."""
    argument_count, _ = vocabulary.functions[function]
    template = _USAGE[argument_count]
    return template.format(function, vocabulary.variable)
