"""The spectrum of the hidden layer's outputs beside that of a vibrating beam with free ends.

Units of slope ±1 with elbows spread evenly over the interval of the points have the kernel

    K(x, x′) = Σ_j relu(w_j x + b_j) relu(w_j x′ + b_j),   ∂⁴K/∂x⁴ → m/ℓ δ(x − x′)

Its eigenfunctions are those of d⁴/dx⁴ and so, but for a few at the start, those of a beam: the k-th
free vibration of a beam of length ℓ has d⁴/dx⁴ = (β_k/ℓ)⁴ with β_k → (k − 3/2)π, where the first
two are its rigid motions (Rayleigh, The Theory of Sound, chapter VIII; for the kernel cf. Jin &
Montúfar 2023).
"""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array
from relusgd.one_thread import one_thread


def beam_ratios(
    hidden_outputs: Array,
    *,
    first: int = 8,
    last: int = 25,
    length: float = 1.0,
) -> Array:
    """λ_k over the beam's 2 m ℓ²/β_k⁴, β_k = (k − 3/2)π, for k = first … last, counted from 1.

    hidden_outputs: Φ, the m units' outputs at n evenly spaced points, shape (n, m), without a
    column for the output bias; λ_k are the eigenvalues of (2/n) ΦᵀΦ, largest first. length: ℓ, of
    the interval of the points and the elbows. Returns shape (last − first + 1,): near 1, without
    any free constant, for slopes ±1, n ≫ last and m ≫ n. The eigenvalues of other slopes are those
    times the mean of slope². Raises ValueError for k that Φ does not have, or of a rigid motion.
    """
    n, m = hidden_outputs.shape
    most = min(n, m)
    if not 3 <= first <= last <= most:
        raise ValueError(f"k is 3 … {most} for outputs of shape {(n, m)}, not {first} … {last}")
    with one_thread():
        # ΦΦᵀ has the same eigenvalues as ΦᵀΦ, but for zeros, and is usually smaller.
        kernel = 2 / n * hidden_outputs @ hidden_outputs.T
        ascending = np.linalg.eigvalsh(kernel)
    k = np.arange(first, last + 1)
    eigenvalues = ascending[-k]
    beta = (k - 1.5) * np.pi
    return np.asarray(eigenvalues * beta**4 / (2 * m * length**2))
