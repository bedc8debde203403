"""What every law of a unit gives, and what a law of slopes alone is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from relusgd.model.network import Array


class UnitLaw(Protocol):
    """What every law gives; the room's docstring has the formulas."""

    def gates(self, x: Array, z: Array) -> Array: ...

    def balanced(self, x: Array, z: Array) -> Array: ...

    def outputs(self, x: Array, z: Array) -> Array: ...

    def mean(self, x: Array) -> Array: ...


@dataclass(frozen=True)
class SlopeLaw:
    """positive, negative: how often the slope is above and below 0. square: E w². size: E |w|.

    Its size does not depend on its sign.
    """

    positive: float
    negative: float
    square: float
    size: float

    def by_sign(self, rising: Array, falling: Array) -> Array:
        """The mean of what units with a positive slope have, and those with a negative one."""
        return self.positive * rising + self.negative * falling
