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
"""A jump of f′ below this part of its size is rounding, and counts as none. With one hidden layer,
its size is the sum of its absolute terms; through layers, sizes go as errors do (`_sizes`)."""


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
        return _deep_breakpoints(network)


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
    real = np.abs(jump) > ROUNDING * size
    return Breakpoints(x[real], jump[real], layer[real])


def _shallow_values(network: Network, x: Array) -> Array:
    """f at increasing x, shape (n,), of a network of one hidden layer."""
    middle = float(x[0] + 0.5 * (x[-1] - x[0]))
    order, elbow = sorted_elbows(network.slope[None], network.bias[None])
    (values,) = values_by_running_sums(network.parameters()[None], order, elbow, x, middle)
    return np.asarray(values)


def _shallow_breakpoints(network: Network) -> Breakpoints:
    """One hidden layer: the elbows, with the sum of v·|w| over units that share one. O(H log H)."""
    order, elbow = sorted_elbows(network.slope, network.bias)
    finite = np.isfinite(elbow)
    x, first = np.unique(elbow[finite], return_index=True)
    change = network.slope_change[order][finite]
    jump = np.add.reduceat(change, first)
    size = np.add.reduceat(np.abs(change), first)
    return _real_breakpoints(x, jump, size, np.ones(len(x), dtype=np.int64))


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
    parameters: Array, order: Integers, elbow: Array, x: Array, middle: float
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
    # At x[k] and behind it the unit has switched.
    k = x.searchsorted(elbow)
    from_start = np.signbit(w) == (k > 0)
    switches = (k > 0) & (w != 0)
    direction = np.copysign(1.0, w)
    # How many x lie before the first switch, between two, and behind the last.
    first = np.zeros((S, 1), dtype=k.dtype)
    bounds = np.concatenate([first, k, np.full((S, 1), n)], axis=1)
    lengths = np.diff(bounds, axis=1).ravel()

    def running_sums(terms: Array, start: Array | float) -> Array:
        sums = np.empty((S, H + 1))
        sums[:, 0] = np.where(from_start, terms, 0.0).sum(axis=1) + start
        sums[:, 1:] = np.where(switches, direction * terms, 0.0)
        sums = sums.cumsum(axis=1)
        return sums.ravel().repeat(lengths).reshape(S, n)

    s = running_sums(v * w, 0.0)
    t = running_sums(v * (b + w * middle), parameters[:, -1])
    f = s * (x - middle)
    # In place: these arrays are the largest ones here.
    f += t
    return f


@dataclass(frozen=True, eq=False)
class _Pieces:
    """The n functions of a layer as straight pieces over m knots.

    There are m + 1 intervals, of which the outer two are rays.
    x, layer: shape (m,), the knots, increasing, and the layer that each is from. value: shape (m,
    n), at the knots, divided by max(1, |x|) so that far knots do not overflow. slope, intercept:
    shape (m + 1, n). jump: shape (m, n), of the slope at each knot. slope_size, jump_size: like
    slope and jump, what their rounding is a part of (`_sizes`).
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
    jump, size = pieces.jump[:, 0], pieces.jump_size[:, 0]
    return _real_breakpoints(pieces.x, jump, size, pieces.layer)


def _input() -> _Pieces:
    """The function x itself: one piece, no knots."""
    one = np.ones((1, 1))
    no_knots = np.empty((0, 1))
    return _Pieces(
        x=np.empty(0),
        layer=np.empty(0, dtype=np.int64),
        value=no_knots,
        slope=one,
        intercept=np.zeros((1, 1)),
        slope_size=one,
        jump=no_knots,
        jump_size=no_knots,
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

    The outgoing weights of a merged unit are the sums of those of its twins. The function stays the
    same, but twins of opposite weights now cancel exactly, not only up to rounding.
    """
    layers: list[_Layer] = []
    weight = network.weights[0]
    size = np.abs(weight)
    for bias, outgoing in zip(network.biases, network.weights[1:], strict=False):
        unique, group = _twins(np.vstack([weight, bias]))
        layers.append(_Layer(weight[:, unique], size[:, unique], bias[unique]))
        weight = _group_sums(outgoing, group)
        size = _group_sums(np.abs(outgoing), group)
    layers.append(_Layer(weight, size, network.biases[-1]))
    return layers


