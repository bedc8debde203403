"""Quantities of the learned function: its pieces, and how much it bends and moves."""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.measures import breakpoints_inside
from relusgd.diagnostics.measures import total_variation as variation_of
from relusgd.diagnostics.quantities.quantity import Effort, quantity
from relusgd.diagnostics.quantities.series import SnapshotSeries
from relusgd.diagnostics.slope_correlation import correlation_length, piecewise_slope
from relusgd.model.breakpoints import breakpoints as all_breakpoints
from relusgd.model.network import Array, Network


@quantity(
    "breakpoints",
    "x where f′ jumps, in the domain",
    "function",
    effort=Effort.SMALL,
    is_count=True,
)
def breakpoints(snapshots: SnapshotSeries) -> Array:
    """How many breakpoints lie strictly inside the domain, as metrics.csv has them."""

    def count_breakpoints(network: Network) -> int:
        return breakpoints_inside(network, snapshots.dataset)

    return snapshots.recorded_or_each("breakpoints", count_breakpoints)


@quantity("breakpoints on the line", "x where f′ jumps, anywhere", "function", is_count=True)
def breakpoints_on_line(snapshots: SnapshotSeries) -> Array:
    """How many breakpoints there are on the whole real line.

    On average about as many as units, at any depth (Hanin & Rolnick 2019).
    """
    return snapshots.each(lambda network: len(all_breakpoints(network)))


@quantity("range at the points", "max f − min f", "function", unit="y")
def range_at_points(snapshots: SnapshotSeries) -> Array:
    """The largest minus the smallest value of f at the training points; 0 where f says nothing."""
    x = snapshots.dataset.x_train
    return snapshots.each(lambda f: float(np.ptp(f(x))))


@quantity("total variation", "∫ |f′|, in the domain", "function", unit="y")
def total_variation(snapshots: SnapshotSeries) -> Array:
    """∫ |f′(x)| dx over the domain: how far f goes up and down in all."""
    domain = snapshots.domain
    return snapshots.each(lambda network: variation_of(network, domain))


@quantity(
    "variation of the slope",
    "TV(f′) = Σ |jump|",
    "function",
    effort=Effort.SMALL_IF_SHALLOW,
    unit="y/x",
)
def slope_variation(snapshots: SnapshotSeries) -> Array:
    """TV(f′) = ∫ |f″| on the whole line: the sum of the sizes of all jumps of f′."""
    if snapshots.is_shallow:
        jumps = snapshots.jumps
        return jumps.sums(np.abs(jumps.slope_change))
    return snapshots.each(_slope_variation)


@quantity("correlation length", "distance with autocorrelation ½ of f′", "function", unit="x")
def slope_correlation_length(snapshots: SnapshotSeries) -> Array:
    """The least distance at which the autocorrelation of f′ over the domain is ½.

    Long for shallow networks, and the shorter, the deeper they are (Balduzzi et al. 2017); nan
    where it is longer than half of the domain, or f′ constant.
    """
    domain = snapshots.domain

    def length(network: Network) -> float:
        return correlation_length(piecewise_slope(network, domain))

    return snapshots.each(length)


def _slope_variation(network: Network) -> float:
    jumps = all_breakpoints(network).slope_change
    return float(np.sum(np.abs(jumps)))


@quantity(
    "least cost of f",
    "max(TV(f′), |f′(−∞)+f′(∞)|)",
    "function",
    effort=Effort.SMALL,
    unit="y/x",
    only_shallow=True,
)
def representation_cost(snapshots: SnapshotSeries) -> Array:
    """The least ½ Σ (w² + v²) of any network with one hidden layer that computes f.

        max(∫ |f″|, |f′(−∞) + f′(∞)|)

    (Savarese, Evron, Soudry & Srebro 2019, biases left free.)
    """
    jumps = snapshots.jumps
    slope = snapshots.history.slope
    slope_terms = snapshots.history.output_weight * slope
    # Far to the left the units of negative slope are active, far to the right the others.
    at_left = np.sum(np.where(slope < 0, slope_terms, 0.0), axis=1)
    at_right = np.sum(np.where(slope > 0, slope_terms, 0.0), axis=1)
    bends = jumps.sums(np.abs(jumps.slope_change))
    return np.asarray(np.maximum(bends, np.abs(at_left + at_right)))
