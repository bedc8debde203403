"""Whether a trained network fits as well as the noise allows, and by which numbers.

Errors are mean squared errors in network units.
"""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.outcomes import outcome_of
from relusgd.diagnostics.symptoms import Symptoms
from relusgd.words import number

TEST_BY_NOISE = 1.0
"""Against noise-free test points: up to this many times the noise's mean square."""

TEST_BY_SPREAD = 0.01
"""And this share of the best constant's error besides."""

HELD_OUT = 4.0
"""Against test points that were measured: up to so many times the fitting training error."""

FITTED_NOISE = 0.6
"""Noise was fitted where the training error is below this share of the noise's, ..."""

MUCH_LEFT = 0.35
"""... and the test error above this share of it."""

FAR_ABOVE = 2.5
"""Noise was fitted, too, where the error on measured test points is so many times the training
error, ...
"""

ROSE = 1.15
"""... and so many times its own lowest one."""

LEAST_SHARE = 0.002
"""Errors below this share of the best constant's are as good as none."""

MUCH_NOISE = 0.2
"""Points of equal x that differ by more than this share of the best constant's error are no data to
fit.
"""


def fits_well(symptoms: Symptoms) -> bool:
    """Whether the training error is as low as the noise allows and the test error not far above."""
    y = symptoms.dataset.y_train
    if outcome_of(symptoms.initial_mse, symptoms.final_mse, y) != "learned":
        return False
    noise = symptoms.noise
    if noise.source == "equal x" and noise.mse > MUCH_NOISE * symptoms.constant_mse:
        return False
    if symptoms.constant_mse > 0 and symptoms.final_mse > symptoms.fitting_mse:
        return False
    return not np.isfinite(symptoms.test_mse) or _generalizes(symptoms)


def _generalizes(symptoms: Symptoms) -> bool:
    if fits_noise(symptoms):
        return False
    noise = symptoms.noise
    test = symptoms.test_mse
    if noise.source == "target":
        allowed = TEST_BY_NOISE * noise.mse + TEST_BY_SPREAD * symptoms.constant_mse
        return test <= allowed
    return test <= HELD_OUT * max(symptoms.fitting_mse, symptoms.final_mse)


def fits_noise(symptoms: Symptoms) -> bool:
    """Whether the training error is low because the noise was fitted, by the test error."""
    noise = symptoms.noise
    train = symptoms.final_mse
    test = symptoms.test_mse
    if symptoms.has_failed or not np.isfinite(test):
        return False
    as_good_as_none = LEAST_SHARE * symptoms.constant_mse
    is_below_noise = train < FITTED_NOISE * noise.mse
    if noise.source == "target":
        return is_below_noise and test > MUCH_LEFT * noise.mse + as_good_as_none
    course = symptoms.course
    best = None if course is None else course.best_test()
    has_risen = False
    if best is not None:
        _, best_test_mse = best
        has_risen = test > ROSE * best_test_mse
    if has_risen and course is not None and test >= course.test_mse[0]:
        return True  # all that was gained on the test points is lost again
    if test <= FAR_ABOVE * max(train, as_good_as_none):
        return False
    if has_risen:
        return True
    return is_below_noise and (best is None or symptoms.is_ridge)


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
