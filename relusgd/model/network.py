"""A fully connected ReLU network with one input and one output, of any depth.

    a_0 = x,   a_k = relu(a_{k-1} @ W_k + b_k)  for k = 1 … L,   f(x) = a_L @ W_{L+1} + b_{L+1}

With one hidden layer this is f(x) = Σ_j v_j relu(w_j x + b_j) + c: every unit j bends the line at
its elbow −b_j/w_j.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]

Range = tuple[float, float]
"""The lowest and the highest of numbers: a domain, or the limits of an axis."""

PARAMETER_NAME = re.compile(r"(weight|bias)_([1-9][0-9]{0,3})")


def layer_shapes(hidden: Sequence[int]) -> list[tuple[int, int]]:
    """(fan_in, fan_out) of every layer, for hidden widths such as [40] or [20, 20]."""
    return list(pairwise([1, *hidden, 1]))


def parameter_count(hidden: Sequence[int]) -> int:
    """Number of weights and biases: 3H + 1 for one hidden layer of width H."""
    return sum((fan_in + 1) * fan_out for fan_in, fan_out in layer_shapes(hidden))


def learning_parameters(
    hidden: Sequence[int],
    layers: str = "all",
    *,
    output_bias: bool = True,
) -> slice:
    """Which parameters learn, as a slice of a vector in the order of `split_parameters`.

    layers: all, output or hidden; without output_bias the output bias is frozen. Raises ValueError
    for other layers.
    """
    size = parameter_count(hidden)
    output = size - hidden[-1] - 1
    ends = {"all": (0, size), "output": (output, size), "hidden": (0, output)}
    if layers not in ends:
        raise ValueError(f"layers must be all, output or hidden, not {layers!r}")
    start, stop = ends[layers]
    if stop == size and not output_bias:
        stop -= 1
    return slice(start, stop)


def layer_parameters(hidden: Sequence[int], layer: int) -> slice:
    """The weights and biases of one layer, as a slice of a vector in the order of
    `split_parameters`.

    layer: from 1 on; len(hidden) + 1 is the output layer. Raises ValueError for other layers.
    """
    shapes = layer_shapes(hidden)
    if not 1 <= layer <= len(shapes):
        raise ValueError(f"layer must be 1 to {len(shapes)}, not {layer!r}")
    sizes = [(fan_in + 1) * fan_out for fan_in, fan_out in shapes]
    start = sum(sizes[: layer - 1])
    stop = start + sizes[layer - 1]
    return slice(start, stop)


def split_parameters(
    vector: Array,
    hidden: Sequence[int],
) -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Views of the weights and biases in vectors of shape (…, parameter_count).

    Their shapes are (…, fan_in, fan_out) and (…, fan_out).

    The order is weight_1, bias_1, weight_2, bias_2, …, so that the output layer comes last.
    """
    weights = []
    biases = []
    leading = vector.shape[:-1]
    start = 0
    for fan_in, fan_out in layer_shapes(hidden):
        middle = start + fan_in * fan_out
        stop = middle + fan_out
        flat_weight = vector[..., start:middle]
        weights.append(flat_weight.reshape(*leading, fan_in, fan_out))
        biases.append(vector[..., middle:stop])
        start = stop
    return tuple(weights), tuple(biases)


