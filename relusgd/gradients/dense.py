"""The dense kernels in NumPy: all pairs of units and points, in matrices that are allocated once.

For a batch x, y of B points and one hidden layer, let M_ji = 1 where unit j is active at x_i, that
is where w_j x_i + b_j > 0, else 0:

    A = M ∘ (w xᵀ + b),   f = v A + c,   r = f − y
    ∂w = v ∘ M(r∘x),   ∂b = v ∘ M r,   ∂v = A r,   ∂c = Σ r      of ½ Σ r²

`backprop` is the readable form of this for any depth; here it takes as few NumPy calls as possible.

If only the output layer a = (v, c) learns, at any depth, the outputs of the hidden layers never
change. With Φ = [outputs of the last hidden layer, 1] at the points of a batch, which can be kept,

    r = Φ a − y,   ∂a = Φᵀ r      of ½ Σ r²
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Literal

import numpy as np

from relusgd.model.network import Array, Integers, Network

Layers = Literal["all", "output", "hidden"]
Kernel = Callable[[Array, Array], object]
"""kernel(x, y) writes the gradient of ½ Σ_i (f(x_i) − y_i)² into the vector it was made for."""

RowKernel = Callable[[Integers | None], object]
"""kernel(rows) does so for these rows of the points it was made for, or for all rows if None."""

ACTIVATION_BYTES = 64 * 2**20
"""Outputs of hidden layers that do not learn are kept up to this size."""


def dense_kernel(
    parameters: Array,
    gradient: Array,
    width: int,
    batch_size: int,
    layers: Layers = "all",
) -> Kernel:
    """The kernel of one hidden layer for batches of shape (batch_size,), in any order.

    It reads `parameters` and writes `gradient`, both of shape (3 width + 1,). The parts of the
    gradient that `layers` does not name are not changed.
    """
    H, B = width, batch_size
    w = parameters[:H, None]
    b = parameters[H : 2 * H, None]
    v = parameters[2 * H : 3 * H]
    vc = parameters[2 * H :]
    wb_gradient = gradient[: 2 * H].reshape(2, H)
    vc_gradient = gradient[2 * H :]
    hidden_learns = layers != "output"
    output_learns = layers != "hidden"

    # Matrix products of inner size 1 are outer products: twice as fast as broadcasting. They round
    # the product w x before it is compared with −b, as the rule for "active" demands.
    minus_one = np.full((1, B), -1.0)
    wx = np.empty((H, B))
    minus_b = np.empty((H, B))
    active = np.empty((H, B), dtype=bool)
    M = np.empty((H, B))
    M_transposed = M.T
    A = np.ones((H + 1, B))  # the last row belongs to c
    A_units = A[:H]
    r_moments = np.empty((2, B))
    rx, r = r_moments
    T = np.empty((2, H))

    # Local names, because looking up attributes costs a few percent of a small step.
    multiply, subtract, greater, copyto = np.multiply, np.subtract, np.greater, np.copyto
    w_dot, b_dot, vc_dot, A_dot, r_dot = w.dot, b.dot, vc.dot, A.dot, r_moments.dot

    def kernel(x: Array, y: Array) -> None:
        w_dot(x[None], wx)
        b_dot(minus_one, minus_b)
        greater(wx, minus_b, active)
        copyto(M, active)
        subtract(wx, minus_b, A_units)
        multiply(A_units, M, A_units)
        vc_dot(A, r)
        subtract(r, y, r)
        if hidden_learns:
            multiply(r, x, rx)
            r_dot(M_transposed, T)
            multiply(T, v, wb_gradient)
        if output_learns:
            A_dot(r, vc_gradient)

    return kernel


def activations_fit(points: int, width: int) -> bool:
    """Whether Φ at so many points, for a last hidden layer of this width, may be kept."""
    return 8 * points * (width + 1) <= ACTIVATION_BYTES


def output_kernel(
    network: Network,
    x: Array,
    y: Array,
    parameters: Array,
    gradient: Array,
) -> RowKernel:
    """The kernel of the output layer alone, for batches of rows of the points x, y, shape (n,).

    It reads the output layer, the last H_L + 1 of `parameters`, and writes the same part of
    `gradient`. The hidden layers are those of `network` and never change.
    """
    n = len(x)
    size = network.hidden[-1] + 1
    a = parameters[-size:]
    a_gradient = gradient[-size:]
    Phi_all = np.ones((n, size))
    with np.errstate(all="ignore"):
        Phi_all[:, :-1] = network.activations(x)[-1]
    all_points = Phi_all, y, np.empty(n)

    @cache
    def buffers(B: int) -> tuple[Array, Array, Array]:
        """Memory for Φ, y and r of a batch of this size."""
        return np.empty((B, size)), np.empty(B), np.empty(B)

    def gather(rows: Integers) -> tuple[Array, Array, Array]:
        Phi, y_batch, r = buffers(len(rows))
        Phi_all.take(rows, 0, Phi, "clip")
        y.take(rows, None, y_batch, "clip")
        return Phi, y_batch, r

    def kernel(rows: Integers | None) -> None:
        Phi, y_batch, r = all_points if rows is None else gather(rows)
        Phi.dot(a, r)
        np.subtract(r, y_batch, r)
        r.dot(Phi, a_gradient)

    return kernel
