"""What slow motion says, a line for each phase."""

from __future__ import annotations

import math

import numpy as np

from relusgd.diagnostics.elbow_step import ElbowStep
from relusgd.model.network import Array
from relusgd.model.points import Dataset
from relusgd.pictures.films.slow_motion.real_step import RealStep
from relusgd.words import counted, counted_part, rounded_number


def captions_of_step(
    real: RealStep, dataset: Dataset, arrows: int | None, change: int
) -> dict[str, str]:
    """The caption of each phase.

    arrows: by what the arrows are lengthened; None where no elbow that is shown moves. change: by
    what the change of the function is enlarged in the thin line; 1 where there is none.
    """
    before, after = errors_on_batch(real.step, dataset)
    return {
        "announced": f"Step {real.number + 1:,} in slow motion",
        "batch": _batch(real, len(dataset.x_train)),
        "residuals": f"The function misses them: error {before}",
        "arrows": _arrows(real, arrows),
        "moves": "The function moves" + _enlarged(change),
        "moved": f"Now its error on them is {after}",
    }


def errors_on_batch(step: ElbowStep, dataset: Dataset) -> tuple[str, str]:
    """The mean squared errors before and after, which the step lowers if it is not too large.

    With digits that tell them apart.
    """
    before = dataset.scaling.mse_to_original(_mse(step.f, step.y))
    after = dataset.scaling.mse_to_original(_mse(step.f_after, step.y))
    fewest = _decimals(max(before, after))
    for decimals in range(fewest, fewest + 4):
        first, last = f"{before:,.{decimals}f}", f"{after:,.{decimals}f}"
        if first != last:
            break
    return first, last


def _decimals(value: float) -> int:
    """The decimals with which a number has two significant digits."""
    if not value > 0:
        return 1
    return max(0, 1 - math.floor(math.log10(value)))


def _mse(f: Array, y: Array) -> float:
    return float(np.mean((f - y) ** 2))


def _batch(real: RealStep, points: int) -> str:
    """What the batch of the step is, of so many training points."""
    if real.is_full:
        noise = ", with fresh noise" if real.is_noisy else ""
        return f"Its batch is {counted_part(points, points, 'point')}{noise}"
    draws = len(real.step.x)
    if real.is_noisy:
        return f"{counted(draws, 'draw')} from {counted(points, 'point')}, with fresh noise"
    different = len(set(zip(real.step.x.tolist(), real.step.y.tolist(), strict=True)))
    said = f"Its batch: {counted_part(different, points, 'point')}"
    return said if different == draws else f"{said}, {counted(draws, 'draw')}"


def _arrows(real: RealStep, factor: int | None) -> str:
    rate = f"rate {rounded_number(real.step.rate)}"
    if not real.elbows_learn:
        return f"Only the output layer learns ({rate})"
    if factor is None:
        return f"No elbow in the picture moves ({rate})"
    elbows = "Elbows of layer 1" if real.step.is_deep else "So the elbows"
    arrows = "" if factor == 1 else f"arrows ×{factor:,}, "
    return f"{elbows} move ({arrows}{rate})"


def _enlarged(factor: int) -> str:
    return "" if factor == 1 else f" (thin line ×{factor:,})"