def elbow_positions(slope: Array, bias: Array) -> Array:
    """−bias/slope, where a unit switches; nan at slope 0, where it never does. Shapes as given."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.where(slope == 0, np.nan, -bias / slope)


class HasLayers(Protocol):
    """A network, or the history of one."""

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]


def named_parameter(owner: HasLayers, name: str) -> Array:
    """The array weight_k or bias_k of the owner, k from 1 on. Raises AttributeError for any other
    name.
    """
    # Nothing is asked of the owner before: it may be half-made, by copy or pickle.
    match = PARAMETER_NAME.fullmatch(name)
    if match is not None:
        kind = match[1]
        layer = int(match[2])
        arrays = owner.weights if kind == "weight" else owner.biases
        if layer <= len(arrays):
            return arrays[layer - 1]
    raise AttributeError(f"{type(owner).__name__} has no attribute {name!r}")


class Activations(NamedTuple):
    """What a forward pass gives.

    a: a_0 … a_L, the inputs of every layer, shape (B, fan_in) each.
    f: the output, shape (B, n_out).

    a_k > 0 exactly where z_k > 0, so that z need not be kept.
    """

    a: tuple[Array, ...]
    f: Array


def forward(weights: Sequence[Array], biases: Sequence[Array], x: Array) -> Activations:
    """The forward pass, for any depth and any number of inputs and outputs.

        a_0 = x,   z_k = a_{k−1} W_k + b_k,   a_k = relu(z_k)  for k = 1 … L,   f = z_{L+1}

    x: a batch of B points, shape (B, n_in); weights[k]: shape (fan_in, fan_out), biases[k]: shape
    (fan_out,). Raises ValueError when the shapes do not fit together.
    """
    n_in = len(weights[0])
    if x.ndim != 2 or x.shape[1] != n_in:
        raise ValueError(f"x must have the shape (points, {n_in}), not {x.shape}")
    a = [x]
    z = affine(x, weights[0], biases[0])
    for W, b in zip(weights[1:], biases[1:], strict=True):
        np.maximum(z, 0.0, out=z)
        a.append(z)
        z = affine(z, W, b)
    return Activations(tuple(a), z)


def affine(a: Array, W: Array, b: Array) -> Array:
    """a W + b, shape (B, fan_out).

    With one input the product is rounded before the sum, which a matrix product need not do. This
    rounding decides which units of the first layer are active, and every kernel has to agree on it.
    """
    # In one expression each, NumPy adds in the memory of the product.
    z: Array = a * W + b if len(W) == 1 else a @ W + b
    return z


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """A network, from the input layer on.

    weights[k]: shape (fan_in, fan_out), biases[k]: shape (fan_out,).
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]

    @classmethod
    def from_parameters(cls, vector: Array, hidden: Sequence[int]) -> Network:
        """The network with views of a vector, shape (parameter_count(hidden),), as parameters."""
        return cls(*split_parameters(vector, hidden))

    def parameters(self) -> Array:
        """All weights and biases in one vector, a copy, in the order of `split_parameters`."""
        parts = []
        for weight, bias in zip(self.weights, self.biases, strict=True):
            parts.append(weight.ravel())
            parts.append(bias)
        return np.concatenate(parts)

    def __repr__(self) -> str:
        return f"<Network: hidden {list(self.hidden)}, {parameter_count(self.hidden):,} parameters>"

    @property
    def hidden(self) -> tuple[int, ...]:
        """The widths of the hidden layers."""
        return tuple(weight.shape[1] for weight in self.weights[:-1])

    if not TYPE_CHECKING:  # so that a wrong name is still found by mypy

        def __getattr__(self, name):
            """weight_1, bias_1, … weight_{L+1}, bias_{L+1}: the arrays by their files' names."""
            return named_parameter(self, name)

    @property
    def slope(self) -> Array:
        """Input weights of the first layer's units, shape (H1,)."""
        return np.asarray(self.weights[0][0])

    @property
    def bias(self) -> Array:
        """Biases of the first layer's units, shape (H1,)."""
        return self.biases[0]

    @property
    def elbow(self) -> Array:
        """Where the first layer's units switch, shape (H1,); nan at slope 0."""
        return elbow_positions(self.slope, self.bias)

    @property
    def output_weight(self) -> Array:
        """Weights of the last hidden layer's units in the output, shape (H_L,)."""
        return self.weights[-1][:, 0]

    @property
    def output_bias(self) -> float:
        """The constant added to the output."""
        return float(self.biases[-1][0])

    @property
    def slope_change(self) -> Array:
        """v·|w|: the jump of f′ at each unit's elbow, shape (H1,); for one hidden layer only.

        Raises ValueError for a deep network, whose units bend the function differently from place
        to place.
        """
        if len(self.weights) != 2:
            raise ValueError(
                "slope_change belongs to units of one hidden layer; "
                "relusgd.breakpoints(network) has the jumps of f′ of a deep network"
            )
        return self.output_weight * np.abs(self.slope)

    def activations(self, x: ArrayLike) -> list[Array]:
        """a_1 … a_L at positions x, shape (n_points,): shape (n_points, width) each."""
        _, *hidden = self._forward(x).a
        return hidden

    def __call__(self, x: ArrayLike) -> Array:
        """f(x) for positions of any shape; the result has the same shape."""
        f = self._forward(x).f
        return f.reshape(np.shape(x))

    def _forward(self, x: ArrayLike) -> Activations:
        positions = np.asarray(x, dtype=np.float64).reshape(-1, 1)
        return forward(self.weights, self.biases, positions)
