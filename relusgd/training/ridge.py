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


def ridge(
    network: Network, x: Array, y: Array, penalty: float, *, output_bias: bool = True
) -> Network:
    """The network with the output layer that ridge regression on the points x, y (both shape (n_points,)) gives.

    Without output_bias there is no constant and it stays 0. Raises RelusgdError when the features are not finite.
    """
    features = output_features(network, x, output_bias=output_bias)
    coefficients = solve(features, y, penalty)
    bias = coefficients[-1:] if output_bias else np.zeros(1)
    weight = coefficients[: network.hidden[-1], None]
    return Network((*network.weights[:-1], weight), (*network.biases[:-1], bias))


def output_features(network: Network, x: Array, *, output_bias: bool = True) -> Array:
    """Φ, shape (n_points, n): the last hidden layer's outputs at x and, with output_bias, a column of ones."""
    features = network.activations(x)[-1]
    return np.column_stack([features, np.ones(len(x))]) if output_bias else features


def output_curvatures(network: Network, x: Array, *, output_bias: bool = True) -> Array:
    """The eigenvalues of the Hessian (2/n) ΦᵀΦ of the training error over the output layer, largest first, shape (n,).

    Along the eigenvector of λ a step of gradient descent multiplies the distance from the optimum by 1 − learning_rate·λ. Those
    below the rounding of the largest, along which the function does not change, are 0. Raises RelusgdError as `ridge` does.
    """
    features = _finite(output_features(network, x, output_bias=output_bias))
    S = np.asarray(np.linalg.svd(features, compute_uv=False), dtype=np.float64)
    curvatures = np.zeros(features.shape[1])
    curvatures[: len(S)] = np.where(_rounding(features, S) < S, 2 / len(x) * S**2, 0.0)
    return curvatures


def solve(features: Array, y: Array, penalty: float) -> Array:
    """argmin |features @ a − y|² + penalty |a|², of minimum norm; features (n_points, n), result (n,)."""
    U, S, Vt = np.linalg.svd(_finite(features), full_matrices=False)
    kept = (_rounding(features, S) < S) if penalty == 0 else (S > 0)
    filtered = np.divide(S, S**2 + penalty, out=np.zeros_like(S), where=kept)
    return np.asarray(Vt.T @ (filtered * (U.T @ y)))


def _finite(features: Array) -> Array:
    if not np.isfinite(features).all():
        raise RelusgdError(
            "ridge: the hidden layer's outputs are not finite", "try a smaller network.hidden_scale"
        )
    return features


def _rounding(features: Array, S: Array) -> float:
    """Singular values S of features up to here are rounding of the largest."""
    return float(np.finfo(np.float64).eps * max(features.shape) * S[0])
