"""Steps by prefix sums, in O(B + H) each: the arithmetic of `relusgd.gradients.prefix_sums`."""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.gradients.compiled.arrays import Buffers, Points
from relusgd.gradients.compiled.elbow_search import Counts, Rows, follow_elbows, place_units
from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.gradients.compiled.machine_code import compiled, inlined
from relusgd.gradients.compiled.update import record, update
from relusgd.model.network import Array, Integers

MANY_UNITS = 35_000
"""A processor learns which way each of fewer units rises. Of so many it forgets them from step to
step, and guessing wrong takes longer than choosing without branches."""


@inlined
def write_jumps(
    w: Array, b: Array, v: Array, centre: float, B: int, place: Counts, jumps: Array
) -> tuple[float, float]:
    """Write to `jumps` how slope and intercept of f change where units switch.

    Returns slope and intercept before the first point.

    A unit that is active on no point is left out of all sums, so that one with a far elbow cannot
    cost the others digits.
    """
    for i in range(B + 1):
        jumps[i, 0] = 0.0
        jumps[i, 1] = 0.0
    if len(w) < MANY_UNITS:
        return add_jumps_of_few(w, b, v, centre, place, jumps)
    return add_jumps_of_many(w, b, v, centre, B, place, jumps)


@inlined
def add_jumps_of_few(
    w: Array, b: Array, v: Array, centre: float, place: Counts, jumps: Array
) -> tuple[float, float]:
    """Add the jumps of all units, by a branch for those that rise."""
    slope, intercept = 0.0, 0.0
    for j in range(len(w)):
        at = place[j]
        vw, vb = v[j] * w[j], v[j] * (b[j] + w[j] * centre)
        if w[j] > 0.0:
            jumps[at, 0] += vw
            jumps[at, 1] += vb
        elif at > 0:
            slope += vw
            intercept += vb
            jumps[at, 0] -= vw
            jumps[at, 1] -= vb
    return slope, intercept


@compiled
def add_jumps_of_many(
    w: Array, b: Array, v: Array, centre: float, B: int, place: Counts, jumps: Array
) -> tuple[float, float]:
    """Add the jumps of all units, without branches; the same sums to the last bit.

    A unit that falls and is active on no point jumps behind the last one, where nobody reads. A
    function of its own: built into the steps, it made those of few units 4 % slower.
    """
    slope, intercept = 0.0, 0.0
    for j in range(len(w)):
        rises = w[j] > 0.0
        is_active_first = (not rises) & (place[j] > 0)
        at = place[j] if rises | is_active_first else np.uint32(B)
        vw, vb = v[j] * w[j], v[j] * (b[j] + w[j] * centre)
        slope += vw if is_active_first else 0.0
        intercept += vb if is_active_first else 0.0
        jumps[at, 0] += vw if rises else -vw
        jumps[at, 1] += vb if rises else -vb
    return slope, intercept


@inlined
def sum_residuals(
    slope: float,
    intercept: float,
    c: float,
    rows: Rows,
    start: int,
    B: int,
    x: Array,
    y: Array,
    jumps: Array,
    sums: Array,
) -> None:
    """Write the sums of r and r x over the points before each one, and over all.

    Slope and intercept at a point are those before the first one and all jumps since. Without rows
    the batch is all points.
    """
    R0, R1 = 0.0, 0.0
    sums[0, 0] = R0
    sums[0, 1] = R1
    for i in range(B):
        t = rows[start + i] if len(rows) > 0 else np.uint64(i)
        slope += jumps[i, 0]
        intercept += jumps[i, 1]
        r = slope * x[t] + intercept + c - y[t]
        R0 += r
        R1 += r * x[t]
        sums[i + 1, 0] = R0
        sums[i + 1, 1] = R1


@inlined
def write_gradient(
    w: Array, b: Array, v: Array, centre: float, B: int, place: Counts, sums: Array, g: Array
) -> None:
    """From the sums of residuals to the gradient.

    A unit that rises is active on the points behind its place, one that falls on those before it.
    """
    H = len(w)
    R0, R1 = sums[B, 0], sums[B, 1]
    for j in range(H):
        T0, T1 = sums[place[j], 0], sums[place[j], 1]
        if w[j] > 0.0:
            T0, T1 = R0 - T0, R1 - T1
        g[j] = v[j] * (T1 + centre * T0)
        g[H + j] = v[j] * T0
        g[2 * H + j] = w[j] * T1 + (b[j] + w[j] * centre) * T0
    g[3 * H] = R0


@compiled
def descend_by_prefix_sums(
    theta: Array,
    memory: Array,
    g: Array,
    points: Points,
    learning: Learning,
    rule: Any,
    at: Buffers,
    rows: Rows,
    bounds: Integers,
    rates: Array,
    recorded: Integers,
    records: Array,
) -> None:
    """Steps by prefix sums, for batches whose rows increase.

    at.k has to hold the number of points below every elbow of theta from the start.
    """
    H, centre = len(theta) // 3, points.centre
    w = theta[:H]
    b = theta[H : 2 * H]
    v = theta[2 * H : 3 * H]
    jumps, sums = at.jumps, at.sums
    place = at.place if len(bounds) > 0 else at.k
    start, B, row = 0, len(points.x), 0
    for s in range(len(rates)):
        if learning.hidden_learns:
            follow_elbows(w, b, points.fenced, points.after, at.k)
        if len(bounds) > 0:
            start, B = bounds[s], bounds[s + 1] - bounds[s]
            place_units(rows, start, B, at.below, at.k, place)
        slope, intercept = write_jumps(w, b, v, centre, B, place, jumps)
        sum_residuals(
            slope, intercept, theta[3 * H], rows, start, B, points.centred, points.y, jumps, sums
        )
        write_gradient(w, b, v, centre, B, place, sums, g)
        update(theta, memory, g, rates, s, B, learning, rule)
        if row < len(recorded) and recorded[row] == s + 1:
            record(theta, records, row)
            row += 1
