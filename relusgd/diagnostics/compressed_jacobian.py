"""J of one wide hidden layer in few columns: those of all units that are active on the same points.

As functions on a set A of points, the derivatives by a unit's slope, bias and output weight are

    ∂f/∂w = v x,   ∂f/∂b = v,   ∂f/∂v = w x + b,   so J_A = [x, 1] M with M = [[v, 0, w], [0, v, b]]

with a column of M for every parameter of the units that are active on A. With Mᵀ = Q R, which
does not square the condition number, J_A = [x, 1] Rᵀ Qᵀ. So J has the singular values and the left
singular vectors of the matrix with the columns [x, 1] Rᵀ on A, two for every set, however many
units there are.
"""

from __future__ import annotations

import numpy as np

from relusgd.gradients.prefix_sums import PrefixSums, bins, search
from relusgd.model.network import Array, Integers, Network


def compressed_jacobian(
    network: Network,
    x: Array,
    columns: slice,
    most_columns: int,
) -> Array | None:
    """A matrix with the singular values and left singular vectors of J, shape (n, q).

    x: the points, shape (n,), in ascending order. columns: the parameters that count, all of a
    layer or none, and the output bias or not. None where q would be above most_columns.
    """
    H = network.hidden[0]
    units_by_set = _units_by_set(network, x)
    if 2 * len(units_by_set) + 1 > most_columns:
        return None
    counts_hidden = columns.start == 0
    counts_output = columns.stop > 2 * H
    counts_output_bias = columns.stop == 3 * H + 1
    parts = [
        _columns_of(network, units, x, hidden=counts_hidden, output=counts_output)
        for units in units_by_set
    ]
    if counts_output_bias:
        parts.append(np.ones((len(x), 1)))
    if not parts:
        return np.zeros((len(x), 1))
    return np.concatenate(parts, axis=1)


def _units_by_set(network: Network, x: Array) -> list[Integers]:
    """The units of every set of active points, without those that are active on none."""
    n = len(x)
    fenced = PrefixSums(n).fence(x)
    with np.errstate(all="ignore"):
        k, _, (_, rises) = search(fenced, network.slope, -network.bias)
    place = bins(k, rises, fenced)
    active_points = np.where(rises, n - k, k)
    alive = np.flatnonzero(active_points > 0)
    order = alive[np.argsort(place[alive], kind="stable")]
    is_new_place = np.diff(place[order]) != 0
    starts = np.flatnonzero(is_new_place) + 1
    return [units for units in np.split(order, starts) if len(units)]


def _columns_of(
    network: Network,
    units: Integers,
    x: Array,
    *,
    hidden: bool,
    output: bool,
) -> Array:
    """[x, 1] Rᵀ on the points where these units are active, shape (n, 2 or less)."""
    w = network.slope[units]
    b = network.bias[units]
    v = network.output_weight[units]
    nothing = np.zeros_like(v)
    rows = []
    if hidden:
        by_slope = np.stack([v, nothing], axis=1)
        by_bias = np.stack([nothing, v], axis=1)
        rows += [by_slope, by_bias]
    if output:
        by_output_weight = np.stack([w, b], axis=1)
        rows.append(by_output_weight)
    M_transposed = np.concatenate(rows)
    R = np.asarray(np.linalg.qr(M_transposed, mode="r"))
    # All units of the set are active on the same points, so the first one stands for them.
    active = x * w[0] > -b[0]
    basis = np.stack([x, np.ones_like(x)], axis=1) * active[:, None]
    return np.asarray(basis @ R.T)
