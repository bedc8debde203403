"""The tables of a diagnosis as text, for the terminal and for a notebook's cell."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.layers import LayerMeasures
from relusgd.diagnostics.pieces import LinearPiece
from relusgd.diagnostics.quantities import QUANTITIES, SUBJECTS, Quantity
from relusgd.model.network import Integers
from relusgd.words import DASH, index_ranges, number, significant

DIGITS = 5
"""Significant digits of the places, slopes and intercepts of pieces."""

LISTED_UNITS = 12
"""Of networks of at most so many units, the active ones are listed for every piece."""


@dataclass(frozen=True)
class TextTable:
    """A table whose cells are text. words: the columns that are no numbers; bold: rows."""

    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    words: Collection[int]
    bold: Collection[int] = ()


def quantities_table(
    values: dict[str, float],
    at_start: dict[str, float],
    epoch: int,
    own: Sequence[str],
) -> TextTable:
    """A line per quantity that the network has, subject after subject, then own metrics."""
    groups: dict[str, list[list[str]]] = {subject: [] for subject in SUBJECTS}
    for quantity in QUANTITIES.values():
        start = at_start[quantity.name]
        now = values[quantity.name]
        has_quantity = not (math.isnan(start) and math.isnan(now))
        if has_quantity:
            cells = [_value_text(quantity, start), _value_text(quantity, now)]
            groups[quantity.subject].append([f"  {quantity.title}", quantity.formula, *cells])
    groups["your own"] = []
    for name in own:
        cells = [number(at_start[name]), number(values[name])]
        groups["your own"].append([f"  {name}", "", *cells])
    rows: list[list[str]] = []
    bold: list[int] = []
    for subject, lines in groups.items():
        if lines:
            bold.append(len(rows))
            rows += [[subject, "", "", ""], *lines]
    headings = ["", "", "epoch 0", f"epoch {epoch:,}"]
    return TextTable(headings, rows, words=(0, 1), bold=bold)


def _value_text(quantity: Quantity, value: float) -> str:
    if quantity.is_count and math.isfinite(value):
        return f"{value:,.0f}"
    return number(value)


def layers_table(layers: Sequence[LayerMeasures]) -> TextTable:
    """A line per layer."""
    counted = ["layer", "units", "dead", "always on"]
    headings = [*counted, "mean a²", "mean δ²", "|θ|", "|∇|", "|θ − θ₀|/|θ₀|"]
    rows = []
    for layer in layers:
        counts = [layer.units, layer.dead, layer.always_on]
        numbers = [
            layer.activation,
            layer.backward,
            layer.norm,
            layer.gradient_norm,
            layer.relative_move,
        ]
        count_cells = [DASH if count is None else f"{count:,}" for count in counts]
        number_cells = [number(value) for value in numbers]
        rows.append([layer.name, *count_cells, *number_cells])
    return TextTable(headings, rows, words=(0,))


def pieces_table(pieces: Sequence[LinearPiece], units: int) -> TextTable:
    """A line per piece: of few units the active ones, of many those that switch where it begins."""
    if units <= LISTED_UNITS:
        headings = ["from", "to", "slope", "intercept", "active units"]
        rows = [[*_line_cells(piece), _units_text(piece.active)] for piece in pieces]
        return TextTable(headings, rows, words=(4,))
    headings = ["from", "to", "slope", "intercept", "active", "on where it begins", "off"]
    before = [None, *pieces[:-1]]
    rows = []
    for piece, last in zip(pieces, before, strict=True):
        rows.append([*_line_cells(piece), *_switch_cells(piece, last)])
    return TextTable(headings, rows, words=(5, 6))


def _line_cells(piece: LinearPiece) -> Iterator[str]:
    for value in (piece.low, piece.high, piece.slope, piece.intercept):
        yield significant(value, DIGITS)


def _switch_cells(piece: LinearPiece, before: LinearPiece | None) -> list[str]:
    """How many units are active, which of them were not in the piece before, and which were."""
    active = sum(len(units) for units in piece.active)
    if before is None:
        return [f"{active:,}", "", ""]
    switched_on = []
    switched_off = []
    for now, then in zip(piece.active, before.active, strict=True):
        switched_on.append(np.setdiff1d(now, then))
        switched_off.append(np.setdiff1d(then, now))
    return [f"{active:,}", _switched_text(switched_on), _switched_text(switched_off)]


def _switched_text(layers: Sequence[Integers]) -> str:
    """The units, or nothing where none switched."""
    if not any(len(units) for units in layers):
        return ""
    return _units_text(layers)


def _units_text(layers: Sequence[Integers]) -> str:
    """Units, layer after layer, as ranges: 0–3, 7 | 1."""
    ranges = [index_ranges(units.tolist()) for units in layers]
    return " | ".join(text or DASH for text in ranges)
