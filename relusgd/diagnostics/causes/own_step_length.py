"""Methods whose steps have a length of their own: the gradient decides their direction alone."""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.symptoms import Symptoms

LARGE_STEP = 0.1
"""Steps that change every parameter by more than this share of its usual size are large."""

SHORT_WAY = 0.5
"""Where steps have a length that the gradient does not decide, this is too short a way for all of
them together, in usual sizes of a parameter.
"""


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
    smallest = float(np.finfo(np.float64).tiny)
    return max(float(np.sqrt(square)), smallest)
