"""Arrays of the compiled steps: padded vectors of parameters, training points, working memory."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from relusgd.ceil_div import ceil_div
from relusgd.gradients.compiled.elbow_search import Counts, Rows, follow_elbows
from relusgd.model.network import Array, Integers

UNITS, SAMPLES = 8, 8
"""Vectors of parameters are padded to a multiple of UNITS units, and batches of the dense step to a
multiple of SAMPLES points, so that loops over them end where vectors of the processor do."""

CACHE_LINE = 64
"""Bytes. What a step reads and writes begins at a multiple of it: vectors of the processor that lie
in two lines are slower."""

COMPILED_ACTIVATION_BYTES = 32 * 2**20
"""Outputs of hidden units that do not learn are kept up to this size."""

NO_ROWS: Rows = np.empty(0, dtype=np.uint64)
NO_BOUNDS: Integers = np.empty(0, dtype=np.int64)


class Points(NamedTuple):
    """The training points, sorted: x, y and x − centre, shape (n,).

    fenced: x between −inf and inf, shape (n + 2,). after: fenced without its first number, shape (n
    + 1,). activations: the outputs of hidden units that do not learn, shape (n, units), or empty.
    """

    x: Array
    y: Array
    centred: Array
    fenced: Array
    after: Array
    activations: Array
    centre: float


class NewPoints(NamedTuple):
    """Batches with points of their own, each sorted by x: N points in S batches.

    y and x − centre: shape (N,). fenced: shape (N + 2 S,), the x of each batch between −inf and
    inf.
    """

    y: Array
    centred: Array
    fenced: Array
    centre: float


class Buffers(NamedTuple):
    """Working memory.

    x, y, r, rx: of a padded batch. k: how many of all points are below every unit's elbow, shape
    (units,), kept from step to step; place: the same among the points of the batch. below: how many
    points of the batch are among the first i of all, shape (n + 1,), or (1,) where the batch is
    searched instead. jumps: of slope and intercept before every point of the batch; sums: of r and
    r x over the points before; both of shape (B + 1, 2).
    """

    x: Array
    y: Array
    r: Array
    rx: Array
    k: Counts
    place: Counts
    below: Counts
    jumps: Array
    sums: Array


def rounded_up(size: int, unit: int) -> int:
    """The least multiple of the unit that is not below the size."""
    return ceil_div(size, unit) * unit


def padded_units(width: int) -> int:
    """The number of units that `width` units take up in padded vectors."""
    return rounded_up(width, UNITS)


def aligned_zeros(*shape: int) -> Array:
    """Zeros that begin at a cache line."""
    count = math.prod(shape)
    memory = np.zeros(count + CACHE_LINE // 8)
    address: int = memory.__array_interface__["data"][0]
    skipped = -address % CACHE_LINE // 8
    return memory[skipped : skipped + count].reshape(shape)


def pad(vector: Array, width: int) -> Array:
    """A vector (3 width + 1,) of w, b, v and c with room for padded units, which are 0."""
    units = padded_units(width)
    padded = aligned_zeros(3 * units + 1)
    padded[:-1].reshape(3, units)[:, :width] = vector[:-1].reshape(3, width)
    padded[-1] = vector[-1]
    return padded


def unpad(padded: Array, width: int) -> Array:
    """The inverse of `pad`, for vectors of shape (…, 3 units + 1)."""
    units = padded.shape[-1] // 3
    if units == width:
        return padded
    shape = padded.shape[:-1]
    parts = padded[..., :-1].reshape(*shape, 3, units)[..., :width]
    return np.concatenate([parts.reshape(*shape, 3 * width), padded[..., -1:]], axis=-1)


def make_points(x: Array, y: Array, centre: float) -> Points:
    """The training points x, y, shape (n,), sorted by x, as the kernels need them."""
    fenced = np.concatenate([[-np.inf], x, [np.inf]])
    return Points(
        x=np.ascontiguousarray(x),
        y=np.ascontiguousarray(y),
        centred=x - centre,
        fenced=fenced,
        after=fenced[1:],
        activations=np.empty((0, 0)),
        centre=centre,
    )


def make_new_points(x: Array, y: Array, bounds: Integers, centre: float) -> NewPoints:
    """Batches of points x, y, shape (N,), each sorted by x, as the kernel needs them.

    Batch s has the points bounds[s] … bounds[s + 1] − 1.
    """
    fenced = np.insert(x, np.repeat(bounds, 2)[1:-1], np.tile([-np.inf, np.inf], len(bounds) - 1))
    return NewPoints(
        y=np.ascontiguousarray(y),
        centred=x - centre,
        fenced=fenced,
        centre=centre,
    )


def with_activations(points: Points, theta: Array) -> Points:
    """The points with the outputs of the units of theta, padded, unless these are too large."""
    units = len(theta) // 3
    if 8 * len(points.x) * units > COMPILED_ACTIVATION_BYTES:
        return points
    w, b = theta[:units], theta[units : 2 * units]
    with np.errstate(all="ignore"):
        z = points.x[:, None] * w + b
        return points._replace(activations=np.maximum(z, 0.0))


def make_buffers(points: Points, theta: Array, batch_size: int, *, prefix_sums: bool) -> Buffers:
    """Working memory for batches of at most batch_size points under the units of theta, padded."""
    if prefix_sums:
        return _prefix_sum_buffers(points, theta, batch_size)
    rows = rounded_up(batch_size, SAMPLES)
    x, y, r, rx = aligned_zeros(4, rows)
    # If every batch is all points, x and y hold them from the beginning.
    count = min(batch_size, len(points.x))
    x[:count] = points.x[:count]
    y[:count] = points.y[:count]
    no_counts: Counts = np.empty(0, dtype=np.uint32)
    no_sums = np.empty((0, 0))
    return Buffers(x, y, r, rx, no_counts, no_counts, no_counts, no_sums, no_sums)


def _prefix_sum_buffers(points: Points, theta: Array, batch_size: int) -> Buffers:
    """Those of prefix sums, with the elbows found where they are now."""
    n, units = len(points.x), len(theta) // 3
    w, b = theta[:units], theta[units : 2 * units]
    k: Counts = np.zeros(units, dtype=np.uint32)
    with np.errstate(all="ignore"):
        k[:] = points.x.searchsorted(-b / w)
    follow_elbows(w, b, points.fenced, points.after, k)
    # Counting a batch among n points takes about as long as searching it, in bit_length steps, for
    # a quarter as many units.
    counted = n <= 4 * units * batch_size.bit_length()
    below: Counts = np.zeros(n + 1 if counted else 1, dtype=np.uint32)
    no_points = np.empty(0)
    jumps, sums = np.empty((2, batch_size + 1, 2))
    return Buffers(
        no_points, no_points, no_points, no_points, k, np.zeros_like(k), below, jumps, sums
    )
