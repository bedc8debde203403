"""Ridge regression of y on the last hidden layer's outputs and a constant: the output layer in closed form.

    minimise Σ_i r_i² + λ |(v, c)|²,   r = Φ (v, c) − y,   Φ = [relu features, 1]

By the singular values of Φ = U S Vᵀ: (v, c) = V S/(S² + λ) Uᵀ y, which never squares the condition number of Φ as the normal
equations do. At λ = 0 singular values below the rounding of the largest are taken as 0: the least-squares solution of
minimum norm (Golub & Van Loan, Matrix Computations, sections 5.5 and 6.1).
"""

from __future__ import annotations

import numpy as np

from relusgd.errors import RelusgdError
from relusgd.model.network import Array, Network


def ridge(network: Network, x: Array, y: Array, penalty: float, *, output_bias: bool = True) -> Network:
    """The network with the output layer that ridge regression on the points x, y (both shape (n_points,)) gives.

    Without output_bias there is no constant and it stays 0. Raises RelusgdError when the features are not finite.
    """
    features = network.activations(x)[-1]
    if output_bias:
        features = np.column_stack([features, np.ones(len(x))])
    coefficients = solve(features, y, penalty)
    bias = coefficients[-1:] if output_bias else np.zeros(1)
    weight = coefficients[: network.hidden[-1], None]
    return Network((*network.weights[:-1], weight), (*network.biases[:-1], bias))


def solve(features: Array, y: Array, penalty: float) -> Array:
    """argmin |features @ a − y|² + penalty |a|², of minimum norm; features (n_points, n), result (n,)."""
    if not np.isfinite(features).all():
        raise RelusgdError("ridge: the hidden layer's outputs are not finite", "try a smaller network.hidden_scale")
    U, S, Vt = np.linalg.svd(features, full_matrices=False)
    rounding = np.finfo(np.float64).eps * max(features.shape) * S[0]
    kept = (rounding < S) if penalty == 0 else (S > 0)
    filtered = np.divide(S, S**2 + penalty, out=np.zeros_like(S), where=kept)
    return np.asarray(Vt.T @ (filtered * (U.T @ y)))
