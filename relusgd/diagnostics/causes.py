"""Why a training learned nothing or diverged: every cause that is known, each with its remedies.

A cause is a function of `Symptoms`. It gives a `Cause`, with the numbers that speak for it, or None
where it does not apply. `find_causes` asks them in the order of the file, which is that of
precedence: what makes learning impossible first, what makes it hard next, what is merely likely
last. A new cause is one more function with `@cause`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from relusgd.config import Config
from relusgd.diagnostics.symptoms import Symptoms
from relusgd.diagnostics.unusual_data import unusual_sizes
from relusgd.words import counted, exact_number, number

STABLE = "half the largest stable learning rate"
"""In a remedy, as the value of training.learning_rate: it depends on the other changes."""

NEAR_ONE = 0.98
"""A momentum from here on keeps 50 steps or more."""

STRONG_DECAY = 0.01
"""Weight decay from here on can hold a function at 0."""

STRONG_LABEL_NOISE, STRONG_INPUT_NOISE = 1.0, 0.5
"""Fresh noise from here on, in standard deviations of y and of x, can hide all that is learned."""

FEW_TIME_CONSTANTS = 100.0
"""A training is short where so many steps at the largest stable rate would go further."""

NARROW = 4
"""Layers of at most so many units die as a whole easily (Lu et al. 2020, "Dying ReLU")."""

Changes = Mapping[str, object]
"""Dotted key → new value."""


@dataclass(frozen=True)
class Cause:
    """One reason why a training learned nothing or diverged.

    reason: the second half of a sentence, with its numbers. remedies: what to try, the most
    promising first.
    """

    name: str
    reason: str
    remedies: tuple[Changes, ...] = ()


CauseFunction = Callable[[Symptoms], Cause | None]

CAUSES: list[CauseFunction] = []


def cause(function: CauseFunction) -> CauseFunction:
    """Register a cause behind those above it."""
    CAUSES.append(function)
    return function


def find_causes(symptoms: Symptoms) -> list[Cause]:
    """The causes that apply, by precedence; the last one always does."""
    found = [function(symptoms) for function in CAUSES]
    return [one for one in found if one is not None]


# What makes learning impossible


@cause
def no_steps(symptoms: Symptoms) -> Cause | None:
    """Nothing was trained."""
    if symptoms.steps > 0 or symptoms.has_diverged:
        return None
    return Cause("no_steps", "no step was taken")


@cause
def one_position(symptoms: Symptoms) -> Cause | None:
    """All training x are equal."""
    x = symptoms.dataset.x_train
    if x[0] < x[-1]:
        return None
    position = number(float(symptoms.dataset.scaling.x_to_original(x[0])))
    return Cause(
        "one_position", f"all training x are {position}, and a function of x has one value there"
    )


@cause
def dead_from_the_start(symptoms: Symptoms) -> Cause | None:
    """A whole layer is off at all training points before the first step, so nothing reaches the
    output but its bias, and no gradient comes back.
    """
    layer = symptoms.initial_dead_layer
    if layer is None:
        return None
    units = counted(symptoms.initial.hidden[layer - 1], "unit")
    where = units if len(symptoms.initial.hidden) == 1 else f"{units} of hidden layer {layer}"
    return Cause(
        "dead_from_the_start",
        f"all {where} are dead in the initial network already, so their gradients are 0",
        _remedies_of_placement(symptoms),
    )


def _remedies_of_placement(symptoms: Symptoms) -> tuple[Changes, ...]:
    """Let the first layer's elbows and slopes be drawn; then other draws, then wider layers."""
    network = symptoms.config.network
    remedies: list[Changes] = []
    drawn: dict[str, object] = {}
    for key, value in (("elbow_range", None), ("elbows", "uniform"), ("slopes", None)):
        if getattr(network, key) != value:
            drawn[f"network.{key}"] = value
            remedies.append(dict(drawn))
    remedies += [{**drawn, **change} for change in _more_units(symptoms)]
    return tuple(remedies)


@cause
def no_gradient(symptoms: Symptoms) -> Cause | None:
    """No parameter has moved: output weights of 0 under layers: hidden, or rates too small for
    float64.
    """
    if symptoms.is_ridge or symptoms.has_diverged:
        return None
    if not np.array_equal(symptoms.initial.parameters(), symptoms.last.parameters()):
        return None
    has_outputs = symptoms.initial.weights[-1].any()
    if symptoms.config.training.layers == "hidden" and not has_outputs:
        return Cause(
            "no_gradient",
            "all output weights are 0 and do not learn, so the gradient of the hidden layer is 0",
            ({"training.layers": "all"}, *_remedies_of_zero_outputs(symptoms.config)),
        )
    rate = symptoms.rate_words
    reason = (
        f"no parameter has moved at learning rate {rate}: "
        "the gradients are 0, or the steps too small for float64"
    )
    return Cause("no_gradient", reason, ({"training.learning_rate": STABLE},))


