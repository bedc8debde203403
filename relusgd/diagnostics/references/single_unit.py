"""The best fit by one single unit: where condensed units, which all have one direction, can get."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relusgd.model.network import Array

FLAT = 1e-9
"""A line whose x and y are less correlated than that counts as flat."""


class SingleUnit(NamedTuple):
    """output_weight·relu(slope·x + bias), and its mean squared error on the training points.

    slope: 1 or −1; 0 for a constant, with the bias 1.
    """

    mse: float
    slope: float
    bias: float
    output_weight: float

    @property
    def elbow(self) -> float:
        """Where the unit switches; nan for a constant."""
        return -self.bias / self.slope if self.slope else float("nan")


def best_single_unit(x: Array, y: Array) -> SingleUnit:
    """The unit v·relu(w x + b) of least squared error, without an output bias; x, y: shape (n,).

    Exact: between two neighbouring points the elbow can move without changing which points are
    active, so the best elbow there is the zero of the active points' line of least squares, or one
    of the two points. The best of all these is taken, among both directions and the constants.
    Condensed networks stay near this error for a long time (Maennel, Bousquet & Gelly 2018; Luo,
    Xu, Ma & Zhang 2021).
    """
    constant = _fit(x, y, 0.0, 1.0)
    candidates = [constant]
    for slope in (1.0, -1.0):
        elbows = np.concatenate([x, _zeros_of_lines(x, y, slope)])
        for elbow in elbows:
            bias = -slope * float(elbow)
            candidates.append(_fit(x, y, slope, bias))
    return min(candidates, key=lambda unit: unit.mse)


def _fit(x: Array, y: Array, slope: float, bias: float) -> SingleUnit:
    """The unit with its best output weight; 0 where it is active on no point."""
    outputs = np.maximum(slope * x + bias, 0.0)
    size = float(outputs @ outputs)
    output_weight = float(outputs @ y) / size if size else 0.0
    residual = y - output_weight * outputs
    mse = float(np.mean(np.square(residual)))
    return SingleUnit(mse, slope, bias, output_weight)


def _zeros_of_lines(x: Array, y: Array, slope: float) -> list[float]:
    """Where the lines of least squares through the first two, three, … active points are 0.

    The first active points are the largest x where the slope is positive, else the smallest. Lines
    that are flat, but for rounding, have no zero: the constants stand for them.
    """
    first_active = np.argsort(-slope * x, kind="stable")
    zeros = []
    for count in range(2, len(x) + 1):
        active = first_active[:count]
        x_active = x[active]
        y_active = y[active]
        x_mean = np.mean(x_active)
        y_mean = np.mean(y_active)
        from_mean = x_active - x_mean
        spread = from_mean @ from_mean
        covariance = from_mean @ y_active
        largest = np.sqrt(spread) * np.linalg.norm(y_active)
        if abs(covariance) > FLAT * largest:
            zeros.append(float(x_mean - y_mean * spread / covariance))
    return zeros
