"""RMSprop (Tieleman & Hinton 2012), with PyTorch's momentum and weight decay.

With gradient g of the batch's mean squared error, weight decay d, momentum μ, learning rate η, and
second moment v and velocity u, which begin at 0:

    g ← g + d θ,   v ← α v + (1 − α) g²,   u ← μ u + g/(√v + ε),   θ ← θ − η u
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from relusgd.model.network import Array
from relusgd.training.optimizers.optimizer import Optimizer, Update


@dataclass(frozen=True)
class RmsProp(Optimizer):
    """The constants of the formula."""

    name: ClassVar[str] = "rmsprop"
    title: ClassVar[str] = "RMSprop"
    memory: ClassVar[tuple[str, ...]] = ("second_moment", "velocity")
    is_adaptive: ClassVar[bool] = True

    alpha: float = 0.99
    epsilon: float = 1e-8
    momentum: float = 0.0

    def make_update(
        self,
        theta: Array,
        g: Array,
        memory: Sequence[Array],
        decay: Array | float,
    ) -> Update:
        v, u = memory
        alpha, epsilon, momentum = self.alpha, self.epsilon, self.momentum
        change = np.empty_like(g)
        has_decay = self.weight_decay > 0
        multiply, add = np.multiply, np.add

        # `change` holds the weight decay first, then the denominator, and the step in the end.
        def update(batch_size: int, rate: float, _: int) -> None:
            multiply(g, 2.0 / batch_size, g)
            if has_decay:
                multiply(theta, decay, change)
                add(g, change, g)
            multiply(g, g, change)
            multiply(change, 1.0 - alpha, change)
            multiply(v, alpha, v)
            add(v, change, v)
            np.sqrt(v, change)
            add(change, epsilon, change)
            np.divide(g, change, change)
            multiply(u, momentum, u)
            add(u, change, u)
            multiply(u, rate, change)
            np.subtract(theta, change, theta)

        return update

    @property
    def constants(self) -> tuple[float, ...]:
        return self.alpha, self.epsilon, self.momentum

    def edge(self, rate: float) -> float:
        """2 (1 + μ)/η, of the Hessian divided by `divisor` (Cohen et al. 2022)."""
        with np.errstate(all="ignore"):
            return float(np.float64(2 * (1 + self.momentum)) / rate)

    def divisor(self, memory: Mapping[str, Array], step: int) -> Array:  # noqa: ARG002
        """√v + ε."""
        return np.sqrt(memory["second_moment"]) + self.epsilon
