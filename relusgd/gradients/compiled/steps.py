"""The steps of one hidden layer as machine code: whole blocks of SGD steps in one call. Needs Numba, the extra `fast`.

Every number comes out the same however steps are cut into calls: sums keep the order that is written here (no fastmath, no
threads), products are rounded before sums, and where a search begins does not change what it finds. Loops are written so
that a compiler may use vector instructions without changing the order: every sum of its own runs over the outer index.

`descend_dense` and `descend_by_sums` take a step for each of `rates`, changing theta and the velocity u, and use g; batch s is
rows[bounds[s] : bounds[s + 1]] or, without bounds, all points. records: theta after the steps `recorded`, counted from 1 and
increasing, shape (len(recorded), len(theta)).

The arithmetic is that of `dense` and `prefix_sums`. Vectors of parameters are here padded to a multiple of UNITS units, whose
weights and biases stay 0; batches of the dense step to a multiple of SAMPLES points, whose residuals stay 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array

UNITS, SAMPLES = 4, 8
"""How many units the forward pass, and how many points the backward pass of the dense step takes at a time."""

Integers = NDArray[np.int64]
Counts = NDArray[np.uint32]
Rows = NDArray[np.uint64]
F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """Compile at the first call; keep the machine code on disk where Numba finds a folder that can be written."""
    try:
        return cast(F, numba.njit(function, cache=True, nogil=True))
    except RuntimeError:
        return cast(F, numba.njit(function, nogil=True))


def inlined(function: F) -> F:
    """Part of the functions that use it: what is called in every step must not pay for a call."""
    return cast(F, numba.njit(function, inline="always"))


class Points(NamedTuple):
    """The training points, sorted: x, y and x − centre, shape (n,); fenced: x between −inf and inf, shape (n + 2,).

    after: fenced without its first, shape (n + 1,). features: of the units that never change, shape (n, units), or empty.
    """

    x: Array
    y: Array
    centred: Array
    fenced: Array
    after: Array
    features: Array
    centre: float


class Buffers(NamedTuple):
    """Working memory. x, y, r, rx: of a padded batch. k, place: of all points, of those of the batch, how many are below
    every unit's elbow, shape (units,); k stays from step to step.

    below: how many points of the batch are among the first i of all, shape (n + 1,), or (1,) for those who search instead.
    jumps: of slope and intercept before every point of the batch; sums: of r and r x over the points before, shape
    (B + 1, 2) both.
    """

    x: Array
    y: Array
    r: Array
    rx: Array
    k: Counts
    place: Counts
    below: Counts
    jumps: Array
    sums: Array


class Rule(NamedTuple):
    """SGD: whether units move, the padded parameters first … last − 1 that learn, and PyTorch's options."""

    hidden_learns: bool
    first: int
    last: int
    weight_decay: float
    momentum: float
    nesterov: bool


@inlined
def relu(z: float) -> float:
    """0 for nan, too."""
    return z if z > 0.0 else 0.0


