"""The gradient of a single batch by the compiled steps of deep networks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from relusgd.gradients.compiled.arrays import NO_BOUNDS, NO_ROWS, make_points
from relusgd.gradients.compiled.deep_arrays import DeepPadding, make_deep_buffers
from relusgd.gradients.compiled.deep_steps import descend_deep
from relusgd.gradients.compiled.kernels import NO_RULE, NOTHING_LEARNS
from relusgd.gradients.dense import Kernel
from relusgd.model.network import Array


def deep_kernel(parameters: Array, gradient: Array, hidden: Sequence[int]) -> Kernel:
    """The kernel of a network with these widths, for batches of any size, in any order.

    It reads `parameters` and writes `gradient`, both of shape (parameter_count,).
    """
    padding = DeepPadding.of(hidden)

    def kernel(x: Array, y: Array) -> None:
        theta = padding.pad(parameters)
        # 0 times inf or nan is nan: a unit that is not finite makes the gradient so, even one that
        # is active on no point.
        theta[padding.output_bias] += float(np.dot(parameters, np.zeros(len(parameters))))
        memory, g = np.zeros((1, padding.size)), np.zeros(padding.size)
        descend_deep(
            theta,
            memory,
            g,
            make_points(x, y, 0.0),
            NOTHING_LEARNS,
            NO_RULE,
            make_deep_buffers(padding, len(x)),
            NO_ROWS,
            NO_BOUNDS,
            np.zeros((1, 1)),
            NO_BOUNDS,
            np.empty((0, padding.size)),
        )
        gradient[:] = padding.unpad(g)

    return kernel
