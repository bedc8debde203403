"""Quantities of the loss around a snapshot: its sharpness, the edge of stability, and bounds."""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.quantities.quantity import Effort, quantity
from relusgd.diagnostics.quantities.series import SnapshotSeries
from relusgd.diagnostics.sharpness import sharpness as sharpness_of
from relusgd.gradients.jacobian import jacobian
from relusgd.model.network import Array, Network, parameter_count

PART_NUMBERS = 2**22
"""Points × parameters of the derivatives that are evaluated at once."""


@quantity("sharpness", "λ_max of the Hessian", "curvature")
def sharpness(snapshots: SnapshotSeries) -> Array:
    """The largest eigenvalue of the Hessian of the training error, over what learns."""

    def measure(network: Network) -> float:
        return sharpness_of(
            network,
            snapshots.dataset,
            snapshots.layers,
            output_bias=snapshots.output_bias,
        )

    return snapshots.each(measure)


@quantity("preconditioned sharpness", "λ_max of P⁻¹ Hessian", "curvature")
def preconditioned_sharpness(snapshots: SnapshotSeries) -> Array:
    """The largest eigenvalue of P⁻¹ H, where the method divides the gradient by the diagonal P.

    It, and not the sharpness, decides whether an adaptive method is stable (Cohen et al. 2022,
    "Adaptive gradient methods at the edge of stability"). nan at step 0, before
    an adaptive method knows a gradient, and for other methods.
    """
    values = np.full(len(snapshots), np.nan)
    if snapshots.divisor is None:
        return values
    for row, network in enumerate(snapshots.networks):
        step = int(snapshots.history.step[row])
        if step > 0:
            values[row] = sharpness_of(
                network,
                snapshots.dataset,
                snapshots.layers,
                output_bias=snapshots.output_bias,
                divisor=snapshots.divisor(step)[snapshots.learning],
            )
    return values


@quantity("edge of stability", "2/rate for plain descent", "curvature", effort=Effort.SMALL)
def edge(snapshots: SnapshotSeries) -> Array:
    """The sharpness above which full-batch steps of the method in force grow.

    2/η for gradient descent, 2(1 + μ)/η with momentum, 2(1 + μ)/((1 + 2μ) η) by Nesterov's formula
    (Cohen et al. 2021); for Adam 2(1 + β₁)/((1 − β₁) η), for RMSprop 2/η, both of the
    preconditioned sharpness (Cohen et al. 2022). η is the learning rate in force at the snapshot;
    weight decay that is part of the gradient is subtracted. nan for methods without an edge.
    """
    if snapshots.edge is None:
        return np.full(len(snapshots), np.nan)
    return snapshots.edge


@quantity("sharpness over edge", "1: at the edge", "curvature")
def sharpness_over_edge(snapshots: SnapshotSeries) -> Array:
    """The (preconditioned) sharpness as a share of the edge. Gradient descent on all points ends
    near 1 (Cohen et al. 2021)."""
    is_adaptive = snapshots.divisor is not None
    deciding = preconditioned_sharpness if is_adaptive else sharpness
    return np.asarray(deciding(snapshots) / edge(snapshots))


@quantity("Gauss–Newton sharpness", "λ_max of (2/n) JᵀJ", "curvature")
def feature_sharpness(snapshots: SnapshotSeries) -> Array:
    """The largest eigenvalue of (2/n) JᵀJ, which is the Hessian where all residuals are 0."""
    largest = []
    for features in snapshots.features:
        largest.append(np.nan if features is None else features.curvatures[0])
    return np.array(largest)


@quantity("Gauss–Newton trace", "(2/n) Σ |∇f(x_i)|²", "curvature")
def feature_trace(snapshots: SnapshotSeries) -> Array:
    """The trace of (2/n) JᵀJ, (2/n) Σ_i |∇f(x_i)|², which label noise makes small.

    (Blanc et al. 2020; Damian, Ma & Lee 2021.)
    """
    x = snapshots.dataset.x_train
    parameters = parameter_count(snapshots.history.hidden)
    points_at_once = max(1, PART_NUMBERS // parameters)

    def trace(network: Network) -> float:
        squares = 0.0
        for start in range(0, len(x), points_at_once):
            part = x[start : start + points_at_once]
            J = jacobian(network, part)[:, snapshots.learning]
            squares += float(np.sum(np.square(J)))
        return 2.0 / len(x) * squares

    return snapshots.each(trace)


@quantity(
    "weighted curvature",
    "∫ |f″| g",
    "curvature",
    effort=Effort.SMALL,
    only_shallow=True,
)
def weighted_curvature(snapshots: SnapshotSeries) -> Array:
    """∫ |f″(x)| g(x) dx, the curvature where the training points make it costly.

        g = min(g⁻, g⁺),   g⁻(x) = P(X < x)² E[x − X | X < x] √(1 + E[X | X < x]²),

    g⁺ mirrored, X a training point; 0 beyond the outer points (Mulayoff, Michaeli & Soudry 2021).
    """
    jumps = snapshots.jumps
    weight = curvature_weight(snapshots.dataset.x_train, jumps.x)
    return jumps.sums(np.abs(jumps.slope_change) * weight)


@quantity(
    "least Gauss–Newton",
    "2 + 4 ∫ |f″| g",
    "curvature",
    effort=Effort.SMALL,
    only_shallow=True,
)
def sharpness_bound(snapshots: SnapshotSeries) -> Array:
    """2 + 4 ∫ |f″| g, which the Gauss–Newton sharpness of all parameters is never below.

    Hence the function of a stable minimum bends little: ∫ |f″| g ≤ 1/(2η) − ½ (Mulayoff et al.
    2021, lemma 4 and theorem 1, for the mean squared error without ½).
    """
    return 2.0 + 4.0 * weighted_curvature(snapshots)


def curvature_weight(x_train: Array, x: Array) -> Array:
    """g at the positions x, shape as given; see `weighted_curvature`. x_train: sorted."""
    from_left = _weight_from_left(x_train, x)
    from_right = _weight_from_left(-x_train[::-1], -x)
    return np.minimum(from_left, from_right)


def _weight_from_left(x_train: Array, x: Array) -> Array:
    """g⁻ at the positions x; x_train: sorted."""
    n = len(x_train)
    sums = np.concatenate([[0.0], np.cumsum(x_train)])
    before = np.searchsorted(x_train, x, side="left")
    mean = sums[before] / np.maximum(before, 1)
    share = before / n
    weight = share**2 * (x - mean) * np.sqrt(1.0 + mean**2)
    return np.asarray(weight * (before > 0))