def _twins(incoming: Array) -> tuple[Integers, Integers]:
    """Groups of equal columns: the first column of each group, and the group of each column.

    incoming: shape (fan_in + 1, n_units), the weights and, last, the biases.
    """
    biases = incoming[-1]
    if len(np.unique(biases)) == len(biases):
        every_column = np.arange(len(biases))
        return every_column, every_column
    _, unique, group = np.unique(incoming, axis=1, return_index=True, return_inverse=True)
    return unique, group.reshape(-1)


def _group_sums(rows: Array, group: Integers) -> Array:
    """The sums of the rows of each group, shape (n_groups, n). group: of each row, from 0."""
    if np.array_equal(group, np.arange(len(group))):
        return rows
    sums = np.zeros((group.max() + 1, rows.shape[1]))
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
        slope_size=_sizes(p.slope_size, p.slope, size),
        jump=p.jump @ W,
        jump_size=_sizes(p.jump_size, p.jump, size),
    )


def _sizes(before: Array, values: Array, weight: Array) -> Array:
    """The sizes behind a layer: sqrt(before² @ weight² + (|values| @ weight)²).

    The layer's own rounding is a part of the sum of its absolute terms. That of the layers before
    is spread by its weights, and adds up as independent errors do. Sums of absolute values through
    all layers would be a bound, but grow as the path norm: at 50 layers, every jump would be below.
    before, values: shape (m, fan_in); weight: not negative, shape (fan_in, fan_out).
    """
    spread = np.sqrt(np.square(before) @ np.square(weight))
    sizes: Array = np.hypot(spread, np.abs(values) @ weight)
    return sizes


def _divisor(x: Array) -> Array:
    """What values at x are divided by, so that those at far knots do not overflow."""
    return np.maximum(1.0, np.abs(x))


def _relu(z: _Pieces, k: int) -> _Pieces:
    """relu of pieces: new knots, of layer k, where a unit changes sign; slope 0 wherever z ≤ 0."""
    before, after, crossing = _crossings(z)
    new_knots = crossing[np.isfinite(crossing)]
    x = np.unique(np.concatenate([z.x, new_knots]))
    parent = np.concatenate([[0], np.searchsorted(z.x, x, "right")])
    left_end = np.concatenate([[-np.inf], x])[:, None]
    active = np.where(left_end >= crossing[parent], after[parent], before[parent])
    z = _refined(z, x, parent, k)
    left, right = active[:-1], active[1:]
    both = left & right
    either = left | right
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
        jump_size=np.where(both, z.jump_size, switch_size) * either,
    )


def _crossings(z: _Pieces) -> tuple[Booleans, Booleans, Array]:
    """Active before, active after, and x of the crossing (nan where there is none).

    Each per interval and unit, shape (m + 1, n).
    """
    # The signs at the far ends of the outer rays.
    first = np.where(z.slope[:1] != 0, -np.sign(z.slope[:1]), np.sign(z.intercept[:1]))
    last = np.where(z.slope[-1:] != 0, np.sign(z.slope[-1:]), np.sign(z.intercept[-1:]))
    sign = np.concatenate([first, np.sign(z.value), last])
    before, after = sign[:-1], sign[1:]
    crosses = before * after < 0
    ends = np.concatenate([[-np.inf], z.x, [np.inf]])[:, None]
    # fmax and fmin also give an end of the interval for 0/0, when rounding left a slope of 0
    # between opposite signs
    crossing = np.fmax(-z.intercept / z.slope, ends[:-1])
    crossing = np.fmin(crossing, ends[1:])
    active = (before > 0) | (after > 0)
    active_before = np.where(crosses, before > 0, active)
    active_after = np.where(crosses, after > 0, active)
    return active_before, active_after, np.where(crosses, crossing, np.nan)


def _refined(z: _Pieces, x: Array, parent: Integers, k: int) -> _Pieces:
    """The same functions over more knots x.

    parent: for every new interval the old one that it is part of.
    """
    slope = z.slope[parent]
    intercept = z.intercept[parent]
    old = np.searchsorted(x, z.x)
    layer = np.full(len(x), k)
    layer[old] = z.layer
    divisor = _divisor(x)[:, None]
    # Where old knots are, these values are replaced by the exact ones.
    value = slope[1:] * (x[:, None] / divisor) + intercept[1:] / divisor
    value[old] = z.value
    jump = np.zeros_like(value)
    jump[old] = z.jump
    jump_size = np.zeros_like(value)
    jump_size[old] = z.jump_size
    return _Pieces(x, layer, value, slope, intercept, z.slope_size[parent], jump, jump_size)
