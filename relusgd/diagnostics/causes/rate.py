"""Causes that lie in the size of the steps: learning rate, momentum, schedule, batches, noise."""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.causes.cause import STABLE, Cause, Changes, cause, foreseeable
from relusgd.diagnostics.causes.remedies import longer
from relusgd.diagnostics.symptoms import Symptoms
from relusgd.words import counted, exact_number, number, rounded_number

NEAR_ONE = 0.98
"""A momentum from here on keeps 50 steps or more."""

FAR_BELOW = 1 / 20
"""A learning rate below this share of the largest stable one is low."""

HIGH = 0.2
"""One above this share of it is high where units have died."""

FEW_TIME_CONSTANTS = 100.0
"""A training is short where so many steps at the largest stable rate would go further."""

LARGE_STEP, VERY_LARGE_STEP = 0.1, 0.3
"""Steps that change every parameter by more than this share of its usual size are large."""

GOOD_STEP = 0.02
"""Where such steps were too small, steps of this share of a parameter's usual size are tried."""

SHORT_WAY = 0.5
"""Where steps have a length that the gradient does not decide, this is too short a way for all of
them together, in usual sizes of a parameter.
"""

FADED = 0.1
"""A schedule has ended where the rate is below this share of the largest one."""

EARLY = 0.35
"""It ended early where all rates together are below this share of what the largest one gives."""

STRONG_LABEL_NOISE, STRONG_INPUT_NOISE = 1.0, 0.5
"""Fresh noise from here on, in standard deviations of y and of x, can hide all that is learned."""

GAINED = 0.2
"""Careful steps that gain this share of what is missing show that the steps held the error up."""


@cause
@foreseeable
def rate_too_high(symptoms: Symptoms) -> Cause | None:
    """The learning rate is above the largest stable one (Cohen et al. 2021), or the steps of a
    method that divides the gradient are large beside the parameters.
    """
    if symptoms.is_ridge:
        return None
    judges = (
        _above_the_edge_at_the_start,
        _large_steps,
        _thrown_off_the_data,
        _above_the_edge_at_the_end,
    )
    remedies: tuple[Changes, ...] = (
        {"training.learning_rate": STABLE},
        {"training.learning_rate": float(f"{symptoms.learning_rate / 10:.1g}")},
    )
    for judge in judges:
        found = judge(symptoms)
        if found is not None:
            return Cause("rate_too_high", *found, remedies)
    return None


Judged = tuple[float, str] | None
"""A strength and a reason."""


def _above_the_edge_at_the_start(symptoms: Symptoms) -> Judged:
    stable = symptoms.stable_rate
    if stable is None or symptoms.learning_rate <= stable:
        return None
    reason = (
        f"learning rate {symptoms.rate_words} is above {number(stable)}, "
        "the largest stable one of the initial network on the full batch"
    )
    if symptoms.is_planned:
        return 0.6, reason
    if symptoms.has_failed:
        return 0.9, reason
    return 0.4 + 0.5 * symptoms.careful_gain, reason


def _large_steps(symptoms: Symptoms) -> Judged:
    """Steps of Adam and its relatives have about the length of the learning rate."""
    if not has_steps_of_its_own_length(symptoms):
        return None
    share = symptoms.learning_rate / usual_parameter(symptoms)
    if share < LARGE_STEP:
        return None
    reason = (
        f"at learning rate {symptoms.rate_words}, steps of {symptoms.config.training.method} "
        f"move every parameter by up to {share:.0%} of its usual size"
    )
    if symptoms.has_failed:
        return 0.9, reason
    base = 0.35 + 0.25 * min(1.0, share / VERY_LARGE_STEP)
    return base + 0.3 * symptoms.careful_gain, reason


def _thrown_off_the_data(symptoms: Symptoms) -> Judged:
    """Batches are stable at smaller rates than all points together."""
    stable = symptoms.stable_rate
    has_died = symptoms.dead_layer is not None and symptoms.initial_dead_layer is None
    if not has_died or stable is None or symptoms.learning_rate < HIGH * stable:
        return None
    size = symptoms.config.training.batch_size
    batches = "the full batch" if size == "full" else f"batches of {size:,}"
    reason = (
        f"steps at learning rate {symptoms.rate_words} on {batches} threw all units off the data; "
        f"the largest stable rate of the initial network on the full batch is {number(stable)}"
    )
    return 0.58, reason


def _above_the_edge_at_the_end(symptoms: Symptoms) -> Judged:
    stable = symptoms.stable_rate_at_end
    if symptoms.is_planned or stable is None or symptoms.learning_rate <= stable:
        return None
    reason = (
        f"learning rate {symptoms.rate_words} is above {number(stable)}, "
        "the largest stable one where the training ended"
    )
    if symptoms.has_failed:
        return 0.45, reason
    return 0.3 + 0.6 * symptoms.careful_gain, reason


