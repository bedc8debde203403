"""AdamW (Loshchilov & Hutter 2019): Adam, with the weight decay apart from the gradient.

    θ ← θ − η d θ,   then Adam's step with the gradient as it is

Weights then shrink at the same rate, whatever the size of their gradients.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from relusgd.model.network import Array, Integers
from relusgd.training.optimizers.adam import Adam, make_adam_step
from relusgd.training.optimizers.optimizer import Update


@dataclass(frozen=True)
class AdamW(Adam):
    """The constants of the formula. betas: β₁ and β₂."""

    name: ClassVar[str] = "adamw"
    title: ClassVar[str] = "AdamW"

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
                np.multiply(change, rate, change)
                np.subtract(theta, change, theta)
            move(rate, step)

        return update

    def rates(self, rates: Array, steps: Integers) -> Array:
        """As Adam's, and η for the decay."""
        return np.column_stack([super().rates(rates, steps), rates])
