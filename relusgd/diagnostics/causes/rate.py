"""Causes that lie in the size of the steps: learning rate, momentum and schedule."""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.causes.cause import STABLE, Cause, Changes, cause, foreseeable
from relusgd.diagnostics.causes.own_step_length import (
    LARGE_STEP,
    SHORT_WAY,
    has_steps_of_its_own_length,
    usual_parameter,
)
from relusgd.diagnostics.causes.remedies import longer
from relusgd.diagnostics.symptoms import Symptoms
from relusgd.words import counted, exact_number, number, rounded_number

NEAR_ONE = 0.98
"""A momentum from here on keeps 50 steps or more."""

FAR_BELOW = 1 / 20
"""A learning rate below this share of the largest stable one is low."""

HIGH = 0.2
"""A learning rate above this share of the largest stable one is high where units have died."""

FEW_TIME_CONSTANTS = 100.0
"""A training is short where so many steps at the largest stable rate would go further."""

VERY_LARGE_STEP = 0.3
"""Steps that change every parameter by this share of its usual size are as bad as larger ones."""

GOOD_STEP = 0.02
"""In place of steps that were too small, steps of this share of a parameter's usual size are tried.
"""


FADED = 0.1
"""A schedule has ended where the rate is below this share of the largest one."""

EARLY = 0.35
"""A schedule ended early where all its rates add up to less than this share of what the largest one
would add up to."""


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
    a_tenth = float(f"{symptoms.learning_rate / 10:.1g}")
    remedies: tuple[Changes, ...] = (
        {"training.learning_rate": STABLE},
        {"training.learning_rate": a_tenth},
    )
    for judge in judges:
        found = judge(symptoms)
        if found is not None:
            strength, reason = found
            return Cause("rate_too_high", strength, reason, remedies)
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
    if has_steps_of_its_own_length(symptoms):
        found = _short_way_in_all(symptoms)
    else:
        found = _far_below_the_edge(symptoms)
    if found is None:
        return None
    strength = 0.45 + 0.4 * symptoms.live_gain  # a higher rate gains at most what units can reach
    if symptoms.has_failed or symptoms.is_planned:
        strength = 0.62
    reason, remedies = found
    return Cause("rate_too_low", strength, reason, remedies)


def _short_way_in_all(symptoms: Symptoms) -> tuple[str, tuple[Changes, ...]] | None:
    """Reason and remedies where all steps together, of a length of their own, lead not far."""
    usual = usual_parameter(symptoms)
    way = symptoms.learning_rate * symptoms.steps / usual
    if way >= SHORT_WAY:
        return None
    reason = (
        f"{_steps_at_this_rate(symptoms)} are few: "
        f"together they move no parameter by more than {way:.2g} of its usual size"
    )
    good_rate = float(f"{GOOD_STEP * usual:.1g}")
    remedies = ({"training.learning_rate": good_rate}, longer(symptoms.config, 10))
    return reason, remedies


def _far_below_the_edge(symptoms: Symptoms) -> tuple[str, tuple[Changes, ...]] | None:
    """Reason and remedies where the rate is far below the largest stable one."""
    stable = symptoms.stable_rate
    rate = _effective_rate(symptoms)
    if stable is None or rate >= FAR_BELOW * stable:
        return None
    time_constants = rate * symptoms.steps / stable
    is_short = time_constants < FEW_TIME_CONSTANTS
    is_falling = symptoms.fall is not None and symptoms.fall >= 0.02
    if not is_short and not is_falling:
        return None
    times = rounded_number(stable / symptoms.learning_rate)
    reason = (
        f"{_steps_at_this_rate(symptoms)} are few: {number(stable)} is the largest stable one, "
        f"{times} times as high{_pace(symptoms)}"
    )
    higher = {"training.learning_rate": STABLE}
    ten_times_as_long = longer(symptoms.config, 10)
    return reason, (higher, ten_times_as_long, {**ten_times_as_long, **higher})


def _steps_at_this_rate(symptoms: Symptoms) -> str:
    return f"{counted(symptoms.steps, 'step')} at learning rate {symptoms.rate_words}"


def _effective_rate(symptoms: Symptoms) -> float:
    """The rate of plain steps that are as quick along flat directions, beside their stable rate.

    Steps with momentum μ are as quick as plain ones at η/(1 − μ), whose largest stable rate is
    1 + μ times smaller.
    """
    momentum = symptoms.config.training.momentum
    return symptoms.learning_rate * (1 + momentum) / (1 - momentum)


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
    largest = symptoms.learning_rate
    if symptoms.end_rate >= FADED * largest:
        return None
    steps = np.diff(course.step)
    mean_rate = steps @ course.learning_rate[1:] / steps.sum()
    share = float(mean_rate / largest)
    if share > EARLY:
        return None
    has_faded = course.learning_rate < FADED * largest
    since = int(course.step[int(np.argmax(has_faded))])
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
