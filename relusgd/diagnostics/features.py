"""The features of a network: the columns of J = ∂f/∂θ as functions of x, and their principal ones.

A small change of the parameters by d changes f by J d. With J = U S Vᵀ at the training points, the
parameters have directions v_1, v_2, … that matter less and less, each with a function of x:

    ψ_k(x) = Σ_i v_ki ∂f(x)/∂θ_i,   at the training points ψ_k(x_i) = s_k U_ik

These are the principal features. Gradient descent on the network linearised here, f + J (θ − θ_0),
learns each of them by itself, at a speed of its own: see `learned_shares`. JJᵀ is the tangent
kernel (Jacot, Gabriel & Hongler 2018); its eigenvalues are the s_k².
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from relusgd.diagnostics.singular_values import (
    SingularTriplets,
    all_triplets,
    condition_number,
    effective_rank,
    leading_triplets,
    rounding_rank,
)
from relusgd.errors import InputError
from relusgd.gradients.jacobian import JacobianProducts, jacobian
from relusgd.model.network import Array, Network, layer_parameters, learning_parameters
from relusgd.words import counted

MOST_NUMBERS = 2**24
"""The largest J that is formed, as points × parameters: 128 MB of float64."""

MOST_OPERATIONS = 1e10
"""The largest decomposition of all of J, as n · p · min(n, p): a few seconds."""

LEADING = 100
"""So many singular values are computed where J is larger."""

PART_NUMBERS = 2**22
"""Positions × parameters of the derivatives that are evaluated at once."""

LARGE = 0.5
"""Where a principal feature first reaches this share of its largest size, it is positive."""


@dataclass(frozen=True, eq=False, repr=False)
class Features:
    """The features of a network at n points, by p of its parameters.

    x: the points, shape (n,), in network units, in ascending order. columns: the p parameters that
    count, a slice of all. singular_values: of J at the points, largest first, shape (m,).
    directions: the right singular vectors v_k as columns, shape (p, m). whole: whether m is
    min(n, p); where J is large, only its leading singular values are computed.
    """

    network: Network
    x: Array
    columns: slice
    singular_values: Array
    directions: Array
    whole: bool

    def __repr__(self) -> str:
        n, p = self.shape
        return (
            f"<Features: {counted(n, 'point')}, {counted(p, 'parameter')}, rank {self.rank}, "
            f"effective rank {self.effective_rank:.3g}>"
        )

    @property
    def shape(self) -> tuple[int, int]:
        """Of J: training points and parameters that count, (n, p)."""
        return len(self.x), len(self.directions)

    @property
    def rank(self) -> int:
        """How many directions are not flat: above the rounding error of the largest one.

        Where `whole` is false, only those that were computed are counted.
        """
        return rounding_rank(self.singular_values, self.shape)

    @property
    def effective_rank(self) -> float:
        """How many directions matter: exp of the entropy of s_k / Σ s (Roy & Vetterli 2007).

        nan where all are flat, and where `whole` is false.
        """
        return effective_rank(self.singular_values) if self.whole else float("nan")

    @property
    def condition(self) -> float:
        """s_1 over the smallest singular value that is not flat; that of the kernel is its square.

        nan where all are flat, and where `whole` is false.
        """
        return condition_number(self.singular_values, self.rank) if self.whole else float("nan")

    @property
    def curvatures(self) -> Array:
        """2/n s_k², shape (m,): the eigenvalues of (2/n) JᵀJ, the Gauss–Newton part of the Hessian
        of the mean squared error."""
        return 2.0 / len(self.x) * np.square(self.singular_values)

    @cached_property
    def flat_parameters(self) -> int:
        """How many of the parameters change f at no training point: those of dead units, say."""
        n, p = self.shape
        largest = np.zeros(p)
        for part in _parts(n, p):
            J = jacobian(self.network, self.x[part])[:, self.columns]
            np.maximum(largest, np.abs(J).max(axis=0), out=largest)
        return int(np.count_nonzero(largest == 0))

    def principal(self, x: ArrayLike, count: int | None = None) -> Array:
        """ψ_1(x) … ψ_count(x), by default all, at positions of shape (k,); shape (k, count).

        x is in network units, at the training points or between them. A feature is as good with the
        other sign; here it is positive where, from the left, its values at the training points
        first reach half of their largest size.
        """
        positions = np.asarray(x, dtype=np.float64)
        directions = self.directions[:, :count]
        values = np.empty((len(positions), directions.shape[1]))
        for part in _parts(len(positions), len(directions)):
            J = jacobian(self.network, positions[part])[:, self.columns]
            values[part] = J @ directions
        return values


def features(
    network: Network,
    x: ArrayLike,
    layers: str = "all",
    *,
    output_bias: bool = True,
    layer: int | None = None,
) -> Features:
    """The features of a network at the points x, shape (n,), in network units.

    layers: which parameters learn, all, output or hidden; without output_bias the output bias is
    frozen. layer: only the parameters of this layer, from 1 on; the output layer is the last one.
    Raises InputError for a layer that the network does not have, when none of its parameters
    learns, without points, and when derivatives are not finite.
    """
    points = np.sort(np.asarray(x, dtype=np.float64).ravel())
    columns = counted_columns(network, layers, output_bias=output_bias, layer=layer)
    if not len(points):
        raise InputError("features are those of training points, and there is none")
    with np.errstate(all="ignore"):
        left, s, directions = _triplets(network, points, columns)
    signs = _signs(left)
    whole = len(s) == min(len(points), len(directions))
    return Features(network, points, columns, s, directions * signs, whole)


def counted_columns(
    network: Network, layers: str = "all", *, output_bias: bool = True, layer: int | None = None
) -> slice:
    """The parameters that learn, or those of them in one layer, as a slice of all.

    Raises InputError for a layer that the network does not have, or that does not learn.
    """
    hidden = network.hidden
    learning = learning_parameters(hidden, layers, output_bias=output_bias)
    if layer is None:
        return learning
    last = len(hidden) + 1
    if not 1 <= layer <= last:
        raise InputError(
            f"the network has no layer {layer}",
            f"its layers are 1 to {last}; {last} is the output layer",
        )
    own = layer_parameters(hidden, layer)
    start, stop = max(own.start, learning.start), min(own.stop, learning.stop)
    if start >= stop:
        raise InputError(
            f"layer {layer} does not learn: only the {layers} layer does",
            "features are by the parameters that learn",
        )
    return slice(start, stop)


def _triplets(network: Network, x: Array, columns: slice) -> SingularTriplets:
    """The singular triplets of J: all of them, or the leading ones of a large J."""
    products = JacobianProducts(network, x, columns)
    n, p = products.shape
    is_large = n * p > MOST_NUMBERS or n * p * min(n, p) > MOST_OPERATIONS
    if not is_large:
        J = jacobian(network, x)[:, columns]
        _check_finite(J)
        return all_triplets(J)
    _check_finite(network.parameters())
    _check_finite(network(x))
    return leading_triplets(products, LEADING)


def _check_finite(numbers: Array) -> None:
    if not np.isfinite(numbers).all():
        raise InputError(
            "the network has diverged: its derivatives are not finite",
            "take a snapshot from before",
        )


def _signs(left: Array) -> Array:
    """The signs with which the columns become positive where they are first large, shape (m,)."""
    size = np.abs(left)
    first_large = np.argmax(size >= LARGE * size.max(axis=0), axis=0)
    value_there = np.take_along_axis(left, first_large[None], axis=0)[0]
    return np.where(value_there < 0, -1.0, 1.0)


def _parts(positions: int, parameters: int) -> list[slice]:
    """Slices of range(positions) with at most PART_NUMBERS derivatives each."""
    size = max(1, PART_NUMBERS // max(parameters, 1))
    return [slice(start, start + size) for start in range(0, positions, size)]
