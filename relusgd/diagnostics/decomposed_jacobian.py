"""The decomposition of J = ∂f/∂θ at points, and its products with directions, part by part.

A J that fits in memory is decomposed whole. Of a larger one of one hidden layer, the
`compressed_jacobian` has the same singular values; a tall one is reduced to its R part by part; of
any other the leading singular values are found by products with J alone.
"""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.compressed_jacobian import compressed_jacobian
from relusgd.diagnostics.singular_values import all_triplets, leading_triplets, rounding_rank
from relusgd.errors import InputError
from relusgd.gradients.jacobian import JacobianProducts, jacobian
from relusgd.model.network import Array, Network
from relusgd.one_thread import one_thread

MOST_NUMBERS = 2**24
"""The largest J that is formed, as points × parameters: 128 MB of float64."""

MOST_OPERATIONS = 1e10
"""The largest decomposition of all of J, as n · p · min(n, p): a few seconds."""

LEADING = 100
"""So many singular values are computed where J is larger."""

PART_NUMBERS = 2**22
"""Positions × parameters of the derivatives that are evaluated at once."""


def decomposed(network: Network, x: Array, columns: slice) -> tuple[Array, Array]:
    """(s, V): the singular values of J, and right singular vectors as columns.

    All of both, unless J is large: then the leading vectors, and with several hidden layers the
    leading singular values. columns: the parameters that count. Raises InputError where derivatives
    are not finite.
    """
    products = JacobianProducts(network, x, columns)
    n, p = products.shape
    if _is_affordable(n, p):
        J = jacobian(network, x)[:, columns]
        check_finite(J)
        _, s, V = all_triplets(J)
        return s, V
    check_finite(network.parameters())
    check_finite(products.kernel_times(np.ones(n)))
    if len(network.hidden) == 1:
        compressed = compressed_jacobian(network, x, columns, MOST_NUMBERS // n)
        if compressed is not None and _is_affordable(*compressed.shape):
            return _of_compressed(products, compressed)
    is_tall = n > p
    if is_tall and _operations(n, p) <= MOST_OPERATIONS:
        return _of_tall(network, x, columns)
    leading = leading_triplets(products, LEADING)
    return leading.values, leading.right


def _is_affordable(n: int, p: int) -> bool:
    return n * p <= MOST_NUMBERS and _operations(n, p) <= MOST_OPERATIONS


def _operations(n: int, p: int) -> float:
    return float(n) * p * min(n, p)


def _of_compressed(products: JacobianProducts, compressed: Array) -> tuple[Array, Array]:
    """All singular values, and the leading v_k = Jᵀ u_k / s_k."""
    n, p = products.shape
    left, values, _ = all_triplets(compressed)
    known = min(rounding_rank(values, (n, p)), LEADING)
    directions = []
    for k in range(known):
        directions.append(products.transposed_times(left[:, k]) / values[k])
    s = np.zeros(min(n, p))
    count = min(len(s), len(values))
    s[:count] = values[:count]
    if not directions:
        return s, np.zeros((p, 0))
    return s, np.stack(directions, axis=1)


def _of_tall(network: Network, x: Array, columns: slice) -> tuple[Array, Array]:
    """All singular values and right vectors of a tall J: those of R in J = Q R, part by part."""
    learning = network.parameters()[columns]
    R = np.zeros((0, len(learning)))
    with one_thread():
        for part in parts_of_positions(len(x), len(learning)):
            J = jacobian(network, x[part])[:, columns]
            check_finite(J)
            rows = np.concatenate([R, J])
            R = np.asarray(np.linalg.qr(rows, mode="r"))
    _, s, V = all_triplets(R)
    return s, V


def directed_derivatives(
    network: Network,
    x: Array,
    columns: slice,
    directions: Array,
) -> Array:
    """J(x) V: the derivative of f at positions x, shape (k,), along directions V, shape (p, m).

    Shape (k, m). Of a large J of one hidden layer by products, otherwise by the matrix.
    """
    n = len(x)
    p, m = directions.shape
    if len(network.hidden) == 1 and n * p > PART_NUMBERS:
        products = JacobianProducts(network, x, columns)
        along = [products.times(direction) for direction in directions.T]
        return np.stack(along, axis=1) if along else np.zeros((n, 0))
    values = np.empty((n, m))
    for part in parts_of_positions(n, p):
        J = jacobian(network, x[part])[:, columns]
        values[part] = J @ directions
    return values


def check_finite(numbers: Array) -> None:
    """Raise InputError for derivatives, or singular values, that are not finite."""
    if not np.isfinite(numbers).all():
        raise not_finite()


def not_finite() -> InputError:
    """The error for a network whose derivatives are not finite."""
    return InputError(
        "the network has diverged: its derivatives are not finite, or nearly so",
        "take a snapshot from before",
    )


def parts_of_positions(positions: int, parameters: int) -> list[slice]:
    """Slices of range(positions) with at most PART_NUMBERS derivatives each."""
    size = max(1, PART_NUMBERS // max(parameters, 1))
    return [slice(start, start + size) for start in range(0, positions, size)]
