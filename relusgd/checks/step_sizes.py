"""How the error of a difference depends on its step h: by rounding it falls like ε|f|/h, beyond its best h it rises again.

A forward difference rises like h/2 |f″|. A central one has h²/6 |f‴|, which is 0 here: within one activation pattern the
squared error is a quadratic function of every single parameter. What makes its error rise all the same are elbows that cross
samples within ±h.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from relusgd.checks.differences import take_differences
from relusgd.checks.network_check import Problem, by_backprop, checked_entries
from relusgd.model.network import Array

STEPS = tuple(float(f"1e{power}") for power in range(-1, -13, -1))

ENTRIES = 60
"""So many entries of an array show the curve."""


@dataclass(frozen=True)
class StepSize:
    """Relative errors |d − g| / |g| of the vectors of differences d, with g by backpropagation.

    central: of all entries. smooth_central, smooth_forward: of those that cross no elbow; nan when every one does.
    crossing: the share that crosses one.
    """

    step: float
    central: float
    smooth_central: float
    smooth_forward: float
    crossing: float


def step_size_errors(problem: Problem, steps: tuple[float, ...] = STEPS) -> list[StepSize]:
    """The errors at every step, the largest step first."""
    with threadpool_limits(1), np.errstate(all="ignore"):
        entries = (
            checked_entries(problem)
            if len(problem.vector) <= ENTRIES
            else problem.form.choose(ENTRIES)
        )
        gradient = by_backprop(problem.vector, problem.hidden, problem.x, problem.y)[entries]
        return [_errors(problem, gradient, entries, step) for step in steps]


def _errors(
    problem: Problem,
    gradient: Array,
    entries: np.ndarray[tuple[int], np.dtype[np.int64]],
    step: float,
) -> StepSize:
    found = take_differences(problem.measure(), problem.vector, entries, step)
    smooth = ~found.crosses
    return StepSize(
        step,
        _relative_error(found.central, gradient),
        _relative_error(found.central[smooth], gradient[smooth]),
        _relative_error(found.forward[smooth], gradient[smooth]),
        float(found.crosses.mean()),
    )


def _relative_error(measured: Array, gradient: Array) -> float:
    norm = float(np.linalg.norm(gradient))
    return (
        float(np.linalg.norm(measured - gradient)) / norm
        if len(gradient) and norm
        else float("nan")
    )