def _remedies_of_zero_outputs(config: Config) -> tuple[Changes, ...]:
    """Let init give the output weights."""
    network = config.network
    if network.start is not None:
        return ()
    changes: dict[str, object] = {}
    if config.output_scale == 0:
        changes["network.output_scale"] = 1.0
    if network.output_weights is not None:
        changes["network.output_weights"] = None
    return (changes,) if changes else ()


# What makes it hard


@cause
def scale_of_data(symptoms: Symptoms) -> Cause | None:
    """x or y far from the size of 1 for which initial networks and learning rates are made."""
    words = unusual_sizes(symptoms.dataset)
    if not words or symptoms.config.data.standardize:
        return None
    remedies: list[Changes] = [{"data.standardize": True}]
    if not symptoms.is_ridge:
        remedies.append({"data.standardize": True, "training.learning_rate": STABLE})
    if symptoms.config.network.slopes is not None:
        remedies.append({"data.standardize": True, "network.slopes": None})
    reason = f"{words}, and initial networks and learning rates are made for sizes of about 1"
    return Cause("scale_of_data", reason, tuple(remedies))


@cause
def rate_above_the_edge(symptoms: Symptoms) -> Cause | None:
    """The learning rate was above the largest stable one at the start (Cohen et al. 2021)."""
    stable = symptoms.stable_rate
    if symptoms.is_ridge or stable is None or symptoms.learning_rate <= stable:
        return None
    reason = (
        f"learning rate {symptoms.rate_words} is above {number(stable)}, "
        "the largest stable one of the initial network on the full batch"
    )
    return Cause("rate_above_the_edge", reason, ({"training.learning_rate": STABLE},))


@cause
def momentum_near_one(symptoms: Symptoms) -> Cause | None:
    """Momentum of nearly 1 sums up hundreds of steps."""
    momentum = symptoms.config.training.momentum
    if symptoms.is_ridge or momentum < NEAR_ONE:
        return None
    steps = number(1 / (1 - momentum))
    reason = f"momentum {exact_number(momentum)} adds up the gradients of some {steps} steps"
    remedies = (
        {"training.momentum": 0.9},
        {"training.momentum": 0.9, "training.learning_rate": STABLE},
    )
    return Cause("momentum_near_one", reason, remedies)


@cause
def strong_decay(symptoms: Symptoms) -> Cause | None:
    """Weight decay holds all weights near 0."""
    decay = symptoms.config.training.weight_decay
    if symptoms.is_ridge or decay < STRONG_DECAY:
        return None
    reason = f"weight decay {exact_number(decay)} holds the weights near 0"
    remedies = (
        {"training.weight_decay": 0.0},
        {"training.weight_decay": 0.0, "training.learning_rate": STABLE},
    )
    return Cause("strong_decay", reason, remedies)


@cause
def strong_noise(symptoms: Symptoms) -> Cause | None:
    """Fresh noise on every batch hides what is to be learned."""
    if symptoms.is_ridge:
        return None
    training, dataset = symptoms.config.training, symptoms.dataset
    y_spread = float(dataset.y_train.std()) * dataset.scaling.y_deviation
    x_spread = float(dataset.x_train.std()) * dataset.scaling.x_deviation
    noises: list[str] = []
    silence: dict[str, object] = {}
    if 0 < training.label_noise >= STRONG_LABEL_NOISE * y_spread:
        noises.append(_noise_words(training.label_noise, "y", y_spread))
        silence["training.label_noise"] = 0.0
    if 0 < training.input_noise >= STRONG_INPUT_NOISE * x_spread:
        noises.append(_noise_words(training.input_noise, "x", x_spread))
        silence["training.input_noise"] = 0.0
    if not silence:
        return None
    reason = f"every step sees {' and '.join(noises)}"
    remedies = (silence, {**silence, "training.learning_rate": STABLE})
    return Cause("strong_noise", reason, remedies)


def _noise_words(deviation: float, name: str, spread: float) -> str:
    noise = f"fresh noise of {exact_number(deviation)} on {name}"
    return f"{noise}, whose own standard deviation is {number(spread)}"


@cause
def frozen_output_bias(symptoms: Symptoms) -> Cause | None:
    """Without an output bias the function has to leave 0 by its units alone."""
    if symptoms.config.network.output_bias:
        return None
    y = symptoms.dataset.y_train
    if abs(float(y.mean())) <= float(y.std()):
        return None
    mean = number(float(symptoms.dataset.scaling.y_to_original(y.mean())))
    remedies = ({"network.output_bias": True}, {"data.standardize": True})
    return Cause(
        "frozen_output_bias", f"the output has no bias, and y lies around {mean}", remedies
    )


