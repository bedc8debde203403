"""The step of a run that a film shows in slow motion: its state by replay, its own batch."""

from __future__ import annotations

from typing import Protocol

from relusgd.advice import Advice
from relusgd.errors import InputError
from relusgd.model.history import History
from relusgd.pictures.films.slow_motion.real_step import RealStep
from relusgd.training import State
from relusgd.training.one_step import DRAWS_NO_BATCHES, step_on_batch
from relusgd.training.plan import Plan


class ReplayedRun(Protocol):
    """A run whose state after any step can be had."""

    @property
    def plan(self) -> Plan: ...

    @property
    def history(self) -> History: ...

    def state(self, step: int) -> State: ...


def slowed_step(run: ReplayedRun, number: int) -> RealStep:
    """The step that training took after this many steps.

    Raises InputError for a step that was not taken, for ridge regression, which takes none, and
    when the engine of the run is not installed.
    """
    plan, last = run.plan, int(run.history.step[-1])
    if plan.is_ridge:
        raise InputError(
            DRAWS_NO_BATCHES,
            Advice("leave out slow_motion", "leave out --slow-motion"),
        )
    if last == 0:
        raise InputError("no step of this run was recorded", "train it first")
    if not 0 <= number < last:
        raise InputError(
            f"no step was taken after step {number:,}",
            f"slow motion begins at a step from 0 to {last - 1:,}",
        )
    taken = step_on_batch(plan, run.state(number))
    return RealStep(
        step=taken.step,
        number=number,
        is_full=plan.descent.is_full,
        is_noisy=bool(plan.descent.noise),
        elbows_learn=taken.rule.hidden_learns,
    )
