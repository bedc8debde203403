"""A training that diverged: at which step, which learning rate was stable, what to try."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relusgd.ceil_div import ceil_div
from relusgd.errors import DivergedError
from relusgd.model.history import History
from relusgd.model.network import Array
from relusgd.training.descent import State
from relusgd.training.ending import causes_of, first_advice, hint_of, symptoms_of
from relusgd.training.engines import advance
from relusgd.training.plan import Plan
from relusgd.training.stability import rate_text, rounded_rate

EXPLODED = 1e-3
"""A stable rate below this fraction of the rate in force: there the network has exploded."""

NAMED_CAUSES = ("scale_of_data", "momentum_near_one", "strong_decay", "strong_noise")
"""Causes that the message names beside the rate, which it always names."""


class StableRates(NamedTuple):
    """The largest stable learning rates at two snapshots, each None if it is unknown."""

    at_last: float | None
    at_start: float | None


def count_finite(history: History, vectors: Array) -> int:
    """How many snapshots come before the first whose parameters or training error are not finite.

    vectors: the parameters of the snapshots, shape (S, parameter_count).
    """
    has_finite_parameters = np.isfinite(vectors).all(axis=1)
    has_finite_error = np.isfinite(history.metrics["train_mse"])
    is_finite = has_finite_parameters & has_finite_error
    if is_finite.all():
        return len(is_finite)
    return int(np.argmin(is_finite))


def divergence(
    plan: Plan,
    before: State,
    after: State,
    history: History,
    finite_count: int,
) -> DivergedError:
    """The error for a training whose numbers ceased to be finite between two states.

    It names the first step that is not finite, its likely cause, and what to try. history: the
    snapshots between the two states. finite_count: how many snapshots come before the first that is
    not finite.
    """
    step = first_broken_step(plan, before, after)
    if finite_count < len(history):
        step = min(step, int(history.step[finite_count]))
    epoch = ceil_div(step, plan.steps_per_epoch)
    rate = plan.learning_rate(epoch)
    last_finite = _state_at(history, finite_count - 1) if finite_count else before
    symptoms = symptoms_of(plan, last_finite, float("inf"))
    stable = StableRates(symptoms.stable_rate_at_end, symptoms.stable_rate)
    causes = causes_of(symptoms)
    cause = causes[0]
    message = (
        f"training diverged in epoch {epoch:,} (step {step:,}) "
        f"at learning rate {rate_text(rate)}{_stable_rates_text(plan, stable)}"
    )
    if cause.name in NAMED_CAUSES:
        message += f"; {cause.reason}"
    changes = first_advice(plan, causes)
    if not changes or cause.name not in NAMED_CAUSES:
        changes = {"training.learning_rate": _suggested_rate(plan, rate, stable)}
    return DivergedError(message, hint_of(changes), changes)


def _state_at(history: History, row: int) -> State:
    """The parameters of a snapshot, without what the optimizer remembered."""
    return State(int(history.step[row]), history.network(row).parameters(), {})


def _stable_rates_text(plan: Plan, stable: StableRates) -> str:
    """What the message says about the stable rates; nothing if none is known."""
    known = []
    if stable.at_last is not None:
        known.append(f"{rate_text(stable.at_last, 2)} at the last finite snapshot")
    if stable.at_start is not None:
        known.append(f"{rate_text(stable.at_start, 2)} at the start")
    if not known:
        return ""
    formula = plan.descent.optimizer.stable_rate_formula
    return (
        f"; {formula}, the largest stable learning rate of full-batch steps, "
        f"was {' and '.join(known)}"
    )


def _suggested_rate(plan: Plan, rate: float, stable: StableRates) -> float:
    """Half the smallest of the configured and the stable rates, to one digit.

    The stable rate of the last snapshot is ignored below EXPLODED times the rate in force. Under a
    schedule the configured rate is lowered by the same factor as the rate in force.
    """
    factor = 1.0
    if stable.at_start is not None:
        factor = min(factor, stable.at_start / rate)
    if stable.at_last is not None and stable.at_last > rate * EXPLODED:
        factor = min(factor, stable.at_last / rate)
    suggested = plan.config.learning_rate * factor / 2
    return rounded_rate(suggested)


def first_broken_step(plan: Plan, before: State, after: State) -> int:
    """The first step after `before`, which is finite, whose parameters are not finite.

    Found by bisection, because parameters that are not finite never become finite again. If those
    of `after` are finite: the step after it.
    """
    if after.is_finite():
        return after.step + 1
    good = before
    bad_step = after.step
    no_records = np.zeros(0, dtype=np.int64)
    while bad_step - good.step > 1:
        middle_step = (good.step + bad_step) // 2
        middle, _ = advance(plan.descent, good, middle_step, no_records)
        if middle.is_finite():
            good = middle
        else:
            bad_step = middle.step
    return bad_step