@cause
def too_short(symptoms: Symptoms) -> Cause | None:
    """The error has fallen, and the steps taken are few at this rate."""
    stable = symptoms.stable_rate
    if symptoms.is_ridge or symptoms.has_diverged or symptoms.final_mse >= symptoms.initial_mse:
        return None
    way = symptoms.learning_rate * symptoms.steps
    if stable is None or way >= FEW_TIME_CONSTANTS * stable:
        return None
    steps = counted(symptoms.steps, "step")
    rate = symptoms.rate_words
    longer = _longer(symptoms.config, 10)
    remedies: list[Changes] = [longer, {**longer, "training.learning_rate": STABLE}]
    if symptoms.learning_rate < stable / 4:
        remedies = [{"training.learning_rate": STABLE}, *remedies]
    return Cause("too_short", f"{steps} at learning rate {rate} are few", tuple(remedies))


def _longer(config: Config, factor: int) -> Changes:
    """A training that is so many times as long."""
    training = config.training
    if training.steps is not None:
        return {"training.steps": factor * training.steps}
    if training.time is not None:
        return {"training.time": factor * training.time}
    return {"training.epochs": factor * (training.epochs or 1)}


@cause
def small_batch(symptoms: Symptoms) -> Cause | None:
    """Steps for a few points at once are stable at smaller rates than steps for all points."""
    size = symptoms.config.training.batch_size
    points = len(symptoms.dataset.x_train)
    if symptoms.is_ridge or size == "full" or size > max(points // 10, 1) or points <= size:
        return None
    reason = f"every step follows {counted(size, 'point')} of {points:,} alone"
    remedies: tuple[Changes, ...] = (
        {"training.batch_size": "full"},
        {"training.batch_size": "full", "training.learning_rate": STABLE},
    )
    return Cause("small_batch", reason, remedies)


@cause
def narrow_layers(symptoms: Symptoms) -> Cause | None:
    """A layer of few units dies, or loses what the next one needs."""
    hidden = symptoms.initial.hidden
    narrowest = min(hidden)
    if narrowest > NARROW:
        return None
    layer = hidden.index(narrowest) + 1
    where = f"hidden layer {layer} has" if len(hidden) > 1 else "the network has"
    reason = f"{where} {counted(narrowest, 'unit')} only"
    return Cause("narrow_layers", reason, _more_units(symptoms))


@cause
def rising_curvature(symptoms: Symptoms) -> Cause | None:
    """The training led to where the learning rate is no longer stable."""
    stable = symptoms.stable_rate_at_end
    if symptoms.is_ridge or stable is None or symptoms.learning_rate <= stable:
        return None
    reason = (
        f"learning rate {symptoms.rate_words} is above {number(stable)}, "
        "the largest stable one where the training ended"
    )
    return Cause("rising_curvature", reason, ({"training.learning_rate": STABLE},))


# What is merely likely


@cause
def died(symptoms: Symptoms) -> Cause | None:
    """Units were thrown off the data by large steps."""
    if symptoms.dead_layer is None:
        return None
    reason = "large steps moved every elbow off the data, where units get no gradient"
    return Cause("died", reason, ({"training.learning_rate": STABLE}, *_more_units(symptoms)))


@cause
def slow_or_small(symptoms: Symptoms) -> Cause | None:
    """What remains: too few steps, too few units, or noise alone."""
    remedies: list[Changes] = []
    longer = _longer(symptoms.config, 10)
    if not symptoms.is_ridge:
        remedies += [{"training.learning_rate": STABLE}, longer]
    if not symptoms.config.data.standardize:
        standardized: dict[str, object] = {"data.standardize": True}
        remedies.append(standardized)
        if not symptoms.is_ridge:
            remedies.append({**standardized, "training.learning_rate": STABLE})
    remedies += _more_units(symptoms)
    if not symptoms.is_ridge and symptoms.config.training.layers != "all":
        remedies.append({"training.layers": "all"})
    if not symptoms.is_ridge:
        everything: dict[str, object] = {**longer, "training.learning_rate": STABLE}
        for change in _more_units(symptoms):
            everything |= change
        if not symptoms.config.data.standardize:
            everything["data.standardize"] = True
        remedies.append(everything)
    reason = "the training was too short, the network too small, or the data are mostly noise"
    if symptoms.has_diverged:
        reason = "the steps were too large"
    return Cause("slow_or_small", reason, tuple(remedies))


def _more_units(symptoms: Symptoms) -> tuple[Changes, ...]:
    """Wider layers; keys that give a number for every unit have to go with them."""
    network = symptoms.config.network
    widths = [max(width, 20) for width in network.hidden]
    if widths == list(network.hidden) or network.start is not None:
        return ()
    hidden = widths[0] if len(widths) == 1 else widths
    changes: dict[str, object] = {"network.hidden": hidden}
    if isinstance(network.elbows, tuple):
        changes["network.elbows"] = "uniform"
    for key in ("slopes", "output_weights"):
        if isinstance(getattr(network, key), tuple):
            changes[f"network.{key}"] = None
    return (changes,)
