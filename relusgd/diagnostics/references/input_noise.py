"""What the output layer tends to under fresh noise on x: a ridge regression, in closed form.

With noise ε ~ N(0, σ²) on every x, drawn afresh at every step, the output weights a see the
regressors φ(x_i + ε). The expected loss is exactly

    E 1/n Σ (φ(x_i + ε)·a − y_i)² = 1/n Σ (m_i·a − y_i)² + aᵀ C a
    m_i = E φ(x_i + ε),   C = 1/n Σ Cov φ(x_i + ε)

a Tikhonov regression on the smoothed regressors m, with the penalty n aᵀ C a beside the sum of
squares (cf. Bishop 1995, Training with noise is equivalent to Tikhonov regularization). For units
that are active on all x + ε, φ = w x + b is linear: m_i = φ(x_i) and aᵀ C a = σ² (Σ v w)², the
squared slope of f. With one regressor φ = x that is ridge regression with the penalty n σ².

For ReLUs everything is integrals of parabolas under the normal density over intervals between
elbows, with u = (x' − x)/σ between α and β:

    M_0 = Φ(β) − Φ(α),   M_1 = p(α) − p(β),   M_2 = M_0 + α p(α) − β p(β)
"""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.references.normal_numbers import normal_density, probability_below
from relusgd.model.network import Array, Network

FAR = 40.0
"""So many deviations away, the normal density is 0 in double precision."""

Moments = tuple[Array, Array, Array]


def noisy_optimum(
    network: Network,
    x: Array,
    y: Array,
    deviation: float,
    *,
    output_bias: bool = True,
) -> Array:
    """The output weights, and last the output bias, of the least expected loss, shape (p,).

    p is the number of units H, and 1 more with an output bias. network: of one hidden layer, whose
    slopes and biases are taken; x, y: shape (n,), and deviation, the noise's σ, in network units.
    Of several solutions it is that of minimum norm.
    """
    mean, covariance = noisy_regressors(network, x, deviation, output_bias=output_bias)
    eigenvalues, vectors = np.linalg.eigh(len(x) * covariance)
    singular_values = np.sqrt(np.maximum(eigenvalues, 0.0))
    root = singular_values[:, None] * vectors.T
    # |root a|² is the penalty n aᵀ C a: so many more rows of least squares, each wanted to be 0.
    regressors = np.concatenate([mean, root])
    wanted = np.concatenate([y, np.zeros(len(root))])
    solution, *_ = np.linalg.lstsq(regressors, wanted, rcond=None)
    return np.asarray(solution)


def noisy_regressors(
    network: Network,
    x: Array,
    deviation: float,
    *,
    output_bias: bool = True,
) -> tuple[Array, Array]:
    """m, shape (n, p), and C, shape (p, p), at x + N(0, deviation²); the bias is the last.

    As for `noisy_optimum`.
    """
    w = network.slope
    b = network.bias
    start, stop = active_intervals(w, b, x, deviation)
    z = x[:, None] * w + b
    spread = w * deviation
    mean = _mean(z, spread, normal_moments(start, stop))
    products = _mean_products(z, spread, start, stop)
    products_of_means = mean[:, :, None] * mean[:, None, :]
    covariance = np.mean(products - products_of_means, axis=0)
    if output_bias:
        mean = np.column_stack([mean, np.ones(len(x))])
        covariance = np.pad(covariance, (0, 1))
    return mean, covariance


def active_intervals(
    w: Array,
    b: Array,
    x: Array,
    deviation: float,
) -> tuple[Array, Array]:
    """Between which u = (x' − x)/deviation units are active around each x, shape (n, H) each."""
    with np.errstate(all="ignore"):  # a unit without a slope has no elbow
        deviations_away = (-b / w - x[:, None]) / deviation
    elbow = np.clip(deviations_away, -FAR, FAR)
    is_flat = w == 0
    is_never_active = is_flat & (b <= 0)
    start = np.where(w > 0, elbow, -FAR)
    stop = np.where(w < 0, elbow, FAR)
    start = np.where(is_never_active, FAR, start)
    stop = np.where(is_flat, FAR, stop)
    return start, stop


def normal_moments(start: Array, stop: Array) -> Moments:
    """M_0, M_1 and M_2 of a normal number between start and stop; 0 where stop ≤ start."""
    stop = np.maximum(start, stop)
    p_start = normal_density(start)
    p_stop = normal_density(stop)
    M_0 = probability_below(stop) - probability_below(start)
    M_1 = p_start - p_stop
    M_2 = M_0 + start * p_start - stop * p_stop
    return M_0, M_1, M_2


def _mean(z: Array, spread: Array, M: Moments) -> Array:
    """E relu(z + spread · u), shape (n, H)."""
    M_0, M_1, _ = M
    return np.asarray(z * M_0 + spread * M_1)


def _mean_products(z: Array, spread: Array, start: Array, stop: Array) -> Array:
    """E relu_j relu_k for all pairs of units, shape (n, H, H): over where both are active."""
    both_start = np.maximum(start[:, :, None], start[:, None, :])
    both_stop = np.minimum(stop[:, :, None], stop[:, None, :])
    M_0, M_1, M_2 = normal_moments(both_start, both_stop)
    z_j = z[:, :, None]
    z_k = z[:, None, :]
    spread_j = spread[:, None]
    spread_k = spread[None, :]
    crossed = z_j * spread_k + z_k * spread_j
    squared = spread_j * spread_k
    return np.asarray(z_j * z_k * M_0 + crossed * M_1 + squared * M_2)
