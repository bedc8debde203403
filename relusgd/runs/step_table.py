"""The tables of a step on the elbows, as texts: for terminals and for notebooks' cells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.elbow_step import ElbowStep, UnitStep
from relusgd.diagnostics.step_formulas import Formula
from relusgd.model.points import Dataset
from relusgd.pictures.pages.html_table import html_paragraph, html_table
from relusgd.words import DASH, plain_significant, short_exponent, significant

FINEST = 5
"""Decimals of places where the domain is 1 wide."""

FAR = 1e5
"""A place from here on is not told by its decimals."""

PLAIN_FROM = 1e-3
"""Shorter moves are written with an exponent."""

MOST_ROWS = 200
"""A longer table shows so many of its rows in a notebook's cell."""


@dataclass(frozen=True)
class StepTable:
    """A table of numbers as texts: headings, and rows of as many cells."""

    headings: list[str]
    rows: list[list[str]]

    def html(self, before: Sequence[str], after: Sequence[str]) -> str:
        """The table between sentences, as HTML."""
        notes = list(after)
        left_out = len(self.rows) - MOST_ROWS
        if left_out > 0:
            notes.insert(0, f"{left_out:,} more rows are not shown.")
        table = html_table(self.headings, self.rows[:MOST_ROWS])
        return _paragraphs(before) + table + _paragraphs(notes)


def units_table(step: ElbowStep, dataset: Dataset) -> StepTable:
    """A line per unit: is it active, w and the derivatives, and its elbow before and after."""
    decimals = place_decimals(dataset)
    before = dataset.scaling.x_to_original(step.before.elbow)
    after = dataset.scaling.x_to_original(step.after.elbow)
    derivatives = {"∂ℓ/∂w": step.by_slope, "∂ℓ/∂b": step.by_bias}
    if step.by_output_weight is not None:
        derivatives["∂ℓ/∂v"] = step.by_output_weight
    headings = ["unit", "on", "w", *derivatives, "elbow e", "e′", "e′ − e"]
    rows = []
    for number in range(len(step)):
        elbow = float(before[number])
        elbow_after = float(after[number])
        rows.append(
            [
                f"{number}",
                _activity(int(step.active[number]), len(step.x)),
                significant(float(step.before.slope[number]), 3),
                *(significant(float(column[number]), 3) for column in derivatives.values()),
                place_text(elbow, decimals),
                place_text(elbow_after, decimals),
                move_text(elbow_after - elbow),
            ]
        )
    return StepTable(headings, rows)


def points_table(unit: UnitStep, dataset: Dataset) -> StepTable:
    """A line per point at which the unit is active: its derivatives and its part of the move.

    The point that pulls most stands first. x, y, f and the pulls are in the units of the data.
    """
    scaling = dataset.scaling
    decimals = place_decimals(dataset)
    x = scaling.x_to_original(unit.x)
    y = scaling.y_to_original(unit.y)
    f = scaling.y_to_original(unit.f)
    pulls = unit.pulls * scaling.x_deviation
    shares = unit.shares
    headings = ["x", "y", "f", "∂ℓ/∂f", "z", "of ∂ℓ/∂b", "of ∂ℓ/∂w", "of e′ − e", "share"]
    rows = []
    for i in np.argsort(-shares, kind="stable").tolist():
        if not unit.is_active[i]:
            continue
        g = float(unit.g[i])
        rows.append(
            [
                without_zeros(place_text(float(x[i]), decimals)),
                plain_significant(float(y[i]), 3),
                plain_significant(float(f[i]), 3),
                significant(float(unit.by_f[i]), 3),
                significant(float(unit.z[i]), 3),
                significant(g, 3),
                significant(g * float(unit.x[i]), 3),
                move_text(float(pulls[i])),
                f"{100 * shares[i]:.0f} %",
            ]
        )
    return StepTable(headings, rows)


def formulas_html(formulas: Sequence[Formula], before: Sequence[str], after: Sequence[str]) -> str:
    """The formulas of a unit between sentences, as HTML."""
    rows = [[line.name, line.symbols, line.numbers, line.value] for line in formulas]
    table = html_table(["", "formula", "numbers", "value"], rows, words=(0, 1, 2))
    return _paragraphs(before) + table + _paragraphs(after)


def place_decimals(dataset: Dataset) -> int:
    """Decimals of places on the axis of x: a hundred-thousandth of the domain, or finer."""
    low, high = dataset.domain
    magnitude = int(np.floor(np.log10(high - low)))
    return max(0, FINEST - magnitude)


def place_text(place: float, decimals: int) -> str:
    """A place on the axis of x; one that is far off in five significant digits."""
    if np.isnan(place):
        return DASH
    if abs(place) >= FAR:
        return significant(place, 5)
    return f"{place + 0.0:.{decimals}f}".replace("-", "−")


def without_zeros(text: str) -> str:
    """A number without the zeros at the end of its decimals."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def move_text(move: float) -> str:
    """→ 0.0012, ← 0.0012, or 0: two digits of a move along x, with its direction."""
    if np.isnan(move):
        return DASH
    if move == 0:
        return "0"
    arrow = "→" if move > 0 else "←"
    size = abs(move)
    is_plain = size >= PLAIN_FROM
    text = significant(size, 2) if is_plain else short_exponent(f"{size:.1e}")
    return f"{arrow} {text}".replace("-", "−")


def _activity(active: int, points: int) -> str:
    if points == 1:
        return "on" if active else "off"
    return f"{active}/{points}"


def _paragraphs(sentences: Sequence[str]) -> str:
    return "".join(html_paragraph(sentence) for sentence in sentences)
