"""What one step does to all units, and how the votes of the points are spread, in sentences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from relusgd.diagnostics.elbow_step import ElbowStep
from relusgd.diagnostics.step_phrases import NO_ELBOW_MOVES, StepPhrases, word_of_sign
from relusgd.model.network import Array
from relusgd.words import agreeing, and_list

MOST_NAMED = 8
"""So many units of a group are named."""


class StepWords(StepPhrases):
    """Sentences about a step as a whole."""

    def of_step(self, step: ElbowStep) -> list[str]:
        """What the step does to all units, and how the votes of the points are spread."""
        if not self.rule.hidden_learns:
            return [NO_ELBOW_MOVES, *self._votes(step)]
        too_far = []
        if self.rule.is_plain and step.loss_after > step.loss:
            too_far = ["The loss there rises: at this learning rate the step goes too far."]
        if len(step.x) == 1:
            return [*self._groups(step), *too_far]
        return [*self._votes(step), *self._unreached(step), *self._farthest(step), *too_far]

    def _unreached(self, step: ElbowStep) -> list[str]:
        """The units that move although no point of the batch reaches them."""
        is_moved = (step.move != 0) & np.isfinite(step.move)
        moved = int(np.count_nonzero(is_moved & (step.active == 0)))
        if not moved:
            return []
        cause = self.rule.extras or f"the memory of {self.rule.title}"
        units = agreeing(moved, "unit moves", "units move")
        return [
            f"{moved} {units} that no point of the batch reaches: {cause} adds to what the batch "
            "asks for."
        ]

    def _groups(self, step: ElbowStep) -> list[str]:
        """The units by what the sample does to them, a line each."""
        if step.residual[0] == 0:
            return ["The function goes through the point: nothing moves."]
        sentences = []
        off = np.flatnonzero(step.active == 0)
        if len(off):
            x = self.x_text(float(step.x[0]))
            sentences.append(f"off at x = {x}, so they stay: {_units(off.tolist())}")
        groups: dict[str, list[int]] = defaultdict(list)
        signs = _signs_of_changes(step)
        for number in np.flatnonzero(step.active).tolist():
            kind = _kind(*signs[number].tolist())
            groups[kind].append(number)
        for kind, numbers in sorted(groups.items()):
            sentences.append(f"{kind}: {_units(numbers)}")
        return sentences

    def _votes(self, step: ElbowStep) -> list[str]:
        """Whether all points have the same vote on the function."""
        votes = np.sort(step.votes)[::-1]
        if not votes.any():
            return ["Every residual is 0: the function goes through all points, and nothing moves."]
        if len(votes) == 1:
            return []
        # So many points, those with the largest votes first, have half of all votes together.
        votes_together = np.cumsum(votes)
        half = int(np.searchsorted(votes_together, 0.5 - 1e-12)) + 1
        return [
            "Not all points have the same vote: ∂ℓ/∂f grows with the residual, and a unit hears "
            f"only points at which it is on. Half of all |∂ℓ/∂f| is that of {half} of the "
            f"{len(votes)} points."
        ]

    def _farthest(self, step: ElbowStep) -> list[str]:
        """The unit whose elbow moves most."""
        move = np.abs(step.move)
        if not np.isfinite(move).any() or np.nanmax(move) == 0:
            return ["No elbow moves."]
        number = int(np.nanargmax(move))
        unit = step.unit(number)
        before, after = self.elbow_texts(unit)
        sentence = f"Unit {number}'s elbow moves most, from {before} to {after}."
        if not unit.shares.any():
            return [sentence]
        return [f"{sentence} Strongest: {self.strongest(unit)}."]


def _signs_of_changes(step: ElbowStep) -> Array:
    """Of every unit the signs of w, ∂ℓ/∂b, w′ − w and e′ − e, shape (H1, 4); nan for no elbow."""
    w = step.before.slope
    change = step.after.slope - w
    numbers = np.column_stack([w, step.by_bias, change, step.move])
    return np.sign(numbers)


def _kind(slope: float, by_bias: float, change: float, move: float) -> str:
    """What a sample does to an active unit, in few words, from the signs of `_signs_of_changes`."""
    sign = word_of_sign(slope, ">", "<", "=")
    if by_bias == 0:
        return f"on, w {sign} 0, without effect on f: slope and elbow stay"
    output = word_of_sign(-by_bias, "rise", "fall")
    turn = word_of_sign(change, "rises", "falls", "stays")
    elbow = "no elbow"
    if np.isfinite(move):
        elbow = word_of_sign(move, "elbow moves right", "elbow moves left", "elbow stays")
    return f"on, w {sign} 0, output has to {output}: slope {turn}, {elbow}"


def _units(numbers: Sequence[int]) -> str:
    """unit 3; units 3, 5 and 9; 31 units, from 0 to 38."""
    if len(numbers) == 1:
        return f"unit {numbers[0]}"
    if len(numbers) <= MOST_NAMED:
        names = [str(number) for number in numbers]
        return f"units {and_list(names)}"
    return f"{len(numbers):,} units, from {numbers[0]:,} to {numbers[-1]:,}"
