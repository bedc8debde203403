"""Causes that lie in the data: their scale, their noise, single points, and where they end."""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.causes.cause import STABLE, Cause, Changes, cause, foreseeable
from relusgd.diagnostics.evidence.noise_level import equal_x_mse
from relusgd.diagnostics.symptoms import Symptoms
from relusgd.diagnostics.unusual_data import outliers, unusual_factor, unusual_sizes
from relusgd.words import agreeing, counted, counted_part, number

MOST_OF_IT = 0.5
"""A part of an error from here on is most of it."""

CLEARLY = 1.5
"""A size is clearly unusual from so many times the largest usual one on."""

FAR_FROM_0 = 3.0
"""Where the mean of y is so many deviations, a function without an output bias has to leave 0
before anything else.
"""

MUCH_NOISE = 0.2
"""Noise is called a cause where it is more than this share of the best constant's error."""

FIT_BY_NOISE_ALONE = 1.2
"""A training that ends further above the best constant has another fault than noise."""

FAR_WORSE = 5.0
"""Outside the training points a function is called wrong from so many times the error inside on."""


@cause
@foreseeable
def scale_of_data(symptoms: Symptoms) -> Cause | None:
    """x or y far from the size of 1 for which initial networks and learning rates are made."""
    words = unusual_sizes(symptoms.dataset)
    if not words or symptoms.config.data.standardize:
        return None
    standardized: Changes = {"data.standardize": True}
    remedies: list[Changes] = [standardized]
    if not symptoms.is_ridge:
        remedies.append({**standardized, "training.learning_rate": STABLE})
    if symptoms.config.network.slopes is not None:
        remedies.append({**standardized, "network.slopes": None})
    factor = unusual_factor(symptoms.dataset)
    if symptoms.has_failed and not symptoms.is_planned:
        strength = 0.95 if factor >= CLEARLY else 0.65
    else:
        strength = float(np.clip(0.4 + 0.5 * np.log10(factor), 0.0, 0.93))
    reason = f"{words}, and initial networks and learning rates are made for sizes of about 1"
    return Cause("scale_of_data", strength, reason, tuple(remedies))


@cause
@foreseeable
def outlying_points(symptoms: Symptoms) -> Cause | None:
    """A few points far from all others decide over the error."""
    dataset = symptoms.dataset
    far = outliers(dataset)
    if not len(far):
        return None
    spread = np.square(dataset.y_train - np.median(dataset.y_train))
    share = float(spread[far].sum() / spread.sum())
    if share < MOST_OF_IT:
        return None
    farthest = far[0]
    x = float(dataset.scaling.x_to_original(dataset.x_train[farthest]))
    y = float(dataset.scaling.y_to_original(dataset.y_train[farthest]))
    place = f"y = {number(y)} at x = {number(x)}"
    others = f" and {counted(len(far) - 1, 'other')}" if len(far) > 1 else ""
    reason = (
        f"{place}{others}, far from all other points, "
        f"makes {share:.0%} of the spread of y, and squared errors follow it: "
        "check it, or leave it out"
    )
    return Cause("outlying_points", 0.5 + 0.47 * share, reason)


@cause
@foreseeable
def equal_x(symptoms: Symptoms) -> Cause | None:
    """Points of one x have different y, so that no function fits them."""
    x = symptoms.dataset.x_train
    different = len(np.unique(x))
    equal = len(x) - different
    least = equal_x_mse(x, symptoms.dataset.y_train)
    if least <= MUCH_NOISE * symptoms.constant_mse or not different > 1:
        return None
    share = 1.0
    if not symptoms.is_planned:
        share = min(1.0, least / max(symptoms.final_mse, least))
    reason = (
        f"{counted_part(equal, len(x), 'point')} {agreeing(equal, 'has', 'have')} the x of another "
        "one but not its y, so no function has a train MSE below "
        f"{symptoms.original_mse(least)}"
    )
    return Cause("equal_x", 0.92 * share, reason)


@cause
@foreseeable
def mostly_noise(symptoms: Symptoms) -> Cause | None:
    """The noise on y is larger than what there is to learn."""
    noise = symptoms.noise
    constant = symptoms.constant_mse
    if noise.source != "target" or noise.mse < 0.8 * constant or constant == 0:
        return None
    if not symptoms.is_planned and symptoms.final_mse > FIT_BY_NOISE_ALONE * constant:
        return None
    reason = (
        f"the noise has a mean square of {symptoms.original_mse(noise.mse)}, "
        f"{noise.mse / constant:.0%} of the spread of y: there is little else to learn"
    )
    samples = getattr(symptoms.config.data, "samples", 200)
    more_points = {"data.samples": 10 * samples}
    return Cause("mostly_noise", 0.87, reason, (more_points,))


@cause
@foreseeable
def frozen_output_bias(symptoms: Symptoms) -> Cause | None:
    """Without an output bias the function has to leave 0 by its units alone."""
    if symptoms.config.network.output_bias:
        return None
    y = symptoms.dataset.y_train
    mean = float(y.mean())
    deviation = float(y.std())
    if abs(mean) <= deviation:
        return None
    original_mean = float(symptoms.dataset.scaling.y_to_original(y.mean()))
    reason = f"the output has no bias, and y lies around {number(original_mean)}"
    strength = 0.7 if symptoms.has_failed else 0.65
    if abs(mean) > FAR_FROM_0 * deviation:
        strength = 0.96
    remedies = ({"network.output_bias": True}, {"data.standardize": True})
    return Cause("frozen_output_bias", strength, reason, remedies)


@cause
def beyond_the_points(symptoms: Symptoms) -> Cause | None:
    """The test points lie where there are no training points."""
    dataset = symptoms.dataset
    if not len(dataset.x_test) or not np.isfinite(symptoms.test_mse) or symptoms.has_failed:
        return None
    low = dataset.x_train[0]
    high = dataset.x_train[-1]
    outside = (dataset.x_test < low) | (dataset.x_test > high)
    if not outside.any() or outside.all():
        return None
    with np.errstate(all="ignore"):
        errors = np.square(symptoms.last(dataset.x_test) - dataset.y_test)
    all_errors = max(errors.sum(), np.finfo(float).tiny)
    share = float(errors[outside].sum() / all_errors)
    count = int(outside.sum())
    error_outside = float(errors[outside].mean())
    error_inside = max(float(errors[~outside].mean()), symptoms.fitting_mse)
    is_worse = error_outside > FAR_WORSE * error_inside
    if share < MOST_OF_IT or not is_worse or symptoms.final_mse > symptoms.fitting_mse:
        return None
    who = counted_part(count, len(outside), "test point")
    lie = agreeing(count, "lies", "lie")
    make = agreeing(count, "makes", "make")
    reason = (
        f"{who} {lie} outside the training points and {make} {share:.0%} of the test error: "
        "there the function goes straight on"
    )
    remedies: tuple[Changes, ...] = ()
    if dataset.train_domain is not None:
        remedies = ({"data.train_domain": None},)
    return Cause("beyond_the_points", 0.9 * share, reason, remedies)
