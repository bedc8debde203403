"""The best output layer on a network's hidden layers: what its bends could do where they are."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Network
from relusgd.model.points import Dataset

MOST_NUMBERS = 2 * 10**6
"""Points × units up to which it takes a moment."""

SMALLEST = 1e-9
"""Singular values below this part of the largest are left out: nothing learns along them."""


def best_output_layer_mse(
    network: Network,
    dataset: Dataset,
    *,
    output_bias: bool = True,
) -> float | None:
    """The least training error over all output weights; None where that takes long."""
    x = dataset.x_train
    y = dataset.y_train
    if len(x) * network.hidden[-1] > MOST_NUMBERS:
        return None
    with np.errstate(all="ignore"):
        regressors = network.activations(x)[-1]
    if output_bias:
        regressors = np.column_stack([regressors, np.ones(len(x))])
    else:
        y = y - network.output_bias
    if not np.isfinite(regressors).all():
        return None
    solution, *_ = np.linalg.lstsq(regressors, y, rcond=SMALLEST)
    residual = regressors @ solution - y
    return float(np.mean(np.square(residual)))
