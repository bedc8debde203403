"""The gradient of `gradients.prefix_sums`, number by number, so that its operations can be counted.

`prefix_sums` works on whole arrays at once, which `operation_counts` cannot see into.
"""

from __future__ import annotations

from typing import Any

from relusgd.model.network import Array


def gradient_by_running_sums(parameters: Array, x: Array, y: Array) -> list[Any]:
    """The gradient of 1/B Σ r_i² by w, b, v and c, a list of 3 H + 1 numbers.

    x, y: points, shape (B,), sorted by x. A unit's elbow is found by bisection, with the rule of
    `prefix_sums`. There the line changes its slope and intercept, whose running sums give the
    residuals; running sums of these, R0 and R1, give the gradient.
    """
    H = len(parameters) // 3
    B = len(x)
    w = parameters[:H]
    b = parameters[H : 2 * H]
    v = parameters[2 * H : 3 * H]
    c = parameters[3 * H]
    rises = [w[j] > 0 for j in range(H)]
    k = [_points_below(w[j], b[j], rises[j], x) for j in range(H)]
    r = _residuals(w, b, v, c, k, rises, x, y)
    R0 = [0.0]
    R1 = [0.0]
    for i in range(B):
        R0.append(R0[i] + r[i])
        R1.append(R1[i] + r[i] * x[i])
    dw = []
    db = []
    dv = []
    for j in range(H):
        # The sums over the unit's active points: those behind its elbow if it rises, else before.
        T0 = R0[k[j]]
        T1 = R1[k[j]]
        if rises[j]:
            T0 = R0[B] - T0
            T1 = R1[B] - T1
        dw.append(v[j] * T1)
        db.append(v[j] * T0)
        dv.append(w[j] * T1 + b[j] * T0)
    return [*dw, *db, *dv, R0[B]]


def _points_below(w: Any, b: Any, rises: bool, x: Array) -> int:
    """How many points lie below the elbow: a rising unit is inactive there."""
    low = 0
    high = len(x)
    while low < high:
        middle = (low + high) // 2
        is_active = w * x[middle] + b > 0
        if is_active == rises:
            high = middle
        else:
            low = middle + 1
    return low


def _residuals(
    w: Array,
    b: Array,
    v: Array,
    c: Any,
    k: list[int],
    rises: list[bool],
    x: Array,
    y: Array,
) -> list[Any]:
    """2/B (f(x_i) − y_i), from running sums of slopes and intercepts in the order of x."""
    B = len(x)
    slopes = [0.0] * (B + 1)
    intercepts = [0.0] * (B + 1)
    for j, elbow in enumerate(k):
        slope = v[j] * w[j]
        intercept = v[j] * b[j]
        if rises[j]:
            slopes[elbow] += slope
            intercepts[elbow] += intercept
        else:
            slopes[0] += slope
            intercepts[0] += intercept
            slopes[elbow] -= slope
            intercepts[elbow] -= intercept
    residuals = []
    s = 0.0
    t = c
    factor = 2.0 / B
    for i in range(B):
        s += slopes[i]
        t += intercepts[i]
        residuals.append(factor * (s * x[i] + t - y[i]))
    return residuals
