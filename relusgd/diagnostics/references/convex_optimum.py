"""The least error that weight decay allows, over all networks of one hidden layer.

Without an output bias, and with all parameters decayed, the objective of a network of any width is

    MSE + ½ weight_decay Σ_j (w_j² + b_j² + v_j²)

Scaling (w_j, b_j) by s and v_j by 1/s changes no function, and at the best s the sum of unit j is
2 |a_j| with a_j = v_j |(w_j, b_j)|. Training so minimises over directions and amounts a_j of units,

    MSE + weight_decay Σ_j |a_j|,   f(x) = Σ_j a_j relu(x cos t_j + sin t_j)

(Neyshabur, Tomioka & Srebro 2015; Savarese, Evron, Soudry & Srebro 2019; with decayed biases
Boursier & Flammarion 2023). Over all measures on the circle of directions t this is convex
(Bach 2017; Pilanci & Ergen 2020), and its dual is

    maximise ν·y − n/4 |ν|²   where |g(t)| ≤ weight_decay for all t,
    g(t) = Σ_i ν_i relu(x_i cos t + sin t)

At the optimum ν = 2/n (y − f), and |g| = weight_decay where there are units.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relusgd.diagnostics.references.unit_directions import angles_with_elbows_at, unit_outputs
from relusgd.errors import RelusgdError
from relusgd.model.network import Array, Network
from relusgd.one_thread import one_thread

GAP = 1e-9
"""Where the objective and its lower bound agree to this part of the objective, it is the least."""

MOST_ROUNDS = 1_000

DEPENDENT = 1e-10
"""Columns are dependent where their singular values are below this part of the largest one."""


class ConvexOptimum(NamedTuple):
    """The best network, and the proof that no other one is better.

    objective: of the network, MSE + ½ weight_decay times its sum of squared parameters.
    lower_bound: the dual's value, which no network of one hidden layer is below. network: without
    an output bias, its units of the best scales.
    """

    objective: float
    lower_bound: float
    network: Network

    @property
    def relative_gap(self) -> float:
        """The part of the objective by which it may be above the least one."""
        return (self.objective - self.lower_bound) / self.objective if self.objective else 0.0


def convex_optimum(x: Array, y: Array, weight_decay: float) -> ConvexOptimum:
    """The least MSE + weight_decay Σ|a_j| over all networks without an output bias.

    x, y: the training points, shape (n,). weight_decay: as in `training.weight_decay`, with decayed
    biases. Begins without units. Each round adds the unit of the direction in which |g| is largest
    and finds the best amounts of the units so far, until the objective and its lower bound agree to
    GAP. Raises ValueError unless weight_decay is positive, and RelusgdError where they never agree.
    """
    if not weight_decay > 0:
        raise ValueError(f"weight_decay must be positive, not {weight_decay}")
    with one_thread():  # the matrices are small
        return _add_units(x, y, weight_decay)


def _add_units(x: Array, y: Array, weight_decay: float) -> ConvexOptimum:
    angles = np.empty(0)
    amounts = np.empty(0)
    sectors = _sectors(x)
    for _ in range(MOST_ROUNDS):
        residual = y - unit_outputs(x, angles) @ amounts
        penalty = weight_decay * np.sum(np.abs(amounts))
        objective = float(np.mean(residual**2) + penalty)
        nu = 2 / len(y) * residual
        angle, g = _steepest_direction(x, nu, sectors)
        lower_bound = _dual_value(y, nu, weight_decay, abs(g))
        if objective - lower_bound <= GAP * objective:
            return ConvexOptimum(objective, lower_bound, _network(angles, amounts))
        # The new unit begins with the size 0.
        angles = np.append(angles, angle)
        signs = np.append(np.sign(amounts), np.sign(g))
        sizes = np.append(np.abs(amounts), 0.0)
        columns = signs * unit_outputs(x, angles)
        sizes = _least_sizes(columns, y, weight_decay, sizes)
        kept = sizes > 0
        angles = angles[kept]
        amounts = (signs * sizes)[kept]
    gap = objective - lower_bound
    raise RelusgdError(
        f"the best objective with weight decay is only known to be {objective:.9g} "
        f"or up to {gap:.2g} less",
        "try x and y of about the size of 1",
    )


def _dual_value(y: Array, nu: Array, weight_decay: float, largest: float) -> float:
    """ν·y − n/4 |ν|² after ν was scaled down until |g| ≤ weight_decay; largest: of |g|."""
    if largest:
        nu = nu * min(1.0, weight_decay / largest)
    return float(nu @ y - len(y) / 4 * nu @ nu)


class _Sectors(NamedTuple):
    """The circle of directions, divided where the elbow of a unit is a training point.

    ends: the angles that divide it, shape (2n,). active: whether point i is active in the sector
    behind each of them, shape (2n, n).
    """

    ends: Array
    active: Array


def _sectors(x: Array) -> _Sectors:
    ends = np.sort(angles_with_elbows_at(x))
    next_ends = np.append(ends[1:], ends[0] + 2 * np.pi)
    middle = (ends + next_ends) / 2
    outputs = np.outer(np.cos(middle), x) + np.sin(middle)[:, None]
    return _Sectors(ends, outputs > 0)


def _steepest_direction(x: Array, nu: Array, sectors: _Sectors) -> tuple[float, float]:
    """The angle t at which |g(t)| is largest on the whole circle, and g there.

    In a sector g(t) = A cos t + B sin t with A = Σ ν_i x_i and B = Σ ν_i over its active points, so
    the largest |g| is that at ±(A, B) or at an end.
    """
    A = sectors.active @ (nu * x)
    B = sectors.active @ nu
    inside = np.arctan2(B, A)
    candidates = np.concatenate([sectors.ends, inside, inside + np.pi])
    g = nu @ unit_outputs(x, candidates)
    best = np.argmax(np.abs(g))
    return float(candidates[best]), float(g[best])


def _least_sizes(columns: Array, y: Array, weight_decay: float, sizes: Array) -> Array:
    """argmin MSE + weight_decay Σ sizes over sizes ≥ 0, from such sizes on; shape (m,).

    Goes towards the best sizes of any sign, up to where the first size becomes 0, leaves its column
    out, and goes on (Lawson & Hanson 1974, chapter 23).
    """
    sizes = sizes.copy()
    used = np.arange(len(sizes))
    while len(used):
        direction, limit = _way_down(columns[:, used], y, weight_decay, sizes[used])
        falls = direction < 0
        steps_to_zero = np.full(len(used), np.inf)
        steps_to_zero[falls] = sizes[used][falls] / -direction[falls]
        first = int(np.argmin(steps_to_zero))
        step = min(limit, float(steps_to_zero[first]))
        sizes[used] += step * direction
        if step == limit:
            break
        sizes[used[first]] = 0.0
        used = np.delete(used, first)
    return sizes


def _way_down(
    columns: Array,
    y: Array,
    weight_decay: float,
    sizes: Array,
) -> tuple[Array, float]:
    """The direction to the least MSE + weight_decay Σ sizes, and how many of it lead there.

    Where the columns depend on each other, some directions change Σ sizes but not f. Along such a
    one the objective falls for ever, until a size is 0.
    """
    n, m = columns.shape
    residual = y - columns @ sizes
    downhill = 2 / n * columns.T @ residual - weight_decay
    _, s, Vt = np.linalg.svd(columns, full_matrices=False)
    rank = np.count_nonzero(s > DEPENDENT * s[0])
    V = Vt[:rank].T
    s = s[:rank]
    along = V.T @ downhill
    if rank < m:
        return downhill - V @ along, np.inf
    curvature = 2 / n * s**2
    return V @ (along / curvature), 1.0


def _network(angles: Array, amounts: Array) -> Network:
    """The network whose units have |(w, b)| = |v| = √|a|, without an output bias."""
    size = np.sqrt(np.abs(amounts))
    slope = size * np.cos(angles)
    bias = size * np.sin(angles)
    output_weight = np.sign(amounts) * size
    weights = (slope[None, :], output_weight[:, None])
    biases = (bias, np.zeros(1))
    return Network(weights, biases)
