"""A guess at how long a training takes, from its sizes: right enough to do the longest first and to share work out evenly."""

from __future__ import annotations

from itertools import pairwise

from relusgd.training.engines import gradient_nanoseconds
from relusgd.training.plan import Plan

STEP_NANOSECONDS = {"numpy": 12_000, "compiled": 150}
DEEP_NANOSECONDS = 60_000
SNAPSHOT_SECONDS, RUN_SECONDS = 6e-5, 3e-3


def guess_seconds(plan: Plan) -> float:
    """Seconds on a core of 2020 or so."""
    points, widths = len(plan.dataset.x_train), plan.hidden
    recording = RUN_SECONDS + SNAPSHOT_SECONDS * plan.recording.count()
    if plan.is_ridge:
        return recording + 1e-9 * points * widths[-1] ** 2
    batch = min(plan.descent.largest_batch, points)
    if len(widths) > 1:
        products = sum(a * b for a, b in pairwise((1, *widths, 1)))
        nanoseconds = DEEP_NANOSECONDS + 3 * batch * products
    else:
        nanoseconds = (
            STEP_NANOSECONDS[plan.engine]
            + gradient_nanoseconds(plan.engine, batch, widths[0], points)[plan.kernel]
        )
    return recording + 1e-9 * nanoseconds * plan.steps
