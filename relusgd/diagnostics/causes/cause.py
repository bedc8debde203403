"""What a cause is, and the register of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from relusgd.diagnostics.symptoms import Symptoms

STABLE = "half the largest stable learning rate"
"""In a remedy, as the value of training.learning_rate: it depends on the other changes."""

Changes = Mapping[str, object]
"""Dotted key → new value."""


@dataclass(frozen=True)
class Cause:
    """One reason why a training does not fit.

    strength: from 0 to 1, how much of what is missing it explains; causes are ranked by it. reason:
    the second half of a sentence, with its numbers. remedies: what to try, the most promising
    first.
    """

    name: str
    strength: float
    reason: str
    remedies: tuple[Changes, ...] = ()


CauseFunction = Callable[[Symptoms], Cause | None]

CAUSES: list[CauseFunction] = []
FORESEEABLE: list[CauseFunction] = []


def cause(function: CauseFunction) -> CauseFunction:
    """Register a cause behind those above it, which go before it where they are as strong."""
    CAUSES.append(function)
    return function


def foreseeable(function: CauseFunction) -> CauseFunction:
    """Mark a cause that can be told before the first step."""
    FORESEEABLE.append(function)
    return function


def find_causes(symptoms: Symptoms) -> list[Cause]:
    """The causes that apply, the strongest first.

    Of a training that is only planned, those that can be told before its first step.
    """
    functions = FORESEEABLE if symptoms.is_planned else CAUSES
    found = [function(symptoms) for function in functions]
    applying = [one for one in found if one is not None]
    return sorted(applying, key=lambda one: -one.strength)
