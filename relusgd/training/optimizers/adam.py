"""Adam (Kingma & Ba 2015), with PyTorch's weight decay, which is part of the gradient.

With gradient g of the batch's mean squared error, weight decay d, learning rate η, and moments m
and v, which begin at 0, step t, counted from 1, is

    g ← g + d θ,   m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,

    θ ← θ − η m̂ / (√v̂ + ε),   m̂ = m/(1 − β₁ᵗ),   v̂ = v/(1 − β₂ᵗ)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from relusgd.model.network import Array, Integers
from relusgd.training.optimizers.optimizer import Optimizer, Update


@dataclass(frozen=True)
class Adam(Optimizer):
    """The constants of the formula. betas: β₁ and β₂."""

    name: ClassVar[str] = "adam"
    title: ClassVar[str] = "Adam"
    memory: ClassVar[tuple[str, ...]] = ("first_moment", "second_moment")
    is_adaptive: ClassVar[bool] = True

    betas: tuple[float, float] = (0.9, 0.999)
    epsilon: float = 1e-8

    def make_update(
        self,
        theta: Array,
        g: Array,
        memory: Sequence[Array],
        decay: Array | float,
    ) -> Update:
        change = np.empty_like(g)
        has_decay = self.weight_decay > 0
        move = make_adam_step(self, theta, g, memory)

        def update(batch_size: int, rate: float, step: int) -> None:
            np.multiply(g, 2.0 / batch_size, g)
            if has_decay:
                np.multiply(theta, decay, change)
                np.add(g, change, g)
            move(rate, step)

        return update

    @property
    def constants(self) -> tuple[float, ...]:
        return *self.betas, self.epsilon

    def rates(self, rates: Array, steps: Integers) -> Array:
        """η/(1 − β₁ᵗ) and 1/√(1 − β₂ᵗ)."""
        beta_1, beta_2 = self.betas
        corrected_rates = rates / (1.0 - beta_1**steps)
        corrections = 1.0 / np.sqrt(1.0 - beta_2**steps)
        return np.stack([corrected_rates, corrections], axis=1)

    def edge(self, rate: float) -> float:
        """2 (1 + β₁)/((1 − β₁) η), of the Hessian divided by `divisor` (Cohen et al. 2022)."""
        beta_1 = self.betas[0]
        with np.errstate(all="ignore"):
            return float(np.float64(2 * (1 + beta_1)) / ((1 - beta_1) * rate))

    def divisor(self, memory: Mapping[str, Array], step: int) -> Array:
        """(1 − β₁ᵗ) (√v̂ + ε)."""
        beta_1, beta_2 = self.betas
        v_hat = memory["second_moment"] / (1.0 - beta_2**step)
        return (1.0 - beta_1**step) * (np.sqrt(v_hat) + self.epsilon)


def make_adam_step(
    constants: Adam,
    theta: Array,
    g: Array,
    memory: Sequence[Array],
) -> Callable[[float, int], None]:
    """The part of the update after the decay: step(rate, t) by the gradient g, in place."""
    m, v = memory
    (beta_1, beta_2), epsilon = constants.betas, constants.epsilon
    change = np.empty_like(g)
    multiply, add = np.multiply, np.add

    def step(rate: float, t: int) -> None:
        multiply(m, beta_1, m)
        multiply(g, 1.0 - beta_1, change)
        add(m, change, m)
        multiply(v, beta_2, v)
        multiply(g, g, g)
        multiply(g, 1.0 - beta_2, g)
        add(v, g, v)
        # From here on `change` is the denominator first, and the step in the end.
        np.sqrt(v, change)
        multiply(change, 1.0 / np.sqrt(1.0 - beta_2**t), change)
        add(change, epsilon, change)
        np.divide(m, change, change)
        multiply(change, rate / (1.0 - beta_1**t), change)
        np.subtract(theta, change, theta)

    return step
