"""The readings of a text of another notation."""

from __future__ import annotations

import ast
import re
import warnings

from relusgd.model.notations.joining import Joining, tokens
from relusgd.model.notations.python_tree import Translation, variable
from relusgd.model.notations.spelling import NotOursError, spelled

MAX_CHARACTERS = 200
"""Longer texts get no suggestion; the bound also keeps Python's parser from nesting too deep."""


def in_our_notation(text: str) -> list[str]:
    """The expressions that somebody may have meant by a text of another notation.

    An empty list where nothing is found; two where the text has two readings, such as 1/2x. The
    caller checks that they can be read.
    """
    if len(text) > MAX_CHARACTERS:
        return []
    found: list[str] = []
    for tight in (True, False):
        reading = _reading(text, tight=tight)
        if reading is not None and reading not in found:
            found.append(reading)
    return found


def _reading(text: str, *, tight: bool) -> str | None:
    """One reading of a text. tight: what stands without a sign or bracket belongs together."""
    try:
        tree = _python_tree(spelled(text), tight=tight)
        translation = Translation(variable(tree))
        translated = ast.fix_missing_locations(translation.visit(tree.body))
        source = ast.unparse(translated)
    except (NotOursError, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    return re.sub(r" (\*\*|\*|//|/) ", r"\1", source)


def _python_tree(text: str, *, tight: bool) -> ast.Expression:
    joining = Joining(tokens(text), tight=tight)
    joined = joining.whole()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(joined, mode="eval")