def has_large_steps(symptoms: Symptoms) -> bool:
    """Whether steps of a length of their own are large beside the parameters."""
    if not has_steps_of_its_own_length(symptoms):
        return False
    return symptoms.learning_rate > LARGE_STEP * usual_parameter(symptoms)


def has_steps_of_its_own_length(symptoms: Symptoms) -> bool:
    """Whether the method makes steps whose length the size of the gradient does not decide."""
    return symptoms.is_adaptive or symptoms.config.training.method == "sign"


def usual_parameter(symptoms: Symptoms) -> float:
    """The root mean square of the parameters at the start."""
    square = float(np.mean(np.square(symptoms.initial.parameters())))
    return max(float(np.sqrt(square)), float(np.finfo(np.float64).tiny))


@cause
@foreseeable
def rate_too_low(symptoms: Symptoms) -> Cause | None:
    """So many steps at this rate cannot go far."""
    if symptoms.is_ridge or symptoms.has_diverged or not symptoms.steps:
        return None
    if symptoms.dead_layer is not None:
        return None  # no step gets anywhere
    if not symptoms.is_planned and symptoms.final_mse >= symptoms.initial_mse:
        return None
    if symptoms.noise.mse and symptoms.final_mse < symptoms.noise.mse:
        return None
    longest = longer(symptoms.config, 10)
    remedies: tuple[Changes, ...] = (
        {"training.learning_rate": STABLE},
        longest,
        {**longest, "training.learning_rate": STABLE},
    )
    steps, rate = counted(symptoms.steps, "step"), symptoms.rate_words
    if has_steps_of_its_own_length(symptoms):
        way = symptoms.learning_rate * symptoms.steps / usual_parameter(symptoms)
        if way >= SHORT_WAY:
            return None
        reason = (
            f"{steps} at learning rate {rate} are few: "
            f"together they move no parameter by more than {way:.2g} of its usual size"
        )
        good = float(f"{GOOD_STEP * usual_parameter(symptoms):.1g}")
        remedies = ({"training.learning_rate": good}, *remedies[1:2])
        return Cause("rate_too_low", _of_low_rate(symptoms), reason, remedies)
    stable = symptoms.stable_rate
    if stable is None or _effective_rate(symptoms) >= FAR_BELOW * stable:
        return None
    constants = _effective_rate(symptoms) * symptoms.steps / stable
    is_short = constants < FEW_TIME_CONSTANTS
    if not is_short and (symptoms.fall is None or symptoms.fall < 0.02):
        return None
    less = rounded_number(stable / symptoms.learning_rate)
    reason = (
        f"{steps} at learning rate {rate} are few: {number(stable)} is the largest stable one, "
        f"{less} times as high{_pace(symptoms)}"
    )
    return Cause("rate_too_low", _of_low_rate(symptoms), reason, remedies)


def _effective_rate(symptoms: Symptoms) -> float:
    """The rate of plain steps that are as quick along flat directions, beside their stable rate.

    Steps with momentum μ are as quick as plain ones at η/(1 − μ), whose largest stable rate is
    1 + μ times smaller.
    """
    momentum = symptoms.config.training.momentum
    return symptoms.learning_rate * (1 + momentum) / (1 - momentum)


def _of_low_rate(symptoms: Symptoms) -> float:
    """How strong a cause it is: a higher rate gains at most what the units can reach."""
    if symptoms.has_failed or symptoms.is_planned:
        return 0.62
    return 0.45 + 0.4 * symptoms.live_gain


def _pace(symptoms: Symptoms) -> str:
    """How many more steps would halve what is missing, if that is known."""
    course = symptoms.course
    more = None if course is None else course.steps_to_halve(symptoms.noise.mse)
    if more is None or not np.isfinite(more):
        return ""
    return f"; at this pace {rounded_number(more)} more steps would halve what is missing"


@cause
@foreseeable
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
    strength = 0.85 if symptoms.has_failed else 0.5 + 0.4 * symptoms.careful_gain
    return Cause("momentum_near_one", strength, reason, remedies)


