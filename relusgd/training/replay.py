"""The whole state of a training at any step, computed again from its beginning."""

from __future__ import annotations

import numpy as np

from relusgd.errors import InputError
from relusgd.model.network import Array
from relusgd.one_thread import one_thread
from relusgd.training.descent import State
from relusgd.training.engines import advance
from relusgd.training.loop import training_blocks
from relusgd.training.plan import Plan

STEPS_AT_ONCE = 100_000
"""Between so many steps, Ctrl-C is heard."""


def replay(plan: Plan, parameters: Array, step: int) -> State:
    """The state after this step of a training that begins with these parameters.

    Raises InputError for a step that the training does not have.
    """
    return Replay(plan, parameters).state(step)


class Replay:
    """A training that begins with these parameters, computed again as far as it is asked for.

    Later steps go on from where the last question ended.
    """

    def __init__(self, plan: Plan, parameters: Array) -> None:
        self._plan = plan
        self._start = plan.descent.start(parameters)
        self._reached = self._start

    def state(self, step: int) -> State:
        """The state after this step. Raises InputError for one that the training does not have."""
        plan = self._plan
        if not 0 <= step <= plan.steps:
            raise InputError(
                f"there is no step {step:,}",
                f"the training goes from 0 to {plan.steps:,}",
            )
        if plan.is_ridge:
            if step == 0:
                return self._start
            *_, last_block = training_blocks(plan, self._start)
            return last_block.state
        if step < self._reached.step:
            self._reached = self._start
        self._advance(step)
        return self._reached

    def _advance(self, step: int) -> None:
        descent = self._plan.descent
        no_records = np.zeros(0, dtype=np.int64)
        with one_thread():
            while self._reached.step < step:
                stop = min(self._reached.step + STEPS_AT_ONCE, step)
                self._reached, _ = advance(descent, self._reached, stop, no_records)