@inlined
def residuals(w: Array, b: Array, v: Array, c: float, x: Array, y: Array, r: Array, rx: Array, B: int, padded: int) -> float:
    """r = Σ_j v_j relu(w_j x + b_j) + c − y and r x at the B points of a batch, 0 at its padding; gives Σ r."""
    for i in range(padded):
        r[i] = c - y[i]
    for group in range(len(w) // UNITS):
        j = group * UNITS
        w0, w1, w2, w3 = w[j], w[j + 1], w[j + 2], w[j + 3]
        b0, b1, b2, b3 = b[j], b[j + 1], b[j + 2], b[j + 3]
        v0, v1, v2, v3 = v[j], v[j + 1], v[j + 2], v[j + 3]
        for i in range(padded):
            f = r[i] + v0 * relu(w0 * x[i] + b0)
            f += v1 * relu(w1 * x[i] + b1)
            f += v2 * relu(w2 * x[i] + b2)
            r[i] = f + v3 * relu(w3 * x[i] + b3)
    total = 0.0
    for i in range(B):
        total += r[i]
    for i in range(B, padded):
        r[i] = 0.0
    for i in range(padded):
        rx[i] = r[i] * x[i]
    return total


@inlined
def active_sums(w: Array, b: Array, x: Array, r: Array, q: Array, T0: Array, T1: Array, padded: int) -> None:
    """T0_j = Σ r and T1_j = Σ q over the points x on which unit j is active."""
    for j in range(len(w)):
        T0[j] = 0.0
        T1[j] = 0.0
    for group in range(padded // SAMPLES):
        i = group * SAMPLES
        x0, x1, x2, x3, x4, x5, x6, x7 = x[i], x[i + 1], x[i + 2], x[i + 3], x[i + 4], x[i + 5], x[i + 6], x[i + 7]
        r0, r1, r2, r3, r4, r5, r6, r7 = r[i], r[i + 1], r[i + 2], r[i + 3], r[i + 4], r[i + 5], r[i + 6], r[i + 7]
        q0, q1, q2, q3, q4, q5, q6, q7 = q[i], q[i + 1], q[i + 2], q[i + 3], q[i + 4], q[i + 5], q[i + 6], q[i + 7]
        for j in range(len(w)):
            wj, bj, t0, t1 = w[j], b[j], T0[j], T1[j]
            t0, t1 = add_if(wj * x0 + bj > 0.0, t0, r0, t1, q0)
            t0, t1 = add_if(wj * x1 + bj > 0.0, t0, r1, t1, q1)
            t0, t1 = add_if(wj * x2 + bj > 0.0, t0, r2, t1, q2)
            t0, t1 = add_if(wj * x3 + bj > 0.0, t0, r3, t1, q3)
            t0, t1 = add_if(wj * x4 + bj > 0.0, t0, r4, t1, q4)
            t0, t1 = add_if(wj * x5 + bj > 0.0, t0, r5, t1, q5)
            t0, t1 = add_if(wj * x6 + bj > 0.0, t0, r6, t1, q6)
            t0, t1 = add_if(wj * x7 + bj > 0.0, t0, r7, t1, q7)
            T0[j] = t0
            T1[j] = t1


@inlined
def add_if(active: bool, t0: float, r: float, t1: float, q: float) -> tuple[float, float]:
    """A point's part in both sums."""
    return t0 + (r if active else 0.0), t1 + (q if active else 0.0)


@inlined
def feature_sums(features: Array, rows: Rows, start: int, B: int, r: Array, dv: Array) -> None:
    """∂v = Σ_i r_i Φ_i over the batch, with the features Φ of all points."""
    for j in range(len(dv)):
        dv[j] = 0.0
    for i in range(B):
        t, r0 = rows[start + i], r[i]
        for j in range(len(dv)):
            dv[j] += r0 * features[t, j]


@compiled
def descend_dense(
    theta: Array, u: Array, g: Array, points: Points, rule: Rule, at: Buffers, rows: Rows, bounds: Integers,
    rates: Array, recorded: Integers, records: Array,
) -> None:  # fmt: skip
    """Steps by units × points: ∂w = v T1, ∂b = v T0, ∂v = w T1 + b T0, ∂c = Σ r with the sums over active points."""
    H = len(theta) // 3
    w, b, v = theta[:H], theta[H : 2 * H], theta[2 * H : 3 * H]
    dw, db, dv = g[:H], g[H : 2 * H], g[2 * H : 3 * H]
    x, y, r, rx, features = at.x, at.y, at.r, at.rx, points.features
    start, B, row = 0, len(points.x), 0
    for s in range(len(rates)):
        if len(bounds) > 0:
            start, B = bounds[s], bounds[s + 1] - bounds[s]
        padded = (B + SAMPLES - 1) // SAMPLES * SAMPLES
        if len(bounds) > 0 or s == 0:
            gather(rows, start, B, padded, points.x, points.y, x, y)
        g[3 * H] = residuals(w, b, v, theta[3 * H], x, y, r, rx, B, padded)
        if len(features) > 0:
            feature_sums(features, rows, start, B, r, dv)
        else:
            active_sums(w, b, x, r, rx, db, dw, padded)
            for j in range(H):
                T0, T1 = db[j], dw[j]
                dw[j] = v[j] * T1
                db[j] = v[j] * T0
                dv[j] = w[j] * T1 + b[j] * T0
        update(theta, u, g, rates[s], B, rule.first, rule.last, rule.weight_decay, rule.momentum, rule.nesterov)
        if row < len(recorded) and recorded[row] == s + 1:
            records[row, :] = theta
            row += 1


@inlined
def gather(rows: Rows, start: int, B: int, padded: int, from_x: Array, from_y: Array, x: Array, y: Array) -> None:
    """Copy a batch to x and y and pad it with zeros; no rows: the points from the first on."""
    if len(rows) > 0:
        for i in range(B):
            t = rows[start + i]
            x[i] = from_x[t]
            y[i] = from_y[t]
    else:
        for i in range(B):
            x[i] = from_x[i]
            y[i] = from_y[i]
    for i in range(B, padded):
        x[i] = 0.0
        y[i] = 0.0


@inlined
def update(
    theta: Array, u: Array, g: Array, rate: float, B: int, first: int, last: int, decay: float, momentum: float, nesterov: bool
) -> None:
    """One step with the gradient 2/B g: g ← g + d θ,  u ← μ u + g,  θ ← θ − η u  (Nesterov: θ ← θ − η (g + μ u))."""
    if momentum == 0.0 and decay == 0.0:
        scale = rate * 2.0 / B
        for p in range(first, last):
            theta[p] -= scale * g[p]
    else:
        for p in range(first, last):
            gradient = 2.0 / B * g[p] + decay * theta[p]
            u[p] = momentum * u[p] + gradient
            theta[p] -= rate * (gradient + momentum * u[p] if nesterov else u[p])


@compiled
def is_below(w: float, b: float, x: float) -> bool:
    """Whether x is on the lower side of the elbow, where a unit with w > 0 is not active and one with w < 0 is."""
    return (w * x + b > 0.0) != (w > 0.0)


@compiled
def count_below(w: float, b: float, fenced: Array, k: int) -> int:
    """How many points are below the elbow, looked for from k on in steps that double, then by bisection.

    fenced[low] is below and fenced[high] is not, throughout; the fences are so by definition and never looked at.
    """
    low, high, reach = 0, len(fenced) - 1, 1
    if k > 0 and not is_below(w, b, fenced[k]):
        high = k
        while high > reach and not is_below(w, b, fenced[high - reach]):
            high -= reach
            reach *= 2
        low = max(low, high - reach)
    else:
        low = k
        while low + reach < high and is_below(w, b, fenced[low + reach]):
            low += reach
            reach *= 2
        high = min(high, low + reach)
    while high - low > 1:
        middle = (low + high) // 2
        if is_below(w, b, fenced[middle]):
            low = middle
        else:
            high = middle
    return low


@compiled
def find_elbows(w: Array, b: Array, fenced: Array, after: Array, k: Counts) -> None:
    """Bring every unit's number of points below its elbow up to date. A constant unit is active below or not at all."""
    for j in range(len(w)):
        if w[j] == 0.0:
            k[j] = len(fenced) - 2 if b[j] > 0.0 else 0
        elif not is_below(w[j], b[j], fenced[k[j]]) or is_below(w[j], b[j], after[k[j]]):
            k[j] = count_below(w[j], b[j], fenced, int(k[j]))


@compiled
def place_units(rows: Rows, start: int, B: int, below: Counts, k: Counts, place: Counts) -> None:
    """How many points of the batch are below every unit's elbow: by counting the batch among all points, or by bisection."""
    if len(below) > 1:
        count_batch(rows, start, B, below)
        for j in range(len(k)):
            place[j] = below[k[j]]
    else:
        for j in range(len(k)):
            place[j] = search_batch(rows, start, B, int(k[j]))


@compiled
def count_batch(rows: Rows, start: int, B: int, below: Counts) -> None:
    """below[i] = how many of the batch's points are among the first i of all."""
    below[:] = 0
    for i in range(B):
        below[int(rows[start + i]) + 1] += np.uint32(1)
    total = np.uint32(0)
    for i in range(len(below)):
        total += below[i]
        below[i] = total


@compiled
def search_batch(rows: Rows, start: int, B: int, k: int) -> int:
    """How many of the batch's points, given in increasing order, are among the first k of all."""
    low, high = start, start + B
    while low < high:
        middle = (low + high) // 2
        if int(rows[middle]) < k:
            low = middle + 1
        else:
            high = middle
    return low - start


@inlined
def put_down_lines(w: Array, b: Array, v: Array, centre: float, B: int, place: Counts, jumps: Array) -> tuple[float, float]:
    """Put down slope and intercept of every unit where it switches; gives those of the units active before the first point.

    A unit that is active on no point is in no sum, so that one with a far elbow cannot spoil the others.
    """
    for i in range(B + 1):
        jumps[i, 0] = 0.0
        jumps[i, 1] = 0.0
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


@inlined
def sum_residuals(
    slope: float, intercept: float, c: float, rows: Rows, start: int, B: int, x: Array, y: Array, jumps: Array, sums: Array
) -> None:
    """Along the points: the line that holds there, its residual, and the sums of r and r x so far. No rows: all points."""
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


@compiled
def descend_by_sums(
    theta: Array, u: Array, g: Array, points: Points, rule: Rule, at: Buffers, rows: Rows, bounds: Integers,
    rates: Array, recorded: Integers, records: Array,
) -> None:  # fmt: skip
    """Steps by running sums, for batches whose rows increase. at.k holds the points below every elbow from the start."""
    H, centre = len(theta) // 3, points.centre
    w, b, v = theta[:H], theta[H : 2 * H], theta[2 * H : 3 * H]
    jumps, sums = at.jumps, at.sums
    place = at.place if len(bounds) > 0 else at.k
    start, B, row = 0, len(points.x), 0
    for s in range(len(rates)):
        if rule.hidden_learns:
            find_elbows(w, b, points.fenced, points.after, at.k)
        if len(bounds) > 0:
            start, B = bounds[s], bounds[s + 1] - bounds[s]
            place_units(rows, start, B, at.below, at.k, place)
        slope, intercept = put_down_lines(w, b, v, centre, B, place, jumps)
        sum_residuals(slope, intercept, theta[3 * H], rows, start, B, points.centred, points.y, jumps, sums)
        R0, R1 = sums[B, 0], sums[B, 1]
        for j in range(H):
            T0, T1 = sums[place[j], 0], sums[place[j], 1]
            if w[j] > 0.0:
                T0, T1 = R0 - T0, R1 - T1
            g[j] = v[j] * (T1 + centre * T0)
            g[H + j] = v[j] * T0
            g[2 * H + j] = w[j] * T1 + (b[j] + w[j] * centre) * T0
        g[3 * H] = R0
        update(theta, u, g, rates[s], B, rule.first, rule.last, rule.weight_decay, rule.momentum, rule.nesterov)
        if row < len(recorded) and recorded[row] == s + 1:
            records[row, :] = theta
            row += 1
