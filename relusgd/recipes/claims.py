"""Claims: the numbers of runs, held against what is expected of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from relusgd.errors import InputError
from relusgd.model.history import History
from relusgd.model.network import Integers
from relusgd.recipes.facts import TrainedRun
from relusgd.recipes.formula import number_of, parse_quantity
from relusgd.recipes.recipe import Claim, Moments
from relusgd.words import comma_list, shown


@dataclass(frozen=True)
class MeasuredRun:
    """The numbers of a run, one for every claim of its recipe; None where a claim is not about it.

    seed: the one that it counts to. varied: the keys of the sweep that it was made with.
    """

    seed: int
    varied: Mapping[str, object]
    numbers: tuple[float | None, ...]


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


def measure_claims(
    claims: Sequence[Claim],
    run: TrainedRun,
    varied: Mapping[str, object],
) -> tuple[float | None, ...]:
    """The number that every claim asks of this run; None for claims that are about others.

    Raises InputError for a claim that gives several numbers, or is about keys that do not vary.
    """
    numbers: list[float | None] = []
    for claim in claims:
        if not _is_about(claim, varied):
            numbers.append(None)
            continue
        rows = chosen_moments(claim.at, run.history)
        numbers.append(number_of(parse_quantity(claim.quantity), run, rows))
    return tuple(numbers)


def judge(claims: Sequence[Claim], runs: Sequence[MeasuredRun]) -> list[Verdict]:
    """The verdict on every claim; runs: of all seeds.

    Raises InputError where a claim is about no run, or about keys that do not vary.
    """
    return [_judge(claim, place, runs) for place, claim in enumerate(claims)]


def _judge(claim: Claim, place: int, runs: Sequence[MeasuredRun]) -> Verdict:
    """The verdict on one claim; place: of its numbers among those of a run."""
    about: list[MeasuredRun] = []
    numbers: list[float] = []
    for run in runs:
        number = run.numbers[place]
        if number is not None:
            about.append(run)
            numbers.append(number)
    if not about:
        where = comma_list(f"{key} = {shown(value)}" for key, value in claim.where.items())
        raise InputError(f"the claim on {claim.quantity} is about no run: none has {where}")
    if claim.over == "run":
        return _verdict(claim, numbers)
    if claim.over == "seeds":
        take = TAKEN[claim.take]
        return _verdict(claim, [float(take(numbers))])
    return _verdict(claim, _along_axis(claim, about, numbers))


def _is_about(claim: Claim, varied: Mapping[str, object]) -> bool:
    unknown = [key for key in claim.where if key not in varied]
    if unknown:
        raise InputError(
            f"{unknown[0]} does not vary, so it cannot tell which runs a claim is about",
            f"what varies: {comma_list(varied) or 'nothing'}",
        )
    return all(varied[key] == value for key, value in claim.where.items())


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


def _along_axis(claim: Claim, runs: Sequence[MeasuredRun], numbers: Sequence[float]) -> list[float]:
    """The numbers that decide a claim about runs along an axis.

    runs: those that the claim is about; numbers: one for each. Runs that differ in the axis alone
    make a line, and each line gives, by the claim's relation,

    exponent: the slope of a line through the logarithms; ratio: of each number to the next one;
    monotone: how much the next one is larger, which is below 0 where they fall.
    """
    relation = RELATIONS_ALONG[claim.relation]
    found = []
    for line in _lines_along_axis(claim, runs, numbers):
        places = _places([value for value, _ in line])
        numbers_of_line = [number for _, number in line]
        found += relation(places, numbers_of_line)
    return found


def _lines_along_axis(
    claim: Claim,
    runs: Sequence[MeasuredRun],
    numbers: Sequence[float],
) -> list[list[tuple[object, float]]]:
    """The axis' value and the number of every run, in a line for all that agree otherwise.

    Raises InputError where the axis does not vary.
    """
    axis = "case" if claim.over == "cases" else claim.over
    lines: dict[object, list[tuple[object, float]]] = {}
    for run, number in zip(runs, numbers, strict=True):
        if axis not in run.varied:
            raise InputError(
                f"{claim.over} does not vary, so no relation can be over it",
                f"what varies: {comma_list(run.varied) or 'nothing'}",
            )
        others = [(key, str(value)) for key, value in run.varied.items() if key != axis]
        line = lines.setdefault((run.seed, *others), [])
        line.append((run.varied[axis], number))
    return list(lines.values())


def _places(values: Sequence[object]) -> list[float]:
    """Where these values stand on the axis; at 1, 2, 3 … where they are no numbers."""
    places: list[float] = []
    for value in values:
        if isinstance(value, tuple):  # widths: the first layer's
            value = value[0]
        if not isinstance(value, int | float):
            return [float(place) for place in range(1, len(values) + 1)]
        places.append(float(value))
    return places


def _exponents(places: Sequence[float], numbers: Sequence[float]) -> list[float]:
    with np.errstate(all="ignore"):
        slope, _ = np.polyfit(np.log(places), np.log(numbers), 1)
    return [float(slope)]


def _ratios(_: Sequence[float], numbers: Sequence[float]) -> list[float]:
    with np.errstate(all="ignore"):
        return [float(np.float64(one) / following) for one, following in pairwise(numbers)]


def _changes(_: Sequence[float], numbers: Sequence[float]) -> list[float]:
    return [following - one for one, following in pairwise(numbers)]


TAKEN: dict[str, Callable[[Sequence[float]], np.floating[Any]]] = {
    "mean": np.mean,
    "median": np.median,
    "smallest": np.min,
    "largest": np.max,
}

RELATIONS_ALONG: dict[str, Callable[[Sequence[float], Sequence[float]], list[float]]] = {
    "exponent": _exponents,
    "ratio": _ratios,
    "monotone": _changes,
}


def _verdict(claim: Claim, measured: Sequence[float]) -> Verdict:
    margins = [_margin(claim, number) for number in measured]
    worst = min(margins, default=-math.inf)
    if any(map(math.isnan, margins)):
        worst = -math.inf
    return Verdict(claim, tuple(measured), worst)


def _margin(claim: Claim, number: float) -> float:
    """By how much a number holds, below 0 where it does not; nan where it is none."""
    if isinstance(claim.value, str):
        rise = number if claim.value == "rising" else -number
        return _strict(rise)
    if claim.relation == "below":
        return _strict(claim.value - number)
    if claim.relation == "above":
        return _strict(number - claim.value)
    return claim.tolerance - abs(number - claim.value)


def _strict(margin: float) -> float:
    """A margin of 0 is none."""
    return -math.ulp(0.0) if margin == 0 else margin
