"""Steps of one hidden layer as machine code, thousands in one call. Needs Numba, the extra `fast`.

Every number is the same however the steps are divided among calls: sums are taken in the written
order (no fastmath, no threads), products are rounded before sums, and a search finds the same from
wherever it begins. Loops are written so that a compiler may use vector instructions without
changing the order: the inner index runs over sums that do not depend on each other.

`descend_dense`, `descend_by_prefix_sums` and `descend_on_new_points` take a step for each of
`rates`, by the formula of the rule. They change theta and the optimizer's memory, and use g for the
gradient. Batch s is rows[bounds[s] : bounds[s + 1]] or, without bounds, all points. records: theta
after the steps `recorded`, counted from 1 and increasing, shape (len(recorded), len(theta)).

Vectors of parameters and batches of the dense step are padded. Weights and biases of padded units
stay 0, and so do the residuals of padded points.
"""

from relusgd.gradients.compiled.arrays import (
    NO_BOUNDS,
    NO_ROWS,
    SAMPLES,
    UNITS,
    Buffers,
    NewPoints,
    Points,
    make_buffers,
    make_new_points,
    make_points,
    pad,
    padded_units,
    unpad,
    with_activations,
)
from relusgd.gradients.compiled.dense_steps import descend_dense
from relusgd.gradients.compiled.elbow_search import Rows
from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.gradients.compiled.kernels import dense_kernel, prefix_sum_kernel
from relusgd.gradients.compiled.new_point_steps import descend_on_new_points
from relusgd.gradients.compiled.philox import random_words
from relusgd.gradients.compiled.prefix_sum_steps import descend_by_prefix_sums
from relusgd.gradients.compiled.update import make_rule

__all__ = [
    "NO_BOUNDS",
    "NO_ROWS",
    "SAMPLES",
    "UNITS",
    "Buffers",
    "Learning",
    "NewPoints",
    "Points",
    "Rows",
    "dense_kernel",
    "descend_by_prefix_sums",
    "descend_dense",
    "descend_on_new_points",
    "make_buffers",
    "make_new_points",
    "make_points",
    "make_rule",
    "pad",
    "padded_units",
    "prefix_sum_kernel",
    "random_words",
    "unpad",
    "with_activations",
]
