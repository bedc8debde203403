"""A computation graph in words: the lines of its boxes, the labels of its edges, cells of tables.

Numbers have four digits. Vectors and small matrices are written out; of larger ones the norm is
shown. Names are as in print: w1 is w₁, loss is ℓ; x1 and W1, of layers, are x⁽¹⁾ and W⁽¹⁾.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from relusgd.graphs.graph import Edge, Evaluated
from relusgd.model.network import Array
from relusgd.words import SUPERSCRIPTS, significant, superscript

LONGEST_VECTOR, LARGEST_MATRIX = 4, 3
"""The most entries of a vector, and the most rows or columns of a matrix, that are written out."""

BETWEEN = "   "
"""Between a value and a derivative on the same line."""

MOST_TERMS = 4
"""The most terms of a derivative, one for each path, that are written out."""

LONGEST_SYMBOL = 16
"""The most letters of a local derivative at an edge; of longer ones the number alone is shown."""

LAYER_LETTERS = "xW"
"""Letters of vectors and matrices that have one for each layer."""

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

# A letter and a number, as in w1 and 2g1, but not in 1e5.
_NAME = re.compile(r"(?<![A-Za-z_.])((?<!\d)[A-Za-z]|[A-DF-Za-df-z])(\d+)(?![\d.A-Za-z_])")


BoxForm = Literal["usual", "narrow", "columns", "flat"]
"""usual: the derivative on a line of its own. narrow: a vector's derivative under what it is.
columns: the same, with vectors as columns. flat: the derivative on the line of the value, where a
box has one line.
"""

FORMS: tuple[BoxForm, ...] = ("usual", "narrow", "columns", "flat")


# Values


def is_written_out(value: Array) -> bool:
    """Whether a value is shown entry by entry."""
    if value.ndim == 0:
        return True
    if value.ndim == 1:
        return len(value) <= LONGEST_VECTOR
    return bool(max(value.shape) <= LARGEST_MATRIX)


def value_lines(value: Array, form: BoxForm = "usual") -> list[str]:
    """A number, a vector in brackets, or a small matrix row by row; nothing of larger values."""
    if value.ndim == 1 and form == "columns" and is_written_out(value):
        return [f"[ {significant(entry)} ]" for entry in value]
    if not is_written_out(value):
        return []
    if value.ndim == 0:
        return [significant(float(value))]
    if value.ndim == 1:
        entries = ", ".join(significant(entry) for entry in value)
        return [f"({entries})"]
    lines = []
    for row in value:
        entries = "  ".join(significant(entry) for entry in row)
        lines.append(f"[ {entries} ]")
    return lines


def size_line(name: str, value: Array) -> str:
    """What stands for a value that is too large to be written out: |W1| = 3.2."""
    return f"|{printed(name)}| = {significant(norm(value))}"


def norm(value: Array) -> float:
    """The Euclidean norm of all entries."""
    return float(np.sqrt(np.sum(value * value)))


def shape_text(value: Array) -> str:
    """ℝ³, ℝ³ˣ²; empty for a number."""
    if value.ndim == 0:
        return ""
    return "ℝ" + "ˣ".join(superscript(size) for size in value.shape)


def printed(text: str) -> str:
    """Names and formulas as in print: w1 → w₁, x1 → x⁽¹⁾, x**2 → x², loss → ℓ."""
    text = re.sub(r"\bloss\b", "ℓ", text)
    text = re.sub(r"\*\*(\d+)(?![\d.])", lambda power: power[1].translate(SUPERSCRIPTS), text)
    if "**" not in text:
        text = text.replace("*", "·")
    return _NAME.sub(_numbered, text)


def _numbered(name: re.Match[str]) -> str:
    """A letter and its number: below for a unit, above in brackets for a layer."""
    letter, number = name[1], name[2]
    if letter in LAYER_LETTERS:
        return f"{letter}⁽{number.translate(SUPERSCRIPTS)}⁾"
    return letter + number.translate(SUBSCRIPTS)


# Lines of a box


@dataclass(frozen=True)
class Piece:
    """A piece of a line. role: name, ink, faint, value or derivative; it decides the look."""

    text: str
    role: str


TextLine = tuple[Piece, ...]


def box_lines(state: Evaluated, name: str, form: BoxForm = "usual") -> list[TextLine]:
    """The lines of a node's box: its own, then its derivative."""
    return with_derivative(own_lines(state, name, form), derivative_lines(state, name, form), form)


