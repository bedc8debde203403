"""A training that diverged: at which step, which learning rate was stable, what to try."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relusgd.advice import advice, setting
from relusgd.diagnostics.sharpness import sharpness
from relusgd.errors import DivergedError
from relusgd.model.history import History
from relusgd.model.network import Array, Network
from relusgd.training.descent import State
from relusgd.training.engines import advance
from relusgd.training.plan import Plan
from relusgd.words import exact_number

EXPLODED = 1e-3
"""A stable rate below this fraction of the rate in force: there the network has exploded."""


class StableRates(NamedTuple):
    """The largest stable learning rates at two snapshots, each None if it is unknown."""

    at_last: float | None
    at_start: float | None


def count_finite(history: History, vectors: Array) -> int:
    """How many snapshots come before the first whose parameters or training error are not finite.

    vectors: the parameters of the snapshots, shape (S, parameter_count).
    """
    finite = np.isfinite(vectors).all(axis=1) & np.isfinite(history.metrics["train_mse"])
    return len(finite) if finite.all() else int(np.argmin(finite))


def divergence(
    plan: Plan, before: State, after: State, history: History, finite_count: int
) -> DivergedError:
    """The error for a training that diverged between two states.

    It names the first step that is not finite, and a learning rate to try. history: the snapshots
    between the two states. finite_count: how many snapshots come before the first that is not
    finite.
    """
    step = first_broken_step(plan, before, after)
    if finite_count < len(history):
        step = min(step, int(history.step[finite_count]))
    epoch = -(-step // plan.steps_per_epoch)
    rate = plan.learning_rate(epoch)
    if finite_count:
        last = history.network(finite_count - 1)
    else:
        last = Network.from_parameters(before.parameters, plan.hidden)
    stable = StableRates(stable_rate(plan, last), stable_rate(plan, plan.initial))
    message = (
        f"training diverged in epoch {epoch:,} (step {step:,}) "
        f"at learning rate {_rate_text(rate)}{_stable_rates_text(plan, stable)}"
    )
    suggested = _rate_text(_suggested_rate(plan, rate, stable))
    hint = advice(
        "everything finite was kept; try {}", setting("training.learning_rate", suggested)
    )
    return DivergedError(message, hint)


def _stable_rates_text(plan: Plan, stable: StableRates) -> str:
    """What the message says about the stable rates; nothing if none is known."""
    known = []
    if stable.at_last is not None:
        known.append(f"{_rate_text(stable.at_last, 2)} at the last finite snapshot")
    if stable.at_start is not None:
        known.append(f"{_rate_text(stable.at_start, 2)} at the start")
    if not known:
        return ""
    formula = plan.descent.optimizer.stable_rate_formula
    return (
        f"; {formula}, the largest stable learning rate of full-batch steps, "
        f"was {' and '.join(known)}"
    )


def _rate_text(rate: float, digits: int = 6) -> str:
    """A learning rate with at most this many digits, as configs write it: 3e-5, not 3e-05."""
    return exact_number(float(f"{rate:.{digits}g}"))


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
    suggested = plan.config.training.learning_rate * factor / 2
    return float(f"{suggested:.1g}")


def stable_rate(plan: Plan, network: Network) -> float | None:
    """The largest learning rate at which full-batch steps near this network do not grow.

    It follows from the sharpness over the parameters that learn. None if it cannot be computed, or
    if the sharpness alone does not decide it.
    """
    descent = plan.descent
    if not descent.optimizer.stable_rate_formula:
        return None
    with np.errstate(all="ignore"), plan.one_thread():
        curvature = sharpness(
            network, plan.dataset, descent.layers, output_bias=descent.output_bias
        )
    rate = descent.optimizer.stable_rate(curvature)
    return rate if rate is not None and np.isfinite(rate) and rate > 0 else None


def first_broken_step(plan: Plan, before: State, after: State) -> int:
    """The first step after `before`, which is finite, whose parameters are not finite.

    Found by bisection, because parameters that are not finite never become finite again. If those
    of `after` are finite: the step after it.
    """
    if after.is_finite():
        return after.step + 1
    good, bad_step = before, after.step
    no_records = np.zeros(0, dtype=np.int64)
    while bad_step - good.step > 1:
        middle, _ = advance(plan.descent, good, (good.step + bad_step) // 2, no_records)
        if middle.is_finite():
            good = middle
        else:
            bad_step = middle.step
    return bad_step
