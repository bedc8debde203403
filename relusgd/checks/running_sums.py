"""The gradient of `gradients.prefix_sums`, one number at a time: to be read, and to count its operations.

Points are sorted. A unit's elbow is found by bisection, with the rule of `gradients.prefix_sums`; the units then change slope and
intercept of the line where they switch, running sums give residuals, and further running sums of these the gradient.
"""

from __future__ import annotations

from typing import Any

from relusgd.model.network import Array


def gradient_by_running_sums(parameters: Array, x: Array, y: Array) -> list[Any]:
    """The gradient of 1/B Σ r_i² by w, b, v and c, a list of 3 H + 1, for points x, y, shape (B,), sorted by x."""
    H, B = len(parameters) // 3, len(x)
    w, b, v, c = parameters[:H], parameters[H : 2 * H], parameters[2 * H : 3 * H], parameters[3 * H]
    rises = [w[j] > 0 for j in range(H)]
    k = [_points_below(w[j], b[j], rises[j], x) for j in range(H)]
    r = _residuals(w, b, v, c, k, rises, x, y)
    R0, R1 = [0.0], [0.0]
    for i in range(B):
        R0.append(R0[i] + r[i])
        R1.append(R1[i] + r[i] * x[i])
    dw, db, dv = [], [], []
    for j in range(H):
        T0 = R0[B] - R0[k[j]] if rises[j] else R0[k[j]]
        T1 = R1[B] - R1[k[j]] if rises[j] else R1[k[j]]
        dw.append(v[j] * T1)
        db.append(v[j] * T0)
        dv.append(w[j] * T1 + b[j] * T0)
    return [*dw, *db, *dv, R0[B]]


def _points_below(w: Any, b: Any, rises: bool, x: Array) -> int:
    """How many points are below the elbow: inactive ones of a unit that rises, active ones of one that falls."""
    low, high = 0, len(x)
    while low < high:
        middle = (low + high) // 2
        if (w * x[middle] + b > 0) == rises:
            high = middle
        else:
            low = middle + 1
    return low


def _residuals(
    w: Array, b: Array, v: Array, c: Any, k: list[int], rises: list[bool], x: Array, y: Array
) -> list[Any]:
    """2/B (f(x_i) − y_i), from sums of slopes and intercepts in the order of x."""
    B = len(x)
    slopes, intercepts = [0.0] * (B + 1), [0.0] * (B + 1)
    for j, bin_ in enumerate(k):
        slope, intercept = v[j] * w[j], v[j] * b[j]
        start = bin_ if rises[j] else 0
        slopes[start], intercepts[start] = slopes[start] + slope, intercepts[start] + intercept
        if not rises[j]:
            slopes[bin_], intercepts[bin_] = slopes[bin_] - slope, intercepts[bin_] - intercept
    residuals, s, t = [], 0.0, c
    factor = 2.0 / B
    for i in range(B):
        s, t = s + slopes[i], t + intercepts[i]
        residuals.append(factor * (s * x[i] + t - y[i]))
    return residuals
