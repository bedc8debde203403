"""One step by itself: on the batch that training draws next, or on a sample of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from relusgd.advice import advice, option
from relusgd.ceil_div import ceil_div
from relusgd.diagnostics.elbow_step import ElbowStep, elbow_step
from relusgd.diagnostics.update_rule import UpdateRule
from relusgd.errors import InputError
from relusgd.gradients.backprop import backprop
from relusgd.model.network import Array, Network
from relusgd.one_thread import one_thread
from relusgd.training.descent import Schedule, State
from relusgd.training.engines import advance
from relusgd.training.numpy_steps import batch_points
from relusgd.training.optimizers import Adam, AdamW, RmsProp, Sgd, SignDescent
from relusgd.training.plan import Plan

DIVIDES = "divides each derivative by the root of a running mean of its square"

FORMULAS = {
    Adam: ("θ − η m̂/(√v̂ + ε)", DIVIDES),
    AdamW: ("θ − η d θ − η m̂/(√v̂ + ε)", DIVIDES),
    RmsProp: ("θ − η u, u = μ u + g/(√v + ε)", DIVIDES),
    SignDescent: ("θ − η sign(g)", "keeps only the sign of each derivative"),
}
"""What a parameter θ becomes, and what is done with its derivative g, if it is not subtracted."""

DRAWS_NO_BATCHES = "ridge regression solves the output layer at once and draws no batches"


@dataclass(frozen=True, eq=False)
class TakenStep:
    """A step with its rule. number: how many steps training has taken after it, from 1 on."""

    step: ElbowStep
    rule: UpdateRule
    number: int


def step_on_batch(plan: Plan, state: State, rate: float | None = None) -> TakenStep:
    """The step that training takes from this state: its batch, its method, its learning rate.

    rate: a learning rate in place of the one in force. Raises InputError for ridge regression,
    which takes no steps, and when the step leaves the finite numbers.
    """
    if plan.is_ridge:
        raise InputError(
            DRAWS_NO_BATCHES,
            advice("{} with {} takes a step on a sample", option("at"), option("rate", 0.02)),
        )
    in_force = rate_in_force(plan, state.step) if rate is None else rate
    descent = replace(plan.descent, schedule=Schedule(in_force))
    with one_thread(), np.errstate(all="ignore"):
        x, y = batch_points(descent, state.step)
        no_records = np.zeros(0, dtype=np.int64)
        after, _ = advance(descent, state, state.step + 1, no_records)
    network_before = _network(plan, state)
    network_after = _network(plan, after)
    step = elbow_step(network_before, network_after, x, y, in_force)
    return TakenStep(step, _rule_of(plan, state.memory), after.step)


def step_on_sample(
    plan: Plan,
    state: State,
    x: float,
    y: float,
    rate: float | None = None,
) -> TakenStep:
    """A plain gradient step on one sample: θ ← θ − η ∂ℓ/∂θ for the parameters that learn.

    x, y: in network units. rate: by default the one in force, which ridge regression has not.
    Raises InputError without one, and when the step leaves the finite numbers.
    """
    if rate is None and plan.is_ridge:
        raise InputError(
            "ridge regression has no learning rate",
            advice("give one: {}", option("rate", 0.02)),
        )
    if rate is None:
        rate = rate_in_force(plan, state.step)
    before = _network(plan, state)
    one_x, one_y = np.array([x]), np.array([y])
    with np.errstate(all="ignore"):
        found = backprop(before.weights, before.biases, one_x[:, None], one_y[:, None])
        gradient = Network(found.weights, found.biases).parameters()
        theta = state.parameters.copy()
        learning = plan.descent.learning
        theta[learning] -= rate * gradient[learning]
    after = Network.from_parameters(theta, plan.hidden)
    step = elbow_step(before, after, one_x, one_y, rate)
    return TakenStep(step, _plain_rule(plan), state.step + 1)


def rate_in_force(plan: Plan, step: int) -> float:
    """The learning rate of the step after `step`; behind the last step that of the last epoch."""
    last_epoch = max(1, ceil_div(plan.steps, plan.steps_per_epoch))
    epoch = step // plan.steps_per_epoch + 1
    return plan.learning_rate(min(epoch, last_epoch))


def _network(plan: Plan, state: State) -> Network:
    return Network.from_parameters(state.parameters, plan.hidden)


def _plain_rule(plan: Plan) -> UpdateRule:
    layers = plan.descent.layers
    return UpdateRule(hidden_learns=layers != "output", output_learns=layers != "hidden")


def _rule_of(plan: Plan, memory: Mapping[str, Array]) -> UpdateRule:
    """The rule of the training's own optimizer with what it remembers before the step."""
    optimizer = plan.descent.optimizer
    plain = _plain_rule(plan)
    if not isinstance(optimizer, Sgd):
        formula, treatment = FORMULAS[type(optimizer)]
        return replace(plain, title=optimizer.title, formula=formula, treatment=treatment)
    return replace(
        plain,
        momentum=optimizer.momentum,
        nesterov=optimizer.nesterov,
        weight_decay=optimizer.weight_decay,
        decay_biases=optimizer.decay_biases,
        velocity=Network.from_parameters(memory["velocity"], plan.hidden),
    )
