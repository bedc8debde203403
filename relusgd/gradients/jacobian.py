"""The derivatives of the learned function by every parameter: as a matrix, and as its products.

J = ∂f/∂θ has a row for every point and a column for every parameter. With θ = (w, b, v, c) of one
hidden layer and A the points at which a unit is active, the columns of that unit are, as functions
of x,

    ∂f/∂w = v x [x ∈ A],   ∂f/∂b = v [x ∈ A],   ∂f/∂v = (w x + b) [x ∈ A],   ∂f/∂c = 1

Products with J need no matrix: J d is the derivative of the forward pass along the direction d, and
Jᵀ u is the backward pass that begins with u in place of the residuals. With one hidden layer both
are prefix sums over the sorted points: O(n + H), after sorting.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from relusgd.gradients.backprop import forward_derivative
from relusgd.gradients.prefix_sums import PrefixSums, bin_sums, bins, centre_of, search
from relusgd.model.network import (
    Activations,
    Array,
    Network,
    forward,
    parameter_count,
    split_parameters,
)


def jacobian(network: Network, x: ArrayLike) -> Array:
    """∂f(x)/∂θ for positions of any shape, in network units; shape (*x.shape, P).

    The columns are in the order of `Network.parameters`: weight_1, bias_1, weight_2, … As in
    `backprop`, with δ_k = ∂f/∂z_k of each point by itself:

        δ_{L+1} = 1,   δ_k = (δ_{k+1} W_{k+1}ᵀ) ∘ [z_k > 0]
        ∂f/∂W_k = a_{k−1} ⊗ δ_k,   ∂f/∂b_k = δ_k

    At an elbow the derivative is that of the side on which the unit is off.
    """
    positions = np.asarray(x, dtype=np.float64)
    a, f = forward(network.weights, network.biases, positions.reshape(-1, 1))
    n = len(f)
    delta = np.ones_like(f)
    blocks: list[Array] = []  # from the output layer down
    for k in reversed(range(len(network.weights))):
        by_weight = a[k][:, :, None] * delta[:, None, :]
        by_bias = delta
        blocks += [by_bias, by_weight.reshape(n, -1)]
        if k > 0:
            active = a[k] > 0
            delta = (delta @ network.weights[k].T) * active
    blocks.reverse()
    columns = np.concatenate(blocks, axis=1)
    return columns.reshape(*positions.shape, -1)


class JacobianProducts:
    """J and Jᵀ times vectors, at n points and by p parameters, without the matrix.

    x: the points, shape (n,), in network units and any order. columns: which of the P parameters
    count, by default all; `learning_parameters` and `layer_parameters` give such slices.
    """

    def __init__(self, network: Network, x: ArrayLike, columns: slice = slice(None)) -> None:
        points = np.asarray(x, dtype=np.float64)
        self._columns = columns
        self._parameter_count = parameter_count(network.hidden)
        self._full: _Shallow | _Deep
        if len(network.hidden) == 1:
            self._full = _Shallow(network, points)
        else:
            self._full = _Deep(network, points)
        p = len(range(self._parameter_count)[columns])
        self.shape = (len(points), p)

    def times(self, direction: Array) -> Array:
        """J d for a direction d, shape (p,): how fast f changes at every point, shape (n,)."""
        if direction.shape != self.shape[1:]:
            raise ValueError(f"a direction has the shape {self.shape[1:]}, not {direction.shape}")
        full = np.zeros(self._parameter_count)
        full[self._columns] = direction
        return self._full.times(full)

    def transposed_times(self, numbers: Array) -> Array:
        """Jᵀ u for a number u of every point, shape (n,): Σ_i u_i ∂f(x_i)/∂θ, shape (p,)."""
        if numbers.shape != self.shape[:1]:
            raise ValueError(f"the points need the shape {self.shape[:1]}, not {numbers.shape}")
        return self._full.transposed_times(numbers)[self._columns]

    def kernel_times(self, numbers: Array) -> Array:
        """JJᵀ u, shape (n,): the tangent kernel of the points times a number of every point."""
        return self.times(self.transposed_times(numbers))


class _Shallow:
    """All columns of one hidden layer, by prefix sums. Letters as in `prefix_sums`."""

    def __init__(self, network: Network, x: Array) -> None:
        self._order = np.argsort(x, kind="stable")
        points = x[self._order]
        self._w = network.slope
        self._b = network.bias
        self._v = network.output_weight
        self._sums = PrefixSums(len(x))
        fenced = self._sums.fence(points)
        with np.errstate(all="ignore"):  # sentinels times slopes may leave the range of floats
            k, _, (_, rises) = search(fenced, self._w, -self._b)
        self._place = bins(k, rises, fenced)
        self._m = centre_of(points)
        self._x = points - self._m
        self._b_centred = self._b + self._w * self._m

    def times(self, direction: Array) -> Array:
        """Σ over active units (v̇ w + v ẇ) (x − m) + v̇ (b + w m) + v (ḃ + ẇ m), and ċ."""
        dw, db, dv = direction[:-1].reshape(3, -1)
        slopes = dv * self._w + self._v * dw
        intercepts = dv * self._b_centred + self._v * (db + dw * self._m)
        slope_sums = self._in_bins(slopes)
        intercept_sums = self._in_bins(intercepts)
        sorted_f = self._sums.sum_lines(slope_sums, intercept_sums, direction[-1], self._m)
        f = np.empty(len(sorted_f))
        f[self._order] = sorted_f
        return f

    def transposed_times(self, numbers: Array) -> Array:
        """v∘(T1 + m T0), v∘T0, w∘T1 + (b + w m)∘T0 and Σ u, with T of u in place of residuals."""
        u = numbers[self._order]
        sums = self._sums.sum_numbers(u, self._x)
        T0, T1 = sums.take(self._place, 1)
        by_w = self._v * (T1 + self._m * T0)
        by_b = self._v * T0
        by_v = self._w * T1 + self._b_centred * T0
        return np.concatenate([by_w, by_b, by_v, [u.sum()]])

    def _in_bins(self, numbers: Array) -> Array:
        return bin_sums(numbers, self._place, len(self._x))


class _Deep:
    """All columns of any depth, by a forward pass along a direction, and by a backward pass."""

    def __init__(self, network: Network, x: Array) -> None:
        self._network = network
        self._x = x[:, None]

    @cached_property
    def _forward(self) -> Activations:
        return forward(self._network.weights, self._network.biases, self._x)

    def times(self, direction: Array) -> Array:
        """R{f} along the direction: see `backprop.forward_derivative`."""
        V, c = split_parameters(direction, self._network.hidden)
        f = forward_derivative(self._network.weights, self._forward.a, V, c).f
        return f[:, 0]

    def transposed_times(self, numbers: Array) -> Array:
        """The backward pass of `backprop`, begun with δ_{L+1} = u."""
        a = self._forward.a
        weights = self._network.weights
        delta = numbers[:, None]
        blocks: list[Array] = []  # from the output layer down
        for k in reversed(range(len(weights))):
            by_weight = a[k].T @ delta
            by_bias = delta.sum(axis=0)
            blocks += [by_bias, by_weight.ravel()]
            if k > 0:
                active = a[k] > 0
                delta = (delta @ weights[k].T) * active
        blocks.reverse()
        return np.concatenate(blocks)
