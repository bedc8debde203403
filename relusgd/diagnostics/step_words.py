"""Why a unit moved the way it did in one step, and which points pulled, in sentences.

The four cases of a sample with a positive residual and v > 0: the unit is off; on with w > 0 and x
> 0; on with w > 0 and x < 0; on with w < 0 and x > 0. What happens to slope and elbow follows from
three signs, that of ∂ℓ/∂a, that of x and that of w, and so do the sentences.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.elbow_step import ElbowStep, ParameterStep, UnitStep
from relusgd.diagnostics.update_rule import UpdateRule
from relusgd.model.network import Array
from relusgd.model.scaling import Scaling
from relusgd.words import and_list, counted, plain_significant, significant

STRONGEST = 3
"""So many of the points that pull most are named."""

MOST_NAMED = 8
"""So many units of a group are named."""

MOST_DIGITS = 12


@dataclass(frozen=True)
class StepWords:
    """Sentences about steps. scaling: leads to the units of the data, in which places are told."""

    rule: UpdateRule
    scaling: Scaling

    # One unit

    def of_unit(self, unit: UnitStep) -> list[str]:
        """Why this unit moved as it did; of a batch, which points pulled."""
        if len(unit.x) == 1:
            reasons = [self._residual(unit), self._activity(unit)]
        else:
            reasons = [self._batch_activity(unit)]
        moved = [*self._parameters(unit), *self._elbow(unit)] if self._is_moved(unit) else []
        return [sentence for sentence in [*reasons, *moved, *self._pulling(unit)] if sentence]

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
        x = self._x(float(unit.x[0]))
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
        f_by_a, by_a = float(unit.f_by_a[0]), float(unit.by_a[0])
        if f_by_a == 0:
            if unit.output_weight is None:
                return ", but the later layers are off to it (∂f/∂a = 0), so it cannot learn here"
            return (
                ", but its output weight is 0: slope and bias have no effect on f, and only "
                "the output weight learns"
            )
        sign = ">" if f_by_a > 0 else "<"
        effect = "raises" if f_by_a > 0 else "lowers"
        factor = "∂f/∂a" if unit.output_weight is None else "v"
        role = f", and its output {effect} f ({factor} = {significant(f_by_a)} {sign} 0)"
        if by_a == 0:
            return role
        return f"{role}, so its output has to {_way(-by_a, 'rise', 'fall')}"

    def _batch_activity(self, unit: UnitStep) -> str:
        """At how many points of the batch the unit is on, and what its output has to do."""
        points, active = len(unit.x), int(np.count_nonzero(unit.is_active))
        if active == 0:
            return (
                f"The unit is off at all {points} points of the batch: no point has a vote, and "
                "all its derivatives are 0."
            )
        on = f"The unit is on at {active} of the {points} points of the batch"
        by_b = unit.bias.derivative
        if by_b == 0:
            return f"{on}, and its derivatives ∂ℓ/∂a there cancel or are 0."
        way = _way(-by_b, "rise", "fall")
        sign = ">" if by_b > 0 else "<"
        return f"{on}. There its output has to {way} on the whole (Σ ∂ℓ/∂a = ∂ℓ/∂b {sign} 0)."

    def _is_moved(self, unit: UnitStep) -> bool:
        return unit.slope.change != 0 or unit.bias.change != 0 or not self.rule.hidden_learns

    def _parameters(self, unit: UnitStep) -> list[str]:
        """How bias and slope change, and why."""
        if not self.rule.hidden_learns:
            return ["Slopes and biases do not learn here (training.layers), so no elbow moves."]
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
        side = f"x {'>' if x > 0 else '<'} 0"
        if self.scaling != Scaling():
            mean = "above" if x > 0 else "below"
            side = f"x lies {mean} the mean, so that standardised {side}"
        return f" because {side}"

    def _despite(self, parameter: ParameterStep) -> str:
        """What moves a parameter against the derivative of this batch."""
        if parameter.change * parameter.derivative <= 0 and parameter.derivative != 0:
            return ""
        if parameter.change == 0:
            return ""
        by_itself = "asks for nothing"
        if parameter.derivative != 0:
            by_itself = f"asks it to {_way(-parameter.derivative, 'rise', 'fall')}"
        cause = self.rule.extras if self.rule.is_sgd else f"the memory of {self.rule.title}"
        return f", though this batch {by_itself}, because of {cause or 'rounding'}"

    def _elbow(self, unit: UnitStep) -> list[str]:
        """Where the elbow goes."""
        if not self.rule.hidden_learns:
            return []
        before, after = unit.elbow, unit.elbow_after
        if np.isnan(before) and np.isnan(after):
            return ["At slope 0 the unit is constant and has no elbow."]
        if np.isnan(before):
            place = self._x(after)
            return [f"At slope 0 the unit had no elbow; now it has one, at {place}."]
        if np.isnan(after):
            return [f"Its slope is now 0: the elbow, which was at {self._x(before)}, is gone."]
        places = _apart(*self.scaling.x_to_original(np.array([before, after])).tolist())
        if unit.slope.before * unit.slope.after < 0:
            way = f"jumps from {places[0]} to {places[1]}"
            if before == after:
                way = f"stays at {places[0]}"
            return [
                "The slope changes its sign, so the unit is now on at the other side of its "
                f"elbow, which {way}."
            ]
        if before == after:
            return [f"The elbow stays at {places[0]}: slope and bias change in step."]
        side = "right" if after > before else "left"
        grows = (after > before) == (unit.slope.after < 0)
        part = "more" if grows else "less"
        towards = ""
        if len(unit.x) == 1:
            towards = f", {_towards(before, after, float(unit.x[0]))}"
        return [
            f"The elbow moves {side}{towards}, from {places[0]} to {places[1]}: the unit is on "
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
            sentences.append(f"Strongest: {self._strongest(unit, shares)}.")
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
            if len(chosen):
                distance = significant(float(abs(chosen.sum())) * self.scaling.x_deviation, 3)
                verb = "pulls" if len(chosen) == 1 else "pull"
                sides.append(f"{counted(len(chosen), 'point')} {verb} {name} (by {distance})")
        return [f"Of the others {and_list(sides)}." if len(sides) > 1 else f"{_upper(sides[0])}."]

    def _strongest(self, unit: UnitStep, shares: Array) -> str:
        """The points with the largest parts of all pulling."""
        order = np.argsort(-shares, kind="stable")[:STRONGEST]
        named = []
        for i in order:
            if shares[i] > 0:
                place = f"x = {self._x(float(unit.x[i]))}, y = {self._y(float(unit.y[i]))}"
                named.append(f"({place}) with {_percent(float(shares[i]))} of all pulling")
        return and_list(named)

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

    # All units

    def of_step(self, step: ElbowStep) -> list[str]:
        """What the step does to all units, and how the votes of the points are spread."""
        if not self.rule.hidden_learns:
            return [
                "Slopes and biases do not learn here (training.layers), so no elbow moves.",
                *self._votes(step),
            ]
        too_far = []
        if self.rule.is_plain and step.loss_after > step.loss:
            too_far = ["The loss there rises: at this learning rate the step goes too far."]
        if len(step.x) == 1:
            return [*self._groups(step), *too_far]
        return [*self._votes(step), *self._unreached(step), *self._farthest(step), *too_far]

    def _unreached(self, step: ElbowStep) -> list[str]:
        """The units that move although no point of the batch reaches them."""
        moved = np.count_nonzero((step.move != 0) & np.isfinite(step.move) & (step.active == 0))
        if not moved:
            return []
        cause = self.rule.extras or f"the memory of {self.rule.title}"
        units = "unit moves" if moved == 1 else "units move"
        return [
            f"{moved} {units} that no point of the batch reaches: {cause} adds to what the batch "
            "asks for."
        ]

    def _groups(self, step: ElbowStep) -> list[str]:
        """The units by what the sample does to them, a line each."""
        sentences = []
        x = self._x(float(step.x[0]))
        off = np.flatnonzero(step.active == 0)
        if step.residual[0] == 0:
            return ["The function goes through the point: nothing moves."]
        if len(off):
            sentences.append(f"off at x = {x}, so they stay: {_units(off.tolist())}")
        groups: dict[str, list[int]] = defaultdict(list)
        signs = _signs_of_changes(step)
        for number in np.flatnonzero(step.active).tolist():
            groups[_kind(*signs[number].tolist())].append(number)
        sentences += [f"{kind}: {_units(numbers)}" for kind, numbers in sorted(groups.items())]
        return sentences

    def _votes(self, step: ElbowStep) -> list[str]:
        """Whether all points have the same vote on the function."""
        votes = np.sort(step.votes)[::-1]
        if not votes.any():
            return ["Every residual is 0: the function goes through all points, and nothing moves."]
        if len(votes) == 1:
            return []
        half = int(np.searchsorted(np.cumsum(votes), 0.5 - 1e-12)) + 1
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
        places = _apart(
            *self.scaling.x_to_original(np.array([unit.elbow, unit.elbow_after])).tolist()
        )
        sentence = f"Unit {number}'s elbow moves most, from {places[0]} to {places[1]}."
        if not unit.shares.any():
            return [sentence]
        return [f"{sentence} Strongest: {self._strongest(unit, unit.shares)}."]

    # Places in the units of the data

    def _x(self, x: float) -> str:
        return plain_significant(float(self.scaling.x_to_original(np.array(x))), 5)

    def _y(self, y: float) -> str:
        return plain_significant(float(self.scaling.y_to_original(np.array(y))))


def _signs_of_changes(step: ElbowStep) -> Array:
    """Of every unit the signs of w, ∂ℓ/∂b, w′ − w and e′ − e, shape (H1, 4); nan for no elbow."""
    change = step.after.slope - step.before.slope
    return np.sign(np.column_stack([step.before.slope, step.by_bias, change, step.move]))


def _kind(slope: float, by_bias: float, change: float, move: float) -> str:
    """What a sample does to an active unit, in few words, from the signs of `_signs_of_changes`."""
    sign = _way(slope, ">", "<", "=")
    if by_bias == 0:
        return f"on, w {sign} 0, without effect on f: slope and elbow stay"
    output = _way(-by_bias, "rise", "fall")
    turn = _way(change, "rises", "falls", "stays")
    elbow = "no elbow"
    if np.isfinite(move):
        elbow = _way(move, "elbow moves right", "elbow moves left", "elbow stays")
    return f"on, w {sign} 0, output has to {output}: slope {turn}, {elbow}"


def signed(value: float) -> str:
    """A change with its sign: +0.0012, −3.4e−5, 0."""
    text = significant(value, 3)
    return f"+{text}" if value > 0 else text


def _way(value: float, up: str, down: str, neither: str = "stay") -> str:
    if value > 0:
        return up
    return down if value < 0 else neither


def _change(parameter: ParameterStep) -> str:
    """What a parameter does: falls from 0.3 to 0.2856."""
    if parameter.change == 0:
        return f"stays at {significant(parameter.before)}"
    before, after = _apart(parameter.before, parameter.after)
    return f"{_way(parameter.change, 'rises', 'falls')} from {before} to {after}"


def _steepness(slope: ParameterStep) -> str:
    """Whether the unit gets steeper or flatter."""
    if slope.change == 0 or slope.before * slope.after <= 0:
        return ""
    kind = "steeper" if abs(slope.after) > abs(slope.before) else "flatter"
    sign = "positive" if slope.before > 0 else "negative"
    return f"; as it is {sign}, the unit gets {kind}"


def _towards(before: float, after: float, x: float) -> str:
    return "towards the point" if (after > before) == (x > before) else "away from the point"


def _apart(before: float, after: float) -> tuple[str, str]:
    """Two numbers in as many digits as tell them apart, at least four."""
    for digits in range(4, MOST_DIGITS):
        texts = significant(before, digits), significant(after, digits)
        if texts[0] != texts[1] or before == after:
            return texts
    return f"{before!r}".replace("-", "−"), f"{after!r}".replace("-", "−")


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %" if share >= 0.01 else "less than 1 %"


def _points(count: int) -> str:
    return f"{counted(count, 'point')} {'has' if count == 1 else 'have'}"


def _units(numbers: Sequence[int]) -> str:
    """unit 3; units 3, 5 and 9; 31 units, from 0 to 38."""
    if len(numbers) == 1:
        return f"unit {numbers[0]}"
    if len(numbers) <= MOST_NAMED:
        return f"units {and_list([str(number) for number in numbers])}"
    return f"{len(numbers):,} units, from {numbers[0]:,} to {numbers[-1]:,}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
