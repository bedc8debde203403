"""Stochastic gradient descent with momentum and weight decay, by PyTorch's formulas.

With gradient g of the batch's mean squared error, weight decay d, momentum μ, learning rate η and
velocity u, which begins at 0:

    g ← g + d θ,   u ← μ u + g,   θ ← θ − η u   (Nesterov: θ ← θ − η (g + μ u))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array

Update = Callable[[int, float], None]
"""update(batch_size, rate) takes one step, in place."""


@dataclass(frozen=True)
class Sgd:
    """The constants of the formula."""

    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0
    decay_biases: bool = True

    def make_update(self, theta: Array, g: Array, u: Array, decay: Array | float) -> Update:
        """The update of theta and the velocity u by g, the gradient of ½ Σ r² over the batch.

        All have the shape (learning parameters,). decay: the weight decay of all, or of each. The
        update may overwrite g.
        """
        momentum, nesterov = self.momentum, self.nesterov
        change = np.empty_like(g)
        multiply, add, subtract = np.multiply, np.add, np.subtract

        def plain_update(batch_size: int, rate: float) -> None:
            multiply(g, rate * 2.0 / batch_size, change)
            subtract(theta, change, theta)

        # `change` holds the weight decay first and the step in the end.
        def update(batch_size: int, rate: float) -> None:
            multiply(g, 2.0 / batch_size, g)
            multiply(theta, decay, change)
            add(g, change, g)
            multiply(u, momentum, u)
            add(u, g, u)
            if nesterov:
                multiply(u, momentum, change)
                add(change, g, change)
                multiply(change, rate, change)
            else:
                multiply(u, rate, change)
            subtract(theta, change, theta)

        return update if momentum or self.weight_decay else plain_update

    def stable_rate(self, sharpness: float) -> float:
        """The largest learning rate at which full-batch steps do not grow.

        Infinite, nan or below 0 if there is none.

        With λ = sharpness + weight decay: 2/λ for plain gradient descent, 2 (1 + μ)/λ with
        momentum, 2 (1 + μ)/((1 + 2 μ) λ) by Nesterov's formula (Cohen et al. 2021, appendix B).
        """
        curvature = np.float64(sharpness + self.weight_decay)
        if self.nesterov:
            curvature *= 1 + 2 * self.momentum
        with np.errstate(all="ignore"):
            return float(2 * (1 + self.momentum) / curvature)

    @property
    def stable_rate_formula(self) -> str:
        """The formula of `stable_rate` in words, for a message."""
        curvature = "(sharpness + weight decay)" if self.weight_decay else "sharpness"
        if not self.momentum:
            return f"2/{curvature}"
        if self.nesterov:
            return f"2(1 + momentum)/((1 + 2 momentum) {curvature})"
        return f"2(1 + momentum)/{curvature}"
