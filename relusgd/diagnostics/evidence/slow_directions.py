"""How many steps the next direction of the residual takes, by the singular values of J = ∂f/∂θ.

The residual r = f − y has the part e_k = u_kᵀ r along every left singular vector of J. A step of
gradient descent at the rate η multiplies it by 1 − η λ_k with λ_k = 2/n s_k², so that it takes
1/(η λ_k) steps to fall by the factor e.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relusgd.diagnostics.singular_values import all_triplets, rounding_rank
from relusgd.gradients.jacobian import jacobian
from relusgd.model.network import Network
from relusgd.model.points import Dataset

MOST_NUMBERS = 10**6
"""Points × parameters of a Jacobian that is decomposed in a moment."""

LARGE_PART = 0.5
"""The next direction is the one before which less than this share of the residual's square lies."""


class SlowDirections(NamedTuple):
    """steps_of_next: what the next direction takes to fall by the factor e. condition: of JᵀJ,
    over the directions that are not flat."""

    steps_of_next: float
    condition: float


def slow_directions(network: Network, dataset: Dataset, rate: float) -> SlowDirections | None:
    """None where J is large, or not finite."""
    x = dataset.x_train
    y = dataset.y_train
    if len(x) * len(network.parameters()) > MOST_NUMBERS:
        return None
    with np.errstate(all="ignore"):
        J = jacobian(network, x)
        residual = network(x) - y
    if not (np.isfinite(J).all() and np.isfinite(residual).all()):
        return None
    triplets = all_triplets(J)
    rank = rounding_rank(triplets.values, J.shape)
    if rank == 0 or not rate > 0:
        return None
    values = triplets.values[:rank]
    vectors = triplets.left[:, :rank]
    parts = np.square(vectors.T @ residual)
    is_reached = np.cumsum(parts) >= LARGE_PART * parts.sum()
    following = int(np.argmax(is_reached))
    curvatures = 2 / len(x) * np.square(values)
    return SlowDirections(
        steps_of_next=float(1 / (rate * curvatures[following])),
        condition=float((values[0] / values[-1]) ** 2),
    )