def with_derivative(
    own: Sequence[TextLine], derivative: Sequence[TextLine], form: BoxForm
) -> list[TextLine]:
    """A box's own lines and those of its derivative."""
    if form == "flat" and len(own) == len(derivative) == 1:
        return [(*own[0], Piece(BETWEEN, "derivative"), *derivative[0])]
    return [*own, *derivative]


def own_lines(state: Evaluated, name: str, form: BoxForm = "usual") -> list[TextLine]:
    """Name, formula, shape and value."""
    node, value = state.graph.node(name), state.values[name]
    head = [Piece(printed(name), "name")]
    if node.formula:
        head.append(Piece(f" = {printed(node.formula)}", "ink"))
    lines = value_lines(value, form)
    is_upright = form == "columns" and value.ndim == 1 and len(lines) > 1
    shape = []
    # A vector that stands upright shows by itself how long it is.
    if value.ndim and not is_upright:
        shape.append(Piece(f"  {shape_text(value)}", "faint"))
    first_line = (*head, *shape)
    if not lines:
        size = Piece(size_line(name, value), "value")
        return [first_line, (size,)]
    if len(lines) > 1:
        return [first_line, *_single_pieces(lines, "value")]
    (line,) = lines
    if node.formula:
        return [first_line, (Piece(f"= {line}", "value"),)]
    return [(*head, Piece(" = ", "ink"), Piece(line, "value"), *shape)]


def derivative_lines(state: Evaluated, name: str, form: BoxForm = "usual") -> list[TextLine]:
    """∂sink/∂node = term + term = sum; a small matrix row by row, of larger values the norm."""
    value = state.derivative(name)
    label = f"∂{printed(state.graph.sink)}/∂{printed(name)}"
    lines = value_lines(value, form)
    if not lines:
        texts = [f"|{label}| = {significant(norm(value))}"]
    elif len(lines) == 1 and form == "narrow" and value.ndim:
        texts = [f"{label} =", lines[0]]
    elif len(lines) == 1:
        texts = [f"{label} = {_sum_of_terms(state, name)}{lines[0]}"]
    else:
        texts = [f"{label} =", *lines]
    return _single_pieces(texts, "derivative")


def _single_pieces(texts: list[str], role: str) -> list[TextLine]:
    return [(Piece(text, role),) for text in texts]


def _sum_of_terms(state: Evaluated, name: str) -> str:
    """The terms of a number's derivative, "108 − 6 = "; empty for one term, many, or a vector."""
    edges = state.edges_from(name)
    if state.derivative(name).ndim or not 2 <= len(edges) <= MOST_TERMS:
        return ""
    terms = [significant(float(edge.term)) for edge in reversed(edges)]
    return f"{sum_text(terms)} = "


def sum_text(terms: Sequence[str]) -> str:
    """The sum of one or more terms; one that begins with a minus sign is subtracted."""
    text, *others = terms
    for term in others:
        is_negative = term.startswith("−")
        text += f" − {term[1:]}" if is_negative else f" + {term}"
    return text


# Labels of edges


def label_text(edge: Edge, *, letters: bool) -> str:
    """The local derivative of an edge: a number or a short vector, or its symbol.

    letters: whether a number has its symbol before it.
    """
    symbol, numbers = printed(edge.symbol), edge.local.numbers
    number = ""
    if numbers.ndim < 2 and is_written_out(numbers):
        (number,) = value_lines(numbers)
    if not symbol or symbol == number or len(symbol) > LONGEST_SYMBOL:
        return number or symbol
    if not number or numbers.ndim:
        return symbol
    return f"{symbol} = {number}" if letters else number


# Cells of a table


def value_cell(value: Array) -> str:
    """A value: whole if it is short, a matrix with a line for each row; else its norm."""
    lines = value_lines(value)
    if not lines:
        return f"norm {significant(norm(value))}"
    if value.ndim < 2:
        return lines[0]
    return "\n".join(_aligned(value))


def _aligned(matrix: Array) -> list[str]:
    """The rows of a matrix, the entries of a column one under the other."""
    columns = []
    for column in matrix.T:
        entries = [significant(entry) for entry in column]
        width = max(map(len, entries))
        columns.append([entry.rjust(width) for entry in entries])
    return ["  ".join(row) for row in zip(*columns, strict=True)]


def derivative_cell(state: Evaluated, name: str) -> str:
    """∂sink/∂node, a number as the sum of its terms."""
    if name not in state.derivatives:
        return "0"
    return _sum_of_terms(state, name) + value_cell(state.derivatives[name])
