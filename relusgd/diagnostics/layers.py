"""What every layer of a network is doing: its units, its weights and its gradient."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.measures import activity
from relusgd.gradients.backprop import backprop, backward, residual
from relusgd.model.network import Array, Network, forward
from relusgd.model.points import Dataset


@dataclass(frozen=True)
class LayerMeasures:
    """One layer, in network units.

    name: hidden 1, hidden 2, …, output. units: how many. dead, always_on: how many of them are
    active on no, on every training point; None for the output. activation: the mean of a² over its
    units and the training points, for the output that of f². backward: the mean of δ² over the
    same, where δ is the derivative of a single point's error by the unit's z. norm: of its weights
    and biases; gradient_norm: of the training error's derivatives by them; relative_move:
    |θ − θ₀|/|θ₀|.
    """

    name: str
    units: int
    dead: int | None
    always_on: int | None
    activation: float
    backward: float
    norm: float
    gradient_norm: float
    relative_move: float


def layer_measures(network: Network, start: Network, dataset: Dataset) -> list[LayerMeasures]:
    """Every layer from the input on; start: the network before the first step."""
    measures = []
    with np.errstate(all="ignore"):
        x = dataset.x_train[:, None]
        y = dataset.y_train[:, None]
        gradient = backprop(network.weights, network.biases, x, y)
        units = activity(network, dataset)
        signals = layer_signals(network, dataset)
        for k, weight in enumerate(network.weights):
            theta = _layer(weight, network.biases[k])
            theta_0 = _layer(start.weights[k], start.biases[k])
            derivatives = _layer(gradient.weights[k], gradient.biases[k])
            relative_move = np.float64(_norm(theta - theta_0)) / _norm(theta_0)
            is_output = k == len(network.hidden)
            dead = None
            always_on = None
            if not is_output:
                somewhere, everywhere = units[k]
                dead = int(np.sum(~somewhere))
                always_on = int(np.sum(everywhere))
            measures.append(
                LayerMeasures(
                    name="output" if is_output else f"hidden {k + 1}",
                    units=weight.shape[1],
                    dead=dead,
                    always_on=always_on,
                    activation=float(signals.activation[k]),
                    backward=float(signals.backward[k]),
                    norm=_norm(theta),
                    gradient_norm=_norm(derivatives),
                    relative_move=float(relative_move),
                )
            )
    return measures


@dataclass(frozen=True, eq=False)
class LayerSignals:
    """How large numbers are on their way through the layers, shape (L + 1,) each.

    activation, backward: as in `LayerMeasures`, from the first hidden layer to the output.
    """

    activation: Array
    backward: Array


def layer_signals(network: Network, dataset: Dataset) -> LayerSignals:
    """The signals of a network at the training points.

    Where weights are N(0, σ²) and biases 0, a layer of n units multiplies the mean square of its
    inputs, and going back that of the derivatives, by n σ²/2: σ² = 2/n keeps both (He et al. 2015).
    """
    x = dataset.x_train[:, None]
    y = dataset.y_train[:, None]
    a, f = forward(network.weights, network.biases, x)
    _, *hidden = a
    activation_signals = [np.mean(np.square(values)) for values in (*hidden, f)]
    # The loss is a mean over the points, the error of each is that many times as large.
    backward_signals = []
    for _, delta in backward(network.weights, a, residual(f, y)):
        of_single_points = len(x) * delta
        backward_signals.append(np.mean(np.square(of_single_points)))
    backward_signals.reverse()
    return LayerSignals(np.array(activation_signals), np.array(backward_signals))


def _layer(weight: Array, bias: Array) -> Array:
    return np.concatenate([weight.ravel(), bias])


def _norm(vector: Array) -> float:
    return float(np.linalg.norm(vector))
