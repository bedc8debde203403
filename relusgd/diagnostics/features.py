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

from relusgd.diagnostics.decomposed_jacobian import (
    check_finite,
    decomposed,
    directed_derivatives,
    not_finite,
    parts_of_positions,
)
from relusgd.diagnostics.measures import first_layer_activity
from relusgd.diagnostics.singular_values import (
    condition_number,
    effective_rank,
    rounding_rank,
)
from relusgd.errors import InputError
from relusgd.evenly_chosen import evenly_chosen
from relusgd.gradients.jacobian import jacobian
from relusgd.model.network import Array, Booleans, Network, layer_parameters, learning_parameters
from relusgd.words import counted

SIGN_POINTS = 2000
"""At most so many training points decide on the signs of features."""

LARGE = 0.5
"""Where a principal feature first reaches this share of its largest size, it is positive."""


@dataclass(frozen=True, eq=False, repr=False)
class Features:
    """The features of a network at n points, by p of its parameters.

    x: the points, shape (n,), in network units, in ascending order. columns: the p parameters that
    count, a slice of all. singular_values: of J at the points, largest first, shape (m,).
    directions: the right singular vectors v_k as columns, shape (p, m); of a large J the leading
    ones. whole: whether m is min(n, p); of a large J of several hidden layers, only the leading
    singular values are computed.
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
        if not self.whole:
            return float("nan")
        return effective_rank(self.singular_values)

    @property
    def condition(self) -> float:
        """s_1 over the smallest singular value that is not flat; that of the kernel is its square.

        nan where all are flat, and where `whole` is false.
        """
        if not self.whole:
            return float("nan")
        return condition_number(self.singular_values, self.rank)

    @property
    def curvatures(self) -> Array:
        """2/n s_k², shape (m,): the eigenvalues of (2/n) JᵀJ, the Gauss–Newton part of the Hessian
        of the mean squared error."""
        n = len(self.x)
        with np.errstate(over="ignore"):
            return np.asarray(2.0 / n * np.square(self.singular_values))

    @cached_property
    def flat_parameters(self) -> int:
        """How many of the parameters change f at no training point: those of dead units, say."""
        if len(self.network.hidden) == 1:
            is_flat = _flat_in_one_layer(self.network, self.x)[self.columns]
            return int(np.count_nonzero(is_flat))
        n, p = self.shape
        largest = np.zeros(p)
        for part in parts_of_positions(n, p):
            J = jacobian(self.network, self.x[part])[:, self.columns]
            largest_of_part = np.abs(J).max(axis=0)
            np.maximum(largest, largest_of_part, out=largest)
        return int(np.count_nonzero(largest == 0))

    def principal(self, x: ArrayLike, count: int | None = None) -> Array:
        """ψ_1(x) … ψ_count(x), by default all that are known, at positions of shape (k,).

        Shape (k, count). x is in network units, at the training points or between them. A feature
        is as good with the other sign; here it is positive where, from the left, its values at the
        training points first reach half of their largest size.
        """
        positions = np.asarray(x, dtype=np.float64)
        return directed_derivatives(
            self.network,
            positions,
            self.columns,
            self.directions[:, :count],
        )


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
        try:
            s, directions = decomposed(network, points, columns)
        except np.linalg.LinAlgError:  # numbers near the largest float
            raise not_finite() from None
        check_finite(s)
        directions *= _signs(network, points, columns, directions)
    whole = len(s) == min(len(points), len(directions))
    return Features(network, points, columns, s, directions, whole)


def counted_columns(
    network: Network,
    layers: str = "all",
    *,
    output_bias: bool = True,
    layer: int | None = None,
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
    start = max(own.start, learning.start)
    stop = min(own.stop, learning.stop)
    if start >= stop:
        raise InputError(
            f"layer {layer} does not learn: only the {layers} layer does",
            "features are by the parameters that learn",
        )
    return slice(start, stop)


def _flat_in_one_layer(network: Network, x: Array) -> Booleans:
    """Which of all parameters of one hidden layer change f at none of the points x."""
    slope = network.slope
    bias = network.bias
    is_active, _ = first_layer_activity(slope, bias, x)
    # Where x = 0, the slope has no effect.
    elsewhere = x[x != 0]
    is_active_elsewhere = np.zeros_like(is_active)
    if len(elsewhere):
        is_active_elsewhere, _ = first_layer_activity(slope, bias, elsewhere)
    has_weight = network.output_weight != 0
    slopes_move = is_active_elsewhere & has_weight
    biases_move = is_active & has_weight
    output_weights_move = is_active
    output_bias_moves = np.ones(1, dtype=bool)
    moves = [slopes_move, biases_move, output_weights_move, output_bias_moves]
    return ~np.concatenate(moves)


def _signs(network: Network, x: Array, columns: slice, directions: Array) -> Array:
    """The signs with which features become positive where they are first large, shape (m,).

    Of many points, at SIGN_POINTS of them, evenly chosen.
    """
    chosen = evenly_chosen(len(x), SIGN_POINTS)
    values = directed_derivatives(network, x[chosen], columns, directions)
    size = np.abs(values)
    is_large = size >= LARGE * size.max(axis=0)
    first_large = np.argmax(is_large, axis=0)
    value_there = np.take_along_axis(values, first_large[None], axis=0)[0]
    return np.where(value_there < 0, -1.0, 1.0)
