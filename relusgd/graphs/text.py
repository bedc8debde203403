"""What graphs say: numbers in four digits, vectors and small matrices whole, larger ones by their norm; names as in print."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.graphs.graph import Edge, Evaluated
from relusgd.model.network import Array

LONGEST, LARGEST = 4, 3
"""Vectors of so many entries, and matrices of so many rows and columns, are written out."""

MOST_TERMS = 4
"""Sums over so many paths are written out."""

_SUBSCRIPT = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_NAME = re.compile(r"(?<![A-Za-z_.])((?<!\d)[A-Za-z]|[A-DF-Za-df-z])(\d+)(?![\d.A-Za-z_])")
"""A letter and a number, as in w1 and 2g1, but not in 1e5."""

_SUPERSCRIPT = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def number_text(value: float, digits: int = 4) -> str:
    """So many significant digits, no zeros behind, a real minus sign."""
    text = f"{value + 0.0:.{digits}g}"
    mantissa, _, exponent = text.partition("e")
    if exponent:
        text = f"{mantissa}e{int(exponent)}"
    return text.replace("-", "−")


def is_written_out(value: Array) -> bool:
    """Whether a value is shown entry by entry."""
    return (
        value.ndim == 0
        or (value.ndim == 1 and len(value) <= LONGEST)
        or (value.ndim == 2 and max(value.shape) <= LARGEST)
    )


def value_lines(value: Array) -> list[str]:
    """A number, a vector in brackets, a small matrix row by row; of larger ones nothing."""
    if value.ndim == 0:
        return [number_text(float(value))]
    if not is_written_out(value):
        return []
    if value.ndim == 1:
        return [f"({', '.join(number_text(entry) for entry in value)})"]
    texts = [[number_text(entry) for entry in row] for row in value]
    return [f"[ {'  '.join(row)} ]" for row in texts]


def norm(value: Array) -> float:
    """The Euclidean norm of all entries."""
    return float(np.sqrt(np.sum(value * value)))


def shape_text(value: Array) -> str:
    """ℝ³, ℝ³ˣ²; nothing for a number."""
    return (
        f"ℝ{'ˣ'.join(str(size).translate(_SUPERSCRIPT) for size in value.shape)}"
        if value.ndim
        else ""
    )


def printed(text: str) -> str:
    """Names and formulas as in print: w1 → w₁, x**2 → x², loss → ℓ."""
    text = re.sub(r"\bloss\b", "ℓ", text)
    text = re.sub(r"\*\*(\d+)(?![\d.])", lambda found: found[1].translate(_SUPERSCRIPT), text)
    text = text.replace("*", "·") if "**" not in text else text
    return _NAME.sub(lambda found: found[1] + found[2].translate(_SUBSCRIPT), text)


def derivative_name(sink: str, name: str) -> str:
    """∂ℓ/∂name."""
    return f"∂{printed(sink)}/∂{printed(name)}"


@dataclass(frozen=True)
class Piece:
    """A piece of a line: its text, and whose colour and weight it has: name, ink, faint, derivative."""

    text: str
    role: str


TextLine = tuple[Piece, ...]


def box_lines(evaluated: Evaluated, name: str) -> list[TextLine]:
    """What stands in a node's box: name and formula, value, and ∂sink/∂node with its terms where the paths are few."""
    return [*own_lines(evaluated, name), *derivative_lines(evaluated, name)]


def own_lines(evaluated: Evaluated, name: str) -> list[TextLine]:
    """Name, formula, shape and value."""
    node, value = evaluated.graph.node(name), evaluated.values[name]
    formula = [Piece(f" = {printed(node.formula)}", "ink")] if node.formula else []
    head = [Piece(printed(name), "name"), *formula]
    shape = [Piece(f"  {shape_text(value)}", "faint")] if value.ndim else []
    lines = value_lines(value)
    if not lines:
        return [
            (*head, *shape),
            (Piece(f"|{printed(name)}| = {number_text(norm(value))}", "value"),),
        ]
    if not formula and len(lines) == 1:
        return [(*head, Piece(" = ", "ink"), Piece(lines[0], "value"), *shape)]
    sign = "= " if len(lines) == 1 else ""
    return [(*head, *shape), *((Piece(f"{sign}{line}", "value"),) for line in lines)]


def derivative_lines(evaluated: Evaluated, name: str) -> list[TextLine]:
    """∂sink/∂node = term + term = sum; of a small matrix row by row, of a large value its norm, of what the sink does not need 0."""
    value = evaluated.derivatives.get(name)
    if value is None:
        value = np.zeros_like(evaluated.values[name])
    label, lines = derivative_name(evaluated.graph.sink, name), value_lines(value)
    if not lines:
        return [(Piece(f"|{label}| = {number_text(norm(value))}", "derivative"),)]
    if len(lines) > 1:
        return [
            (Piece(f"{label} =", "derivative"),),
            *((Piece(line, "derivative"),) for line in lines),
        ]
    terms = (
        [number_text(float(edge.term)) for edge in reversed(evaluated.edges_from(name))]
        if value.ndim == 0
        else []
    )
    total = f"{sum_text(terms)} = {lines[0]}" if 2 <= len(terms) <= MOST_TERMS else lines[0]
    return [(Piece(f"{label} = {total}", "derivative"),)]


def sum_text(terms: Sequence[str]) -> str:
    """108 + 6, 108 − 6."""
    return terms[0] + "".join(
        f" − {term[1:]}" if term.startswith("−") else f" + {term}" for term in terms[1:]
    )


def label_text(edge: Edge, *, letters: bool) -> str:
    """The local derivative of an edge: in letters, if wanted and short, and as a number or a short vector."""
    symbol, numbers = printed(edge.symbol), edge.local.numbers
    number = value_lines(numbers)[0] if numbers.ndim < 2 and is_written_out(numbers) else ""
    if not symbol or symbol == number or len(symbol) > 16:
        return number or symbol
    if not number or numbers.ndim:
        return symbol
    return f"{symbol} = {number}" if letters else number


def one_line(value: Array) -> str:
    """A value on one line of a table: whole if it is short, else by its norm."""
    if value.ndim == 2 and is_written_out(value):
        return "; ".join(line.strip("[ ]").replace("  ", " ") for line in value_lines(value))
    lines = value_lines(value)
    return lines[0] if lines else f"norm {number_text(norm(value))}"


def derivative_texts(evaluated: Evaluated, name: str) -> str:
    """∂sink/∂node on one line of a table, a number as the sum of its terms."""
    value = evaluated.derivatives.get(name)
    if value is None:
        return "0"
    terms = (
        [number_text(float(edge.term)) for edge in reversed(evaluated.edges_from(name))]
        if value.ndim == 0
        else []
    )
    return (
        f"{sum_text(terms)} = {one_line(value)}"
        if 2 <= len(terms) <= MOST_TERMS
        else one_line(value)
    )
