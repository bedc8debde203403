"""Steps of gradient descent as machine code, thousands in one call. Needs Numba, the extra `fast`.

Every number is the same however the steps are divided among calls: sums are taken in the written
order (no fastmath, no threads), and a search finds the same from wherever it begins. The product
w x of the first layer is rounded before the sum, so that all agree on what is active. Loops are
written so that a compiler may use vector instructions without changing the order: the inner index
runs over sums that do not depend on each other.

`descend_dense`, `descend_by_comparisons`, `descend_by_prefix_sums` and `descend_on_new_points` are
for one hidden layer, `descend_deep` for any number. They take a step for each of `rates`, by the
formula of the rule. They change theta and the optimizer's memory, and use g for the gradient. Batch
s is rows[bounds[s] : bounds[s + 1]] or, without bounds, all points. records: theta after the steps
`recorded`, counted from 1 and increasing, shape (len(recorded), len(theta)).

Vectors of parameters are padded, and so are batches, but not those of prefix sums. Weights and
biases of padded units stay 0, and so do the residuals of padded points.
"""
# ruff: noqa: E402 - Numba is loaded before anything that needs it

from relusgd.gradients.numba_loading import load_numba

load_numba()

from relusgd.gradients.compiled.arrays import (
    NO_BOUNDS,
    NO_ROWS,
    SAMPLES,
    UNITS,
    Buffers,
    NewPoints,
    Points,
    aligned_zeros,
    make_buffers,
    make_new_points,
    make_points,
    pad,
    padded_units,
    unpad,
    with_activations,
)
from relusgd.gradients.compiled.comparison_arrays import (
    ComparisonBuffers,
    PairedPoints,
    make_comparison_buffers,
    make_paired_points,
)
from relusgd.gradients.compiled.comparison_steps import descend_by_comparisons
from relusgd.gradients.compiled.deep_arrays import (
    DeepBuffers,
    DeepPadding,
    make_deep_buffers,
    with_last_outputs,
)
from relusgd.gradients.compiled.deep_kernel import deep_kernel
from relusgd.gradients.compiled.deep_steps import descend_deep
from relusgd.gradients.compiled.dense_steps import descend_dense
from relusgd.gradients.compiled.elbow_search import Rows
from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.gradients.compiled.kernels import (
    comparison_kernel,
    dense_kernel,
    prefix_sum_kernel,
)
from relusgd.gradients.compiled.new_point_steps import descend_on_new_points
from relusgd.gradients.compiled.padding import OneLayerPadding, Padding
from relusgd.gradients.compiled.philox import CompiledWords
from relusgd.gradients.compiled.prefix_sum_steps import descend_by_prefix_sums
from relusgd.gradients.compiled.update import make_rule

__all__ = [
    "NO_BOUNDS",
    "NO_ROWS",
    "SAMPLES",
    "UNITS",
    "Buffers",
    "ComparisonBuffers",
    "CompiledWords",
    "DeepBuffers",
    "DeepPadding",
    "Learning",
    "NewPoints",
    "OneLayerPadding",
    "Padding",
    "PairedPoints",
    "Points",
    "Rows",
    "aligned_zeros",
    "comparison_kernel",
    "deep_kernel",
    "dense_kernel",
    "descend_by_comparisons",
    "descend_by_prefix_sums",
    "descend_deep",
    "descend_dense",
    "descend_on_new_points",
    "make_buffers",
    "make_comparison_buffers",
    "make_deep_buffers",
    "make_new_points",
    "make_paired_points",
    "make_points",
    "make_rule",
    "pad",
    "padded_units",
    "prefix_sum_kernel",
    "unpad",
    "with_activations",
    "with_last_outputs",
]
