"""Whether a trained network fits as well as the noise allows, and by which numbers.

Errors are mean squared errors in network units.
"""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.outcomes import outcome_of
from relusgd.diagnostics.symptoms import Symptoms
from relusgd.words import number

TEST_BY_NOISE, TEST_BY_SPREAD = 1.0, 0.01
"""Against noise-free test points: up to the noise's mean square, and this share of the best
constant's error besides.
"""

HELD_OUT = 4.0
"""Against test points that were measured: up to so many times the fitting training error."""

ROSE = 1.5
"""Unless the test error is above so many times its lowest one."""

FITTED_NOISE = 0.7
"""A training error below this share of the noise's says that the noise was fitted."""


def fits_well(symptoms: Symptoms) -> bool:
    """Whether the training error is as low as the noise allows and the test error not far above."""
    y = symptoms.dataset.y_train
    if outcome_of(symptoms.initial_mse, symptoms.final_mse, y) != "learned":
        return False
    if symptoms.constant_mse > 0 and symptoms.final_mse > symptoms.fitting_mse:
        return False
    return not np.isfinite(symptoms.test_mse) or _generalizes(symptoms)


def _generalizes(symptoms: Symptoms) -> bool:
    noise, test = symptoms.noise, symptoms.test_mse
    if noise.source == "target":
        level = TEST_BY_NOISE * noise.mse + TEST_BY_SPREAD * symptoms.constant_mse
        if symptoms.final_mse < FITTED_NOISE * noise.mse:
            level = FITTED_NOISE * noise.mse + TEST_BY_SPREAD * symptoms.constant_mse
        return test <= level
    if test <= HELD_OUT * max(symptoms.fitting_mse, symptoms.final_mse):
        return True
    best = None if symptoms.course is None else symptoms.course.best_test()
    return best is not None and test <= ROSE * best[1] and symptoms.final_mse > noise.mse


def fit_words(symptoms: Symptoms) -> str:
    """How well it fits, with the numbers."""
    train = symptoms.original_mse(symptoms.final_mse)
    words = f"it fits as well as the noise allows: train MSE {train}"
    noise = symptoms.noise
    if noise.mse > 0:
        level = symptoms.original_mse(noise.mse)
        sources = {
            "target": f"the noise itself has {level}",
            "equal x": f"points of equal x differ by {level}",
            "neighbours": f"points beside each other differ by some {level}",
        }
        words += f", and {sources[noise.source]}"
    elif symptoms.constant_mse > 0:
        share = symptoms.final_mse / symptoms.constant_mse
        words += f", {number(100 * share)} % of the best constant's"
    if np.isfinite(symptoms.test_mse):
        words += f"; test MSE {symptoms.original_mse(symptoms.test_mse)}"
    return words
