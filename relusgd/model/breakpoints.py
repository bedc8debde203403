"""Exact breakpoints: all x where f′ changes, for any depth, computed layer by layer.

The output of a layer is a straight line in x between the knots of the layers so far (the x where
one of their units switches). So on every interval between knots a unit of the next layer is A·x +
C, and switches at most once in it:

    z = a @ W + b at the knots,   z = A x + C between them with A ← A @ W, C ← C @ W + b
    a sign change between two neighbouring knots is a new knot at x = −C/A

Beyond the outer knots there are two rays, at whose ends the sign is that of A in that direction, or
of C where A is 0. The sign of z at a knot is computed once and shared by both intervals, so that
rounding can neither lose a knot nor double it. At the end a knot is a breakpoint if the jump of f′
there is more than the rounding of the terms that it is the sum of. Such enumerations of linear
pieces are in Serra, Tjandraatmadja & Ramalingam 2018 and Hanin & Rolnick 2019.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array, Booleans, Integers, Network

ROUNDING = 8 * float(np.finfo(np.float64).eps)
"""A jump of f′ below this part of the sum of its absolute terms is rounding, and counts as none."""


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
    if not all(np.isfinite(part).all() for part in (*network.weights, *network.biases)):
        return _select(np.empty(0), np.empty(0), np.empty(0), np.empty(0, dtype=np.int64))
    is_shallow = len(network.hidden) == 1
    with np.errstate(all="ignore"):
        return _shallow_breakpoints(network) if is_shallow else _deep_breakpoints(network)


def vertices(network: Network, low: float, high: float) -> tuple[Array, Array]:
    """The corners (x, f(x)) of f on [low, high]: low, every breakpoint between, and high.

    Both of shape (m + 2,) for m breakpoints strictly between; low < high.
    """
    x = np.concatenate([[low], breakpoints(network).between(low, high), [high]])
    is_shallow = len(network.hidden) == 1
    with np.errstate(all="ignore"):
        values = _shallow_values(network, x) if is_shallow else network(x)
    return x, values


def _select(x: Array, jump: Array, size: Array, layer: Integers) -> Breakpoints:
    """The knots where f′ really changes; size: the sum of the absolute terms of each jump."""
    real = np.abs(jump) > ROUNDING * size
    return Breakpoints(x[real], jump[real], layer[real])


def _shallow_values(network: Network, x: Array) -> Array:
    middle = float(x[0] + 0.5 * (x[-1] - x[0]))
    w, b = network.slope, network.bias
    order, elbow = sorted_elbows(w[None], b[None])
    parameters = network.parameters()[None]
    return values_by_running_sums(parameters, order, elbow, x, x - middle, middle).ravel()


def _shallow_breakpoints(network: Network) -> Breakpoints:
    """One hidden layer: the elbows, with the sum of v·|w| over units that share one. O(H log H)."""
    order, elbow = sorted_elbows(network.slope, network.bias)
    change = network.slope_change[order]
    finite = np.isfinite(elbow)
    x, change = elbow[finite], change[finite]
    first = np.flatnonzero(np.diff(x, prepend=np.nan) != 0)
    jump = np.add.reduceat(change, first)
    size = np.add.reduceat(np.abs(change), first)
    return _select(x[first], jump, size, np.ones(len(first), dtype=np.int64))


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
    parameters: Array, order: Integers, elbow: Array, x: Array, x_centred: Array, middle: float
) -> Array:
    """f at increasing x, shape (S, n), of S networks of one hidden layer: O(n + H log n) each.

        f(x_i) = s_i (x_i − m) + t_i   with s_i = Σ v w,  t_i = c + Σ v (b + w m)
                                       over the units active at x_i

    As running sums: a unit with w > 0 joins, one with w < 0 leaves at the first x that is not below
    its elbow. parameters: shape (S, 3 H + 1); order, elbow: their `sorted_elbows`, shape (S, H). m:
    the middle of x, or what is near it, so that the terms of t are small; x_centred: x − m. Units
    active on no x are left out of the sums, so that one with a far elbow cannot spoil the others. A
    row of the result depends on its network alone, to the last bit.
    """
    (S, H), n = order.shape, len(x)
    w, b, v = (
        np.take_along_axis(parameters[:, part * H : (part + 1) * H], order, axis=1)
        for part in range(3)
    )
    # At x[k] and behind it the unit has switched.
    k = x.searchsorted(elbow)
    from_start = np.signbit(w) == (k > 0)
    switches = (k > 0) & (w != 0)
    direction = np.copysign(1.0, w)
    bounds = np.concatenate([np.zeros((S, 1), dtype=k.dtype), k, np.full((S, 1), n)], axis=1)
    lengths = np.diff(bounds, axis=1).ravel()

    def running_sums(terms: Array, start: Array | float) -> Array:
        sums = np.empty((S, H + 1))
        sums[:, 0] = np.where(from_start, terms, 0.0).sum(axis=1) + start
        sums[:, 1:] = np.where(switches, direction * terms, 0.0)
        return np.add.accumulate(sums, axis=1).ravel().repeat(lengths).reshape(S, n)

    s = running_sums(v * w, 0.0)
    t = running_sums(v * (b + w * middle), parameters[:, -1])
    f = s * x_centred
    f += t
    return f


@dataclass(frozen=True, eq=False)
class _Pieces:
    """The n functions of a layer as straight pieces over m knots.

    There are m + 1 intervals, of which the outer two are rays.
    x, layer: shape (m,), the knots, increasing, and the layer that each is from. value: shape (m,
    n), at the knots, divided by max(1, |x|) so that far knots do not overflow. slope, intercept:
    shape (m + 1, n). jump: shape (m, n), of the slope at each knot. slope_size, jump_size: like
    slope and jump, but sums of the absolute values of all terms.
    """

    x: Array
    layer: Integers
    value: Array
    slope: Array
    intercept: Array
    slope_size: Array
    jump: Array
    jump_size: Array


def _deep_breakpoints(network: Network) -> Breakpoints:
    pieces = _input()
    *hidden, output = _without_twins(network)
    for k, layer in enumerate(hidden, start=1):
        pieces = _relu(_affine(pieces, layer), k)
    pieces = _affine(pieces, output)
    return _select(pieces.x, pieces.jump[:, 0], pieces.jump_size[:, 0], pieces.layer)


def _input() -> _Pieces:
    """The function x itself: one piece, no knots."""
    one, nothing = np.ones((1, 1)), np.empty((0, 1))
    return _Pieces(
        x=np.empty(0),
        layer=np.empty(0, dtype=np.int64),
        value=nothing,
        slope=one,
        intercept=np.zeros((1, 1)),
        slope_size=one,
        jump=nothing,
        jump_size=nothing,
    )


@dataclass(frozen=True, eq=False)
class _Layer:
    """One layer.

    weight: shape (fan_in, fan_out); bias: (fan_out,); size: like weight, the sums of the absolute
    values of its terms.
    """

    weight: Array
    size: Array
    bias: Array


def _without_twins(network: Network) -> list[_Layer]:
    """The layers, with hidden units of equal incoming weights and bias merged into one.

    Its outgoing weights are the sums of theirs. The function stays; opposite units cancel exactly
    instead of up to rounding.
    """
    layers: list[_Layer] = []
    weights = list(network.weights)
    sizes = [np.abs(weight) for weight in weights]
    for k, bias in enumerate(network.biases):
        is_hidden = k + 1 < len(weights)
        unique = np.arange(len(bias))
        if is_hidden and len(np.unique(bias)) < len(bias):
            incoming = np.vstack([weights[k], bias])
            _, unique, inverse = np.unique(incoming, axis=1, return_index=True, return_inverse=True)
            group = inverse.reshape(-1)
            weights[k + 1] = _sums(weights[k + 1], group, len(unique))
            sizes[k + 1] = _sums(sizes[k + 1], group, len(unique))
        layers.append(_Layer(weights[k][:, unique], sizes[k][:, unique], bias[unique]))
    return layers


def _sums(rows: Array, group: Integers, count: int) -> Array:
    """Shape (count, n): the sums of the rows (…, n) of each group."""
    sums = np.zeros((count, rows.shape[1]))
    np.add.at(sums, group, rows)
    return sums


def _affine(p: _Pieces, layer: _Layer) -> _Pieces:
    """a @ W + b for pieces a; the knots stay."""
    W, size = layer.weight, layer.size
    return _Pieces(
        x=p.x,
        layer=p.layer,
        value=p.value @ W + layer.bias / _divisor(p.x)[:, None],
        slope=p.slope @ W,
        intercept=p.intercept @ W + layer.bias,
        slope_size=p.slope_size @ size,
        jump=p.jump @ W,
        jump_size=p.jump_size @ size,
    )


def _divisor(x: Array) -> Array:
    """What values at x are divided by, so that those at far knots do not overflow."""
    return np.maximum(1.0, np.abs(x))


def _relu(z: _Pieces, k: int) -> _Pieces:
    """relu of pieces: new knots, of layer k, where a unit changes sign; slope 0 wherever z ≤ 0."""
    before, after, crossing = _crossings(z)
    x = np.unique(np.concatenate([z.x, crossing[np.isfinite(crossing)]]))
    parent = np.concatenate([[0], np.searchsorted(z.x, x, "right")])
    left_end = np.concatenate([[-np.inf], x])[:, None]
    active = np.where(left_end >= crossing[parent], after[parent], before[parent])
    z = _refined(z, x, parent, k)
    left, right = active[:-1], active[1:]
    both = left & right
    switch_jump = right * z.slope[1:] - left * z.slope[:-1]
    switch_size = right * z.slope_size[1:] + left * z.slope_size[:-1]
    return _Pieces(
        x=x,
        layer=z.layer,
        value=np.where(both, np.maximum(z.value, 0.0), 0.0),
        slope=active * z.slope,
        intercept=active * z.intercept,
        slope_size=active * z.slope_size,
        jump=np.where(both, z.jump, switch_jump),
        jump_size=np.where(both, z.jump_size, switch_size) * (left | right),
    )


def _crossings(z: _Pieces) -> tuple[Booleans, Booleans, Array]:
    """Active before, active after, and x of the crossing (nan where there is none).

    Each per interval and unit, shape (m + 1, n).
    """
    slope_sign, intercept_sign = np.sign(z.slope), np.sign(z.intercept)
    first = np.where(slope_sign[:1] != 0, -slope_sign[:1], intercept_sign[:1])
    last = np.where(slope_sign[-1:] != 0, slope_sign[-1:], intercept_sign[-1:])
    sign = np.concatenate([first, np.sign(z.value), last])
    before, after = sign[:-1], sign[1:]
    crosses = before * after < 0
    ends = np.concatenate([[-np.inf], z.x, [np.inf]])[:, None]
    # fmax and fmin also give an end of the interval for 0/0, when rounding left a slope of 0
    # between opposite signs
    crossing = np.fmin(np.fmax(-z.intercept / z.slope, ends[:-1]), ends[1:])
    active = (before > 0) | (after > 0)
    return (
        np.where(crosses, before > 0, active),
        np.where(crosses, after > 0, active),
        np.where(crosses, crossing, np.nan),
    )


def _refined(z: _Pieces, x: Array, parent: Integers, k: int) -> _Pieces:
    """The same functions over more knots x.

    parent: for every new interval the old one that it is part of.
    """
    slope, intercept = z.slope[parent], z.intercept[parent]
    old = np.searchsorted(x, z.x)
    layer = np.full(len(x), k)
    layer[old] = z.layer
    divisor = _divisor(x)[:, None]
    value = slope[1:] * (x[:, None] / divisor) + intercept[1:] / divisor
    value[old] = z.value
    jump = np.zeros_like(value)
    jump[old] = z.jump
    jump_size = np.zeros_like(value)
    jump_size[old] = z.jump_size
    return _Pieces(x, layer, value, slope, intercept, z.slope_size[parent], jump, jump_size)
