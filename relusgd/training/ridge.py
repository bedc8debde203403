"""Ridge regression of y on the last hidden layer's outputs: the output layer in closed form.

    minimise Σ_i r_i² + λ |(v, c)|²,   r = Φ (v, c) − y,   Φ = [outputs of the last hidden layer, 1]

By the singular value decomposition Φ = U S Vᵀ: (v, c) = V S/(S² + λ) Uᵀ y. Unlike the normal
equations this never squares the condition number of Φ. At λ = 0, singular values below the rounding
error of the largest count as 0, which gives the least-squares solution of minimum norm (Golub & Van
Loan, Matrix Computations, sections 5.5 and 6.1).
"""

from __future__ import annotations

import numpy as np

from relusgd.errors import RelusgdError
from relusgd.model.network import Array, Network


def ridge(
    network: Network,
    x: Array,
    y: Array,
    penalty: float,
    *,
    output_bias: bool = True,
) -> Network:
    """The network with the output layer of ridge regression on the points x, y, shape (n_points,).

    Without output_bias the constant is left out of Φ and stays 0. Raises RelusgdError when Φ is not
    finite.
    """
    Phi = output_regressors(network, x, output_bias=output_bias)
    solution = solve(Phi, y, penalty)
    v = solution[: network.hidden[-1]]
    c = solution[-1:] if output_bias else np.zeros(1)
    *hidden_weights, _ = network.weights
    *hidden_biases, _ = network.biases
    return Network((*hidden_weights, v[:, None]), (*hidden_biases, c))


def output_regressors(network: Network, x: Array, *, output_bias: bool = True) -> Array:
    """Φ, shape (n_points, n): the last hidden layer's outputs at x.

    With output_bias, also a column of ones.
    """
    outputs = network.activations(x)[-1]
    if not output_bias:
        return outputs
    return np.column_stack([outputs, np.ones(len(x))])


def output_curvatures(network: Network, x: Array, *, output_bias: bool = True) -> Array:
    """The eigenvalues of the Hessian (2/n_points) ΦᵀΦ over the output layer, shape (n,).

    They are sorted, largest first. Along the eigenvector of λ a step of gradient descent multiplies
    the distance from the optimum by 1 − learning_rate·λ. Eigenvalues below the rounding error of
    the largest are 0: along their eigenvectors the function does not change. Raises RelusgdError as
    `ridge` does.
    """
    Phi = _finite(output_regressors(network, x, output_bias=output_bias))
    S = np.asarray(np.linalg.svd(Phi, compute_uv=False), dtype=np.float64)
    is_above_rounding = _rounding(Phi, S) < S
    n_points, n = Phi.shape
    curvatures = np.zeros(n)
    curvatures[: len(S)] = np.where(is_above_rounding, 2 / n_points * S**2, 0.0)
    return curvatures


def solve(Phi: Array, y: Array, penalty: float) -> Array:
    """argmin |Phi @ a − y|² + penalty |a|², of minimum norm, shape (n,).

    Phi: shape (n_points, n).
    """
    U, S, Vt = np.linalg.svd(_finite(Phi), full_matrices=False)
    # Singular values up to here count as 0.
    threshold = _rounding(Phi, S) if penalty == 0 else 0.0
    factors = np.zeros_like(S)
    np.divide(S, S**2 + penalty, out=factors, where=threshold < S)
    return np.asarray(Vt.T @ (factors * (U.T @ y)))


def _finite(Phi: Array) -> Array:
    if not np.isfinite(Phi).all():
        problem = "ridge: the hidden layer's outputs are not finite"
        raise RelusgdError(problem, "try a smaller network.hidden_scale")
    return Phi


def _rounding(Phi: Array, S: Array) -> float:
    """The rounding error of the largest singular value; smaller ones may be 0."""
    return float(np.finfo(np.float64).eps * max(Phi.shape) * S[0])
