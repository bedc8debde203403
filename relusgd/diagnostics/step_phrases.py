"""What all sentences about a step have in common: places, numbers that differ, who pulled most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.elbow_step import UnitStep
from relusgd.diagnostics.update_rule import UpdateRule
from relusgd.model.scaling import Scaling
from relusgd.words import and_list, plain_significant, significant

STRONGEST = 3
"""So many of the points that pull most are named."""

MOST_DIGITS = 12

NO_ELBOW_MOVES = "Slopes and biases do not learn here (training.layers), so no elbow moves."


@dataclass(frozen=True)
class StepPhrases:
    """Parts of sentences. scaling: leads to the units of the data, in which places are told."""

    rule: UpdateRule
    scaling: Scaling

    def x_text(self, x: float) -> str:
        """An x, given in network units, as the data have it."""
        return plain_significant(float(self.scaling.x_to_original(np.array(x))), 5)

    def y_text(self, y: float) -> str:
        return plain_significant(float(self.scaling.y_to_original(np.array(y))))

    def elbow_texts(self, unit: UnitStep) -> tuple[str, str]:
        """Where the unit's elbow is before and after the step."""
        places = np.array([unit.elbow, unit.elbow_after])
        before, after = self.scaling.x_to_original(places).tolist()
        return told_apart(before, after)

    def strongest(self, unit: UnitStep) -> str:
        """The points with the largest parts of all pulling."""
        shares = unit.shares
        largest_first = np.argsort(-shares, kind="stable")[:STRONGEST]
        named = []
        for i in largest_first:
            if shares[i] > 0:
                x = self.x_text(float(unit.x[i]))
                y = self.y_text(float(unit.y[i]))
                part = percent(float(shares[i]))
                named.append(f"(x = {x}, y = {y}) with {part} of all pulling")
        return and_list(named)


def signed(value: float) -> str:
    """A change with its sign: +0.0012, −3.4e−5, 0."""
    text = significant(value, 3)
    return f"+{text}" if value > 0 else text


def word_of_sign(value: float, up: str, down: str, neither: str = "stay") -> str:
    """The word for a value above 0, for one below 0, or for 0 itself."""
    if value > 0:
        return up
    return down if value < 0 else neither


def told_apart(before: float, after: float) -> tuple[str, str]:
    """Two numbers in as many digits as tell them apart, at least four."""
    for digits in range(4, MOST_DIGITS):
        first = significant(before, digits)
        second = significant(after, digits)
        if first != second or before == after:
            return first, second
    return f"{before!r}".replace("-", "−"), f"{after!r}".replace("-", "−")


def percent(share: float) -> str:
    """A share of all pulling."""
    return f"{100 * share:.0f} %" if share >= 0.01 else "less than 1 %"
