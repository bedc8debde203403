"""The gradient of a single batch by the compiled steps: a step in which nothing learns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from relusgd.gradients.compiled.arrays import (
    NO_BOUNDS,
    NO_ROWS,
    make_buffers,
    make_points,
    pad,
    unpad,
)
from relusgd.gradients.compiled.comparison_arrays import (
    make_comparison_buffers,
    make_paired_points,
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

    def memory(x: Array, y: Array, theta: Array) -> tuple[Any, Any]:
        points = make_points(x, y, 0.0)
        return points, make_buffers(points, theta, len(x), prefix_sums=False)

    return _kernel(parameters, gradient, width, layers, descend_dense, memory)


def comparison_kernel(
    parameters: Array,
    gradient: Array,
    width: int,
    batch_size: int,  # noqa: ARG001
    layers: Layers = "all",
) -> Kernel:
    """The same gradient by comparisons."""

    def memory(x: Array, y: Array, _theta: Array) -> tuple[Any, Any]:
        points = make_paired_points(x, y)
        return points, make_comparison_buffers(points, width, len(x), float(x.min()))

    return _kernel(parameters, gradient, width, layers, descend_by_comparisons, memory)


def prefix_sum_kernel(
    parameters: Array, gradient: Array, width: int, layers: Layers = "all", *, centre: float = 0.0
) -> Kernel:
    """As `relusgd.gradients.prefix_sums.prefix_sum_kernel`, compiled."""

    def memory(x: Array, y: Array, theta: Array) -> tuple[Any, Any]:
        points = make_points(x, y, centre)
        return points, make_buffers(points, theta, len(x), prefix_sums=True)

    return _kernel(parameters, gradient, width, layers, descend_by_prefix_sums, memory)


def _kernel(
    parameters: Array,
    gradient: Array,
    width: int,
    layers: Layers,
    descend: Callable[..., None],
    make_memory: Callable[[Array, Array, Array], tuple[Any, Any]],
) -> Kernel:
    """The kernel for vectors without padding.

    descend: what takes the steps; make_memory: its points and buffers for all x and y and padded
    parameters.
    """
    written = learning_parameters([width], layers)

    def kernel(x: Array, y: Array) -> None:
        theta = pad(parameters, width)
        # 0 times inf or nan is nan: every unit that is not finite makes the gradient so, even one
        # that is active on no point.
        theta[-1] += float(np.dot(parameters, np.zeros(len(parameters))))
        remembered, g = np.zeros((1, len(theta))), np.zeros_like(theta)
        points, buffers = make_memory(x, y, theta)
        rates = np.zeros((1, 1))
        no_records = np.empty((0, len(theta)))
        descend(
            theta,
            remembered,
            g,
            points,
            NOTHING_LEARNS,
            NO_RULE,
            buffers,
            NO_ROWS,
            NO_BOUNDS,
            rates,
            NO_BOUNDS,
            no_records,
        )
        gradient[written] = unpad(g, width)[written]

    return kernel
