"""What singular values say of a matrix, and the leading ones of a matrix that is only multiplied.

s: singular values, largest first, shape (m,). A direction whose singular value is below the
rounding error of the largest one counts as flat: the function does not change along it.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np

from relusgd.model.network import Array
from relusgd.one_thread import one_thread

RESIDUAL = 1e-12
"""Leading singular values are known to this part of the largest one."""

EXTRA_STEPS = 20
"""Steps of Lanczos beyond the number of singular values wanted, with which it begins."""

BASIS_NUMBERS = 2**25
"""Numbers in a basis of Lanczos: 256 MB of float64."""


class Multiplies(Protocol):
    """A matrix by its products alone, such as `JacobianProducts`."""

    shape: tuple[int, int]

    def times(self, direction: Array) -> Array: ...

    def transposed_times(self, numbers: Array) -> Array: ...


class SingularTriplets(NamedTuple):
    """U diag(s) Vᵀ with the columns u_k of U, shape (n, m), and v_k of V, shape (p, m)."""

    left: Array
    values: Array
    right: Array


def all_triplets(matrix: Array) -> SingularTriplets:
    """The singular value decomposition of a matrix, on one thread.

    It is that of the transpose where the matrix is wide, which takes a third of the time. Several
    threads would take longer still on a machine that does other things, too.
    """
    n, p = matrix.shape
    with one_thread():
        if n < p:
            V, s, Ut = np.linalg.svd(matrix.T, full_matrices=False)
            return SingularTriplets(Ut.T, s, V)
        U, s, Vt = np.linalg.svd(matrix, full_matrices=False)
        return SingularTriplets(U, s, Vt.T)


def rounding_rank(s: Array, shape: tuple[int, int]) -> int:
    """How many singular values of a matrix of this shape are above max(n, p) ε times the largest.

    Golub & Van Loan, section 5.4.
    """
    if not len(s):
        return 0
    error = max(shape) * np.finfo(np.float64).eps * s[0]
    return int(np.count_nonzero(s > error))


def effective_rank(s: Array) -> float:
    """exp(−Σ p_k log p_k) with p_k = s_k / Σ s (Roy & Vetterli 2007); nan where all are 0.

    1 if one direction has everything, m if all m have the same.
    """
    total = s.sum()
    if not total > 0:
        return float("nan")
    p = s[s > 0] / total
    p = p[p > 0]  # of very unequal numbers, the quotient may be 0
    return float(np.exp(-np.sum(p * np.log(p))))


def condition_number(s: Array, rank: int) -> float:
    """The largest singular value over the smallest that is not flat; nan where all are."""
    if rank == 0:
        return float("nan")
    return float(s[0] / s[rank - 1])


def leading_triplets(matrix: Multiplies, count: int) -> SingularTriplets:
    """The `count` largest singular values and their vectors, by products with the matrix alone.

    Golub–Kahan–Lanczos (Golub & Van Loan, section 10.4) with full reorthogonalisation, from a fixed
    random start:

        A q_j = β_{j−1} p_{j−1} + α_j p_j,   Aᵀ p_j = α_j q_j + β_j q_{j+1}

    so that A Q = P B with B bidiagonal, whose singular values approach those of A. The residual of
    one is β times the last entry of its left vector. Steps are doubled until all residuals are
    below RESIDUAL times the largest value, or until the bases have BASIS_NUMBERS.
    """
    count = min(count, *matrix.shape)
    fewest = count + EXTRA_STEPS
    affordable = max(fewest, BASIS_NUMBERS // max(matrix.shape))
    most = min(*matrix.shape, affordable)
    steps = min(most, count + fewest)
    while True:
        with one_thread():
            triplets, residuals = _lanczos_triplets(matrix, steps)
        limit = RESIDUAL * triplets.values[0]
        are_known = (residuals[:count] <= limit).all()
        if steps == most or are_known:
            return SingularTriplets(
                triplets.left[:, :count],
                triplets.values[:count],
                triplets.right[:, :count],
            )
        steps = min(most, 2 * steps)


def _lanczos_triplets(matrix: Multiplies, steps: int) -> tuple[SingularTriplets, Array]:
    """All triplets of B after so many steps, and the residuals of their values."""
    n, p = matrix.shape
    P = np.zeros((n, steps))
    Q = np.zeros((p, steps))
    B = np.zeros((steps, steps))
    beta = 0.0
    random = np.random.RandomState(0)
    q = random.randn(p)
    for j in range(steps):
        Q[:, j], _ = _unit(_orthogonal(q, Q[:, :j]))
        Aq = matrix.times(Q[:, j])
        P[:, j], alpha = _unit(_orthogonal(Aq, P[:, :j]))
        B[j, j] = alpha
        if j:
            B[j - 1, j] = beta
        ATp = matrix.transposed_times(P[:, j])
        q = _orthogonal(ATp, Q[:, : j + 1])
        beta = float(np.linalg.norm(q))
        if beta == 0:  # all that can be reached from the start is known; go on from another one
            q = random.randn(p)
    U, s, Vt = np.linalg.svd(B)
    residuals = beta * np.abs(U[-1])
    return SingularTriplets(P @ U, s, Q @ Vt.T), residuals


def _orthogonal(vector: Array, basis: Array) -> Array:
    """The part of the vector that is orthogonal to the columns of the basis."""
    for _ in range(2):  # the second time removes what the rounding of the first left
        vector = vector - basis @ (basis.T @ vector)
    return vector


def _unit(vector: Array) -> tuple[Array, float]:
    """The vector with length 1, and its length; a vector of length 0 stays."""
    length = float(np.linalg.norm(vector))
    if length > 0:
        vector = vector / length
    return vector, length
