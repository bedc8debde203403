"""What a few careful steps would have done at the end: full batches at a safe learning rate.

Where they lower the error much, it was held up by the steps of the training: too large ones, noisy
ones, or too small ones.
"""

from __future__ import annotations

import numpy as np

from relusgd.gradients.backprop import backprop
from relusgd.model.network import Network, learning_parameters
from relusgd.model.points import Dataset

MOST_NUMBERS = 2 * 10**8
"""Points × parameters × steps up to which they take a moment."""


def is_quickly_taken(network: Network, dataset: Dataset, steps: int) -> bool:
    """Whether so many steps take a moment."""
    points = len(dataset.x_train)
    parameters = len(network.parameters())
    return points * parameters * steps <= MOST_NUMBERS


def careful_mse(
    network: Network,
    dataset: Dataset,
    rate: float,
    steps: int,
    *,
    layers: str = "all",
    output_bias: bool = True,
) -> float | None:
    """The lowest training error within these steps of gradient descent; None where they take long.

    Infinite where the error of the network itself is not finite. layers, output_bias: which
    parameters learn.
    """
    if not is_quickly_taken(network, dataset, steps):
        return None
    vector = network.parameters()
    learning = learning_parameters(network.hidden, layers, output_bias=output_bias)
    x = dataset.x_train[:, None]
    y = dataset.y_train[:, None]
    lowest = np.inf
    with np.errstate(all="ignore"):
        for _ in range(steps + 1):
            present = Network.from_parameters(vector, network.hidden)
            gradient = backprop(present.weights, present.biases, x, y)
            if not np.isfinite(gradient.loss):
                break
            lowest = min(lowest, gradient.loss)
            derivatives = Network(gradient.weights, gradient.biases).parameters()
            vector = vector.copy()
            vector[learning] -= rate * derivatives[learning]
    return float(lowest)
