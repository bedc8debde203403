"""Causes that lie in the noise of the steps: noise on the points, and batches of few points."""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.causes.cause import STABLE, Cause, Changes, cause, foreseeable
from relusgd.diagnostics.causes.own_step_length import (
    SHORT_WAY,
    has_steps_of_its_own_length,
    usual_parameter,
)
from relusgd.diagnostics.causes.rate import FAR_BELOW
from relusgd.diagnostics.symptoms import Symptoms
from relusgd.words import counted, exact_number, number

STRONG_LABEL_NOISE = 1.0
"""Fresh noise on y from here on, in its standard deviations, can hide all that is learned."""

STRONG_INPUT_NOISE = 0.5
"""And so can that on x, in standard deviations of x."""

GAINED = 0.2
"""Careful steps that gain this share of what is missing show that the steps held the error up."""


@cause
@foreseeable
def strong_noise(symptoms: Symptoms) -> Cause | None:
    """Fresh noise on every batch hides what is to be learned."""
    training = symptoms.config.training
    if symptoms.is_ridge or not (training.label_noise or training.input_noise):
        return None
    dataset = symptoms.dataset
    y_spread = float(dataset.y_train.std()) * dataset.scaling.y_deviation
    x_spread = float(dataset.x_train.std()) * dataset.scaling.x_deviation
    strength = _strength_of_noise(symptoms, y_spread, x_spread)
    if strength == 0:
        return None
    noises: list[str] = []
    silence: dict[str, object] = {}
    if training.label_noise > 0:
        noises.append(_noise_words(training.label_noise, "y", y_spread))
        silence["training.label_noise"] = 0.0
    if training.input_noise > 0:
        noises.append(_noise_words(training.input_noise, "x", x_spread))
        silence["training.input_noise"] = 0.0
    reason = f"every step sees {' and '.join(noises)}"
    remedies = (silence, {**silence, "training.learning_rate": STABLE})
    return Cause("strong_noise", strength, reason, remedies)


def _strength_of_noise(symptoms: Symptoms, y_spread: float, x_spread: float) -> float:
    """How strong a cause it is; y_spread, x_spread: the standard deviations of the points."""
    training = symptoms.config.training
    is_strong_on_y = 0 < training.label_noise >= STRONG_LABEL_NOISE * y_spread
    is_strong_on_x = 0 < training.input_noise >= STRONG_INPUT_NOISE * x_spread
    of_strong_noise = 0.75 if is_strong_on_y or is_strong_on_x else 0.0
    if symptoms.is_planned or symptoms.has_failed:
        return of_strong_noise
    return max(_of_label_noise(symptoms), _of_input_noise(symptoms), of_strong_noise)


def _of_label_noise(symptoms: Symptoms) -> float:
    """How strong a cause it is: what careful steps without it gain."""
    if symptoms.config.training.label_noise == 0 or symptoms.careful_gain < GAINED:
        return 0.0
    return 0.4 + 0.55 * symptoms.careful_gain


def _of_input_noise(symptoms: Symptoms) -> float:
    """How strong a cause it is: what a function smoothed by it misses of the points.

    f̄(x) = mean of f(x + s) and f(x − s),  with f the straight pieces through the points
    """
    noise = symptoms.config.training.input_noise / symptoms.dataset.scaling.x_deviation
    if noise == 0:
        return 0.0
    x = symptoms.dataset.x_train
    y = symptoms.dataset.y_train
    right = np.interp(x + noise, x, y)
    left = np.interp(x - noise, x, y)
    smooth = 0.5 * (right + left)
    missed = float(np.mean(np.square(smooth - y)))
    if not symptoms.missing_mse > 0:
        return 0.0
    share = max(missed / symptoms.missing_mse, symptoms.careful_gain)
    return 0.9 * min(1.0, share)


def _noise_words(deviation: float, name: str, spread: float) -> str:
    noise = f"fresh noise of {exact_number(deviation)} on {name}"
    return f"{noise}, whose own standard deviation is {number(spread)}"


@cause
@foreseeable
def small_batch(symptoms: Symptoms) -> Cause | None:
    """Steps for a few points at once are stable at smaller rates than steps for all points."""
    size = symptoms.config.training.batch_size
    points = len(symptoms.dataset.x_train)
    if symptoms.is_ridge or size == "full" or points <= size:
        return None
    strength = _strength_of_small_batch(symptoms, size)
    if strength == 0:
        return None
    reason = f"every step follows {counted(size, 'point')} of {points:,} alone"
    if not symptoms.has_failed and not symptoms.is_planned:
        reason += (
            f", and at learning rate {symptoms.rate_words} their noise keeps up "
            f"{symptoms.careful_gain:.0%} of the error that is missing"
        )
    full: Changes = {"training.batch_size": "full"}
    remedies: tuple[Changes, ...] = ({"training.schedule": {"kind": "cosine"}}, full)
    if symptoms.has_failed:
        remedies = (full, {**full, "training.learning_rate": STABLE})
    return Cause("small_batch", strength, reason, remedies)


def _strength_of_small_batch(symptoms: Symptoms, size: int) -> float:
    is_small = size <= max(len(symptoms.dataset.x_train) // 10, 1)
    if symptoms.is_planned:
        if not is_small:
            return 0.0
        throws_off = symptoms.learning_rate > _largest_rate_of_single_points(symptoms)
        return 0.2 if throws_off else 0.0
    if symptoms.has_failed:
        return 0.55 if is_small else 0.0
    gain = symptoms.careful_gain
    if gain < GAINED or _is_low(symptoms):
        return 0.0
    return 0.3 + 0.6 * gain


def _is_low(symptoms: Symptoms) -> bool:
    """Whether the rate at the end is so low that larger steps alone would gain as much."""
    if has_steps_of_its_own_length(symptoms):
        way = symptoms.end_rate * symptoms.steps
        return way < 10 * SHORT_WAY * usual_parameter(symptoms)
    stable = symptoms.stable_rate_at_end
    return stable is not None and symptoms.end_rate < FAR_BELOW * stable


def _largest_rate_of_single_points(symptoms: Symptoms) -> float:
    """A tenth of the stable rate of the full batch, above which single points throw units off."""
    if symptoms.stable_rate is None:
        return np.inf
    return 0.1 * symptoms.stable_rate
