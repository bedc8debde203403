"""The steps of one hidden layer as machine code: whole blocks of SGD steps in one call. Needs Numba, the extra `fast`.

Every number comes out the same however steps are cut into calls: sums keep the order that is written here (no fastmath, no
threads), products are rounded before sums, and where a search begins does not change what it finds. Loops are written so
that a compiler may use vector instructions without changing the order: every sum of its own runs over the outer index.

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
    """SGD: the kernel (prefix sums or dense), whether units move, the padded parameters first … last − 1 that learn,
    and PyTorch's options.
    """

    prefix_sums: bool
    hidden_learns: bool
    first: int
    last: int
    weight_decay: float
    momentum: float
    nesterov: bool


@compiled
def relu(z: float) -> float:
    return z if z > 0.0 else 0.0


@compiled
def residuals(theta: Array, H: int, B: int, x: Array, y: Array, r: Array, rx: Array) -> None:
    """r = Σ_j v_j relu(w_j x + b_j) + c − y and r x at the B points of a batch; 0 at its padding."""
    w, b, v, c = theta[:H], theta[H : 2 * H], theta[2 * H : 3 * H], theta[3 * H]
    for i in range(len(x)):
        r[i] = c - y[i]
    for group in range(H // UNITS):
        j = group * UNITS
        w0, w1, w2, w3 = w[j], w[j + 1], w[j + 2], w[j + 3]
        b0, b1, b2, b3 = b[j], b[j + 1], b[j + 2], b[j + 3]
        v0, v1, v2, v3 = v[j], v[j + 1], v[j + 2], v[j + 3]
        for i in range(len(x)):
            f = r[i] + v0 * relu(w0 * x[i] + b0)
            f += v1 * relu(w1 * x[i] + b1)
            f += v2 * relu(w2 * x[i] + b2)
            r[i] = f + v3 * relu(w3 * x[i] + b3)
    for i in range(B, len(x)):
        r[i] = 0.0
    for i in range(len(x)):
        rx[i] = r[i] * x[i]


@compiled
def active_sums(w: Array, b: Array, x: Array, r: Array, q: Array, T0: Array, T1: Array) -> None:
    """T0_j = Σ r and T1_j = Σ q over the points x on which unit j is active."""
    T0[:] = 0.0
    T1[:] = 0.0
    for group in range(len(x) // SAMPLES):
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
            T0[j], T1[j] = t0, t1


@compiled
def add_if(active: bool, t0: float, r: float, t1: float, q: float) -> tuple[float, float]:
    """A point's part in both sums."""
    return t0 + (r if active else 0.0), t1 + (q if active else 0.0)


@compiled
def dense_gradient(theta: Array, g: Array, H: int, B: int, x: Array, y: Array, r: Array, rx: Array) -> None:
    """The gradient of ½ Σ r² over a batch, written into g, by units × points."""
    w, b, v = theta[:H], theta[H : 2 * H], theta[2 * H : 3 * H]
    dw, db, dv = g[:H], g[H : 2 * H], g[2 * H : 3 * H]
    residuals(theta, H, B, x, y, r, rx)
    active_sums(w, b, x, r, rx, db, dw)
    for j in range(H):
        T0, T1 = db[j], dw[j]
        dw[j] = v[j] * T1
        db[j] = v[j] * T0
        dv[j] = w[j] * T1 + b[j] * T0
    g[3 * H] = sum_in_order(r[:B])


