"""Sign descent (Bernstein et al. 2018, signSGD): every parameter moves by the learning rate.

    θ ← θ − η sign(g)

It is what Adam becomes at β₁ = β₂ = ε = 0. A parameter whose gradient is 0 stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from relusgd.model.network import Array
from relusgd.training.optimizers.optimizer import Optimizer, Update


@dataclass(frozen=True)
class SignDescent(Optimizer):
    """The formula has no constants; the weight decay is 0."""

    name: ClassVar[str] = "sign"
    title: ClassVar[str] = "sign descent"
    memory: ClassVar[tuple[str, ...]] = ()

    def make_update(
        self,
        theta: Array,
        g: Array,
        memory: Sequence[Array],  # noqa: ARG002
        decay: Array | float,  # noqa: ARG002
    ) -> Update:
        change = np.empty_like(g)

        def update(_: int, rate: float, __: int) -> None:
            np.sign(g, change)
            np.multiply(change, rate, change)
            np.subtract(theta, change, theta)

        return update

    @property
    def has_memory(self) -> bool:
        return False

    @property
    def constants(self) -> tuple[float, ...]:
        return (0.0,)
