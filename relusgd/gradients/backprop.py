"""Backpropagation with matrices, for any depth and any number of inputs and outputs: the reference.

A batch has B points; rows are points, columns are units. The forward pass is that of a network with
L hidden layers, where a_0 = x is the input and f the output:

    z_k = a_{k−1} W_k + b_k,   a_k = relu(z_k)  for k = 1 … L,   f = z_{L+1}
    loss = 1/B Σ_i |f_i − y_i|²

The backward pass, with δ_k = ∂loss/∂z_k:

    δ_{L+1} = 2/B (f − y),   δ_k = (δ_{k+1} W_{k+1}ᵀ) ∘ [z_k > 0]
    ∂loss/∂W_k = a_{k−1}ᵀ δ_k,   ∂loss/∂b_k = Σ_i δ_k,i

relu′(0) = 0, and [z > 0] is about the float64 value of z (Rumelhart, Hinton & Williams 1986).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from relusgd.model.network import Activations, Array, forward


class Gradient(NamedTuple):
    """loss: of the batch. weights, biases: its derivative by every W_k and b_k, in their shapes."""

    loss: float
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]


def backprop(weights: Sequence[Array], biases: Sequence[Array], x: Array, y: Array) -> Gradient:
    """The loss and its gradient on points x, shape (B, n_in), with values y, shape (B, n_out).

    Raises ValueError when the shapes do not fit together.
    """
    a, f = forward(weights, biases, x)
    r = residual(f, y)
    loss = float(np.vdot(r, r)) / len(x)
    weight_gradients: list[Array] = []
    bias_gradients: list[Array] = []
    for k, delta in backward(weights, a, r):
        weight_gradients.append(a[k].T @ delta)
        bias_gradients.append(delta.sum(axis=0))
    # They came from the output layer down.
    weight_gradients.reverse()
    bias_gradients.reverse()
    return Gradient(loss, tuple(weight_gradients), tuple(bias_gradients))


def backward(weights: Sequence[Array], a: Sequence[Array], r: Array) -> Iterator[tuple[int, Array]]:
    """k and δ_{k+1} = ∂loss/∂z_{k+1}, from the output's layer, k = L, down to k = 0.

    a: the inputs a_0 … a_L of every layer, as `forward` gives them. r: f − y, shape (B, n_out).
    """
    B = len(r)
    delta = 2.0 / B * r
    for k in reversed(range(len(weights))):
        yield k, delta
        if k > 0:
            delta = (delta @ weights[k].T) * (a[k] > 0)


def residual(f: Array, y: Array) -> Array:
    """f − y of one shape (B, n_out).

    Raises ValueError for other shapes, whose difference would silently be broadcast to B × B.
    """
    if f.shape != y.shape:
        raise ValueError(f"y must have the shape {f.shape}, one row per point, not {y.shape}")
    return f - y


def hessian_vector(
    weights: Sequence[Array],
    biases: Sequence[Array],
    x: Array,
    y: Array,
    V: Sequence[Array],
    c: Sequence[Array],
) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """The Hessian of the loss times the direction (V, c), in the shapes of (weights, biases).

    R{·}, the derivative along the direction, of every line of `backprop` (Pearlmutter 1994). Which
    units are active is constant almost everywhere, so the derivative of [z > 0] is 0:

        R{a_0} = 0,   R{z_k} = R{a_{k−1}} W_k + a_{k−1} V_k + c_k,   R{a_k} = R{z_k} ∘ [z_k > 0]
        R{δ_{L+1}} = 2/B R{f},   R{δ_k} = (R{δ_{k+1}} W_{k+1}ᵀ + δ_{k+1} V_{k+1}ᵀ) ∘ [z_k > 0]
        R{∂W_k} = R{a_{k−1}}ᵀ δ_k + a_{k−1}ᵀ R{δ_k},   R{∂b_k} = Σ_i R{δ_k,i}

    Raises ValueError when the shapes do not fit together.
    """
    a, f = forward(weights, biases, x)
    Ra, Rf = forward_derivative(weights, a, V, c)
    factor = 2.0 / len(x)
    delta = factor * residual(f, y)
    Rdelta = factor * Rf
    weight_products: list[Array] = []
    bias_products: list[Array] = []
    for k in reversed(range(len(weights))):
        weight_products.append(Ra[k].T @ delta + a[k].T @ Rdelta)
        bias_products.append(Rdelta.sum(axis=0))
        if k > 0:
            active = a[k] > 0
            Rdelta = (Rdelta @ weights[k].T + delta @ V[k].T) * active
            delta = (delta @ weights[k].T) * active
    # They came from the output layer down.
    weight_products.reverse()
    bias_products.reverse()
    return tuple(weight_products), tuple(bias_products)


def forward_derivative(
    weights: Sequence[Array],
    a: Sequence[Array],
    V: Sequence[Array],
    c: Sequence[Array],
) -> Activations:
    """R{a_0} … R{a_L} and R{f}: the derivative of the forward pass along the direction (V, c).

    a: the inputs a_0 … a_L of every layer, as `forward` gives them.
    """
    Ra = [np.zeros_like(a[0])]
    Rz = a[0] @ V[0] + c[0]
    for k in range(1, len(weights)):
        active = a[k] > 0
        Ra.append(Rz * active)
        Rz = Ra[k] @ weights[k] + a[k] @ V[k] + c[k]
    return Activations(tuple(Ra), Rz)
