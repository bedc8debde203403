"""Why a unit moved the way it did in one step, and which points pulled, in sentences.

The four cases of a sample with a positive residual and v > 0: the unit is off; on with w > 0 and x
> 0; on with w > 0 and x < 0; on with w < 0 and x > 0. What happens to slope and elbow follows from
three signs, that of ∂ℓ/∂a, that of x and that of w, and so do the sentences.
"""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.elbow_step import ParameterStep, UnitStep
from relusgd.diagnostics.step_phrases import (
    NO_ELBOW_MOVES,
    StepPhrases,
    signed,
    told_apart,
    word_of_sign,
)
from relusgd.model.scaling import Scaling
from relusgd.words import (
    agreeing,
    and_list,
    as_sentence,
    counted,
    counted_part,
    plain_significant,
    significant,
)


class UnitWords(StepPhrases):
    """Sentences about what one unit does in a step."""

    def of_unit(self, unit: UnitStep) -> list[str]:
        """Why this unit moved as it did; of a batch, which points pulled."""
        if len(unit.x) == 1:
            sentences = [self._residual(unit), self._activity(unit)]
        else:
            sentences = [self._batch_activity(unit)]
        if self._is_moved(unit):
            sentences += self._parameters(unit)
            sentences += self._elbow(unit)
        sentences += self._pulling(unit)
        return [sentence for sentence in sentences if sentence]

    def _residual(self, unit: UnitStep) -> str:
        """Whether the function lies above or below the sample."""
        r = float(unit.f[0] - unit.y[0])
        if r == 0:
            return (
                "The function goes through the point: its residual f − y is 0, so every derivative "
                "is 0, and no unit moves."
            )
        side, way = ("above", "fall") if r > 0 else ("below", "rise")
        gap = plain_significant(abs(r) * self.scaling.y_deviation)
        x = self.x_text(float(unit.x[0]))
        return f"At x = {x} the function lies {gap} {side} the point, so it has to {way} there."

    def _activity(self, unit: UnitStep) -> str:
        """Whether the unit is on at the sample, and what its output has to do."""
        z = float(unit.z[0])
        if z == 0:
            return (
                "The point lies exactly on the elbow: z = 0, and as relu′(0) = 0 the unit counts "
                "as off. All its derivatives are 0, so it stays where it is."
            )
        if z < 0:
            return (
                f"The unit is off there (z = {significant(z)} < 0), so it has no part in f: all "
                "its derivatives are 0, and it stays where it is."
            )
        return f"The unit is on there (z = {significant(z)} > 0){self._role(unit)}."

    def _role(self, unit: UnitStep) -> str:
        """What an active unit's output does to f, and what it has to do."""
        f_by_a = float(unit.f_by_a[0])
        by_a = float(unit.by_a[0])
        is_deep = unit.output_weight is None
        if f_by_a == 0:
            if is_deep:
                return ", but the later layers are off to it (∂f/∂a = 0), so it cannot learn here"
            return (
                ", but its output weight is 0: slope and bias have no effect on f, and only "
                "the output weight learns"
            )
        sign = ">" if f_by_a > 0 else "<"
        effect = "raises" if f_by_a > 0 else "lowers"
        factor = "∂f/∂a" if is_deep else "v"
        role = f", and its output {effect} f ({factor} = {significant(f_by_a)} {sign} 0)"
        if by_a == 0:
            return role
        return f"{role}, so its output has to {word_of_sign(-by_a, 'rise', 'fall')}"

    def _batch_activity(self, unit: UnitStep) -> str:
        """At how many points of the batch the unit is on, and what its output has to do."""
        points = len(unit.x)
        active = int(np.count_nonzero(unit.is_active))
        if active == 0:
            all_points = counted_part(points, points, "point")
            return (
                f"The unit is off at {all_points} of the batch: no point has a vote, and "
                "all its derivatives are 0."
            )
        on = f"The unit is on at {counted_part(active, points, 'point')} of the batch"
        by_b = unit.bias.derivative
        if by_b == 0:
            return f"{on}, and its derivatives ∂ℓ/∂a there cancel or are 0."
        direction = word_of_sign(-by_b, "rise", "fall")
        sign = ">" if by_b > 0 else "<"
        return f"{on}. There its output has to {direction} on the whole (Σ ∂ℓ/∂a = ∂ℓ/∂b {sign} 0)."

    def _is_moved(self, unit: UnitStep) -> bool:
        if not self.rule.hidden_learns:
            return True
        return unit.slope.change != 0 or unit.bias.change != 0

    def _parameters(self, unit: UnitStep) -> list[str]:
        """How bias and slope change, and why."""
        if not self.rule.hidden_learns:
            return [NO_ELBOW_MOVES]
        return [
            f"The bias {_change(unit.bias)}{self._despite(unit.bias)}.",
            f"The slope {_change(unit.slope)}{self._slope_reason(unit)}{_steepness(unit.slope)}.",
        ]

    def _slope_reason(self, unit: UnitStep) -> str:
        """Why the slope goes the other way than the output, where it does."""
        if despite := self._despite(unit.slope):
            return despite
        if len(unit.x) > 1 or unit.slope.derivative == 0:
            return ""
        x = float(unit.x[0])
        side = "x > 0" if x > 0 else "x < 0"
        if self.scaling != Scaling():
            mean = "above" if x > 0 else "below"
            side = f"x lies {mean} the mean, so that standardised {side}"
        return f" because {side}"

    def _despite(self, parameter: ParameterStep) -> str:
        """What moves a parameter against the derivative of this batch; empty where nothing does."""
        if parameter.change * parameter.derivative <= 0 and parameter.derivative != 0:
            return ""
        if parameter.change == 0:
            return ""
        by_itself = "asks for nothing"
        if parameter.derivative != 0:
            by_itself = f"asks it to {word_of_sign(-parameter.derivative, 'rise', 'fall')}"
        cause = self.rule.extras if self.rule.is_sgd else f"the memory of {self.rule.title}"
        return f", though this batch {by_itself}, because of {cause or 'rounding'}"

    def _elbow(self, unit: UnitStep) -> list[str]:
        """Where the elbow goes."""
        if not self.rule.hidden_learns:
            return []
        before = unit.elbow
        after = unit.elbow_after
        if np.isnan(before) and np.isnan(after):
            return ["At slope 0 the unit is constant and has no elbow."]
        if np.isnan(before):
            place = self.x_text(after)
            return [f"At slope 0 the unit had no elbow; now it has one, at {place}."]
        if np.isnan(after):
            return [f"Its slope is now 0: the elbow, which was at {self.x_text(before)}, is gone."]
        place, place_after = self.elbow_texts(unit)
        if unit.slope.before * unit.slope.after < 0:
            way = f"jumps from {place} to {place_after}"
            if before == after:
                way = f"stays at {place}"
            return [
                "The slope changes its sign, so the unit is now on at the other side of its "
                f"elbow, which {way}."
            ]
        if before == after:
            return [f"The elbow stays at {place}: slope and bias change in step."]
        moves_right = after > before
        is_on_at_the_left = unit.slope.after < 0
        side = "right" if moves_right else "left"
        part = "more" if moves_right == is_on_at_the_left else "less"
        towards = ""
        if len(unit.x) == 1:
            towards = f", {_towards(before, after, float(unit.x[0]))}"
        return [
            f"The elbow moves {side}{towards}, from {place} to {place_after}: the unit is on "
            f"over {part} of the axis."
        ]

    def _pulling(self, unit: UnitStep) -> list[str]:
        """Which points of a batch pulled, and what came from elsewhere."""
        sentences = []
        shares = unit.shares
        if len(unit.x) > 1 and shares.any():
            silent = int(np.count_nonzero(shares == 0))
            if silent:
                sentences.append(
                    f"{_points(silent)} no vote: the unit is off there, or the residual is 0."
                )
            sentences += self._sides(unit)
            sentences.append(f"Strongest: {self.strongest(unit)}.")
        if self.rule.hidden_learns:
            sentences += self._other_forces(unit)
        return sentences

    def _sides(self, unit: UnitStep) -> list[str]:
        """How many points pull the elbow to the right and how many to the left."""
        pulls = unit.pulls
        if not np.isfinite(pulls).all() or not self.rule.hidden_learns:
            return []
        sides = []
        for name, chosen in (("right", pulls[pulls > 0]), ("left", pulls[pulls < 0])):
            if not len(chosen):
                continue
            distance = float(abs(chosen.sum())) * self.scaling.x_deviation
            points = counted(len(chosen), "point")
            verb = agreeing(len(chosen), "pulls", "pull")
            sides.append(f"{points} {verb} {name} (by {significant(distance, 3)})")
        if len(sides) > 1:
            return [f"Of the others {and_list(sides)}."]
        return [as_sentence(sides[0])]

    def _other_forces(self, unit: UnitStep) -> list[str]:
        """What of the move is not the gradient's of this batch."""
        if not self.rule.is_sgd:
            return [
                f"{self.rule.title} {self.rule.treatment}, so the points' parts are those of the "
                "gradient, not of the move."
            ]
        if self.rule.is_plain or not np.isfinite(unit.move) or unit.move == 0:
            return []
        batch = float(unit.pulls.sum()) * self.scaling.x_deviation
        whole = unit.move * self.scaling.x_deviation
        extras = self.rule.extras
        return [
            f"Of the elbow's move of {signed(whole)}, {signed(batch)} comes from the gradient of "
            f"this batch and {signed(whole - batch)} from {extras}."
        ]


def _change(parameter: ParameterStep) -> str:
    """What a parameter does: falls from 0.3 to 0.2856."""
    if parameter.change == 0:
        return f"stays at {significant(parameter.before)}"
    before, after = told_apart(parameter.before, parameter.after)
    return f"{word_of_sign(parameter.change, 'rises', 'falls')} from {before} to {after}"


def _steepness(slope: ParameterStep) -> str:
    """Whether the unit gets steeper or flatter; empty where its slope stays or changes its sign."""
    if slope.change == 0 or slope.before * slope.after <= 0:
        return ""
    kind = "steeper" if abs(slope.after) > abs(slope.before) else "flatter"
    sign = "positive" if slope.before > 0 else "negative"
    return f"; as it is {sign}, the unit gets {kind}"


def _towards(before: float, after: float, x: float) -> str:
    moves_right = after > before
    point_is_right = x > before
    return "towards the point" if moves_right == point_is_right else "away from the point"


def _points(count: int) -> str:
    verb = agreeing(count, "has", "have")
    return f"{counted(count, 'point')} {verb}"
