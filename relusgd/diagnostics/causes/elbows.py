"""Causes that lie in the units: too few, dead, or bending where no points are."""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.causes.cause import STABLE, Cause, Changes, cause, foreseeable
from relusgd.diagnostics.causes.remedies import drawn_elbows, longer, more_units
from relusgd.diagnostics.evidence.bends import bend_errors
from relusgd.diagnostics.evidence.crowding import bends_between_points, crowded_place
from relusgd.diagnostics.symptoms import Symptoms
from relusgd.words import agreeing, counted, counted_part, exact_number, number

NARROW = 4
"""Layers of at most so many units die as a whole easily (Lu et al. 2020, "Dying ReLU")."""

FEW = 0.5
"""Of the bends that as many units could make, fewer than this share is few."""

CROWDED = 0.6
"""Bends are crowded where this share of them lies in one gap between points."""

FEWEST_CROWDED = 8
"""The bends of fewer units are never called crowded."""

BORN_CROWDED = 0.9
"""Bends were crowded from the start where this share of the initial ones was."""

A_CONSEQUENCE = 0.7
"""What elbows came to in training is at most so strong: something else has moved them."""

WEAK = 0.1
"""Causes that explain less of what is missing are not named."""


def _placement_gain(symptoms: Symptoms) -> float:
    """Which share of what is missing as many bends as the network has units would gain, compared
    with the few that the function has on the points.
    """
    present = symptoms.explained(symptoms.mse_of_bends(symptoms.bends))
    return max(0.0, symptoms.reachable_gain - present)


def _is_few(symptoms: Symptoms, bends: int) -> bool:
    """Whether these are few places to bend at on the points, beside the number of units."""
    most = min(symptoms.units - 1, len(symptoms.bend_errors) - 1)
    return bends < max(FEW * most, 1)


def _was_born_so(symptoms: Symptoms) -> bool:
    """Whether the initial network bent at few places already."""
    bends = bends_between_points(symptoms.initial, symptoms.dataset.x_train)
    return _is_few(symptoms, bends)


@cause
@foreseeable
def collapsed(symptoms: Symptoms) -> Cause | None:
    """Elbows on one side of the points, outside them, or all in one place: f is a line, or nearly.

    That is so for good where the hidden layer does not learn, and otherwise until the units have
    come back; steps that fit a line do not move them.
    """
    dead = symptoms.dead_count
    if symptoms.has_diverged or dead > symptoms.units - dead:
        return None
    return _few_bends(symptoms) or _crowded(symptoms)


def _few_bends(symptoms: Symptoms) -> Cause | None:
    """The function bends between few neighbouring points."""
    gain = _placement_gain(symptoms)
    bends = symptoms.bends
    if not _is_few(symptoms, bends) or gain < WEAK:
        return None
    units = counted(symptoms.units, "unit")
    line = symptoms.original_mse(symptoms.mse_of_bends(bends))
    good = symptoms.original_mse(symptoms.reachable_mse)
    if bends == 0:
        shape = "the function is a straight line on the points"
        limit = f"the best line has train MSE {line}"
    else:
        places = "one place" if bends == 1 else f"{bends} places"
        shape = f"the elbows of {units} bend the function in {places} only"
        limit = f"so many bends have train MSE {line} at best"
    always_on = symptoms.always_on_count
    if always_on:
        who = counted_part(always_on, symptoms.units, "unit")
        shape += f", {who} {agreeing(always_on, 'is', 'are')} on at all points"
    reason = f"{shape}: {limit}, and {units} placed well {good}"
    strength = 0.5 if symptoms.is_planned else 0.94 * gain
    if symptoms.has_failed and not symptoms.is_planned:
        strength = max(strength, 0.91 * min(1.0, 2 * gain))
    if not _was_born_so(symptoms):
        strength = min(strength, A_CONSEQUENCE)
    return Cause("collapsed", strength, reason, _spread(symptoms))


