"""The derivatives of the learned function by every parameter."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from relusgd.model.network import Array, Network, forward


def jacobian(network: Network, x: ArrayLike) -> Array:
    """∂f(x)/∂θ for positions of any shape, in network units; shape (*x.shape, P).

    The columns are in the order of `Network.parameters`: weight_1, bias_1, weight_2, … As in
    `backprop`, with δ_k = ∂f/∂z_k of each point by itself:

        δ_{L+1} = 1,   δ_k = (δ_{k+1} W_{k+1}ᵀ) ∘ [z_k > 0]
        ∂f/∂W_k = a_{k−1} ⊗ δ_k,   ∂f/∂b_k = δ_k

    At an elbow the derivative is that of the side on which the unit is off.
    """
    positions = np.asarray(x, dtype=np.float64)
    a, f = forward(network.weights, network.biases, positions.reshape(-1, 1))
    delta = np.ones_like(f)
    blocks: list[Array] = []
    for k in reversed(range(len(network.weights))):
        by_weight = a[k][:, :, None] * delta[:, None, :]
        blocks += [delta, by_weight.reshape(len(delta), -1)]
        if k > 0:
            delta = (delta @ network.weights[k].T) * (a[k] > 0)
    columns = np.concatenate(blocks[::-1], axis=1)
    return columns.reshape(*positions.shape, -1)
