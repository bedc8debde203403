"""Quantities of deep networks: how signals grow or fade from one hidden layer to the next."""

from __future__ import annotations

from relusgd.diagnostics.layers import layer_signals
from relusgd.diagnostics.quantities.quantity import quantity
from relusgd.diagnostics.quantities.series import SnapshotSeries
from relusgd.model.network import Array, Network


@quantity("growth of the activations", "of mean a², per layer", "signals")
def activation_growth(snapshots: SnapshotSeries) -> Array:
    """What a hidden layer multiplies the mean square of the activations by, on average.

        (mean a_L² / mean a_1²)^(1/(L − 1))

    over units and training points; nan for one hidden layer. Weights N(0, σ²) and biases 0 give
    about σ² n/2 for layers of n units (He, Zhang, Ren & Sun 2015).
    """

    def growth(network: Network) -> float:
        signals = layer_signals(network, snapshots.dataset)
        hidden = signals.activation[:-1]
        return _growth(network, hidden)

    return snapshots.each(growth)


@quantity("growth of the derivatives", "of mean δ², per layer back", "signals")
def derivative_growth(snapshots: SnapshotSeries) -> Array:
    """What a hidden layer multiplies the mean square of δ = ∂error/∂z by, on the way back.

        (mean δ_1² / mean δ_L²)^(1/(L − 1))

    with the same value as for the activations where all layers are of one width (He et al. 2015).
    """

    def growth(network: Network) -> float:
        signals = layer_signals(network, snapshots.dataset)
        hidden = signals.backward[:-1]
        return _growth(network, hidden[::-1])

    return snapshots.each(growth)


def _growth(network: Network, signals: Array) -> float:
    """The factor from one hidden layer to the next; nan for one layer alone."""
    layers = len(network.hidden)
    if layers == 1:
        return float("nan")
    whole = signals[-1] / signals[0]
    return float(whole ** (1.0 / (layers - 1)))
