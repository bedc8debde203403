"""The dense step of one hidden layer in NumPy, with the B × H matrix of active units and every buffer allocated once.

For a batch x, y of B points, M_ji = 1 where unit j is active at x_i, i.e. where w_j x_i + b_j > 0:

    f = x · (v∘w)ᵀM + (v∘b)ᵀM + c,   r = f − y,   T1 = M (r∘x),   T0 = M r
    ∂w = v∘T1,   ∂b = v∘T0,   ∂v = w∘T1 + b∘T0,   ∂c = Σ r      of ½ Σ r²

The whole step needs M alone, so no matrix of activations is formed. `backprop` has the same for every depth, to be read.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from relusgd.model.network import Array

Layers = Literal["all", "output", "hidden"]
Kernel = Callable[[Array, Array], None]
"""kernel(x, y) writes the gradient of ½ Σ_i (f(x_i) − y_i)² into the vector that the kernel was made for."""


def dense_kernel(parameters: Array, gradient: Array, width: int, batch_size: int, layers: Layers = "all") -> Kernel:
    """The kernel that reads `parameters` and writes `gradient`, both shape (3 width + 1,), for batches of shape (batch_size,).

    The parts of the gradient that `layers` does not name are left as they are. Points need no order.
    """
    H, B = width, batch_size
    wb, v = parameters[: 2 * H].reshape(2, H), parameters[2 * H : 3 * H]
    wb_gradient, v_gradient = gradient[: 2 * H].reshape(2, H), gradient[2 * H : 3 * H]
    w_column, b_column = wb[0][:, None], wb[1][:, None]
    minus_one = np.full((1, B), -1.0)
    wx, minus_b, active = np.empty((H, B)), np.empty((H, B)), np.empty((H, B), dtype=bool)
    M = np.ones((H + 1, B))  # the last row is the output bias: always active, slope 0, intercept c
    M_units, M_transposed = M[:H], M.T
    lines = np.zeros((2, H + 1))
    lines_units = lines[:, :H]
    f, r_moments, T = np.empty((2, B)), np.empty((2, B)), np.empty((2, H + 1))
    (f1, f0), (rx, r) = f, r_moments
    T_units, products = T[:, :H], np.empty((2, H))
    p1, p0 = products
    c_at = 3 * H
    multiply, add, subtract, greater, copyto = np.multiply, np.add, np.subtract, np.greater, np.copyto
    hidden_learns, output_learns = layers != "output", layers != "hidden"

    def kernel(x: Array, y: Array) -> None:
        # products of one factor are rounded before the comparison, so "active" is what the contract of every kernel says;
        # as matrix products of inner size 1 they are twice as fast as broadcasting
        w_column.dot(x[None], wx)
        b_column.dot(minus_one, minus_b)
        greater(wx, minus_b, active)
        copyto(M_units, active)
        multiply(wb, v, lines_units)
        lines[1, H] = parameters[c_at]
        lines.dot(M, f)
        multiply(f1, x, f1)
        add(f1, f0, r)
        subtract(r, y, r)
        multiply(r, x, rx)
        r_moments.dot(M_transposed, T)
        if hidden_learns:
            multiply(T_units, v, wb_gradient)
        if output_learns:
            multiply(T_units, wb, products)
            add(p1, p0, v_gradient)
            gradient[c_at] = T[1, H]

    return kernel
