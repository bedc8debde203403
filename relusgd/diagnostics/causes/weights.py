"""Causes that lie in the size of the weights: at the start, and what holds them small."""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.causes.cause import STABLE, Cause, Changes, cause, foreseeable
from relusgd.diagnostics.symptoms import Symptoms
from relusgd.gradients.backprop import backprop
from relusgd.model.network import Network
from relusgd.words import exact_number, number, rounded_number

STRONG_DECAY = 0.01
"""Weight decay from here on can hold a function at 0."""

STRONG_DECOUPLED_DECAY = 0.5
"""AdamW holds parameters at about 1/decay at most."""

BALANCED = 0.5
"""Decay decides where it cancels the gradient of the error along the parameters but for this part.
"""

TOO_LARGE = 30.0
"""An initial error of so many times the mean square of y is that of a function far too large."""

TOO_SMALL = 0.02
"""Units whose slopes add up to less than this share of the target's slope are far too small."""

USUAL_SCALES = {
    "init": "torch",
    "hidden_scale": 1.0,
    "output_scale": 1.0,
    "slopes": None,
    "output_weights": None,
    "start": None,
    "output_offset": None,
}
"""Keys of `network` that decide on its size at the start, and their usual values."""


@cause
@foreseeable
def strong_decay(symptoms: Symptoms) -> Cause | None:
    """Weight decay holds all weights near 0."""
    training = symptoms.config.training
    decay = training.weight_decay
    if symptoms.is_ridge or decay == 0:
        return None
    least = STRONG_DECOUPLED_DECAY if training.method == "adamw" else STRONG_DECAY
    if symptoms.has_failed or symptoms.is_planned:
        strength = 0.8 if decay >= least else 0.0
    else:
        strength = _strength_of_decay(symptoms, decay, least)
    if strength == 0:
        return None
    reason = f"weight decay {exact_number(decay)} holds the weights near 0"
    remedies = (
        {"training.weight_decay": 0.0},
        {"training.weight_decay": 0.0, "training.learning_rate": STABLE},
    )
    return Cause("strong_decay", strength, reason, remedies)


def _strength_of_decay(symptoms: Symptoms, decay: float, least: float) -> float:
    """Strong where decay had time to act, and cancels the gradient of the error."""
    if decay * symptoms.learning_rate * symptoms.steps < 1:
        return 0.0
    if symptoms.config.training.method == "adamw":
        return 0.83 if decay >= least else 0.0
    last = symptoms.last
    dataset = symptoms.dataset
    gradient = backprop(
        last.weights,
        last.biases,
        dataset.x_train[:, None],
        dataset.y_train[:, None],
    )
    of_error = Network(gradient.weights, gradient.biases).parameters()
    theta = last.parameters()
    of_decay = decay * (theta @ theta)
    balance = float(-(of_error @ theta) / of_decay)
    off_balance = abs(balance - 1.0)
    if not off_balance < BALANCED:
        return 0.0
    return 0.9 - 0.2 * off_balance


@cause
@foreseeable
def strong_penalty(symptoms: Symptoms) -> Cause | None:
    """The penalty of ridge regression holds the output weights near 0."""
    if not symptoms.is_ridge or symptoms.is_planned or symptoms.output_gain < 0.3:
        return None
    penalty = symptoms.config.training.penalty
    reason = (
        f"the penalty {exact_number(penalty)} holds the output weights near 0: "
        f"without it, {symptoms.output_gain:.0%} of the missing error would be gained"
    )
    return Cause("strong_penalty", 0.9, reason, ({"training.penalty": 1e-6},))


@cause
@foreseeable
def initial_scale(symptoms: Symptoms) -> Cause | None:
    """The initial network is far too large, or far too small to begin."""
    if symptoms.is_ridge or not symptoms.steps:
        return None
    y = symptoms.dataset.y_train
    size = float(np.mean(np.square(y)))
    if size > 0 and symptoms.initial_mse > TOO_LARGE * size:
        factor = rounded_number(np.sqrt(symptoms.initial_mse / size))
        reason = f"the initial function is {factor} times as large as y"
        strength = 0.93 if symptoms.has_failed else 0.72
        return _cause_of_scale(symptoms, reason, strength)
    needed = _slope_of(symptoms)
    slopes = _slopes_of_units(symptoms.initial)
    if needed == 0 or slopes >= TOO_SMALL * needed:
        return None
    reason = (
        f"the initial units are tiny: their slopes add up to {number(slopes)}, and y has slopes "
        f"of {number(needed)}, so that gradients are tiny, too, and long nothing happens"
    )
    strength = 0.88 if symptoms.has_failed else 0.6
    return _cause_of_scale(symptoms, reason, strength)


def _cause_of_scale(symptoms: Symptoms, reason: str, strength: float) -> Cause:
    usual: dict[str, object] = {}
    for key, value in USUAL_SCALES.items():
        if getattr(symptoms.config.network, key) != value:
            usual[f"network.{key}"] = value
    stable: Changes = {"training.learning_rate": STABLE}
    remedies: list[Changes] = []
    if usual:
        remedies += [usual, {**usual, **stable}]
    remedies.append(stable)
    return Cause("initial_scale", strength, reason, tuple(remedies))


def _slope_of(symptoms: Symptoms) -> float:
    """The usual slope of the points: deviation of y over that of x."""
    x_spread = float(symptoms.dataset.x_train.std())
    y_spread = float(symptoms.dataset.y_train.std())
    return y_spread / x_spread if x_spread else 0.0


def _slopes_of_units(network: Network) -> float:
    """The sum over all paths of the product of their weights' sizes: no slope of f is larger."""
    product = np.ones((1, 1))
    for weight in network.weights:
        product = product @ np.abs(weight)
    return float(product.sum())
