"""What formulas are made of: letters and named numbers."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array

Values = Mapping[str, Array]
"""The value of every letter."""


class Atom(ABC):
    """What a term is a product of. Equal atoms are one, and their exponents are added.

    is_neutral: whether it changes no other vector that it multiplies, as (1, …, 1).
    """

    is_neutral = False

    @property
    @abstractmethod
    def order(self) -> int:
        """0 for a number, 1 for a vector, 2 for a matrix."""

    @property
    def size(self) -> int:
        """How many atoms it is made of."""
        return 1

    @abstractmethod
    def evaluate(self, values: Values) -> Array:
        """Its value where the letters have these values."""


@dataclass(frozen=True)
class Letter(Atom):
    """A variable or the value of a node, by its name."""

    name: str
    order: int = 0

    def evaluate(self, values: Values) -> Array:
        return np.asarray(values[self.name], dtype=np.float64)


@dataclass(frozen=True)
class NamedNumber(Atom):
    """π or e."""

    name: str
    value: float
    order: int = 0

    def evaluate(self, values: Values) -> Array:  # noqa: ARG002, a number is one everywhere
        return np.asarray(self.value)
