"""Quantities of the weights: norms, balance between layers, and the way from the start."""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.quantities.quantity import Effort, quantity
from relusgd.diagnostics.quantities.series import SnapshotSeries
from relusgd.gradients.backprop import backprop
from relusgd.model.history import History
from relusgd.model.network import Array, Network


@quantity("½ Σ (w² + v²)", "half the squared norm", "weights", effort=Effort.SMALL)
def half_square_norm(snapshots: SnapshotSeries) -> Array:
    """½ Σ of the squares of all weights, biases left out.

    With one hidden layer it is never below `representation_cost` (Savarese et al. 2019).
    """
    squares = []
    for weight in snapshots.history.weights:
        squares.append(np.sum(np.square(weight), axis=(1, 2)))
    return np.asarray(0.5 * np.sum(squares, axis=0))


@quantity("norm", "|θ|", "weights", effort=Effort.SMALL)
def parameter_norm(snapshots: SnapshotSeries) -> Array:
    """The norm of all weights and biases."""
    norms = np.linalg.norm(snapshots.history.parameters, axis=1)
    return np.asarray(norms)


@quantity("path norm", "Σ over paths of |product|", "weights", effort=Effort.SMALL)
def path_norm(snapshots: SnapshotSeries) -> Array:
    """The sum over all paths from the input to the output of |the product of the weights|.

    1ᵀ |W_1| |W_2| … |W_{L+1}|, with one hidden layer Σ |w v| (Neyshabur, Tomioka & Srebro 2015).
    It is a bound of |f′|.
    """
    first, *deeper = snapshots.history.weights
    paths = np.abs(first)
    for weight in deeper:
        paths = paths @ np.abs(weight)
    return np.asarray(paths[:, 0, 0])


@quantity("imbalance", "max |v² − w² − b²|", "weights", effort=Effort.SMALL)
def imbalance(snapshots: SnapshotSeries) -> Array:
    """The largest difference between the outgoing and the incoming square norm of a unit.

        max_j |D_j|,   D_j = Σ outgoing weights² − Σ incoming weights² − bias²

    Gradient flow keeps every D_j, and gradient descent nearly does (Du, Hu & Lee 2018).
    """
    sizes = np.abs(_differences(snapshots.history))
    return np.asarray(np.max(sizes, axis=1))


@quantity("drift of the balance", "max |D − D at the start|", "weights", effort=Effort.SMALL)
def balance_drift(snapshots: SnapshotSeries) -> Array:
    """The largest change of a unit's D_j (see `imbalance`) since the start.

    For gradient descent it is proportional to the learning rate (Du, Hu & Lee 2018).
    """
    start = SnapshotSeries.of(snapshots.start, snapshots.dataset)
    at_start = _differences(start.history)
    drift = np.abs(_differences(snapshots.history) - at_start)
    return np.asarray(np.max(drift, axis=1))


def _differences(history: History) -> Array:
    """D_j of all units, layer after layer, shape (S, units)."""
    # The last bias is that of the output, which is no unit.
    layers = zip(history.weights, history.biases, history.weights[1:], strict=False)
    differences = []
    for incoming, bias, outgoing in layers:
        outgoing_squares = np.sum(np.square(outgoing), axis=2)
        incoming_squares = np.sum(np.square(incoming), axis=1)
        differences.append(outgoing_squares - incoming_squares - np.square(bias))
    return np.concatenate(differences, axis=1)


@quantity("way from the start", "|θ − θ₀| / |θ₀|", "weights", effort=Effort.SMALL)
def relative_move(snapshots: SnapshotSeries) -> Array:
    """How far all parameters have moved, relative to their norm at the start.

    It goes to 0 with the width where training is lazy (Chizat, Oyallon & Bach 2019).
    """
    theta_0 = snapshots.start.parameters()
    moved = snapshots.history.parameters - theta_0
    return np.asarray(np.linalg.norm(moved, axis=1) / np.linalg.norm(theta_0))


@quantity("gradient", "|∇ training error|", "weights")
def gradient_norm(snapshots: SnapshotSeries) -> Array:
    """The norm of the gradient of the training error over the parameters that learn."""
    x = snapshots.dataset.x_train[:, None]
    y = snapshots.dataset.y_train[:, None]

    def norm(network: Network) -> float:
        gradient = backprop(network.weights, network.biases, x, y)
        by_parameters = Network(gradient.weights, gradient.biases).parameters()
        return float(np.linalg.norm(by_parameters[snapshots.learning]))

    return snapshots.each(norm)
