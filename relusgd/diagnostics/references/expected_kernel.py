"""The tangent kernel that a network of one hidden layer has at infinite width, and its regression.

The kernel of a network is J Jᵀ, the sum over its H units of

    v² (x z + 1) [a(x) > 0] [a(z) > 0] + relu(a(x)) relu(a(z)),   a(x) = w x + b

and 1 for the output bias. With growing width it approaches its mean over the law from which the
units are drawn (Jacot, Gabriel & Hongler 2018), and training follows the kernel regression with
that mean, from the mean of f_0. With uniform elbows it is the kernel of a cubic spline (Williams et
al. 2019). Even elbows and alternating signs count as drawn, which they are in the limit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.references.splines import mean_points
from relusgd.diagnostics.references.unit_laws.drawn_elbows import PlacedUnits, UnitsAtOnePlace
from relusgd.diagnostics.references.unit_laws.law import SlopeLaw, UnitLaw
from relusgd.diagnostics.references.unit_laws.normal_units import NormalBiases, NormalUnits
from relusgd.diagnostics.references.unit_laws.uniform_biases import UniformBiases
from relusgd.errors import InputError
from relusgd.model.initial import InitialNetwork
from relusgd.model.network import Array
from relusgd.one_thread import one_thread

MOST_POINTS = 5_000
"""Of more training points the regression is not made: the kernel has a row for each."""

ROWS_AT_ONCE = 2**20
"""Numbers of the kernel that are computed at once."""


@dataclass(frozen=True)
class ExpectedKernel:
    """The mean of J Jᵀ and of f_0 over the draws of an initial network.

    units: H. law: of a hidden unit. weight_square: E v², or None where v² is w² + b² (balanced).
    weight_mean: E v. offset: the mean output bias. hidden_learns, output_learns, bias_learns: the
    parameters whose derivatives count.
    """

    units: int
    law: UnitLaw
    weight_square: float | None
    weight_mean: float
    offset: float
    hidden_learns: bool
    output_learns: bool
    bias_learns: bool

    def __call__(self, x: Array, z: Array) -> Array:
        """E J(x) J(z)ᵀ for positions of shape (k,) and (l,), in network units; shape (k, l)."""
        kernel = np.empty((len(x), len(z)))
        rows = max(1, ROWS_AT_ONCE // len(z))
        for start in range(0, len(x), rows):
            part = slice(start, start + rows)
            kernel[part] = self._block(x[part], z)
        return kernel

    def _block(self, x: Array, z: Array) -> Array:
        kernel = np.zeros((len(x), len(z)))
        if self.hidden_learns:
            kernel += (np.multiply.outer(x, z) + 1) * self._squares(x, z)
        if self.output_learns:
            kernel += self.law.outputs(x, z)
        return self.units * kernel + float(self.bias_learns)

    def _squares(self, x: Array, z: Array) -> Array:
        """E v² [a(x) > 0] [a(z) > 0]."""
        if self.weight_square is None:
            return self.law.balanced(x, z)
        return self.weight_square * self.law.gates(x, z)

    def start(self, x: Array) -> Array:
        """E f_0(x), shape as x."""
        if not self.weight_mean:
            return np.full_like(x, self.offset)
        return self.units * self.weight_mean * self.law.mean(x) + self.offset


def expected_kernel(
    initial: InitialNetwork,
    layers: str = "all",
    *,
    output_bias: bool = True,
) -> ExpectedKernel:
    """The mean kernel of an initial network over its draws; layers: which of them learn.

    Raises InputError for deep networks, and for units that are listed one by one, which have no
    common law.
    """
    if len(initial.hidden) > 1:
        raise InputError(
            "the kernel at infinite width is that of one hidden layer, "
            f"and network.hidden has {len(initial.hidden)}",
            "linearized is for networks of any depth",
        )
    for key in ("slopes", "elbows", "output_weights"):
        if not isinstance(getattr(initial, key), str | float | int | None):
            raise InputError(
                f"network.{key} lists the units one by one, so that they have no common law "
                "and no kernel at infinite width",
                "linearized is for networks of any start",
            )
    output_learns = layers != "hidden"
    law = _unit_law(initial)
    square, mean = _output_weights(initial)
    is_balanced = initial.balanced and square > 0
    return ExpectedKernel(
        units=initial.hidden[0],
        law=law,
        weight_square=None if is_balanced else square,
        weight_mean=mean,
        offset=initial.output_offset or 0.0,
        hidden_learns=layers != "output",
        output_learns=output_learns,
        bias_learns=output_learns and output_bias,
    )


def _output_weights(initial: InitialNetwork) -> tuple[float, float]:
    """E v² and E v."""
    given = initial.output_weights
    if isinstance(given, float | int):
        return float(given) ** 2, float(given)
    (width,) = initial.hidden
    squares = {
        "torch": 1 / (3 * width),
        "he_normal": 2 / width,
        "glorot_uniform": 2 / (width + 1),
        "uniform": 1 / 3,
        "normal": 1.0,
    }
    return initial.output_scale**2 * squares[initial.init], 0.0


def _unit_law(initial: InitialNetwork) -> UnitLaw:
    """The law of slope and bias of a hidden unit."""
    slope = _slope_law(initial)
    if initial.elbows in ("uniform", "even"):
        return PlacedUnits(*initial.elbow_range, slope)
    if isinstance(initial.elbows, float | int):
        return UnitsAtOnePlace(float(initial.elbows), slope)
    if initial.init in ("he_normal", "glorot_uniform") or not initial.hidden_scale:
        return UnitsAtOnePlace(0.0, slope)  # the biases are 0
    given = _given_slopes(initial)
    if initial.init in ("torch", "uniform"):
        return UniformBiases(initial.hidden_scale, given)
    if given is None:
        return NormalUnits(initial.hidden_scale)
    return NormalBiases(initial.hidden_scale, given)


def _given_slopes(initial: InitialNetwork) -> tuple[float, ...] | None:
    """The slopes that units have, equally often; None where they are drawn."""
    if initial.slopes is None:
        return None
    if initial.slopes == "signs":
        return 1.0, -1.0
    assert isinstance(initial.slopes, float | int)
    return (float(initial.slopes),)


def _slope_law(initial: InitialNetwork) -> SlopeLaw:
    given = _given_slopes(initial)
    if given is not None:
        slopes = np.array(given)
        return SlopeLaw(
            positive=float(np.mean(slopes > 0)),
            negative=float(np.mean(slopes < 0)),
            square=float(np.mean(np.square(slopes))),
            size=float(np.mean(np.abs(slopes))),
        )
    if initial.init in ("normal", "he_normal"):
        usual = np.sqrt(2.0) if initial.init == "he_normal" else 1.0
        deviation = initial.hidden_scale * usual
        mean_size = deviation * float(np.sqrt(2 / np.pi))
        return SlopeLaw(0.5, 0.5, deviation**2, mean_size)
    limit = initial.hidden_scale
    if initial.init == "glorot_uniform":
        limit *= float(np.sqrt(6.0 / (1 + initial.hidden[0])))
    return SlopeLaw(0.5, 0.5, limit**2 / 3, limit / 2)


def kernel_regression(kernel: ExpectedKernel, x: Array, y: Array) -> Callable[[Array], Array]:
    """What training with this kernel reaches at infinite time, from the mean of f_0.

        f(z) = E f_0(z) + K(z, X) K(X, X)⁺ (y − E f_0(X))

    x, y: the training points, shape (n,), in network units; where several share an x, the mean of
    their y counts. K⁺ leaves out directions that are rounding. Raises InputError for more than
    MOST_POINTS different x.
    """
    places, values = mean_points(x, y)
    if len(places) > MOST_POINTS:
        raise InputError(
            f"the kernel regression is made for at most {MOST_POINTS:,} training points, "
            f"and there are {len(places):,}",
            "the splines and the line have no such limit",
        )
    with one_thread():
        eigenvalues, vectors = np.linalg.eigh(kernel(places, places))
    largest = max(float(eigenvalues[-1]), 0.0)
    rounding = len(places) * np.finfo(np.float64).eps * largest
    kept = eigenvalues > rounding
    kept_vectors = vectors[:, kept]
    learned = kept_vectors.T @ (values - kernel.start(places))
    weights = kept_vectors @ (learned / eigenvalues[kept])

    def regression(at: Array) -> Array:
        return np.asarray(kernel.start(at) + kernel(at, places) @ weights)

    return regression
