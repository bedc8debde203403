"""What makes learning impossible: nothing to learn from, or nothing that moves."""

from __future__ import annotations

import numpy as np

from relusgd.config import Config
from relusgd.diagnostics.causes.cause import STABLE, Cause, Changes, cause, foreseeable
from relusgd.diagnostics.causes.remedies import drawn_keys, more_units
from relusgd.diagnostics.symptoms import Symptoms, units_of_layer
from relusgd.words import number


@cause
@foreseeable
def no_steps(symptoms: Symptoms) -> Cause | None:
    """Nothing was trained."""
    if symptoms.steps > 0 or symptoms.has_diverged:
        return None
    what = "no step is planned" if symptoms.is_planned else "no step was taken"
    return Cause("no_steps", 1.0, what, ({"training.epochs": 1000},))


@cause
@foreseeable
def one_position(symptoms: Symptoms) -> Cause | None:
    """All training x are equal."""
    x = symptoms.dataset.x_train
    if x[0] < x[-1]:
        return None
    position = number(float(symptoms.dataset.scaling.x_to_original(x[0])))
    reason = f"all training x are {position}, and a function of x has one value there"
    return Cause("one_position", 0.99, reason)


@cause
@foreseeable
def dead_from_the_start(symptoms: Symptoms) -> Cause | None:
    """A whole layer is off at all training points before the first step, so nothing reaches the
    output but its bias, and no gradient comes back.
    """
    layer = symptoms.initial_dead_layer
    if layer is None or symptoms.is_ridge:
        return None
    is_one_unit = symptoms.initial.hidden[layer - 1] == 1
    consequence = "their gradients are 0 and nothing can bring them back"
    if is_one_unit:
        consequence = "its gradients are 0 and nothing can bring it back"
    units = units_of_layer(symptoms.initial, layer)
    reason = f"{units} dead in the initial network already, so {consequence}"
    return Cause("dead_from_the_start", 0.98, reason, _remedies_of_placement(symptoms))


def _remedies_of_placement(symptoms: Symptoms) -> tuple[Changes, ...]:
    """Let the first layer's elbows and slopes be drawn; then other draws, then wider layers."""
    remedies = drawn_keys(symptoms.config.network)
    all_drawn = remedies[-1] if remedies else {}
    wider = [{**all_drawn, **change} for change in more_units(symptoms)]
    return (*remedies, *wider)


@cause
def no_gradient(symptoms: Symptoms) -> Cause | None:
    """No parameter has moved: output weights of 0 under layers: hidden, or rates too small for
    float64.
    """
    if symptoms.is_ridge or symptoms.has_diverged or not symptoms.steps:
        return None
    if not np.array_equal(symptoms.initial.parameters(), symptoms.last.parameters()):
        return None
    reason = (
        f"no parameter has moved at learning rate {symptoms.rate_words}: "
        "the gradients are 0, or the steps too small for float64"
    )
    return Cause("no_gradient", 0.96, reason, ({"training.learning_rate": STABLE},))


@cause
@foreseeable
def zero_outputs(symptoms: Symptoms) -> Cause | None:
    """All output weights are 0 and do not learn, so that nothing pulls at the hidden layer."""
    is_hidden_alone = symptoms.config.training.layers == "hidden"
    if not is_hidden_alone or symptoms.is_ridge or symptoms.initial.weights[-1].any():
        return None
    return Cause(
        "zero_outputs",
        0.97,
        "all output weights are 0 and do not learn, so the gradient of the hidden layer is 0",
        ({"training.layers": "all"}, *_remedies_of_zero_outputs(symptoms.config)),
    )


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
