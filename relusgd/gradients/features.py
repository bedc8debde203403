"""The step of the output layer alone, in which the hidden layers' outputs never change: linear regression on features.

For the rows Φ of a batch, of the features of all points and a constant 1, and the output layer a = (v, c)

    r = Φ a − y,   ∂a = Φᵀ r      of ½ Σ r²
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from relusgd.model.network import Array, Integers, Network

FEATURE_BYTES = 64 * 2**20
"""Larger features are computed anew for every batch."""

RowKernel = Callable[[Integers | None], object]
"""kernel(rows) writes the gradient of ½ Σ_i (f(x_i) − y_i)² over these points, or over all of them for None."""


def features_fit(points: int, width: int) -> bool:
    """Whether the features of this many points under a last hidden layer of this width are small enough to keep."""
    return 8 * points * (width + 1) <= FEATURE_BYTES


def feature_kernel(
    network: Network, x: Array, y: Array, parameters: Array, gradient: Array
) -> RowKernel:
    """The kernel for batches given as rows of the points x, y, shape (n,), in any order, of a network of any depth.

    It reads the output layer, the last H_L + 1 of `parameters`, and writes the same part of `gradient`. The hidden layers
    are those of `network`.
    """
    size = network.hidden[-1] + 1
    a, a_gradient = parameters[-size:], gradient[-size:]
    features = np.ones((len(x), size))
    with np.errstate(all="ignore"):
        features[:, :-1] = network.activations(x)[-1]
    everything = features, y, np.empty(len(x))
    batches: dict[int, tuple[Array, Array, Array]] = {}

    def gather(rows: Integers) -> tuple[Array, Array, Array]:
        B = len(rows)
        Phi, wanted, _ = batch = batches.get(B) or batches.setdefault(
            B, (np.empty((B, size)), np.empty(B), np.empty(B))
        )
        features.take(rows, 0, Phi, "clip")
        y.take(rows, None, wanted, "clip")
        return batch

    def kernel(rows: Integers | None) -> None:
        Phi, wanted, r = everything if rows is None else gather(rows)
        Phi.dot(a, r)
        np.subtract(r, wanted, r)
        r.dot(Phi, a_gradient)

    return kernel
