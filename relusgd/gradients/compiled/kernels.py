"""The gradient of a single batch by the compiled steps: a step in which nothing learns."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from relusgd.gradients.compiled.arrays import (
    NO_BOUNDS,
    NO_ROWS,
    Buffers,
    Points,
    make_buffers,
    make_points,
    pad,
    unpad,
)
from relusgd.gradients.compiled.comparison_arrays import (
    ComparisonBuffers,
    make_comparison_buffers,
)
from relusgd.gradients.compiled.comparison_steps import descend_by_comparisons
from relusgd.gradients.compiled.dense_steps import descend_dense
from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.gradients.compiled.prefix_sum_steps import descend_by_prefix_sums
from relusgd.gradients.compiled.update import make_rule
from relusgd.gradients.dense import Kernel, Layers
from relusgd.model.network import Array, learning_parameters

NOTHING_LEARNS = Learning(True, 0, 0, np.empty(0))
NO_RULE = make_rule("sgd", (0.0, False, True))


def dense_kernel(
    parameters: Array,
    gradient: Array,
    width: int,
    batch_size: int,  # noqa: ARG001
    layers: Layers = "all",
) -> Kernel:
    """As `relusgd.gradients.dense.dense_kernel`, compiled; for batches of any size."""

    def buffers(points: Points, theta: Array) -> Buffers:
        return make_buffers(points, theta, len(points.x), prefix_sums=False)

    return _kernel(parameters, gradient, width, layers, descend_dense, buffers)


def comparison_kernel(
    parameters: Array,
    gradient: Array,
    width: int,
    batch_size: int,  # noqa: ARG001
    layers: Layers = "all",
) -> Kernel:
    """The same gradient by comparisons."""

    def buffers(points: Points, _theta: Array) -> ComparisonBuffers:
        return make_comparison_buffers(points, width, len(points.x), float(points.x.min()))

    return _kernel(parameters, gradient, width, layers, descend_by_comparisons, buffers)


def prefix_sum_kernel(
    parameters: Array, gradient: Array, width: int, layers: Layers = "all", *, centre: float = 0.0
) -> Kernel:
    """As `relusgd.gradients.prefix_sums.prefix_sum_kernel`, compiled."""

    def buffers(points: Points, theta: Array) -> Buffers:
        return make_buffers(points, theta, len(points.x), prefix_sums=True)

    descend = descend_by_prefix_sums
    return _kernel(parameters, gradient, width, layers, descend, buffers, centre)


def _kernel(
    parameters: Array,
    gradient: Array,
    width: int,
    layers: Layers,
    descend: Callable[..., None],
    make: Callable[[Points, Array], Buffers | ComparisonBuffers],
    centre: float = 0.0,
) -> Kernel:
    """The kernel for vectors without padding.

    descend: what takes the steps; make: its buffers for all points and padded parameters.
    """
    written = learning_parameters([width], layers)

    def kernel(x: Array, y: Array) -> None:
        theta = pad(parameters, width)
        # 0 times inf or nan is nan: every unit that is not finite makes the gradient so, even one
        # that is active on no point.
        theta[-1] += float(np.dot(parameters, np.zeros(len(parameters))))
        memory, g = np.zeros((1, len(theta))), np.zeros_like(theta)
        points = make_points(x, y, centre)
        rates = np.zeros((1, 1))
        no_records = np.empty((0, len(theta)))
        descend(
            theta,
            memory,
            g,
            points,
            NOTHING_LEARNS,
            NO_RULE,
            make(points, theta),
            NO_ROWS,
            NO_BOUNDS,
            rates,
            NO_BOUNDS,
            no_records,
        )
        gradient[written] = unpad(g, width)[written]

    return kernel
