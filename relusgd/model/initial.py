"""The initial network: drawn weights, then elbows and slopes placed where they are wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from relusgd.model.network import Array, Network, Range, layer_shapes

Init = Literal["torch", "he_normal", "glorot_uniform", "normal", "uniform"]
Slopes = Literal["signs"] | float | Sequence[float]
Elbows = Literal["uniform", "even", "keep"] | float | Sequence[float]


@dataclass(frozen=True)
class InitialNetwork:
    """How the initial network is made; every position in network units.

    hidden: widths. init: the distribution of weights and biases (see `_draw_layer`). hidden_scale,
    output_scale: for `normal` the standard deviations, for `uniform` the half-widths, else factors
    on what is drawn, for the hidden layers and for the output layer. elbows: where the first
    layer's units switch, one position per unit or one for all. elbow_range: the interval for
    `uniform` and `even`. slopes: the first layer's input weights; signs are 1, −1, 1, …, and None
    keeps those drawn. output_weights: the weights of the last hidden layer's units in the output,
    likewise. output_offset: the output bias, likewise.
    """

    hidden: tuple[int, ...]
    elbow_range: Range
    init: Init = "torch"
    hidden_scale: float = 1.0
    output_scale: float = 1.0
    antisymmetric: bool = False
    balanced: bool = False
    output_bias: bool = True
    elbows: Elbows = "uniform"
    slopes: Slopes | None = None
    output_weights: float | Sequence[float] | None = None
    output_offset: float | None = None

    def draw(self, generator: np.random.RandomState) -> Network:
        """Draw weight and bias of every layer from the input on, then the elbows; then arrange.

        The order of the draws is part of what a seed means.
        """
        weights = []
        biases = []
        for k, shape in enumerate(layer_shapes(self.hidden)):
            weight, bias = self._draw_layer(generator, k, shape)
            weights.append(weight)
            biases.append(bias)
        if self.slopes is not None:
            slopes = self._signs() if self.slopes == "signs" else self.slopes
            weights[0] = np.full(weights[0].shape, slopes, dtype=np.float64)
        positions = self._elbow_positions(generator)
        if positions is not None:
            biases[0] = -positions * weights[0][0]
        if self.output_weights is not None:
            v = np.full(self.hidden[-1], self.output_weights, dtype=np.float64)
            weights[-1] = v[:, None]
        if self.output_offset is not None:
            biases[-1] = np.full(1, self.output_offset)
        if not self.output_bias:
            biases[-1] = np.zeros(1)
        if self.antisymmetric:
            pair_units(weights, biases)
        if self.balanced:
            balance_units(weights, biases)
        return Network(tuple(weights), tuple(biases))

    def _draw_layer(
        self,
        generator: np.random.RandomState,
        k: int,
        shape: tuple[int, int],
    ) -> tuple[Array, Array]:
        """Weight and bias of layer k (from 0), by the distribution `init`.

        torch: uniform in ±1/√fan_in, as nn.Linear draws them. he_normal: weights N(0, 2/fan_in),
        and glorot_uniform: weights uniform in ±√(6/(fan_in + fan_out)), both with zero biases (He
        et al. 2015; Glorot & Bengio 2010). normal: N(0, scale²) for weights and hidden biases, and
        uniform: uniform in ±scale, both with output bias 0.
        """
        fan_in, fan_out = shape
        is_output = k == len(self.hidden)
        scale = self.output_scale if is_output else self.hidden_scale
        bias = np.zeros(fan_out)
        if self.init == "torch":
            limit = 1.0 / np.sqrt(fan_in)
            weight = generator.uniform(-limit, limit, shape)
            bias = generator.uniform(-limit, limit, fan_out)
        elif self.init == "he_normal":
            weight = np.sqrt(2.0 / fan_in) * generator.randn(*shape)
        elif self.init == "glorot_uniform":
            limit = np.sqrt(6.0 / (fan_in + fan_out))
            weight = generator.uniform(-limit, limit, shape)
        elif self.init == "uniform":
            weight = generator.uniform(-1.0, 1.0, shape)
            if not is_output:
                bias = generator.uniform(-1.0, 1.0, fan_out)
        else:
            weight = generator.randn(*shape)
            if not is_output:
                bias = generator.randn(fan_out)
        return scale * weight, scale * bias

    @property
    def _copies(self) -> int:
        """How many units of the first layer are one unit and its copies."""
        is_paired = self.antisymmetric and len(self.hidden) == 1
        return 2 if is_paired else 1

    def _signs(self) -> Array:
        """1, −1, 1, …, shape (H1,). The units of an antisymmetric pair share their sign."""
        units = np.arange(self.hidden[0])
        originals = units // self._copies
        is_even = originals % 2 == 0
        return np.where(is_even, 1.0, -1.0)

    def _elbow_positions(self, generator: np.random.RandomState) -> Array | None:
        """Shape (H1,), or None to keep the drawn biases.

        The units of an antisymmetric pair share their position.
        """
        if self.elbows == "keep":
            return None
        if not isinstance(self.elbows, str):
            return np.full(self.hidden[0], self.elbows, dtype=np.float64)
        copies = self._copies
        count = self.hidden[0] // copies
        if self.elbows == "uniform":
            fractions = np.sort(generator.rand(count))
        else:
            fractions = (np.arange(count) + 0.5) / count
        low, high = self.elbow_range
        positions = low + (high - low) * fractions
        return np.repeat(positions, copies)


def pair_units(weights: list[Array], biases: list[Array]) -> None:
    """Make last hidden unit 2i + 1 a copy of 2i with opposite output weight; output bias 0.

    The function is then exactly 0 everywhere (antisymmetric start; Zhang et al. 2020, Williams et
    al. 2019). In place.
    """
    incoming = weights[-2][:, ::2]
    bias = biases[-2][::2]
    outgoing = weights[-1][::2]
    weights[-2] = np.repeat(incoming, 2, axis=1)
    biases[-2] = np.repeat(bias, 2)
    weights[-1] = np.repeat(outgoing, 2, axis=0)
    weights[-1][1::2] *= -1.0
    biases[-1] = np.zeros(1)


def balance_units(weights: list[Array], biases: list[Array]) -> None:
    """Scale every hidden unit's outgoing weights to the norm of its incoming weights and bias.

    In place, layer by layer from the input (Du, Hu & Lee 2018). With one hidden layer:
    |v_j| = |(w_j, b_j)|. A unit whose outgoing weights are all 0 stays as it is.
    """
    for k in range(len(weights) - 1):
        W = weights[k]
        b = biases[k]
        V = weights[k + 1]
        incoming = np.sqrt(np.sum(W**2, axis=0) + b**2)
        outgoing = np.sqrt(np.sum(V**2, axis=1))
        factor = np.ones_like(incoming)
        np.divide(incoming, outgoing, out=factor, where=outgoing > 0)
        weights[k + 1] = V * factor[:, None]
