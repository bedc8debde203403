"""The whole state of a training at any step, computed again from its beginning."""

from __future__ import annotations

import numpy as np

from relusgd.errors import InputError
from relusgd.model.network import Array
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
    if not 0 <= step <= plan.steps:
        raise InputError(
            f"there is no step {step:,}", f"the training goes from 0 to {plan.steps:,}"
        )
    state = plan.descent.start(parameters)
    if plan.is_ridge:
        return state if step == 0 else list(training_blocks(plan, state))[-1].state
    no_records = np.zeros(0, dtype=np.int64)
    with plan.one_thread():
        while state.step < step:
            stop = min(state.step + STEPS_AT_ONCE, step)
            state, _ = advance(plan.descent, state, stop, no_records)
    return state
