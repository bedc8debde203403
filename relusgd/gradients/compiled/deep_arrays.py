"""Arrays of the compiled steps of deep networks: padded vectors of parameters, working memory.

A padded vector holds a matrix for each layer: its weights, a row of biases below them, and zeros
until its rows fill tiles and its columns vectors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from relusgd.gradients.compiled.arrays import (
    COMPILED_ACTIVATION_BYTES,
    Points,
    aligned_zeros,
    rounded_up,
)
from relusgd.gradients.compiled.tile_code import LANES, ROWS
from relusgd.model.network import Array, Integers, Network, layer_shapes

LARGEST_PART = 48
"""The most points that pass through the layers together, few enough for the processor's cache."""


class LayerTable(NamedTuple):
    """Of every layer, the output layer too: its sizes, and where its matrices are.

    columns: fan_out, padded. weights: where its matrix begins in a padded vector. inputs: the row
    of `DeepBuffers.inputs` in which its inputs begin.
    """

    fan_in: Integers
    fan_out: Integers
    columns: Integers
    weights: Integers
    inputs: Integers


@dataclass(frozen=True, eq=False)
class DeepPadding:
    """Where the parameters of a deep network stand in padded vectors.

    places: of every parameter, shape (parameter_count,). size: the length of padded vectors.
    input_rows: how many rows the inputs of all layers take.
    """

    layers: LayerTable
    places: Integers
    size: int
    input_rows: int

    @classmethod
    def of(cls, hidden: Sequence[int]) -> DeepPadding:
        """Where those of networks with these widths stand."""
        columns, weights, inputs, places = [], [], [], []
        size, input_rows = 0, 0
        for fan_in, fan_out in layer_shapes(hidden):
            rows, width = rounded_up(fan_in + 1, ROWS), rounded_up(fan_out, LANES)
            columns.append(width)
            weights.append(size)
            inputs.append(input_rows)
            within = np.arange(fan_in + 1)[:, None] * width + np.arange(fan_out)
            places.append(size + within.ravel())
            size += rows * width
            input_rows += rows
        fan_in, fan_out = np.array(layer_shapes(hidden), dtype=np.int64).T.copy()
        starts = np.array(weights), np.array(inputs)
        layers = LayerTable(fan_in, fan_out, np.array(columns), *starts)
        return cls(layers, np.concatenate(places), size, input_rows)

    @property
    def output(self) -> int:
        return int(self.layers.weights[-1])

    @property
    def output_bias(self) -> int:
        return int(self.places[-1])

    def pad(self, vector: Array) -> Array:
        padded = aligned_zeros(self.size)
        padded[self.places] = vector
        return padded

    def unpad(self, padded: Array) -> Array:
        return np.ascontiguousarray(padded[..., self.places])


class DeepBuffers(NamedTuple):
    """Working memory for parts of a batch, as matrices with a column for every point.

    inputs: a_0 … a_L one below the other, each with a row of ones below it. deltas, below: δ of the
    layer that is being looked at, and of the one before it. by_points: a matrix with a row for
    every point. y: of the points of a part.
    """

    layers: LayerTable
    inputs: Array
    deltas: Array
    below: Array
    by_points: Array
    y: Array


def make_deep_buffers(padding: DeepPadding, batch_size: int) -> DeepBuffers:
    """Working memory for batches of at most so many points."""
    points = rounded_up(min(batch_size, LARGEST_PART), LANES)
    widest = rounded_up(int(padding.layers.columns.max()), ROWS)
    deltas, below, by_points = (aligned_zeros(points * widest) for _ in range(3))
    # Turning a matrix writes whole vectors, which may reach beyond the last row.
    inputs = aligned_zeros((padding.input_rows + LANES) * points)
    return DeepBuffers(padding.layers, inputs, deltas, below, by_points, np.zeros(points))


def with_last_outputs(points: Points, network: Network) -> Points:
    """The points with the outputs of the last hidden layer, padded, unless these are too large."""
    width = network.hidden[-1]
    columns = rounded_up(width, LANES)
    if 8 * len(points.x) * columns > COMPILED_ACTIVATION_BYTES:
        return points
    kept = np.zeros((len(points.x), columns))
    with np.errstate(all="ignore"):
        kept[:, :width] = network.activations(points.x)[-1]
    return points._replace(activations=kept)