def _crowded(symptoms: Symptoms) -> Cause | None:
    """Most elbows lie beside each other, where a few bends do nearly as much as all of them."""
    crowd = crowded_place(symptoms.last, symptoms.dataset.x_train)
    if crowd is None or symptoms.units < FEWEST_CROWDED or crowd.share < CROWDED:
        return None
    strength = 0.94 * symptoms.reachable_gain * (1.0 - symptoms.output_gain)
    at_start = crowded_place(symptoms.initial, symptoms.dataset.x_train)
    if at_start is not None and at_start.share >= BORN_CROWDED:
        strength = max(strength, 0.65 * symptoms.reachable_gain)
    else:
        strength = min(strength, A_CONSEQUENCE)
    if strength < WEAK:
        return None
    ends = np.array([crowd.low, crowd.high])
    low, high = symptoms.dataset.scaling.x_to_original(ends)
    place = f"x = {number(low)}"
    if high != low:
        place += f" to {number(high)}"
    reason = (
        f"{crowd.share:.0%} of the bends lie beside each other, at {place}, where a few would do; "
        f"{symptoms.units:,} units placed well have train "
        f"MSE {symptoms.original_mse(symptoms.reachable_mse)}"
    )
    return Cause("collapsed", strength, reason, _spread(symptoms))


def _spread(symptoms: Symptoms) -> tuple[Changes, ...]:
    """Elbows that are drawn, or even, over the data."""
    spread: list[Changes] = [*drawn_elbows(symptoms)]
    if symptoms.config.network.elbows != "even":
        spread.append({"network.elbows": "even", "network.elbow_range": None})
    return tuple(spread)


@cause
@foreseeable
def dead_part(symptoms: Symptoms) -> Cause | None:
    """Most units are dead, and the few that are left cannot do it."""
    if symptoms.has_diverged:
        return None
    units = symptoms.units
    dead = symptoms.dead_count
    live = units - dead
    from_start = symptoms.initial_dead_count
    is_whole_layer = symptoms.dead_layer is not None
    if not dead or (is_whole_layer and from_start < dead / 2):
        return None
    left = symptoms.constant_mse
    if not is_whole_layer:
        left = symptoms.mse_of_bends(min(symptoms.bends, live))
    gain = max(0.0, symptoms.reachable_gain - symptoms.explained(left))
    if gain < WEAK or dead < live:
        return None
    who = f"{counted_part(dead, units, 'unit')} {agreeing(dead, 'is', 'are')} dead"
    when = f"{from_start:,} of them from the start" if from_start else "none of them at the start"
    if dead == 1:
        when = "from the start" if from_start else "but not from the start"
    gradients = agreeing(dead, "its gradient is", "their gradients are")
    reason = (
        f"{who}, {when}: active on no training point, so that {gradients} 0 and "
        f"{_way_back(symptoms)}; "
        f"what is left reaches train MSE {symptoms.original_mse(left)} at best"
    )
    strength = 0.7 if symptoms.is_planned else 0.92 * gain
    if symptoms.has_failed and not symptoms.is_planned:
        strength = max(strength, 0.6)
    remedies = drawn_elbows(symptoms)
    if from_start < dead / 2:
        remedies = ({"training.learning_rate": STABLE}, *remedies)
        strength = min(strength, 0.89)
    return Cause("dead_units", strength, reason, remedies)


def _way_back(symptoms: Symptoms) -> str:
    """Whether the dead units may come back, and by what."""
    training = symptoms.config.training
    them = agreeing(symptoms.dead_count, "it", "them")
    ways = []
    if training.weight_decay and training.decay_biases:
        ways.append(f"weight decay {exact_number(training.weight_decay)}")
    if training.input_noise:
        ways.append(f"noise of {exact_number(training.input_noise)} on x")
    if len(symptoms.last.hidden) > 1:
        ways.append(f"a move of the layers before {them}")
    if not ways:
        return f"nothing brings {them} back"
    return f"{' or '.join(ways)} alone can bring {them} back"


