"""What the units of the first layer are drawn as: the terms that add up to the learned function.

    f(x) = c + Σ_j v_j relu(w_j x + b_j)

With one hidden layer a unit's line is its term v_j·relu(w_j x + b_j), which bends at the elbow
−b_j/w_j and lies at 0 where the unit is inactive; with the level of the output bias c the heights
of all lines at an x add up to the learned function. Units of a deep network have no term of their
own: those of its first layer are drawn as their outputs relu(w_j x + b_j).

On axes of original units a term is drawn at mean + deviation · term, so that heights are counted
from the mean.
"""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array, Network, elbow_positions

TERM, OUTPUT = "v·relu(wx + b)", "relu(wx + b)"
"""What the line of a unit is, in legends: with one hidden layer, and in deep networks."""


def line_weight(network: Network) -> Array:
    """What relu(w x + b) is multiplied by in a unit's line, shape (H1,).

    v with one hidden layer, 1 in deep networks.
    """
    if len(network.weights) > 2:
        return np.ones_like(network.slope)
    return network.output_weight


def active_ends(slope: Array, bias: Array, low: float, high: float) -> Array:
    """From where to where between low and high each unit is active, shape (H1, 2).

    The end is not greater than the start for a unit that is nowhere active there.
    """
    elbow = elbow_positions(slope, bias)
    start = np.where(slope > 0, np.fmax(elbow, low), low)
    stop = np.where(slope < 0, np.fmin(elbow, high), high)
    return np.stack([start, stop], axis=1)


def unit_outputs(slope: Array, bias: Array, x: Array) -> Array:
    """relu(slope·x + bias) of each unit at positions x of its own, shape (H1, n) as x."""
    return np.maximum(x * slope[:, None] + bias[:, None], 0.0)
