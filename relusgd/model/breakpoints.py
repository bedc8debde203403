"""Exact breakpoints: all x where f′ changes, for any depth, computed layer by layer.

With one hidden layer they are the elbows. Of a deep network `deep_pieces` gives every knot, where
some unit switches. A knot is a breakpoint if the jump of f′ there is more than the rounding of the
terms that it is the sum of.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.model.deep_pieces import LayerPieces, deep_pieces
from relusgd.model.network import Array, Integers, Network

ROUNDING = 8 * float(np.finfo(np.float64).eps)
"""A jump of f′ below this part of its size is rounding, and counts as none. With one hidden layer,
its size is the sum of its absolute terms; through layers, sizes go as errors do (`deep_pieces`)."""


@dataclass(frozen=True, eq=False)
class Breakpoints:
    """x: strictly increasing, shape (m,). slope_change: the jump of f′ there, shape (m,).

    layer: the hidden layer, counted from 1, whose unit switches there (the lowest, if several do),
    shape (m,).
    """

    x: Array
    slope_change: Array
    layer: Integers

    def __len__(self) -> int:
        return len(self.x)

    def between(self, low: float, high: float) -> Array:
        """The positions strictly between low and high."""
        start = np.searchsorted(self.x, low, "right")
        stop = np.searchsorted(self.x, high, "left")
        return self.x[start : max(start, stop)]


def breakpoints(network: Network) -> Breakpoints:
    """All x of the real line where f′ changes; between them the network is a straight line.

    A network with parameters that are not finite has none, and elbows beyond the largest float are
    none.
    """
    if not np.isfinite(network.parameters()).all():
        nothing = np.empty(0)
        return Breakpoints(nothing, nothing, np.empty(0, dtype=np.int64))
    with np.errstate(all="ignore"):
        if len(network.hidden) == 1:
            return _shallow_breakpoints(network)
        return deep_breakpoints(deep_pieces(network).output)


def deep_breakpoints(output: LayerPieces) -> Breakpoints:
    """The breakpoints among the knots of a deep network's output."""
    jump = output.jump[:, 0]
    size = output.jump_size[:, 0]
    return _real_breakpoints(output.x, jump, size, output.layer)


def vertices(network: Network, low: float, high: float) -> tuple[Array, Array]:
    """The corners (x, f(x)) of f on [low, high]: low, every breakpoint between, and high.

    Both of shape (m + 2,) for m breakpoints strictly between; low < high.
    """
    inside = breakpoints(network).between(low, high)
    x = np.concatenate([[low], inside, [high]])
    with np.errstate(all="ignore"):
        if len(network.hidden) == 1:
            return x, _shallow_values(network, x)
        return x, network(x)


def _real_breakpoints(x: Array, jump: Array, size: Array, layer: Integers) -> Breakpoints:
    """Those knots x where the jump of f′ is more than rounding.

    size: of each jump, what its rounding is a part of. All of shape (n_knots,).
    """
    is_real = np.abs(jump) > ROUNDING * size
    return Breakpoints(x[is_real], jump[is_real], layer[is_real])


def _shallow_values(network: Network, x: Array) -> Array:
    """f at increasing x, shape (n,), of a network of one hidden layer."""
    first, last = x[0], x[-1]
    middle = float(first + 0.5 * (last - first))
    # A stack of one network.
    w, b = network.slope[None], network.bias[None]
    parameters = network.parameters()[None]
    order, elbow = sorted_elbows(w, b)
    (values,) = values_by_running_sums(parameters, order, elbow, x, middle)
    return np.asarray(values)


def _shallow_breakpoints(network: Network) -> Breakpoints:
    """One hidden layer: the elbows, with the sum of v·|w| over units that share one. O(H log H)."""
    order, elbow = sorted_elbows(network.slope, network.bias)
    is_finite = np.isfinite(elbow)
    sorted_change = network.slope_change[order]
    change = sorted_change[is_finite]
    # first: of the units that share an elbow, the place of the first one.
    x, first = np.unique(elbow[is_finite], return_index=True)
    jump = np.add.reduceat(change, first)
    size = np.add.reduceat(np.abs(change), first)
    layer = np.ones(len(x), dtype=np.int64)
    return _real_breakpoints(x, jump, size, layer)


def sorted_elbows(w: Array, b: Array) -> tuple[Integers, Array]:
    """(order, elbow): elbow = −b/w in increasing order along the last axis.

    w, b: slopes and biases of units, shape (…, H).
    The i-th elbow is that of unit order[…, i]. At w = ±0 it is ±inf, as for the slope with this
    sign that is nearest to 0; nan for b = 0 too, and last.
    """
    elbow = -b / w
    order = elbow.argsort(axis=-1, kind="stable")
    return order, np.take_along_axis(elbow, order, axis=-1)


def values_by_running_sums(
    parameters: Array,
    order: Integers,
    elbow: Array,
    x: Array,
    middle: float,
) -> Array:
    """f at increasing x, shape (S, n), of S networks of one hidden layer: O(n + H log n) each.

        f(x_i) = s_i (x_i − m) + t_i   with s_i = Σ v w,  t_i = c + Σ v (b + w m)
                                       over the units active at x_i

    As running sums: a unit with w > 0 joins, one with w < 0 leaves at the first x that is not below
    its elbow. parameters: shape (S, 3 H + 1); order, elbow: their `sorted_elbows`, shape (S, H).
    middle: m, near the middle of x, so that the terms of t are small. Units active on no x are left
    out of the sums, so that one with a far elbow cannot spoil the others. A row of the result
    depends on its network alone, to the last bit.
    """
    S, H = order.shape
    n = len(x)
    w = np.take_along_axis(parameters[:, :H], order, axis=1)
    b = np.take_along_axis(parameters[:, H : 2 * H], order, axis=1)
    v = np.take_along_axis(parameters[:, 2 * H : 3 * H], order, axis=1)
    c = parameters[:, -1]
    # At x[k] and behind it the unit has switched.
    k = x.searchsorted(elbow)
    is_active_at_start = np.signbit(w) == (k > 0)
    switches = (k > 0) & (w != 0)
    direction = np.copysign(1.0, w)
    # How many x lie before the first switch, between two, and behind the last.
    low = np.zeros((S, 1), dtype=k.dtype)
    high = np.full((S, 1), n)
    bounds = np.concatenate([low, k, high], axis=1)
    lengths = np.diff(bounds, axis=1).ravel()

    def running_sums(terms: Array, constant: Array | float) -> Array:
        """At every x, shape (S, n): the sum of the active units' terms, and a constant."""
        sums = np.empty((S, H + 1))
        sums[:, 0] = np.where(is_active_at_start, terms, 0.0).sum(axis=1)
        sums[:, 0] += constant
        sums[:, 1:] = np.where(switches, direction * terms, 0.0)
        sums = sums.cumsum(axis=1)
        return sums.ravel().repeat(lengths).reshape(S, n)

    s = running_sums(v * w, 0.0)
    t = running_sums(v * (b + w * middle), c)
    f = s * (x - middle)
    # In place: these arrays are the largest ones here.
    f += t
    return f
