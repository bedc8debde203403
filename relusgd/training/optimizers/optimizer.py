"""What every optimizer gives, and what most of them have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from relusgd.model.network import Array, Integers

Update = Callable[[int, float, int], None]
"""update(batch_size, rate, step) takes one step, in place; steps are counted from 1."""


@dataclass(frozen=True, kw_only=True)
class Optimizer(ABC):
    """A formula with its constants, which are keys of the config's training.

    name: in configs; title: in pictures and tables. memory: the names of what it remembers from
    step to step, each a vector like the parameters that begins at 0. is_adaptive: whether it
    divides the gradient by what it remembers of earlier ones.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    memory: ClassVar[tuple[str, ...]]
    is_adaptive: ClassVar[bool] = False

    weight_decay: float = 0.0
    decay_biases: bool = True

    @property
    def has_memory(self) -> bool:
        """Whether a step depends on the steps before it by more than the parameters."""
        return True

    @abstractmethod
    def make_update(
        self,
        theta: Array,
        g: Array,
        memory: Sequence[Array],
        decay: Array | float,
    ) -> Update:
        """The update of theta and the memory by g, the gradient of ½ Σ r² over the batch.

        All have the shape (learning parameters,). decay: the weight decay of all, or of each. The
        update may overwrite g.
        """

    @property
    @abstractmethod
    def constants(self) -> tuple[float, ...]:
        """The constants of the compiled formula, in the order of its rule."""

    def rates(self, rates: Array, steps: Integers) -> Array:  # noqa: ARG002 - some formulas need it
        """What changes from step to step, for the compiled formula: shape (n, numbers).

        rates: the learning rates of the steps, shape (n,). steps: their numbers, from 1 on.
        """
        return np.ascontiguousarray(rates[:, None])

    def stable_rate(self, sharpness: float) -> float | None:  # noqa: ARG002 - it may decide
        """The largest learning rate at which full-batch steps do not grow.

        Infinite, nan or below 0 if there is none; None if the sharpness alone does not decide it.
        An optimizer that divides by the size of gradients is stable by the Hessian times that
        division (Cohen et al. 2022, "Adaptive gradient methods at the edge of stability").
        """
        return None

    @property
    def stable_rate_formula(self) -> str:
        """The formula of `stable_rate` in words, for a message."""
        return ""

    def edge(self, rate: float) -> float | None:  # noqa: ARG002 - it may decide
        """The sharpness above which full-batch steps at this learning rate grow.

        Of an adaptive optimizer it is that of P⁻¹ H, with P = `divisor`. None if there is none.
        """
        return None

    def divisor(self, memory: Mapping[str, Array], step: int) -> Array:
        """What an adaptive optimizer divides the gradient by after this step: P, shape (P,).

        Raises NotImplementedError for those that are not (`is_adaptive`).
        """
        raise NotImplementedError(f"{self.name} divides the gradient by nothing")