@cause
def schedule_ended(symptoms: Symptoms) -> Cause | None:
    """The schedule lowered the learning rate before the function had been learned."""
    course = symptoms.course
    if course is None or symptoms.is_ridge or symptoms.has_diverged:
        return None
    if symptoms.config.training.schedule == "constant" or len(course.step) < 3:
        return None
    if symptoms.end_rate >= FADED * symptoms.learning_rate:
        return None
    weights = np.diff(course.step)
    share = float(weights @ course.learning_rate[1:] / weights.sum() / symptoms.learning_rate)
    if share > EARLY:
        return None
    faded = course.learning_rate < FADED * symptoms.learning_rate
    since = int(course.step[int(np.argmax(faded))])
    reason = (
        f"the schedule had lowered the learning rate to a tenth by step {since:,} of "
        f"{symptoms.steps:,}, and to {number(symptoms.end_rate)} at the end: "
        f"the steps together go {share:.0%} of the way at {symptoms.rate_words}"
    )
    remedies: tuple[Changes, ...] = (
        {"training.schedule": "constant"},
        {"training.schedule": {"kind": "cosine"}},
    )
    gain = max(symptoms.careful_gain, symptoms.output_gain)
    return Cause("schedule_ended", 0.6 + 0.3 * gain, reason, remedies)


@cause
@foreseeable
def strong_noise(symptoms: Symptoms) -> Cause | None:
    """Fresh noise on every batch hides what is to be learned."""
    training, dataset = symptoms.config.training, symptoms.dataset
    if symptoms.is_ridge or not (training.label_noise or training.input_noise):
        return None
    y_spread = float(dataset.y_train.std()) * dataset.scaling.y_deviation
    x_spread = float(dataset.x_train.std()) * dataset.scaling.x_deviation
    noises: list[str] = []
    silence: dict[str, object] = {}
    if training.label_noise > 0:
        noises.append(_noise_words(training.label_noise, "y", y_spread))
        silence["training.label_noise"] = 0.0
    if training.input_noise > 0:
        noises.append(_noise_words(training.input_noise, "x", x_spread))
        silence["training.input_noise"] = 0.0
    is_strong = (
        0 < training.label_noise >= STRONG_LABEL_NOISE * y_spread
        or 0 < training.input_noise >= STRONG_INPUT_NOISE * x_spread
    )
    if symptoms.is_planned or symptoms.has_failed:
        strength = 0.75
        if not is_strong:
            return None
    else:
        strength = max(_of_label_noise(symptoms), _of_input_noise(symptoms))
        if is_strong:
            strength = max(strength, 0.75)
        if strength == 0:
            return None
    reason = f"every step sees {' and '.join(noises)}"
    remedies = (silence, {**silence, "training.learning_rate": STABLE})
    return Cause("strong_noise", strength, reason, remedies)


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
    x, y = symptoms.dataset.x_train, symptoms.dataset.y_train
    smooth = 0.5 * (np.interp(x + noise, x, y) + np.interp(x - noise, x, y))
    missed = float(np.mean(np.square(smooth - y)))
    if not symptoms.missing_mse > 0:
        return 0.0
    return 0.9 * min(1.0, max(missed / symptoms.missing_mse, symptoms.careful_gain))


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
    is_small = size <= max(points // 10, 1)
    if symptoms.is_planned:
        strength = 0.2 if is_small and symptoms.learning_rate > _of_single_points(symptoms) else 0.0
    elif symptoms.has_failed:
        strength = 0.55 if is_small else 0.0
    else:
        gain = symptoms.careful_gain
        strength = 0.3 + 0.6 * gain if gain >= GAINED and not _is_low(symptoms) else 0.0
    if strength == 0:
        return None
    reason = f"every step follows {counted(size, 'point')} of {points:,} alone"
    if not symptoms.has_failed and not symptoms.is_planned:
        reason += (
            f", and at learning rate {symptoms.rate_words} their noise keeps up "
            f"{symptoms.careful_gain:.0%} of the error that is missing"
        )
    remedies: list[Changes] = [{"training.batch_size": "full"}]
    if symptoms.has_failed:
        remedies.append({"training.batch_size": "full", "training.learning_rate": STABLE})
    else:
        remedies.insert(0, {"training.schedule": {"kind": "cosine"}})
    return Cause("small_batch", strength, reason, tuple(remedies))


def _is_low(symptoms: Symptoms) -> bool:
    """Whether the rate at the end is so low that larger steps alone would gain as much."""
    if has_steps_of_its_own_length(symptoms):
        way = symptoms.end_rate * symptoms.steps
        return way < 10 * SHORT_WAY * usual_parameter(symptoms)
    stable = symptoms.stable_rate_at_end
    return stable is not None and symptoms.end_rate < FAR_BELOW * stable


def _of_single_points(symptoms: Symptoms) -> float:
    """A tenth of the stable rate of the full batch, above which single points throw units off."""
    return 0.1 * symptoms.stable_rate if symptoms.stable_rate is not None else np.inf