@compiled
def feature_gradient(theta: Array, g: Array, H: int, rows: Rows, features: Array, x: Array, y: Array, r: Array, rx: Array) -> None:
    """That of the output layer alone: ∂v = Σ_i r_i Φ_i and ∂c = Σ r, with the features Φ of all points."""
    residuals(theta, H, len(rows), x, y, r, rx)
    dv = g[2 * H : 3 * H]
    dv[:] = 0.0
    fours = len(rows) // 4
    for group in range(fours):
        i = 4 * group
        p0, p1, p2, p3 = features[rows[i]], features[rows[i + 1]], features[rows[i + 2]], features[rows[i + 3]]
        for j in range(H):
            dv[j] = dv[j] + r[i] * p0[j] + r[i + 1] * p1[j] + r[i + 2] * p2[j] + r[i + 3] * p3[j]
    for i in range(4 * fours, len(rows)):
        p0 = features[rows[i]]
        for j in range(H):
            dv[j] += r[i] * p0[j]
    g[3 * H] = sum_in_order(r[: len(rows)])


@compiled
def sum_in_order(r: Array) -> float:
    total = 0.0
    for i in range(len(r)):
        total += r[i]
    return total


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
def find_elbows(w: Array, b: Array, points: Points, k: Counts) -> None:
    """Bring every unit's number of points below its elbow up to date. A constant unit is active below or not at all."""
    n = len(points.x)
    for j in range(len(w)):
        if w[j] == 0.0:
            k[j] = n if b[j] > 0.0 else 0
        elif not is_below(w[j], b[j], points.fenced[k[j]]) or is_below(w[j], b[j], points.after[k[j]]):
            k[j] = count_below(w[j], b[j], points.fenced, np.int64(k[j]))  # type: ignore[arg-type]


@compiled
def count_batch(rows: Rows, below: Counts) -> None:
    """below[i] = how many of the batch's points are among the first i of all."""
    below[:] = 0
    counts = below[1:]
    for t in rows:
        counts[t] += np.uint32(1)
    total = np.uint32(0)
    for i in range(len(counts)):
        total += counts[i]
        counts[i] = total


@compiled
def search_batch(rows: Rows, k: int) -> int:
    """How many of the batch's points, given in increasing order, are among the first k of all."""
    low, high = 0, len(rows)
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < k:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def place_units(rows: Rows, at: Buffers) -> None:
    """How many points of the batch are below every unit's elbow, by counting where the batch is not much smaller than all."""
    if len(at.below) > 1:
        count_batch(rows, at.below)
        for j in range(len(at.k)):
            at.place[j] = at.below[at.k[j]]
    else:
        for j in range(len(at.k)):
            at.place[j] = search_batch(rows, np.uint64(at.k[j]))  # type: ignore[arg-type]


@compiled
def put_down_lines(theta: Array, H: int, B: int, centre: float, place: Counts, jumps: Array) -> tuple[float, float]:
    """Put down slope and intercept of every unit where it switches; gives those of the units active before the first point.

    A unit that is active on no point is in no sum, so that one with a far elbow cannot spoil the others.
    """
    w, b, v = theta[:H], theta[H : 2 * H], theta[2 * H : 3 * H]
    jumps[: B + 1] = 0.0
    slope, intercept = 0.0, 0.0
    for j in range(H):
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
def sum_residuals(line: tuple[float, float], c: float, rows: Rows, B: int, points: Points, jumps: Array, sums: Array) -> None:
    """Along the points: the line that holds there, its residual, and the sums of r and r x so far. No rows: all points."""
    slope, intercept = line
    R0, R1 = 0.0, 0.0
    sums[0, 0], sums[0, 1] = R0, R1
    for i in range(B):
        t = rows[i] if len(rows) > 0 else np.uint64(i)
        x = points.centred[t]
        slope += jumps[i, 0]
        intercept += jumps[i, 1]
        r = slope * x + intercept + c - points.y[t]
        R0 += r
        R1 += r * x
        sums[i + 1, 0], sums[i + 1, 1] = R0, R1


