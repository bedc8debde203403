"""A training that left the finite numbers: in which step, how large a learning rate could have been, what to try."""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics import sharpness
from relusgd.errors import DivergedError
from relusgd.model.history import History
from relusgd.model.network import Array, Network
from relusgd.training.plan import Plan
from relusgd.training.sgd import State, advance
from relusgd.words import exact_number


def count_finite(history: History, rows: Array) -> int:
    """How many snapshots come before the first one whose parameters or training error are not finite."""
    finite = np.isfinite(rows).all(axis=1) & np.isfinite(history.metrics["train_mse"])
    return len(finite) if finite.all() else int(np.argmin(finite))


def divergence(
    plan: Plan, before: State, after: State, history: History, finite: int
) -> DivergedError:
    """The error of a training that left the finite numbers after `before`, with the step where it did and what to try."""
    step = first_broken_step(plan, before, after)
    if finite < len(history):
        step = min(step, int(history.step[finite]))
    epoch = -(-step // plan.steps_per_epoch)
    rate = plan.learning_rate(epoch)
    last = (
        history.network(finite - 1)
        if finite
        else Network.from_parameters(before.parameters, plan.hidden)
    )
    edges = [
        (stable_rate(plan, network), when)
        for network, when in ((last, "the last finite snapshot"), (plan.initial, "the start"))
    ]
    known = " and ".join(
        f"{_rate_text(edge, 2)} at {when}" for edge, when in edges if edge is not None
    )
    edge_words = (
        f"; {_edge_formula(plan)}, the largest stable learning rate of full-batch steps, was {known}"
        if known
        else ""
    )
    message = f"training diverged in epoch {epoch:,} (step {step:,}) at learning rate {_rate_text(rate)}{edge_words}"
    suggested = _rate_text(_suggestion(plan, rate, edges))
    return DivergedError(
        message, f"everything finite was kept; try --set training.learning_rate={suggested}"
    )


def _rate_text(rate: float, digits: int = 6) -> str:
    """A learning rate in so many digits, as configs write it: 3e-5, not 3e-05."""
    return exact_number(float(f"{rate:.{digits}g}"))


def _suggestion(plan: Plan, rate: float, edges: list[tuple[float | None, str]]) -> float:
    """Half of the configured rate, or of what would have been stable; an edge far from the start is that of an explosion."""
    stable = min(
        [
            1.0,
            *(
                edge / rate
                for edge, when in edges
                if edge is not None and (when == "the start" or edge > rate * 1e-3)
            ),
        ]
    )
    return float(f"{plan.config.training.learning_rate * stable / 2:.1g}")


def stable_rate(plan: Plan, network: Network) -> float | None:
    """The largest learning rate at which full-batch steps near this network do not grow: 2/λ for plain gradient descent,
    2 (1 + μ)/λ with momentum μ, 2 (1 + μ)/((1 + 2 μ) λ) by Nesterov's formula (Cohen et al. 2021, appendix B).

    λ: the sharpness over the parameters that learn, and the weight decay. None where it cannot be computed.
    """
    descent = plan.descent
    with np.errstate(all="ignore"), plan.one_thread():
        curvature = (
            sharpness(network, plan.dataset, descent.layers, output_bias=descent.output_bias)
            + descent.weight_decay
        )
        rate = (
            2
            * (1 + descent.momentum)
            / np.float64(curvature * (1 + 2 * descent.momentum if descent.nesterov else 1))
        )
    return float(rate) if np.isfinite(rate) and rate > 0 else None


def _edge_formula(plan: Plan) -> str:
    descent = plan.descent
    curvature = "(sharpness + weight decay)" if descent.weight_decay else "sharpness"
    if not descent.momentum:
        return f"2/{curvature}"
    return (
        f"2(1 + momentum)/((1 + 2 momentum) {curvature})"
        if descent.nesterov
        else f"2(1 + momentum)/{curvature}"
    )


def first_broken_step(plan: Plan, before: State, after: State) -> int:
    """The first step whose parameters are not finite, between two states of which the first is finite; by bisection.

    Parameters that are not finite never become so again. If those of `after` are finite: the step after it.
    """
    if after.is_finite():
        return after.step + 1
    good, bad = before, after.step
    nothing = np.zeros(0, dtype=np.int64)
    while bad - good.step > 1:
        middle, _ = advance(plan.descent, good, (good.step + bad) // 2, nothing)
        if middle.is_finite():
            good = middle
        else:
            bad = middle.step
    return bad
