"""Sharpness: the largest eigenvalue of the Hessian of the training error."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from relusgd.diagnostics.measures import point_chunks
from relusgd.gradients.backprop import hessian_vector
from relusgd.gradients.prefix_sums import hessian_product
from relusgd.model.network import (
    Array,
    Network,
    learning_parameters,
    parameter_count,
    split_parameters,
)
from relusgd.model.points import Dataset

DENSE_PARAMETERS = 40
"""Up to here the Hessian is formed whole; beyond, Lanczos asks for its products with vectors."""

LANCZOS_STEPS = 200

BASIS_NUMBERS = 2**25
"""Numbers in the basis of Lanczos, at least 10 vectors: 256 MB of float64."""


def sharpness(
    network: Network,
    dataset: Dataset,
    layers: str = "all",
    *,
    output_bias: bool = True,
    divisor: Array | None = None,
) -> float:
    """The largest eigenvalue of the Hessian of the training error over the parameters that learn.

    layers: all, output or hidden; without output_bias the output bias is frozen. Gradient descent
    on all points is stable near a minimum while its learning rate stays below 2/sharpness (Cohen et
    al. 2021). nan when the Hessian is not finite.

    divisor: positive numbers P, one for every parameter that learns; the eigenvalue is then that of
    P⁻¹ H, which decides for methods that divide the gradient by P.
    """
    learning = learning_parameters(network.hidden, layers, output_bias=output_bias)
    with np.errstate(all="ignore"):
        hessian = _Hessian(network, dataset, learning, divisor)
        if hessian.size > DENSE_PARAMETERS:
            return _lanczos(hessian)
        rows = [hessian(unit_vector) for unit_vector in np.eye(hessian.size)]
        return _largest_eigenvalue(np.array(rows))


class _Hessian:
    """The Hessian H of the training error over the learning parameters: direction → H direction.

    With a divisor P it is P^−½ H P^−½, which is symmetric and has the eigenvalues of P⁻¹ H.
    """

    def __init__(
        self,
        network: Network,
        dataset: Dataset,
        learning: slice,
        divisor: Array | None,
    ) -> None:
        self.size = learning.stop - learning.start
        self._scale = 1.0 if divisor is None else 1.0 / np.sqrt(divisor)
        self._learning = learning
        self._parameter_count = parameter_count(network.hidden)
        self._product = _full_product(network, dataset)

    def __call__(self, direction: Array) -> Array:
        full = np.zeros(self._parameter_count)
        full[self._learning] = self._scale * direction
        product = self._product(full)
        return self._scale * product[self._learning]


def _full_product(network: Network, dataset: Dataset) -> Callable[[Array], Array]:
    """direction → H direction, for the Hessian H over all parameters."""
    if len(network.hidden) == 1:
        (width,) = network.hidden
        return hessian_product(network.parameters(), width, dataset.x_train, dataset.y_train)
    x = dataset.x_train[:, None]
    y = dataset.y_train[:, None]

    def product(direction: Array) -> Array:
        """The mean of the products for parts of the points, weighted by their sizes."""
        V, c = split_parameters(direction, network.hidden)
        total = np.zeros(len(direction))
        for part in point_chunks(len(x), network.hidden):
            Hv = hessian_vector(network.weights, network.biases, x[part], y[part], V, c)
            share = len(x[part]) / len(x)
            total += share * Network(*Hv).parameters()
        return total

    return product


def _lanczos(hessian: _Hessian) -> float:
    """The largest eigenvalue, by Lanczos with full reorthogonalisation.

    Golub & Van Loan, section 10.3:

        u = H q_j,   α_j = q_jᵀ u,   u ← u − Q Qᵀ u   with Q = [q_1 … q_j],
        β_j = |u|,   q_{j+1} = u/β_j

    from a fixed random q_1, until the largest eigenvalue θ of T = Qᵀ H Q, tridiagonal with α and β,
    has a residual |H Q s − θ Q s| = β_j |s_j| below 1e-8 |T|, where T s = θ s; the error of θ is of
    the order of its square.
    """
    affordable = max(10, BASIS_NUMBERS // hessian.size)
    steps = min(hessian.size, LANCZOS_STEPS, affordable)
    Q = np.empty((steps, hessian.size))  # rows are the q
    T = np.zeros((steps + 1, steps + 1))
    u = np.random.RandomState(0).randn(hessian.size)
    beta = float(np.linalg.norm(u))
    theta = float("nan")
    for j in range(steps):
        q = Q[j] = u / beta
        u = hessian(q)
        T[j, j] = q @ u
        basis = Q[: j + 1]
        for _ in range(2):  # the second time removes what the rounding of the first left
            u -= basis.T @ (basis @ u)
        beta = float(np.linalg.norm(u))
        T[j, j + 1] = beta
        T[j + 1, j] = beta
        if not np.isfinite(T[j]).all():
            return float("nan")
        values, vectors = np.linalg.eigh(T[: j + 1, : j + 1])
        theta = float(values[-1])
        residual = beta * abs(vectors[-1, -1])
        if residual <= 1e-8 * np.abs(values).max():
            break
    return theta


def _largest_eigenvalue(matrix: Array) -> float:
    """Of a matrix that is symmetric up to rounding; nan when it is not finite."""
    if not np.isfinite(matrix).all():
        return float("nan")
    symmetric = 0.5 * (matrix + matrix.T)
    return float(np.linalg.eigvalsh(symmetric)[-1])
