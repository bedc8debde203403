"""Causes that lie in the length of the training: too short, at a standstill, or a bad start."""

from __future__ import annotations

from relusgd.diagnostics.causes.cause import STABLE, Cause, Changes, cause
from relusgd.diagnostics.causes.own_step_length import (
    has_large_steps,
    has_steps_of_its_own_length,
)
from relusgd.diagnostics.causes.rate import FEW_TIME_CONSTANTS
from relusgd.diagnostics.causes.remedies import longer, more_units
from relusgd.diagnostics.evidence.slow_directions import slow_directions
from relusgd.diagnostics.symptoms import Symptoms
from relusgd.words import counted, rounded_number

STILL_FALLING = 0.04
"""An error that fell by more than this share in the last third was still falling."""

UNSTEADY = 0.45
"""Where steps are large, errors jump, and a fall says little."""

MOVABLE = 0.5
"""Where careful steps or a better output layer gain this share of what is missing, the training is
at no standstill of its own.
"""


@cause
def too_short(symptoms: Symptoms) -> Cause | None:
    """The error was still falling, or the steps taken are few at this rate."""
    if symptoms.is_ridge or symptoms.has_diverged or not symptoms.steps:
        return None
    if symptoms.dead_layer is not None:
        return None  # no step gets anywhere
    if symptoms.final_mse >= symptoms.initial_mse:
        return None
    strength = _strength_of_shortness(symptoms)
    if strength == 0:
        return None
    training = symptoms.config.training
    ten_times_as_long = longer(symptoms.config, 10)
    remedies: list[Changes] = [ten_times_as_long]
    if training.method == "sgd" and training.momentum == 0:
        remedies.append({"training.momentum": 0.9})
    if symptoms.has_failed:
        remedies.append({**ten_times_as_long, "training.learning_rate": STABLE})
    steps = counted(symptoms.steps, "step")
    few = f"{steps} at learning rate {symptoms.rate_words} are few"
    reason = f"{few}{_fall_words(symptoms)}{_slow(symptoms)}"
    return Cause("too_short", strength, reason, tuple(remedies))


def _strength_of_shortness(symptoms: Symptoms) -> float:
    fall = symptoms.fall
    if symptoms.has_failed:
        stable = symptoms.stable_rate
        way = symptoms.learning_rate * symptoms.steps
        is_short = stable is not None and way < FEW_TIME_CONSTANTS * stable
        return 0.6 if is_short else 0.0
    if fall is None or fall < STILL_FALLING:
        return 0.3 + 0.25 * symptoms.output_gain if symptoms.output_gain > 0.5 else 0.0
    if symptoms.missing_mse == 0:
        return 0.0
    speed = min(1.0, 2 * fall)
    strength = 0.45 + 0.4 * speed * symptoms.live_gain
    return min(strength, UNSTEADY) if has_large_steps(symptoms) else strength


def _fall_words(symptoms: Symptoms) -> str:
    fall, course = symptoms.fall, symptoms.course
    if fall is None or course is None or fall < STILL_FALLING:
        return ""
    more = course.steps_to_halve(symptoms.noise.mse)
    pace = "" if more is None else f", and {rounded_number(more)} more would halve the rest"
    return f": what is missing fell by {fall:.0%} in the last third{pace}"


def _slow(symptoms: Symptoms) -> str:
    """What the singular values of ∂f/∂θ at the end say of the direction that is learned next."""
    if has_steps_of_its_own_length(symptoms):
        return ""
    slow = slow_directions(symptoms.last, symptoms.dataset, symptoms.learning_rate)
    if slow is None or slow.steps_of_next <= 0.1 * symptoms.steps:
        return ""
    return (
        f"; the next direction of the residual takes some {rounded_number(slow.steps_of_next)} "
        f"steps (condition number of JᵀJ {rounded_number(slow.condition)})"
    )


@cause
def plateau(symptoms: Symptoms) -> Cause | None:
    """The error stands still, and no unit has switched at another point for long."""
    course = symptoms.course
    if course is None or symptoms.is_ridge or symptoms.has_diverged or not symptoms.steps:
        return None
    if symptoms.config.training.layers == "output" or symptoms.dead_layer is not None:
        return None
    fall = symptoms.fall
    if fall is None or abs(fall) > STILL_FALLING:
        return None
    if max(symptoms.careful_gain, symptoms.output_gain) > MOVABLE:
        return None
    gain = symptoms.reachable_gain
    if gain < 0.1:
        return None
    since = ""
    if course.last_crossing is not None:
        since = f", and no unit has crossed a training point since step {course.last_crossing:,}"
    reason = (
        f"the error stands still: it changed by {abs(fall):.1%} in the last third of "
        f"{counted(symptoms.steps, 'step')}{since}; as many units placed well reach "
        f"{symptoms.original_mse(symptoms.reachable_mse)}"
    )
    twice_as_many = 2 * max(symptoms.initial.hidden)
    remedies = (*other_seeds(symptoms), *more_units(symptoms, twice_as_many))
    return Cause("plateau", 0.3 + 0.2 * gain, reason, remedies)


def other_seeds(symptoms: Symptoms) -> tuple[Changes, ...]:
    """The same training from other draws of the initial network."""
    config = symptoms.config
    if config.network.start is not None:
        return ()
    first = config.network_seed
    seeds = [(first + more) % 2**64 for more in (1, 2, 3)]
    return tuple({"network.seed": seed} for seed in seeds)


@cause
def slow_or_small(symptoms: Symptoms) -> Cause | None:
    """What remains: too few steps, too few units, or noise alone."""
    config = symptoms.config
    stable: Changes = {"training.learning_rate": STABLE}
    standardized: Changes = {}
    if not config.data.standardize:
        standardized = {"data.standardize": True}
    ten_times_as_long = longer(config, 10)
    wider = more_units(symptoms)

    remedies: list[Changes] = []
    if not symptoms.is_ridge:
        remedies += [stable, ten_times_as_long]
    if standardized:
        remedies.append(standardized)
        if not symptoms.is_ridge:
            remedies.append({**standardized, **stable})
    remedies += wider
    if not symptoms.is_ridge and config.training.layers != "all":
        remedies.append({"training.layers": "all"})
    if not symptoms.is_ridge:
        everything: dict[str, object] = {**ten_times_as_long, **stable}
        for change in wider:
            everything |= change
        everything |= standardized
        remedies.append(everything)

    reason = "the training was too short, the network too small, or the data are mostly noise"
    if symptoms.has_diverged:
        reason = "the steps were too large"
    return Cause("slow_or_small", 0.1, reason, tuple(remedies))
