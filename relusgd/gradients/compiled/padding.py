"""Padding: where the parameters of a network stand in the vectors of the compiled steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from relusgd.gradients.compiled.arrays import pad, padded_units, unpad
from relusgd.model.network import Array


class Padding(Protocol):
    """Padded vectors of parameters. The output layer comes last, and its bias last of all.

    output, output_bias: where the output layer begins, and where its bias stands.
    """

    @property
    def output(self) -> int: ...

    @property
    def output_bias(self) -> int: ...

    def pad(self, vector: Array) -> Array:
        """A vector of parameters, shape (parameter_count,), with zeros between and behind them."""
        ...

    def unpad(self, padded: Array) -> Array:
        """The inverse of `pad`, for vectors of shape (…, padded size)."""
        ...


@dataclass(frozen=True)
class OneLayerPadding:
    """w, b and v, each padded, and c."""

    width: int

    @property
    def output(self) -> int:
        return 2 * padded_units(self.width)

    @property
    def output_bias(self) -> int:
        return 3 * padded_units(self.width)

    def pad(self, vector: Array) -> Array:
        return pad(vector, self.width)

    def unpad(self, padded: Array) -> Array:
        return unpad(padded, self.width)
