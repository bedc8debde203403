"""The step of one hidden layer in O(B log H + H log B), without the matrix of units × points.

Between two elbows the network is a straight line. With the batch sorted by x, a unit is active on a tail of it (w > 0) or on
a head (w ≤ 0), so with k_j the number of points on the lower side of unit j's elbow

    f(x_i) = slope_i x_i + intercept_i,   slope and intercept being running sums of ±v_j w_j and ±v_j b_j put down at k_j,
    T0_j = Σ r_i and T1_j = Σ r_i x_i over the active points: R[B] − R[k_j] or R[k_j] of the running sums R0, R1,
    ∂w = v∘T1,   ∂b = v∘T0,   ∂v = w∘T1 + b∘T0,   ∂c = R0[B]      of ½ Σ r²,   r = f − y

Inside the sums x is taken from a centre, so that years as x lose no digits; which points are active is decided before that.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relusgd.gradients.dense import Kernel, Layers
from relusgd.model.network import Array

Counts = NDArray[np.int64]


def lower_counts(x: Array, slope: Array, bias: Array) -> Counts:
    """k_j: how many of the sorted points x (B,) lie on the lower side of unit j's elbow, shape (H,), in 0 … B.

    Those are the inactive points for slope > 0 and the active ones for slope ≤ 0, "active" being exactly that the float64
    value of slope·x + bias, product rounded before the sum, is > 0. A unit of slope 0 has B if bias > 0, else 0.
    """
    with np.errstate(all="ignore"):
        elbow = -bias / slope
    k = np.searchsorted(x, elbow)
    fenced = np.concatenate([[-np.inf], x, [np.inf]])
    rising, minus_b = slope > 0, -bias
    flat = np.flatnonzero(slope == 0)
    k[flat] = np.where(bias[flat] > 0, len(x), 0)
    with np.errstate(all="ignore"):
        wrong = ((slope * fenced[k] > minus_b) == rising) | ((slope * fenced[k + 1] > minus_b) != rising)
    wrong[flat] = False
    for j in np.flatnonzero(wrong):
        k[j] = _count_exactly(x, slope[j], minus_b[j])
    return k


def _count_exactly(x: Array, slope: np.float64, minus_b: np.float64) -> int:
    """k of one unit by the rule itself, point by point around its elbow; being active is monotone in x, so by bisection."""
    low, high = 0, len(x)
    while low < high:
        middle = (low + high) // 2
        with np.errstate(all="ignore"):
            on_lower_side = (slope * x[middle] > minus_b) != (slope > 0)
        low, high = (middle + 1, high) if on_lower_side else (low, middle)
    return low


def running_lines(k: Counts, slope: Array, intercept: Array, rising: NDArray[np.bool_], points: int) -> tuple[Array, Array]:
    """Slope and intercept of the sum of units at every one of the sorted points, shape (points,) each.

    slope, intercept: of every unit's active side, shape (H,). The units that do not rise are active from the start to k_j.
    """
    falling = ~rising
    sign = np.where(rising, 1.0, -1.0)
    lines: list[Array] = []
    for jump in (slope, intercept):
        put_down = np.bincount(k, weights=sign * jump, minlength=points + 1)[:points]
        put_down[0] += jump[falling].sum()
        lines.append(np.cumsum(put_down, dtype=np.float64))
    return lines[0], lines[1]


def forward(x: Array, slope: Array, bias: Array, output_weight: Array, output_bias: float, *, centre: float = 0.0) -> Array:
    """f at the sorted points x (B,), shape (B,), for units given by slope, bias and output_weight (H,)."""
    with np.errstate(all="ignore"):
        k = lower_counts(x, slope, bias)
        lines = running_lines(k, output_weight * slope, output_weight * (bias + slope * centre), slope > 0, len(x))
        return np.asarray(lines[0] * (x - centre) + lines[1] + output_bias)


def prefix_sum_kernel(parameters: Array, gradient: Array, width: int, layers: Layers = "all", *, centre: float = 0.0) -> Kernel:
    """The kernel that reads `parameters` and writes `gradient`, both shape (3 width + 1,), for sorted batches of any size.

    The parts of the gradient that `layers` does not name are left as they are.
    """
    H = width
    w, b, v = (parameters[part * H : (part + 1) * H] for part in range(3))
    w_gradient, b_gradient, v_gradient = (gradient[part * H : (part + 1) * H] for part in range(3))
    hidden_learns, output_learns = layers != "output", layers != "hidden"

    def kernel(x: Array, y: Array) -> None:
        k, rising = lower_counts(x, w, b), w > 0
        x_centred, b_centred = x - centre, b + w * centre
        slopes, intercepts = running_lines(k, v * w, v * b_centred, rising, len(x))
        r = slopes * x_centred + intercepts + parameters[3 * H] - y
        T0, T1 = (_over_active(np.cumsum(moment), k, rising) for moment in (r, r * x_centred))
        if output_learns:
            np.add(w * T1, b_centred * T0, out=v_gradient)
            gradient[3 * H] = r.sum()
        if hidden_learns:
            np.multiply(v, T1 + centre * T0, out=w_gradient)
            np.multiply(v, T0, out=b_gradient)

    return kernel


def _over_active(running: Array, k: Counts, rising: NDArray[np.bool_]) -> Array:
    """Sums over each unit's active points, shape (H,), from the running sums (B,) over all points."""
    before = np.concatenate([[0.0], running])[k]
    return np.where(rising, running[-1] - before, before)
