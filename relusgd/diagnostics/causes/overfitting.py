"""A training that goes on until it fits the noise of the points."""

from __future__ import annotations

from relusgd.diagnostics.causes.cause import Cause, Changes, cause
from relusgd.diagnostics.fit import fits_noise
from relusgd.diagnostics.symptoms import Symptoms


@cause
def noise_fitted(symptoms: Symptoms) -> Cause | None:
    """The training error is below that of the noise, and the test error is above its lowest."""
    if not fits_noise(symptoms):
        return None
    noise = symptoms.noise
    test = symptoms.test_mse
    level = "far below the test error"
    if noise.source == "target":
        level = f"below the noise² of {symptoms.original_mse(noise.mse)}"
    best = None if symptoms.course is None else symptoms.course.best_test()
    lowest = ""
    if best is not None:
        best_step, best_mse = best
        if test > 1.1 * best_mse:
            lowest = f", which was lowest, {symptoms.original_mse(best_mse)}, in step {best_step:,}"
    train = symptoms.original_mse(symptoms.final_mse)
    reason = (
        f"the network fits the noise: train MSE {train} is {level}, "
        f"test MSE {symptoms.original_mse(test)}{lowest}"
    )
    return Cause("noise_fitted", 0.93, reason, _calmer(symptoms, best))


def _calmer(symptoms: Symptoms, best: tuple[int, float] | None) -> tuple[Changes, ...]:
    """Stop where the test error was lowest, decay, fewer units, a penalty."""
    if symptoms.is_ridge:
        penalty = max(symptoms.config.training.penalty, 1e-4)
        return ({"training.penalty": 100 * penalty},)
    remedies: list[Changes] = []
    if best is not None:
        best_step, _ = best
        if 0 < best_step < symptoms.steps:
            remedies.append({"training.steps": best_step})
    is_shallow = len(symptoms.config.network.hidden) == 1
    if is_shallow and symptoms.units > 8:
        remedies.append({"network.hidden": max(symptoms.units // 8, 4)})
    remedies.append({"training.weight_decay": 0.01})
    return tuple(remedies)
