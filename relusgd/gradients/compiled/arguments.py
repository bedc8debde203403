"""What the compiled steps are given: points, working memory, and their sizes."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array

UNITS, SAMPLES = 8, 8
"""Vectors of parameters are padded to a multiple of UNITS units, batches of the dense step to a multiple of SAMPLES points, so that
loops over them end where vectors of the processor do."""

Counts = NDArray[np.uint32]
Rows = NDArray[np.uint64]


class Points(NamedTuple):
    """The training points, sorted: x, y and x − centre, shape (n,); fenced: x between −inf and inf, shape (n + 2,).

    after: fenced without its first, shape (n + 1,). features: of the units that never change, shape (n, units), or empty.
    """

    x: Array
    y: Array
    centred: Array
    fenced: Array
    after: Array
    features: Array
    centre: float


class Buffers(NamedTuple):
    """Working memory. x, y, r, rx: of a padded batch. k, place: of all points, of those of the batch, how many are below
    every unit's elbow, shape (units,); k stays from step to step.

    below: how many points of the batch are among the first i of all, shape (n + 1,), or (1,) for those who search instead.
    jumps: of slope and intercept before every point of the batch; sums: of r and r x over the points before, shape
    (B + 1, 2) both.
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
