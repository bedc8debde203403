"""Quantities of the units: which of them take part, and where their elbows lie."""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.measures import always_on_units as always_on
from relusgd.diagnostics.measures import dead_units as dead
from relusgd.diagnostics.quantities.quantity import Effort, quantity
from relusgd.diagnostics.quantities.series import SnapshotSeries
from relusgd.model.network import Array, Network

CLUSTER_DEGREES = 5.0
"""Directions that are further apart than this belong to different clusters."""

LEAST_SIZE = 1e-3
"""Units below this part of the largest |v|·|(w, b)| belong to no cluster."""


@quantity("dead", "active on no training point", "units", effort=Effort.SMALL, is_count=True)
def dead_units(snapshots: SnapshotSeries) -> Array:
    """Units of all hidden layers that are active on no training point, as metrics.csv has them."""

    def count_dead(network: Network) -> int:
        return sum(map(len, dead(network, snapshots.dataset)))

    return snapshots.recorded_or_each("dead_units", count_dead)


@quantity("always on", "active on every one", "units", effort=Effort.SMALL, is_count=True)
def always_on_units(snapshots: SnapshotSeries) -> Array:
    """Units of all hidden layers that are active on every training point."""

    def count_always_on(network: Network) -> int:
        return sum(map(len, always_on(network, snapshots.dataset)))

    return snapshots.recorded_or_each("always_on_units", count_always_on)


@quantity("elbows outside", "of the domain, or none", "units", effort=Effort.SMALL, is_count=True)
def out_of_domain_units(snapshots: SnapshotSeries) -> Array:
    """Units of the first hidden layer whose elbow lies outside the domain, or that have none."""
    low, high = snapshots.domain
    elbow = snapshots.history.elbow
    inside = (low <= elbow) & (elbow <= high)
    return np.asarray(np.sum(~inside, axis=1), dtype=np.float64)


@quantity(
    "clusters of directions",
    "of (w, b), 5° apart",
    "units",
    effort=Effort.SMALL,
    only_shallow=True,
    is_count=True,
)
def direction_clusters(snapshots: SnapshotSeries) -> Array:
    """Into how many clusters the directions of the units' (w, b) fall.

    Around the circle of directions, gaps of more than 5° part the clusters. Units whose |v|·|(w,
    b)| is below 1e-3 of the largest are left out, since they add nothing to the function. From
    small initial networks units condense into few directions (Maennel, Bousquet & Gelly 2018; Luo
    et al. 2021).
    """
    history = snapshots.history
    size = np.abs(history.output_weight) * np.hypot(history.slope, history.bias)
    counts = size >= LEAST_SIZE * size.max(axis=1, keepdims=True)
    angle = np.degrees(np.arctan2(history.bias, history.slope)) % 360.0
    angle = np.sort(np.where(counts, angle, np.nan), axis=1)  # nan comes last
    units = np.maximum(counts.sum(axis=1), 1)
    first_angle = angle[:, 0]
    last_angle = angle[np.arange(len(angle)), units - 1]
    gap_around = first_angle + 360.0 - last_angle
    gaps = np.sum(np.diff(angle, axis=1) > CLUSTER_DEGREES, axis=1)
    # Gaps part a circle into as many clusters as there are gaps, and none leaves one.
    all_gaps = gaps + (gap_around > CLUSTER_DEGREES)
    return np.asarray(np.maximum(all_gaps, 1), dtype=np.float64)


@quantity(
    "elbow to sample",
    "Σ |jump|·distance / Σ |jump|",
    "units",
    effort=Effort.SMALL,
    unit="x",
    only_shallow=True,
)
def elbow_to_sample(snapshots: SnapshotSeries) -> Array:
    """How far the jumps of f′ are from the nearest training x, weighted by their size.

        Σ |jump_i| · min_k |x_i − x_k| / Σ |jump_i|   over the jumps between the outer x

    0 where every bend stands on a sample, as that of a linear spline does (Williams et al. 2019).
    """
    x = np.unique(snapshots.dataset.x_train)
    jumps = snapshots.jumps.between(x[0], x[-1])
    last = len(x) - 1
    behind = np.clip(np.searchsorted(x, jumps.x), 1, max(last, 1))
    to_left = np.abs(jumps.x - x[behind - 1])
    to_right = np.abs(jumps.x - x[np.minimum(behind, last)])
    weight = np.abs(jumps.slope_change)
    weighted_distance = weight * np.minimum(to_left, to_right)
    return np.asarray(jumps.sums(weighted_distance) / jumps.sums(weight))
