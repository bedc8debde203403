"""The dense step of one hidden layer in NumPy, with the H × B matrices allocated once.

For a batch x, y of B points, M_ji = 1 where unit j is active at x_i, i.e. where w_j x_i + b_j > 0:

    A = M ∘ (w xᵀ + b),   f = v A + c,   r = f − y
    ∂w = v ∘ M(r∘x),   ∂b = v ∘ M r,   ∂v = A r,   ∂c = Σ r      of ½ Σ r²

`backprop` has the same for every depth, to be read; this is the same arithmetic in as few calls as NumPy allows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np

from relusgd.model.network import Array

Layers = Literal["all", "output", "hidden"]
Kernel = Callable[[Array, Array], object]
"""kernel(x, y) writes the gradient of ½ Σ_i (f(x_i) − y_i)² into the vector that the kernel was made for."""


def dense_kernel(
    parameters: Array, gradient: Array, width: int, batch_size: int, layers: Layers = "all"
) -> Kernel:
    """The kernel that reads `parameters` and writes `gradient`, both shape (3 width + 1,), for batches of shape (batch_size,).

    The parts of the gradient that `layers` does not name are left as they are. Points need no order.
    """
    H, B = width, batch_size
    w, b, v, vc = (
        parameters[:H, None],
        parameters[H : 2 * H, None],
        parameters[2 * H : 3 * H],
        parameters[2 * H :],
    )
    wb_gradient, vc_gradient = gradient[: 2 * H].reshape(2, H), gradient[2 * H :]
    # Matrix products of inner size 1 are outer products, twice as fast as broadcasting, and round the product w x before the
    # comparison with −b, as "active" asks.
    minus_one = np.full((1, B), -1.0)
    wx, minus_b, active = np.empty((H, B)), np.empty((H, B)), np.empty((H, B), dtype=bool)
    M, A = np.empty((H, B)), np.ones((H + 1, B))  # the last row of A belongs to c
    A_units, M_transposed = A[:H], M.T
    r_moments, T = np.empty((2, B)), np.empty((2, H))
    rx, r = r_moments
    multiply, subtract, greater, copyto = np.multiply, np.subtract, np.greater, np.copyto
    w_dot, b_dot, vc_dot, A_dot, r_dot = w.dot, b.dot, vc.dot, A.dot, r_moments.dot

    def residuals(x: Array, y: Array) -> None:
        w_dot(x[None], wx)
        b_dot(minus_one, minus_b)
        greater(wx, minus_b, active)
        copyto(M, active)
        subtract(wx, minus_b, A_units)
        multiply(A_units, M, A_units)
        vc_dot(A, r)
        subtract(r, y, r)

    def hidden_gradient(x: Array) -> None:
        multiply(r, x, rx)
        r_dot(M_transposed, T)
        multiply(T, v, wb_gradient)

    def hidden(x: Array, y: Array) -> None:
        residuals(x, y)
        hidden_gradient(x)

    def output(x: Array, y: Array) -> None:
        residuals(x, y)
        A_dot(r, vc_gradient)

    def every(x: Array, y: Array) -> None:
        residuals(x, y)
        hidden_gradient(x)
        A_dot(r, vc_gradient)

    return {"all": every, "output": output, "hidden": hidden}[layers]
