"""How the error of a difference depends on its step h.

Rounding contributes ε|f|/h, which falls as h grows; beyond the best h, the error of the formula
takes over. That of a forward difference is h/2 |f″|. That of a central one is h²/6 |f‴|, which is 0
here: within one activation pattern the squared error is a quadratic function of every parameter.
Its error rises all the same where elbows cross samples within ±h.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from relusgd.checks.differences import Entries, take_differences
from relusgd.checks.network_check import Problem, by_backprop
from relusgd.model.network import Array
from relusgd.one_thread import one_thread

STEPS = tuple(float(f"1e{power}") for power in range(-1, -13, -1))

ENTRIES = 60
"""The most entries of an array that are compared, in networks with more parameters than that."""


@dataclass(frozen=True)
class StepSize:
    """Relative errors |d − g| / |g| of the vectors of differences d, with g by backpropagation.

    central: of all entries. smooth_central, smooth_forward: of the entries for which no elbow is
    crossed; nan when there are none. crossing: the share for which one is crossed.
    """

    step: float
    central: float
    smooth_central: float
    smooth_forward: float
    crossing: float


def step_size_errors(problem: Problem, steps: tuple[float, ...] = STEPS) -> list[StepSize]:
    """The errors at every step, the largest step first."""
    most = ENTRIES
    if len(problem.vector) <= ENTRIES:
        most = problem.most_entries
    entries = problem.layout.choose(most)
    with one_thread(), np.errstate(all="ignore"):
        whole = by_backprop(problem.vector, problem.hidden, problem.x, problem.y)
        gradient = whole[entries]
        return [_errors_at(step, problem, gradient, entries) for step in steps]


def _errors_at(
    step: float,
    problem: Problem,
    gradient: Array,
    entries: Entries,
) -> StepSize:
    """How far differences at one step size are from the gradient; gradient: at these entries."""
    differences = take_differences(problem.loss_and_pattern, problem.vector, entries, step)
    smooth = ~differences.crosses
    smooth_gradient = gradient[smooth]
    return StepSize(
        step,
        central=_relative_error(differences.central, gradient),
        smooth_central=_relative_error(differences.central[smooth], smooth_gradient),
        smooth_forward=_relative_error(differences.forward[smooth], smooth_gradient),
        crossing=float(differences.crosses.mean()),
    )


def _relative_error(measured: Array, gradient: Array) -> float:
    norm = float(np.linalg.norm(gradient))
    if norm == 0:  # also where there are no entries
        return math.nan
    return float(np.linalg.norm(measured - gradient)) / norm
