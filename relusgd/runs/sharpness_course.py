"""The sharpness of a run over its steps, for pictures that show it."""

from __future__ import annotations

from relusgd.pictures.scenes.sharpness_course import SharpnessCourse
from relusgd.runs.diagnosis import chosen_rows, quantities_over_time
from relusgd.runs.recorded_training import RecordedTraining


def sharpness_course(run: RecordedTraining) -> SharpnessCourse:
    """The sharpness that decides on stability, and the edge, at chosen snapshots of a run.

    It is that of the Hessian divided by what an adaptive method divides the gradient by.
    """
    is_adaptive = not run.plan.is_ridge and run.plan.descent.optimizer.is_adaptive
    key = "preconditioned_sharpness" if is_adaptive else "sharpness"
    rows = chosen_rows(run)
    measured = quantities_over_time(run, [key, "edge"], rows)
    return SharpnessCourse(
        name=key.replace("_", " "),
        step=run.history.step[rows],
        sharpness=measured[key],
        edge=measured["edge"],
    )
