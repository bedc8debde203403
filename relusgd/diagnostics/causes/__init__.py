"""Why a training does not fit: every cause that is known, each with its remedies.

A cause is a function of `Symptoms`. It gives a `Cause`, with the numbers that speak for it and its
strength, or None where it does not apply. `find_causes` ranks them by strength. A new cause is one
more function with `@cause` in the module of its family; `@foreseeable` marks those that can be told
before the first step.
"""

from __future__ import annotations

from relusgd.diagnostics.causes import (
    data,
    elbows,
    impossible,
    length,
    overfitting,
    rate,
    step_noise,
    weights,
)
from relusgd.diagnostics.causes.cause import STABLE as STABLE
from relusgd.diagnostics.causes.cause import Cause as Cause
from relusgd.diagnostics.causes.cause import Changes as Changes
from relusgd.diagnostics.causes.cause import find_causes as find_causes

FAMILIES = (impossible, data, rate, step_noise, weights, elbows, length, overfitting)
"""The modules in which causes register themselves."""