@compiled
def prefix_sum_gradient(theta: Array, g: Array, H: int, rows: Rows, points: Points, at: Buffers) -> None:
    """The gradient of ½ Σ r² over the points `rows`, in increasing order, or over all for no rows, by running sums.

    at.k holds the points below every elbow already.
    """
    B = len(rows) if len(rows) > 0 else len(points.x)
    place, sums, centre = at.k, at.sums, points.centre
    if len(rows) > 0:
        place_units(rows, at)
        place = at.place
    line = put_down_lines(theta, H, B, centre, place, at.jumps)
    sum_residuals(line, theta[3 * H], rows, B, points, at.jumps, sums)
    w, b, v = theta[:H], theta[H : 2 * H], theta[2 * H : 3 * H]
    for j in range(H):
        T0, T1 = sums[place[j], 0], sums[place[j], 1]
        if w[j] > 0.0:
            T0, T1 = sums[B, 0] - T0, sums[B, 1] - T1
        g[j] = v[j] * (T1 + centre * T0)
        g[H + j] = v[j] * T0
        g[2 * H + j] = w[j] * T1 + (b[j] + w[j] * centre) * T0
    g[3 * H] = sums[B, 0]


@compiled
def update(theta: Array, u: Array, g: Array, rate: float, B: int, rule: Rule) -> None:
    """One step with the gradient 2/B g: g ← g + d θ,  u ← μ u + g,  θ ← θ − η u  (Nesterov: θ ← θ − η (g + μ u))."""
    if rule.momentum == 0.0 and rule.weight_decay == 0.0:
        scale = rate * 2.0 / B
        for p in range(rule.first, rule.last):
            theta[p] -= scale * g[p]
        return
    for p in range(rule.first, rule.last):
        gradient = 2.0 / B * g[p] + rule.weight_decay * theta[p]
        u[p] = rule.momentum * u[p] + gradient
        theta[p] -= rate * (gradient + rule.momentum * u[p] if rule.nesterov else u[p])


@compiled
def gather(rows: Rows, points: Points, at: Buffers) -> int:
    """Copy a batch, or all points for no rows, to at.x and at.y; gives its padded length."""
    B = len(rows) if len(rows) > 0 else len(points.x)
    padded = -(-B // SAMPLES) * SAMPLES
    for i in range(B):
        t = rows[i] if len(rows) > 0 else np.uint64(i)
        at.x[i], at.y[i] = points.x[t], points.y[t]
    at.x[B:padded] = 0.0
    at.y[B:padded] = 0.0
    return padded


@compiled
def write_gradient(theta: Array, g: Array, H: int, rows: Rows, points: Points, rule: Rule, at: Buffers) -> int:
    """The gradient of ½ Σ r² over the points `rows`, or over all for no rows, by the rule's kernel; gives their number."""
    B = len(rows) if len(rows) > 0 else len(points.x)
    if rule.prefix_sums:
        if rule.hidden_learns:
            find_elbows(theta[:H], theta[H : 2 * H], points, at.k)
        prefix_sum_gradient(theta, g, H, rows, points, at)
        return B
    padded = gather(rows, points, at)
    x, y, r, rx = at.x[:padded], at.y[:padded], at.r[:padded], at.rx[:padded]
    if len(points.features) > 0 and len(rows) > 0:
        feature_gradient(theta, g, H, rows, points.features, x, y, r, rx)
    else:
        dense_gradient(theta, g, H, B, x, y, r, rx)
    return B


@compiled
def descend(
    theta: Array, u: Array, g: Array, units: int, points: Points, rule: Rule, at: Buffers, rows: Rows, bounds: Integers,
    rates: Array, recorded: Integers, records: Array,
) -> None:
    """Take a step for each of `rates`, changing theta and velocity u; batch s is rows[bounds[s] : bounds[s + 1]], or all points.

    records: theta after the steps `recorded`, counted from 1 and increasing, shape (len(recorded), len(theta)).
    """
    row = 0
    for s in range(len(rates)):
        batch = rows[bounds[s] : bounds[s + 1]] if len(bounds) > 0 else rows
        B = write_gradient(theta, g, units, batch, points, rule, at)
        update(theta, u, g, rates[s], B, rule)
        if row < len(recorded) and recorded[row] == s + 1:
            records[row] = theta
            row += 1