@cause
def died(symptoms: Symptoms) -> Cause | None:
    """All units of a layer were thrown off the data by large steps."""
    if symptoms.dead_layer is None or symptoms.initial_dead_layer is not None:
        return None
    if symptoms.initial_dead_count >= symptoms.units / 2:
        return None
    elbows = agreeing(symptoms.dead_count, "the elbow", "every elbow")
    reason = (
        f"large steps moved {elbows} off the data, where there is no gradient "
        f"and {_way_back(symptoms)}"
    )
    remedies = ({"training.learning_rate": STABLE}, *more_units(symptoms))
    return Cause("dead_units", 0.4, reason, remedies)


@cause
@foreseeable
def too_few_bends(symptoms: Symptoms) -> Cause | None:
    """The target bends more often than there are units."""
    possible = symptoms.units - 1
    if symptoms.has_diverged or len(symptoms.bend_errors) <= possible:
        return None
    reach = symptoms.reachable_mse
    missing = symptoms.missing_mse
    left = max(reach - symptoms.noise.mse, 0.0)
    if reach <= 2 * symptoms.fitting_mse or not 0 < missing < float("inf"):
        return None
    share = min(1.0, left / missing)
    strength = 0.55 * min(1.0, left / symptoms.constant_mse * 5)
    if not symptoms.is_planned:
        is_large = share >= 0.3
        strength = 0.5 + 0.42 * share if is_large else 0.4 * share
    reason = (
        f"{counted(symptoms.units, 'unit')} cannot bend often enough: "
        f"{counted(max(possible, 0), 'bend')} placed well "
        f"{agreeing(possible, 'has', 'have')} train MSE {symptoms.original_mse(reach)}, "
        f"{_needed_bends(symptoms)}"
    )
    return Cause("too_few_bends", strength, reason, _wider(symptoms))


def _needed_bends(symptoms: Symptoms) -> str:
    """How many bends are enough."""
    dataset = symptoms.dataset
    errors = bend_errors(dataset.x_train, dataset.y_train, 100)
    is_enough = errors <= max(symptoms.fitting_mse, 1.5 * symptoms.noise.mse)
    bends = int(is_enough.argmax()) if is_enough.any() else len(errors) - 1
    have = agreeing(bends, "has", "have")
    return f"{bends:,} {have} {symptoms.original_mse(float(errors[bends]))}"


def _wider(symptoms: Symptoms) -> tuple[Changes, ...]:
    """Twenty units, or four times as many."""
    four_times = 4 * max(symptoms.initial.hidden)
    wider = more_units(symptoms) or more_units(symptoms, four_times)
    five_times_as_long = longer(symptoms.config, 5)
    wider_and_longer = [{**change, **five_times_as_long} for change in wider]
    return (*wider, *wider_and_longer)


@cause
def frozen_layer(symptoms: Symptoms) -> Cause | None:
    """The elbows do not learn, and where they are they do not suffice."""
    is_frozen = symptoms.is_ridge or symptoms.config.training.layers == "output"
    if not is_frozen or symptoms.has_diverged:
        return None
    gain = symptoms.reachable_gain
    left = 1.0 - symptoms.output_gain
    if gain * left < WEAK:
        return None
    what = "ridge regression" if symptoms.is_ridge else "layers: output"
    reason = (
        f"{what} leaves the elbows where they are: "
        f"the best output layer there gains {symptoms.output_gain:.0%} of the missing error, "
        f"as many elbows placed well {gain:.0%}"
    )
    remedy: Changes = {"training.layers": "all"}
    if symptoms.is_ridge:
        remedy = {"training.method": "sgd", "training.learning_rate": STABLE}
    remedies = (remedy, *more_units(symptoms))
    return Cause("frozen_layer", 0.85 * gain * left, reason, remedies)


@cause
@foreseeable
def narrow_layers(symptoms: Symptoms) -> Cause | None:
    """A layer of few units dies, or loses what the next one needs."""
    hidden = symptoms.initial.hidden
    narrowest = min(hidden)
    if narrowest > NARROW:
        return None
    layer = hidden.index(narrowest) + 1
    where = f"hidden layer {layer} has" if len(hidden) > 1 else "the network has"
    reason = f"{where} {counted(narrowest, 'unit')} only"
    strength = 0.5 if symptoms.has_failed else 0.3
    return Cause("narrow_layers", strength, reason, more_units(symptoms))
