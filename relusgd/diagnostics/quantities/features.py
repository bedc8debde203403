"""Quantities of the features ∂f/∂θ at the training points: how many directions can be learned."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from relusgd.diagnostics.features import Features
from relusgd.diagnostics.quantities.quantity import quantity
from relusgd.diagnostics.quantities.series import SnapshotSeries
from relusgd.model.network import Array


@quantity("rank", "of J = ∂f/∂θ at the points", "features", is_count=True)
def feature_rank(snapshots: SnapshotSeries) -> Array:
    """The rank of J up to rounding: in how many directions the predictions can move at all.

    Where J is too large to be decomposed whole, only the leading directions are counted.
    """
    return _of_features(snapshots, lambda features: features.rank)


@quantity("effective rank", "exp of the entropy of s", "features")
def feature_effective_rank(snapshots: SnapshotSeries) -> Array:
    """exp(−Σ p log p) of p = s/Σ s, for the singular values s of J (Roy & Vetterli 2007)."""
    return _of_features(snapshots, lambda features: features.effective_rank)


@quantity("condition", "largest / smallest s", "features")
def feature_condition(snapshots: SnapshotSeries) -> Array:
    """The largest over the smallest singular value of J that is more than rounding.

    Its square is the condition number of the kernel JJᵀ: how much longer the slowest direction
    takes than the fastest.
    """
    return _of_features(snapshots, lambda features: features.condition)


def _of_features(snapshots: SnapshotSeries, measure: Callable[[Features], float]) -> Array:
    values = []
    for features in snapshots.features:
        values.append(np.nan if features is None else measure(features))
    return np.array(values, dtype=np.float64)
