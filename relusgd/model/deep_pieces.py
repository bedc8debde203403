"""A deep network as straight pieces, layer by layer.

The output of a layer is a straight line in x between the knots of the layers so far (the x where
one of their units switches). So on every interval between knots a unit of the next layer is A·x +
C, and switches at most once in it:

    z = a @ W + b at the knots,   z = A x + C between them with A ← A @ W, C ← C @ W + b
    a sign change between two neighbouring knots is a new knot at x = −C/A

Beyond the outer knots there are two rays, at whose ends the sign is that of A in that direction, or
of C where A is 0. The sign of z at a knot is computed once and shared by both intervals, so that
rounding can neither lose a knot nor double it. Such enumerations of linear pieces are in Serra,
Tjandraatmadja & Ramalingam 2018 and Hanin & Rolnick 2019.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array, Booleans, Integers, Network
from relusgd.sorted_once import sorted_once


@dataclass(frozen=True, eq=False)
class LayerPieces:
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


@dataclass(frozen=True, eq=False)
class SwitchingUnits:
    """The n units of a hidden layer over m knots; units with the same weights are one.

    x: shape (m,), the knots of this layer and those before, increasing. active: shape (m + 1, n),
    whether a unit is active between them. copies: shape (n,), how many units each one stands for.
    """

    x: Array
    active: Booleans
    copies: Integers


@dataclass(frozen=True, eq=False)
class DeepPieces:
    """A deep network as straight pieces between low and high, and what its hidden layers do there.

    output: of the one output. hidden: a layer each.
    """

    output: LayerPieces
    hidden: tuple[SwitchingUnits, ...]

    def values(self, x: Array) -> Array:
        """f at positions between low and high, shape (n,), each from its nearest knot."""
        p = self.output
        interval = np.searchsorted(p.x, x)
        slope = p.slope[interval, 0]
        if not len(p.x):
            return np.asarray(slope * x + p.intercept[interval, 0])
        height = p.value[:, 0] * _divisor(p.x)
        knot = np.maximum(interval - 1, 0)
        distance = x - p.x[knot]
        return np.asarray(height[knot] + slope * distance)


def deep_pieces(network: Network, low: float = -np.inf, high: float = np.inf) -> DeepPieces:
    """The pieces of a network with finite parameters between low and high.

    Outside, the outer pieces go on as rays, whatever the network does there.
    """
    pieces = _input()
    *hidden, output = _without_twins(network)
    layers = []
    with np.errstate(all="ignore"):
        for k, layer in enumerate(hidden, start=1):
            z = _affine(pieces, layer)
            pieces, active = _relu(z, k, low, high)
            layers.append(SwitchingUnits(pieces.x, active, layer.copies))
        f = _affine(pieces, output)
        return DeepPieces(f, tuple(layers))


def _input() -> LayerPieces:
    """The function x itself: one piece, no knots."""
    one = np.ones((1, 1))
    no_knots = np.empty((0, 1))
    return LayerPieces(
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
    values of its terms. copies: shape (fan_out,), how many units each one stands for.
    """

    weight: Array
    size: Array
    bias: Array
    copies: Integers


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
        merged = _Layer(
            weight=weight[:, unique],
            size=size[:, unique],
            bias=bias[unique],
            copies=np.bincount(group),
        )
        layers.append(merged)
        weight = _group_sums(outgoing, group)
        size = _group_sums(np.abs(outgoing), group)
    one_output = np.ones(1, dtype=np.int64)
    layers.append(_Layer(weight, size, network.biases[-1], one_output))
    return layers


def _twins(incoming: Array) -> tuple[Integers, Integers]:
    """Groups of equal columns: the first column of each group, and the group of each column.

    incoming: shape (fan_in + 1, n_units), the weights and, last, the biases.
    """
    biases = incoming[-1]
    if (np.diff(np.sort(biases)) > 0).all():
        every_column = np.arange(len(biases))
        return every_column, every_column
    _, unique, group = np.unique(incoming, axis=1, return_index=True, return_inverse=True)
    return unique, group.reshape(-1)


def _group_sums(rows: Array, group: Integers) -> Array:
    """The sums of the rows of each group, shape (n_groups, n). group: of each row, from 0."""
    every_row_by_itself = np.arange(len(group))
    if np.array_equal(group, every_row_by_itself):
        return rows
    n_groups = group.max() + 1
    sums = np.zeros((n_groups, rows.shape[1]))
    np.add.at(sums, group, rows)
    return sums


def _affine(p: LayerPieces, layer: _Layer) -> LayerPieces:
    """a @ W + b for pieces a; the knots stay."""
    m = len(p.x)
    ends = [m, 2 * m + 1, 3 * m + 2]
    # All that a layer is multiplied with, in one product.
    product = np.concatenate([p.value, p.slope, p.intercept, p.jump]) @ layer.weight
    value, slope, intercept, jump = np.split(product, ends)
    value += layer.bias / _divisor(p.x)[:, None]
    intercept += layer.bias
    sizes_before = np.concatenate([p.slope_size, p.jump_size])
    slopes_and_jumps = np.concatenate([p.slope, p.jump])
    sizes = _sizes(sizes_before, slopes_and_jumps, layer.size)
    slope_size, jump_size = np.split(sizes, [m + 1])
    return LayerPieces(
        p.x,
        p.layer,
        value,
        slope,
        intercept,
        slope_size,
        jump,
        jump_size,
    )


