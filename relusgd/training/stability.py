"""The largest stable learning rate of a training, and the rate to try where it failed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from relusgd.advice import Advice, advice, join, settings
from relusgd.diagnostics.sharpness import sharpness
from relusgd.diagnostics.unusual_data import unusual_sizes
from relusgd.model.network import Network, parameter_count
from relusgd.one_thread import one_thread
from relusgd.training.plan import Plan
from relusgd.words import exact_number

MOST_PARAMETERS = 100_000
MOST_PRODUCTS = 2 * 10**7
"""Sharpness is measured unasked up to so many parameters, and in deep networks up to so many
products of parameters and points: beyond, it would take longer than many a training.
"""

SAFE = 0.5
"""A learning rate to try is this share of the largest stable one."""

UNKNOWN = 0.1
"""Where that is unknown, it is this share of the one that failed."""


def stable_rate(plan: Plan, network: Network) -> float | None:
    """The largest learning rate at which full-batch steps near this network do not grow.

    It follows from the sharpness over the parameters that learn. None if it cannot be computed, or
    if the sharpness alone does not decide it.
    """
    descent = plan.descent
    if plan.is_ridge or not descent.optimizer.stable_rate_formula:
        return None
    with np.errstate(all="ignore"), one_thread():
        curvature = sharpness(
            network,
            plan.dataset,
            descent.layers,
            output_bias=descent.output_bias,
        )
    rate = descent.optimizer.stable_rate(curvature)
    if rate is None or not np.isfinite(rate) or rate <= 0:
        return None
    return rate


def is_quickly_measured(plan: Plan) -> bool:
    """Whether the sharpness of this training's networks is known in a moment."""
    parameters = parameter_count(plan.hidden)
    if parameters > MOST_PARAMETERS:
        return False
    is_deep = len(plan.hidden) > 1
    return not is_deep or parameters * len(plan.dataset.x_train) <= MOST_PRODUCTS


def rate_text(rate: float, digits: int = 6) -> str:
    """A learning rate with at most this many digits, as configs write it: 3e-5, not 3e-05."""
    return exact_number(rounded_rate(rate, digits))


def rounded_rate(rate: float, digits: int = 1) -> float:
    return float(f"{rate:.{digits}g}")


def rate_to_try(plan: Plan, factor: float = 1.0) -> float:
    """Half the largest stable rate at the start, times a factor, to one digit."""
    safe = UNKNOWN * plan.config.learning_rate
    if is_quickly_measured(plan):
        stable = stable_rate(plan, plan.initial)
        if stable is not None:
            safe = SAFE * stable
    return rounded_rate(factor * safe)


def rate_notes(plan: Plan) -> Iterator[Advice]:
    """A sentence where the learning rate is above the largest stable one at the start.

    It is no verdict: some of the best trainings begin with such a jump (Lewkowycz et al. 2020, "The
    large learning rate phase of deep learning: the catapult mechanism").
    """
    if plan.is_ridge or not plan.steps or not is_quickly_measured(plan):
        return
    stable = stable_rate(plan, plan.initial)
    if stable is None or plan.largest_rate <= stable:
        return
    formula = plan.descent.optimizer.stable_rate_formula
    ways = [settings({"training.learning_rate": rounded_rate(SAFE * stable)})]
    if unusual_sizes(plan.dataset) and not plan.config.data.standardize:
        ways.insert(0, settings({"data.standardize": True}))
    rate = rate_text(plan.largest_rate)
    largest = rate_text(stable, 2)
    yield advice(
        f"learning rate {rate} is above {largest}, the largest stable one of full-batch steps "
        f"at the start ({formula}); if training fails, try {{}}",
        join(" or ", ways),
    )
