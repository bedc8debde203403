"""Steps by all pairs of units and points: the arithmetic of `relusgd.gradients.dense`.

The fastest way at small sizes.
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from relusgd.gradients.compiled.arrays import SAMPLES, UNITS, Buffers, Points
from relusgd.gradients.compiled.elbow_search import Rows
from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.gradients.compiled.machine_code import compiled, inlined
from relusgd.gradients.compiled.update import record, update
from relusgd.model.network import Array, Integers

AT_ONCE = 4
"""How many units or points a loop takes at a time between reading a sum and writing it back."""


@inlined
def relu(z: float) -> float:
    """0 for nan, too."""
    return z if z > 0.0 else 0.0


@inlined
def four(array: NDArray[Any], i: int) -> tuple[Any, Any, Any, Any]:
    """Four numbers in a row, from the i-th on."""
    return array[i], array[i + 1], array[i + 2], array[i + 3]


@inlined
def gather(
    rows: Rows,
    padded: int,
    from_x: Array,
    from_y: Array,
    x: Array,
    y: Array,
) -> None:
    """Copy the batch of these rows to x and y and pad it with zeros."""
    B = len(rows)
    for i in range(B):
        t = rows[i]
        x[i] = from_x[t]
        y[i] = from_y[t]
    for i in range(B, padded):
        x[i] = 0.0
        y[i] = 0.0


@inlined
def residuals(
    H: int,
    w: Array,
    b: Array,
    v: Array,
    c: float,
    x: Array,
    y: Array,
    r: Array,
    rx: Array,
    B: int,
    padded: int,
) -> float:
    """Write r = Σ_j v_j relu(w_j x + b_j) + c − y and r x at the points; return Σ r.

    The B points of a batch are followed by its padding, where both are 0.
    """
    for i in range(padded):
        r[i] = c - y[i]
    # Four units at a time; the sum over units keeps their order.
    for group in range(H // AT_ONCE):
        j = group * AT_ONCE
        w0, w1, w2, w3 = four(w, j)
        b0, b1, b2, b3 = four(b, j)
        v0, v1, v2, v3 = four(v, j)
        for i in range(padded):
            f = r[i]
            f += v0 * relu(w0 * x[i] + b0)
            f += v1 * relu(w1 * x[i] + b1)
            f += v2 * relu(w2 * x[i] + b2)
            f += v3 * relu(w3 * x[i] + b3)
            r[i] = f
    total = 0.0
    for i in range(B):
        total += r[i]
    for i in range(B, padded):
        r[i] = 0.0
    for i in range(padded):
        rx[i] = r[i] * x[i]
    return total


@inlined
def active_sums(
    H: int,
    w: Array,
    b: Array,
    x: Array,
    r: Array,
    q: Array,
    T0: Array,
    T1: Array,
    padded: int,
) -> None:
    """T0_j = Σ r and T1_j = Σ q over the points x on which unit j is active."""
    for j in range(H):
        T0[j] = 0.0
        T1[j] = 0.0
    # SAMPLES points at a time; the sums over points keep their order.
    for group in range(padded // SAMPLES):
        i = group * SAMPLES
        x0, x1, x2, x3 = four(x, i)
        x4, x5, x6, x7 = four(x, i + 4)
        r0, r1, r2, r3 = four(r, i)
        r4, r5, r6, r7 = four(r, i + 4)
        q0, q1, q2, q3 = four(q, i)
        q4, q5, q6, q7 = four(q, i + 4)
        for j in range(H):
            wj, bj = w[j], b[j]
            t0, t1 = T0[j], T1[j]
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
def add_if(
    active: bool,
    t0: float,
    r: float,
    t1: float,
    q: float,
) -> tuple[float, float]:
    """Add a point's r and q to the sums if the unit is active on it.

    Otherwise −0 is added: z + −0 is z for every z, so the compiler may leave the addition out.
    """
    added_r = r if active else -0.0
    added_q = q if active else -0.0
    return t0 + added_r, t1 + added_q


@inlined
def activation_sums(
    H: int,
    activations: Array,
    rows: Rows,
    start: int,
    B: int,
    r: Array,
    dv: Array,
) -> None:
    """∂v = Σ_i r_i Φ_i over the batch; Φ: the kept outputs of the hidden units at all points."""
    for j in range(H):
        dv[j] = 0.0
    for group in range(B // AT_ONCE):
        i = group * AT_ONCE
        t0, t1, t2, t3 = four(rows, start + i)
        r0, r1, r2, r3 = four(r, i)
        for j in range(H):
            total = dv[j]
            total += r0 * activations[t0, j]
            total += r1 * activations[t1, j]
            total += r2 * activations[t2, j]
            total += r3 * activations[t3, j]
            dv[j] = total
    in_groups = B // AT_ONCE * AT_ONCE
    for i in range(in_groups, B):
        t = rows[start + i]
        ri = r[i]
        for j in range(H):
            dv[j] += ri * activations[t, j]


@compiled
def descend_dense(
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
    """Dense steps. Without bounds, at.x and at.y have to hold all points.

    With T0 = Σ r and T1 = Σ r x over a unit's active points:

        ∂w = v T1,   ∂b = v T0,   ∂v = w T1 + b T0,   ∂c = Σ r over all points
    """
    # Written so that the compiler knows them for multiples. Else it makes loops for what is left
    # over and keeps the numbers of a group a second time for them.
    H = len(theta) // (3 * UNITS) * UNITS
    padded = len(at.x) // SAMPLES * SAMPLES
    w = theta[:H]
    b = theta[H : 2 * H]
    v = theta[2 * H : 3 * H]
    dw = g[:H]
    db = g[H : 2 * H]
    dv = g[2 * H : 3 * H]
    x, y, r, rx = at.x, at.y, at.r, at.rx
    all_x, all_y = points.x, points.y
    activations = points.activations
    start, B = 0, len(all_x)
    row = 0
    for s in range(len(rates)):
        if len(bounds) > 0:
            start, end = bounds[s], bounds[s + 1]
            B = end - start
            padded = (B + SAMPLES - 1) // SAMPLES * SAMPLES
            gather(rows[start:end], padded, all_x, all_y, x, y)
        g[3 * H] = residuals(H, w, b, v, theta[3 * H], x, y, r, rx, B, padded)
        if len(activations) > 0:
            activation_sums(H, activations, rows, start, B, r, dv)
        else:
            active_sums(H, w, b, x, r, rx, db, dw, padded)
            for j in range(H):
                T0, T1 = db[j], dw[j]
                dw[j] = v[j] * T1
                db[j] = v[j] * T0
                dv[j] = w[j] * T1 + b[j] * T0
        update(theta, memory, g, rates, s, B, learning, rule)
        if row < len(recorded) and recorded[row] == s + 1:
            record(theta, records, row)
            row += 1
