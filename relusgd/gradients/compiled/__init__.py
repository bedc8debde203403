"""The steps of one hidden layer as machine code: whole blocks of SGD steps in one call. Importing this needs the extra `fast`.

Every number comes out the same however steps are cut into calls: sums keep the order that is written there (no fastmath, no
threads), products are rounded before sums, and where a search begins does not change what it finds. Loops are written so
that a compiler may use vector instructions without changing the order: every sum of its own runs over the outer index.

`descend_dense` and `descend_by_sums` take a step for each of `rates`, changing theta and the velocity u, and use g; batch s is
rows[bounds[s] : bounds[s + 1]] or, without bounds, all points. records: theta after the steps `recorded`, counted from 1 and
increasing, shape (len(recorded), len(theta)).

Weights and biases of padded units stay 0, and so do the residuals of padded points.
"""

from __future__ import annotations

import numpy as np

from relusgd.gradients.compiled.arguments import SAMPLES, UNITS, Buffers, Counts, Points, Rows
from relusgd.gradients.compiled.dense_steps import descend_dense
from relusgd.gradients.compiled.draws import words
from relusgd.gradients.compiled.elbows import find_elbows
from relusgd.gradients.compiled.sum_steps import descend_by_sums
from relusgd.gradients.compiled.updating import Rule
from relusgd.gradients.dense import Kernel, Layers
from relusgd.model.network import Array, Integers

__all__ = [
    "NO_BOUNDS",
    "NO_ROWS",
    "Buffers",
    "Points",
    "Rows",
    "Rule",
    "dense_kernel",
    "descend_by_sums",
    "descend_dense",
    "make_buffers",
    "make_points",
    "pad",
    "padded_units",
    "prefix_sum_kernel",
    "unpad",
    "with_features",
    "words",
]

FEATURE_BYTES = 32 * 2**20
"""Features of output-only training are kept up to this size."""

NO_ROWS: Rows = np.empty(0, dtype=np.uint64)
NO_BOUNDS: Integers = np.empty(0, dtype=np.int64)


def padded_units(width: int) -> int:
    """The number of units that `width` units take up in padded vectors."""
    return -(-width // UNITS) * UNITS


def pad(vector: Array, width: int) -> Array:
    """A vector (3 width + 1,) of w, b, v and c with room for padded units, which are 0."""
    units = padded_units(width)
    padded = np.zeros(3 * units + 1)
    padded[:-1].reshape(3, units)[:, :width] = vector[:-1].reshape(3, width)
    padded[-1] = vector[-1]
    return padded


def unpad(padded: Array, width: int) -> Array:
    """The inverse of `pad`, of vectors of shape (…, 3 units + 1); the same array where nothing was padded."""
    units = padded.shape[-1] // 3
    if units == width:
        return padded
    parts = padded[..., :-1].reshape(*padded.shape[:-1], 3, units)[..., :width]
    return np.concatenate([parts.reshape(*padded.shape[:-1], 3 * width), padded[..., -1:]], axis=-1)


def make_points(x: Array, y: Array, centre: float) -> Points:
    """The training points x, y, shape (n,), sorted by x, as the kernels want them."""
    fenced = np.concatenate([[-np.inf], x, [np.inf]])
    points, values = np.ascontiguousarray(x), np.ascontiguousarray(y)
    return Points(points, values, x - centre, fenced, fenced[1:], np.empty((0, 0)), centre)


def with_features(points: Points, theta: Array) -> Points:
    """The points with the outputs of the units of theta, padded, at all of them; without, when those are too large."""
    units = len(theta) // 3
    if 8 * len(points.x) * units > FEATURE_BYTES:
        return points
    with np.errstate(all="ignore"):
        return points._replace(
            features=np.maximum(points.x[:, None] * theta[:units] + theta[units : 2 * units], 0.0)
        )


def make_buffers(points: Points, theta: Array, batch_size: int, *, prefix_sums: bool) -> Buffers:
    """Working memory for batches of at most batch_size points under the units of theta, padded, where their elbows are now."""
    n, units = len(points.x), len(theta) // 3
    rows = -(-batch_size // SAMPLES) * SAMPLES if not prefix_sums else 0
    k: Counts = np.zeros(units if prefix_sums else 0, dtype=np.uint32)
    # To count a batch among n points takes about as long as to search it, in bit_length steps, for a quarter as many units.
    counted = prefix_sums and n <= 4 * units * batch_size.bit_length()
    if prefix_sums:
        w, b = theta[:units], theta[units : 2 * units]
        with np.errstate(all="ignore"):
            k[:] = points.x.searchsorted(-b / w)
        find_elbows(w, b, points.fenced, points.after, k)
    sums = np.empty((2, batch_size + 1 if prefix_sums else 1, 2))
    below: Counts = np.zeros(n + 1 if counted else 1, dtype=np.uint32)
    x, y, r, rx = np.zeros((4, rows))
    return Buffers(x, y, r, rx, k, np.zeros_like(k), below, sums[0], sums[1])


def dense_kernel(
    parameters: Array, gradient: Array, width: int, batch_size: int, layers: Layers = "all"
) -> Kernel:  # noqa: ARG001
    """As `relusgd.gradients.dense.dense_kernel`, compiled."""
    return _single_kernel(parameters, gradient, width, layers, prefix_sums=False, centre=0.0)


def prefix_sum_kernel(
    parameters: Array, gradient: Array, width: int, layers: Layers = "all", *, centre: float = 0.0
) -> Kernel:
    """As `relusgd.gradients.prefix_sums.prefix_sum_kernel`, compiled."""
    return _single_kernel(parameters, gradient, width, layers, prefix_sums=True, centre=centre)


def _single_kernel(
    parameters: Array,
    gradient: Array,
    width: int,
    layers: Layers,
    *,
    prefix_sums: bool,
    centre: float,
) -> Kernel:
    """The gradient of one batch, in vectors without padding: a step in which nothing learns."""
    learning = {
        "all": slice(0, None),
        "output": slice(2 * width, None),
        "hidden": slice(0, 2 * width),
    }[layers]
    rule, take = (
        Rule(True, 0, 0, 0.0, 0.0, False),
        descend_by_sums if prefix_sums else descend_dense,
    )

    def kernel(x: Array, y: Array) -> None:
        theta = pad(parameters, width)
        # 0 times inf or nan is nan: units that are not finite are felt even where they are active on no point.
        theta[-1] += float(np.dot(parameters, np.zeros(len(parameters))))
        points, g = make_points(x, y, centre), np.zeros_like(theta)
        at = make_buffers(points, theta, len(x), prefix_sums=prefix_sums)
        take(
            theta,
            np.zeros_like(theta),
            g,
            points,
            rule,
            at,
            NO_ROWS,
            NO_BOUNDS,
            np.zeros(1),
            NO_BOUNDS,
            np.empty((0, len(theta))),
        )
        gradient[learning] = unpad(g, width)[learning]

    return kernel
