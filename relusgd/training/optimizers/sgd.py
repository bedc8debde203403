"""Stochastic gradient descent with momentum and weight decay, by PyTorch's formulas.

With gradient g of the batch's mean squared error, weight decay d, momentum μ, learning rate η and
velocity u, which begins at 0:

    g ← g + d θ,   u ← μ u + g,   θ ← θ − η u   (Nesterov: θ ← θ − η (g + μ u))

Textbooks also write z ← (1 − β) z + β g, θ ← θ − γ z. This is the same with μ = 1 − β and η = γ β,
because u = z/β.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from relusgd.model.network import Array
from relusgd.training.optimizers.optimizer import Optimizer, Update


@dataclass(frozen=True)
class Sgd(Optimizer):
    """The constants of the formula."""

    name: ClassVar[str] = "sgd"
    title: ClassVar[str] = "SGD"
    memory: ClassVar[tuple[str, ...]] = ("velocity",)

    momentum: float = 0.0
    nesterov: bool = False

    def make_update(
        self,
        theta: Array,
        g: Array,
        memory: Sequence[Array],
        decay: Array | float,
    ) -> Update:
        (u,) = memory
        momentum, nesterov = self.momentum, self.nesterov
        change = np.empty_like(g)
        multiply, add, subtract = np.multiply, np.add, np.subtract

        def plain_update(batch_size: int, rate: float, _: int) -> None:
            multiply(g, rate * 2.0 / batch_size, change)
            subtract(theta, change, theta)

        # `change` holds the weight decay first and the step in the end.
        def update(batch_size: int, rate: float, _: int) -> None:
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

        return plain_update if self._is_plain else update

    @property
    def has_memory(self) -> bool:
        return bool(self.momentum)

    @property
    def _is_plain(self) -> bool:
        return not (self.momentum or self.weight_decay)

    @property
    def constants(self) -> tuple[float, ...]:
        return self.momentum, self.nesterov, self._is_plain

    def stable_rate(self, sharpness: float) -> float:
        """The largest learning rate at which full-batch steps do not grow.

        Infinite, nan or below 0 if there is none.

        With λ = sharpness + weight decay: 2/λ for plain gradient descent, 2 (1 + μ)/λ with
        momentum, 2 (1 + μ)/((1 + 2 μ) λ) by Nesterov's formula (Cohen et al. 2021, appendix B).
        """
        with np.errstate(all="ignore"):
            return float(self._stable_product / np.float64(sharpness + self.weight_decay))

    def edge(self, rate: float) -> float:
        """The sharpness at which `rate` is the `stable_rate`."""
        with np.errstate(all="ignore"):
            return float(self._stable_product / np.float64(rate)) - self.weight_decay

    @property
    def _stable_product(self) -> float:
        """The largest stable product of learning rate and curvature."""
        product = 2 * (1 + self.momentum)
        return product / (1 + 2 * self.momentum) if self.nesterov else product

    @property
    def stable_rate_formula(self) -> str:
        curvature = "(sharpness + weight decay)" if self.weight_decay else "sharpness"
        if not self.momentum:
            return f"2/{curvature}"
        if self.nesterov:
            return f"2(1 + momentum)/((1 + 2 momentum) {curvature})"
        return f"2(1 + momentum)/{curvature}"
