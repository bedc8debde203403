"""Checks of training and of what it records: its length, its rate, and what its method takes."""

from __future__ import annotations

import math

from relusgd.config.checks.check import check, width_fault
from relusgd.config.of_width import words_at_width
from relusgd.config.overrides import LENGTHS
from relusgd.config.schema import Config
from relusgd.config.training_section import CosineSchedule
from relusgd.config.value_types import MOST_STEPS
from relusgd.words import exact_number

_LEAVE_OUT = "give one of the three and leave the others out"


@check("training.learning_rate", "network.hidden")
def _learning_rate_is_positive_at_this_width(config: Config) -> str | None:
    if _has_learning_rate(config):
        return None
    rate = config.training.learning_rate
    return width_fault(rate, config.learning_rate, config, "above 0")


def _has_learning_rate(config: Config) -> bool:
    """Whether the learning rate is one; an expression in width may give anything."""
    return 0 < config.learning_rate < math.inf


@check("training.epochs", "training.steps", "training.time")
def _one_length_is_given(config: Config) -> str | None:
    training = config.training
    lengths = (training.epochs, training.steps, training.time)
    given = [key for key, length in zip(LENGTHS, lengths, strict=True) if length is not None]
    if len(given) == 1:
        return None
    if not given:
        return "is null, and so are training.steps and training.time; give one of them"
    epochs = LENGTHS[0]
    others = [key for key in given if key != epochs]
    if epochs not in given:
        return f"gives way to one of training.steps and training.time; {_LEAVE_OUT}"
    return f"and {' and '.join(others)} exclude one another; {_LEAVE_OUT}"


@check("training.time", "training.learning_rate", "network.hidden")
def _time_is_not_too_long(config: Config) -> str | None:
    if config.training.time is None or not _has_learning_rate(config):
        return None
    # A time gives the same steps however many of them an epoch has.
    if config.total_steps(steps_per_epoch=1) <= MOST_STEPS:
        return None
    rate = words_at_width(config.training.learning_rate, config.width)
    return f"at learning rate {rate} is more than {MOST_STEPS:,} steps; give a shorter time"


@check("training.schedule", "training.learning_rate", "network.hidden")
def _cosine_falls(config: Config) -> str | None:
    schedule = config.training.schedule
    if not isinstance(schedule, CosineSchedule) or not _has_learning_rate(config):
        return None
    if schedule.minimum <= config.learning_rate:
        return None
    rate = words_at_width(config.training.learning_rate, config.width)
    minimum = f"falls to a minimum of {exact_number(schedule.minimum)}"
    return f"{minimum}, which is above training.learning_rate: {rate}"


@check("training.momentum", "training.method")
def _momentum_is_part_of_the_method(config: Config) -> str | None:
    training = config.training
    if not training.momentum or training.method in ("sgd", "rmsprop", "ridge"):
        return None
    reason = "it has its own in training.betas"
    if training.method == "sign":
        reason = "it moves every parameter by the learning rate"
    text = f"is {exact_number(training.momentum)}, but method: {training.method} takes none"
    return f"{text}, {reason}; leave it out, or train by method: sgd"


@check("training.weight_decay", "training.method")
def _weight_decay_is_part_of_the_method(config: Config) -> str | None:
    training = config.training
    if not training.weight_decay or training.method != "sign":
        return None
    text = f"is {exact_number(training.weight_decay)}, but method: sign takes none"
    return f"{text}; leave it out, or train by method: adamw"


@check("training.nesterov", "training.momentum", "training.method")
def _nesterov_needs_momentum(config: Config) -> str | None:
    if not config.training.nesterov:
        return None
    if config.training.method not in ("sgd", "ridge"):
        text = f"is true, but method: {config.training.method} has no such formula"
        return f"{text}; leave it out, or train by method: sgd"
    if config.training.momentum > 0:
        return None
    need = "Nesterov's formula needs a momentum above 0, such as 0.9"
    return f"is true with training.momentum: 0; {need}"


@check("training.layers", "training.method")
def _ridge_solves_the_output_layer(config: Config) -> str | None:
    if config.training.method != "ridge" or config.training.layers != "hidden":
        return None
    reason = "method: ridge solves the output layer"
    return f"is hidden, but {reason}; leave layers out, or train by method: sgd"


@check("snapshots.every", "snapshots.per_decade", "snapshots.first_steps")
def _something_is_recorded(config: Config) -> str | None:
    snapshots = config.snapshots
    if snapshots.every or snapshots.per_decade or snapshots.first_steps:
        return None
    return "is null, and so is snapshots.per_decade; give one of them, or first_steps"
