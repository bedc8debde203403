"""Standardisation and its inverse: between the units of the data and those of the network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from relusgd.model.network import Array, Network

FloatOrArray = TypeVar("FloatOrArray", float, Array)


_NO_WARNINGS = np.errstate(over="ignore", invalid="ignore")
"""Beyond the range of floats a value in other units becomes inf or nan, without a warning."""


@dataclass(frozen=True)
class Scaling:
    """original = mean + deviation · network, for x and for y: standardisation and its inverse."""

    x_mean: float = 0.0
    x_deviation: float = 1.0
    y_mean: float = 0.0
    y_deviation: float = 1.0

    @classmethod
    def of(cls, x: Array, y: Array) -> Scaling:
        """The scaling that gives these points mean 0 and deviation 1.

        x, y: shape (n_points,). A constant column keeps deviation 1.
        """
        return cls(*_mean_and_deviation(x), *_mean_and_deviation(y))

    def x_to_network(self, x: Array) -> Array:
        return (x - self.x_mean) / self.x_deviation

    def y_to_network(self, y: Array) -> Array:
        return (y - self.y_mean) / self.y_deviation

    @_NO_WARNINGS
    def x_to_original(self, x: Array) -> Array:
        return x * self.x_deviation + self.x_mean

    @_NO_WARNINGS
    def y_to_original(self, y: Array) -> Array:
        return y * self.y_deviation + self.y_mean

    @_NO_WARNINGS
    def mse_to_original(self, mse: FloatOrArray) -> FloatOrArray:
        """Mean squared errors scale with the square of the deviation of y."""
        return mse * self.y_deviation**2

    @_NO_WARNINGS
    def network_to_original(self, network: Network) -> Network:
        """The network that takes x and gives f in original units and computes the same function."""
        weights = list(network.weights)
        biases = list(network.biases)
        slope = network.slope / self.x_deviation
        weights[0] = slope[None]
        biases[0] = network.bias - self.x_mean * slope
        weights[-1] = weights[-1] * self.y_deviation
        biases[-1] = biases[-1] * self.y_deviation + self.y_mean
        return Network(tuple(weights), tuple(biases))

    @_NO_WARNINGS
    def network_from_original(self, network: Network) -> Network:
        """The inverse of `network_to_original`."""
        weights = list(network.weights)
        biases = list(network.biases)
        biases[0] = network.bias + self.x_mean * network.slope
        weights[0] = weights[0] * self.x_deviation
        weights[-1] = weights[-1] / self.y_deviation
        biases[-1] = (biases[-1] - self.y_mean) / self.y_deviation
        return Network(tuple(weights), tuple(biases))


def is_usable_deviation(deviation: float) -> bool:
    """Whether values can be divided by it, and errors by its square, in double precision."""
    return 1e-150 < deviation < 1e150


def _mean_and_deviation(values: Array) -> tuple[float, float]:
    # The mean of equal numbers may differ from them in the last bit, and their deviation be 1e-17
    # in place of 0.
    if values.min() == values.max():
        return float(values[0]), 1.0
    mean = float(np.mean(values))
    deviation = float(np.std(values))
    # The deviation of tiny numbers may underflow to 0.
    return mean, deviation or 1.0