def _sizes(before: Array, values: Array, weight: Array) -> Array:
    """The sizes behind a layer: sqrt(before² @ weight² + (|values| @ weight)²).

    The layer's own rounding is a part of the sum of its absolute terms. That of the layers before
    is spread by its weights, and adds up as independent errors do. Sums of absolute values through
    all layers would be a bound, but grow as the path norm: at 50 layers, every jump would be below.
    before, values: shape (m, fan_in); weight: not negative, shape (fan_in, fan_out).
    """
    own = np.abs(values) @ weight
    spread = np.square(before) @ np.square(weight)
    sizes: Array = np.sqrt(spread + np.square(own))
    if np.isfinite(sizes).all():
        return sizes
    # NumPy's hypot takes ten times as long, and does not overflow.
    slow_sizes: Array = np.hypot(np.sqrt(spread), own)
    return slow_sizes


def _divisor(x: Array) -> Array:
    """What values at x are divided by, so that those at far knots do not overflow."""
    return np.maximum(1.0, np.abs(x))


def _relu(z: LayerPieces, k: int, low: float, high: float) -> tuple[LayerPieces, Booleans]:
    """relu of pieces, and which units are active on each.

    There are new knots, of layer k, where a unit changes sign between low and high; the slope is 0
    wherever z ≤ 0.
    """
    before, after, crossing = _crossings(z)
    is_between = (crossing > low) & (crossing < high)
    new_knots = crossing[is_between]
    x = sorted_once(np.concatenate([z.x, new_knots]))
    # For every new interval the old one that it is part of.
    parent = np.concatenate([[0], np.searchsorted(z.x, x, "right")])
    left_end = np.concatenate([[low], x])[:, None]
    has_crossed = left_end >= crossing[parent]
    active = np.where(has_crossed, after[parent], before[parent])
    z = _refined(z, x, parent, k)
    left, right = active[:-1], active[1:]
    both = left & right
    either = left | right
    switch_jump = right * z.slope[1:] - left * z.slope[:-1]
    switch_size = right * z.slope_size[1:] + left * z.slope_size[:-1]
    pieces = LayerPieces(
        x=x,
        layer=z.layer,
        value=np.where(both, np.maximum(z.value, 0.0), 0.0),
        slope=active * z.slope,
        intercept=active * z.intercept,
        slope_size=active * z.slope_size,
        jump=np.where(both, z.jump, switch_jump),
        jump_size=np.where(both, z.jump_size, switch_size) * either,
    )
    return pieces, active


def _crossings(z: LayerPieces) -> tuple[Booleans, Booleans, Array]:
    """Active before, active after, and x of the crossing (nan where there is none).

    Each per interval and unit, shape (m + 1, n).
    """
    first = _far_signs(-z.slope[:1], z.intercept[:1])
    last = _far_signs(z.slope[-1:], z.intercept[-1:])
    sign = np.concatenate([first, np.sign(z.value), last])
    before, after = sign[:-1], sign[1:]
    crosses = before * after < 0
    ends = np.concatenate([[-np.inf], z.x, [np.inf]])[:, None]
    left_ends, right_ends = ends[:-1], ends[1:]
    crossing = -z.intercept / z.slope
    # fmax and fmin also give an end of the interval for 0/0, when rounding left a slope of 0
    # between opposite signs
    crossing = np.fmax(crossing, left_ends)
    crossing = np.fmin(crossing, right_ends)
    # A unit that does not cross may still be 0 at one end of the interval.
    is_active = (before > 0) | (after > 0)
    active_before = np.where(crosses, before > 0, is_active)
    active_after = np.where(crosses, after > 0, is_active)
    x = np.where(crosses, crossing, np.nan)
    return active_before, active_after, x


def _far_signs(outward_slope: Array, intercept: Array) -> Array:
    """The signs at the far end of a ray: those of the slopes towards it, or of the intercepts
    where the slope is 0. Shapes (1, n).
    """
    return np.where(outward_slope != 0, np.sign(outward_slope), np.sign(intercept))


def _refined(z: LayerPieces, x: Array, parent: Integers, k: int) -> LayerPieces:
    """The functions of z over more knots x.

    parent: for every new interval the old one that it is part of.
    """
    slope = z.slope[parent]
    intercept = z.intercept[parent]
    old = np.searchsorted(x, z.x)
    layer = np.full(len(x), k)
    layer[old] = z.layer
    divisor = _divisor(x)[:, None]
    divided_x = x[:, None] / divisor
    # Where old knots are, these values are replaced by the exact ones.
    value = slope[1:] * divided_x + intercept[1:] / divisor
    value[old] = z.value
    jump = np.zeros_like(value)
    jump[old] = z.jump
    jump_size = np.zeros_like(value)
    jump_size[old] = z.jump_size
    return LayerPieces(
        x,
        layer,
        value,
        slope,
        intercept,
        z.slope_size[parent],
        jump,
        jump_size,
    )
