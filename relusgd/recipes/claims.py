"""Claims: the numbers of runs, held against what is expected of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from relusgd.errors import InputError
from relusgd.model.history import History
from relusgd.model.network import Integers
from relusgd.recipes.facts import TrainedRun
from relusgd.recipes.formula import number_of, parse_quantity
from relusgd.recipes.recipe import Claim, Moments
from relusgd.words import comma_list, shown


@dataclass(frozen=True, eq=False)
class VerifiedRun:
    """A run with the seed that it counts to, and the keys of the sweep that it was made with."""

    seed: int
    varied: Mapping[str, object]
    run: TrainedRun


@dataclass(frozen=True)
class Verdict:
    """What became of a claim.

    measured: the numbers that the relation was asked of: of runs, of pairs along an axis, or of all
    seeds. margin: by how much the worst of them holds, in units of what is compared; below 0 it
    does not. holds: whether all do.
    """

    claim: Claim
    measured: tuple[float, ...]
    margin: float

    @property
    def holds(self) -> bool:
        return self.margin >= 0


def judge(claim: Claim, runs: Sequence[VerifiedRun]) -> Verdict:
    """The verdict on the numbers of these runs, which are of all seeds.

    Raises InputError where the claim is about no run, or about keys that do not vary.
    """
    about = [one for one in runs if _is_about(claim, one)]
    if not about:
        where = comma_list(f"{key} = {shown(value)}" for key, value in claim.where.items())
        raise InputError(f"the claim on {claim.quantity} is about no run: none has {where}")
    expression = parse_quantity(claim.quantity)
    numbers = [
        number_of(expression, one.run, chosen_moments(claim.at, one.run.history)) for one in about
    ]
    if claim.over == "run":
        return _verdict(claim, numbers)
    if claim.over == "seeds":
        return _verdict(claim, [float(np.mean(numbers))])
    return _verdict(claim, _along_axis(claim, about, numbers))


def _is_about(claim: Claim, one: VerifiedRun) -> bool:
    unknown = [key for key in claim.where if key not in one.varied]
    if unknown:
        raise InputError(
            f"{unknown[0]} does not vary, so it cannot tell which runs a claim is about",
            f"what varies: {comma_list(one.varied) or 'nothing'}",
        )
    return all(one.varied[key] == value for key, value in claim.where.items())


def chosen_moments(at: Moments, history: History) -> Integers:
    """The rows of the snapshots that a claim sees."""
    count = len(history)
    if at == "last":
        return np.array([count - 1])
    if at == "all":
        return np.arange(count)
    if at == "second half":
        return np.flatnonzero(history.step >= history.step[-1] / 2)
    epochs = (at,) if isinstance(at, int) else at
    return np.array([history.index(epoch=epoch) for epoch in epochs])


def _along_axis(
    claim: Claim, about: Sequence[VerifiedRun], numbers: Sequence[float]
) -> list[float]:
    """What the relation is asked of, line after line of runs that differ in the axis alone.

    exponent: the slope of a line through the logarithms; ratio: of neighbours; monotone: the
    logarithm of the ratio of neighbours, which is below 0 where they fall.
    """
    axis = "case" if claim.over == "cases" else claim.over
    lines: dict[object, list[tuple[object, float]]] = {}
    for one, number in zip(about, numbers, strict=True):
        if axis not in one.varied:
            raise InputError(
                f"{claim.over} does not vary, so no relation can be over it",
                f"what varies: {comma_list(one.varied) or 'nothing'}",
            )
        others = [(key, str(value)) for key, value in one.varied.items() if key != axis]
        lines.setdefault((one.seed, *others), []).append((one.varied[axis], number))
    found = []
    for line in lines.values():
        found += RELATIONS_ALONG[claim.relation](_places(line), [number for _, number in line])
    return found


def _places(line: Sequence[tuple[object, float]]) -> list[float]:
    """Where the runs stand on the axis: their values; 1, 2, 3 … where these are no numbers."""
    values = [value for value, _ in line]
    values = [value[0] if isinstance(value, tuple) else value for value in values]
    if all(isinstance(value, int | float) for value in values):
        return [float(value) for value in values]  # type: ignore[arg-type]
    return [float(place) for place in range(1, len(values) + 1)]


def _exponents(places: Sequence[float], numbers: Sequence[float]) -> list[float]:
    with np.errstate(all="ignore"):
        slope, _ = np.polyfit(np.log(places), np.log(numbers), 1)
    return [float(slope)]


def _ratios(_: Sequence[float], numbers: Sequence[float]) -> list[float]:
    return [float(np.float64(one) / other) for one, other in pairwise(numbers)]


def _changes(_: Sequence[float], numbers: Sequence[float]) -> list[float]:
    return [other - one for one, other in pairwise(numbers)]


RELATIONS_ALONG: dict[str, Callable[[Sequence[float], Sequence[float]], list[float]]] = {
    "exponent": _exponents,
    "ratio": _ratios,
    "monotone": _changes,
}


def _verdict(claim: Claim, measured: Sequence[float]) -> Verdict:
    margins = [_margin(claim, number) for number in measured]
    worst = -math.inf if any(map(math.isnan, margins)) else min(margins, default=-math.inf)
    return Verdict(claim, tuple(measured), worst)


def _margin(claim: Claim, number: float) -> float:
    """By how much a number holds; nan where it is none."""
    if isinstance(claim.value, str):
        change = number if claim.value == "rising" else -number
        return change if change > 0 else min(change, -math.ulp(1.0))
    if claim.relation == "below":
        return claim.value - number
    if claim.relation == "above":
        return number - claim.value
    return claim.tolerance - abs(number - claim.value)
