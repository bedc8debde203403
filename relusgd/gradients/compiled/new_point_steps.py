"""Steps by prefix sums where every batch has points of its own, as noise gives them.

`prefix_sum_steps` finds the units among all training points and counts those of the batch. Here
each elbow is searched among the points of the batch, in O(B + H log B) a step.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.gradients.compiled.arrays import Buffers, NewPoints
from relusgd.gradients.compiled.elbow_search import Counts, Rows, follow_elbows
from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.gradients.compiled.machine_code import compiled, inlined
from relusgd.gradients.compiled.prefix_sum_steps import (
    sum_residuals,
    write_gradient,
    write_jumps,
)
from relusgd.gradients.compiled.update import record, update
from relusgd.model.network import Array, Integers


@inlined
def keep_within(k: Counts, B: int) -> None:
    """Let a search begin at one of the B points: the batch before may have had more of them."""
    for j in range(len(k)):
        k[j] = min(k[j], np.uint32(B))


@compiled
def descend_on_new_points(
    theta: Array,
    memory: Array,
    g: Array,
    points: NewPoints,
    learning: Learning,
    rule: Any,
    at: Buffers,
    rows: Rows,
    bounds: Integers,
    rates: Array,
    recorded: Integers,
    records: Array,
) -> None:
    """Steps by prefix sums for batches of points[bounds[s] : bounds[s + 1]]; rows is empty.

    at.k is kept from step to step: where a search begins never changes what it finds.
    """
    H, centre = len(theta) // 3, points.centre
    w = theta[:H]
    b = theta[H : 2 * H]
    v = theta[2 * H : 3 * H]
    place, jumps, sums = at.k, at.jumps, at.sums
    row = 0
    for s in range(len(rates)):
        start, stop = bounds[s], bounds[s + 1]
        B = stop - start
        fenced = points.fenced[start + 2 * s : stop + 2 * s + 2]
        centred, y = points.centred[start:stop], points.y[start:stop]
        keep_within(place, B)
        follow_elbows(w, b, fenced, fenced[1:], place)
        slope, intercept = write_jumps(w, b, v, centre, B, place, jumps)
        sum_residuals(slope, intercept, theta[3 * H], rows, 0, B, centred, y, jumps, sums)
        write_gradient(w, b, v, centre, B, place, sums, g)
        update(theta, memory, g, rates, s, B, learning, rule)
        if row < len(recorded) and recorded[row] == s + 1:
            record(theta, records, row)
            row += 1
