"""One training step as the units of the first layer see it: derivatives, elbows, and who pulled.

A batch has B points. With z_ij = w_j x_i + b_j, a_ij = relu(z_ij) and ℓ = 1/B Σ_i (f_i − y_i)²:

    ∂ℓ/∂f_i = 2/B (f_i − y_i),   ∂ℓ/∂a_ij = ∂ℓ/∂f_i · ∂f_i/∂a_ij
    g_ij = ∂ℓ/∂a_ij [z_ij > 0],   ∂ℓ/∂b_j = Σ_i g_ij,   ∂ℓ/∂w_j = Σ_i g_ij x_i

With one hidden layer ∂f/∂a_j is the output weight v_j, and ∂ℓ/∂v_j = Σ_i ∂ℓ/∂f_i a_ij. In a deep
network it is what backpropagation brings through the later layers, different at every point.

A step changes w to w′ and b to b′, and the elbow e = −b/w goes to e′ = −b′/w′. Because w e + b = 0,

    e′ − e = −((b′ − b) + e (w′ − w))/w′

which for a gradient step of rate η is η/w′ Σ_i g_ij (1 + e_j x_i): every point pulls for itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from relusgd.diagnostics.measures import point_chunks
from relusgd.errors import InputError
from relusgd.model.network import Array, Booleans, Integers, Network, elbow_positions, forward


@dataclass(frozen=True)
class ParameterStep:
    """One parameter: its value before and after the step, and the derivative of the loss by it."""

    before: float
    after: float
    derivative: float

    @property
    def change(self) -> float:
        return self.after - self.before


@dataclass(frozen=True, eq=False)
class UnitStep:
    """What one step does to one unit of the first layer, in network units.

    number: of the unit, from 0. rate: η. slope, bias, output_weight: w, b and v; v is None in deep
    networks, whose units have a weight to every unit of the next layer.

    Of every point, shape (B,): x, y, f; by_f: ∂ℓ/∂f; z: the unit before its ReLU; f_by_a: ∂f/∂a.
    """

    number: int
    rate: float
    slope: ParameterStep
    bias: ParameterStep
    output_weight: ParameterStep | None
    x: Array
    y: Array
    f: Array
    by_f: Array
    z: Array
    f_by_a: Array

    @property
    def a(self) -> Array:
        """The unit at every point, relu(z), shape (B,)."""
        return np.maximum(self.z, 0.0)

    @property
    def is_active(self) -> Booleans:
        """Whether the unit is active at every point, shape (B,)."""
        return np.asarray(self.z > 0)

    @property
    def by_a(self) -> Array:
        """∂ℓ/∂a at every point, shape (B,)."""
        return np.asarray(self.by_f * self.f_by_a)

    @property
    def g(self) -> Array:
        """∂ℓ/∂z at every point, shape (B,): ∂ℓ/∂a where the unit is active, else 0."""
        return np.where(self.is_active, self.by_a, 0.0)

    @property
    def elbow(self) -> float:
        """nan at slope 0."""
        return _elbow(self.slope.before, self.bias.before)

    @property
    def elbow_after(self) -> float:
        """nan at slope 0."""
        return _elbow(self.slope.after, self.bias.after)

    @property
    def move(self) -> float:
        """e′ − e; nan where the unit has no elbow before or after the step."""
        return self.elbow_after - self.elbow

    @property
    def pulls(self) -> Array:
        """How far each point by itself moves the elbow in a plain gradient step, shape (B,).

        They add up to the move; nan where the unit has no elbow before or after the step.
        """
        with np.errstate(all="ignore"):
            lever = (1.0 + self.elbow * self.x) / np.float64(self.slope.after)
            pulls = self.rate * self.g * lever
            nothing = 0.0 * lever  # nan without an elbow
            return np.where(self.is_active, pulls, nothing)

    @property
    def shares(self) -> Array:
        """Each point's part of all pulling, whichever way it pulls, shape (B,); sums to 1 or is 0.

        Where there is no elbow to pull at, it is the part of the bias's derivative.
        """
        lever = 1.0 + self.elbow * self.x
        strength = np.abs(self.g)
        if np.isfinite(lever).all():
            strength = np.abs(self.g * lever)
        return _parts_of_sum(strength)


@dataclass(frozen=True, eq=False)
class ElbowStep:
    """What one step does to all units of the first layer, in network units.

    before, after: the network. rate: η. x, y: the points of the batch, shape (B,); f, f_after: the
    function there; by_f: ∂ℓ/∂f. Of every unit, shape (H1,): by_slope, by_bias, by_output_weight,
    the derivatives of the loss, and active: the points at which the unit is active. Output weights
    are None in deep networks.
    """

    before: Network
    after: Network
    rate: float
    x: Array
    y: Array
    f: Array
    f_after: Array
    by_f: Array
    by_slope: Array
    by_bias: Array
    by_output_weight: Array | None
    active: Integers

    def __len__(self) -> int:
        """The number of units."""
        return len(self.by_slope)

    @property
    def is_deep(self) -> bool:
        return self.by_output_weight is None

    @property
    def residual(self) -> Array:
        """f − y before the step, shape (B,)."""
        return self.f - self.y

    @property
    def loss(self) -> float:
        return float(np.mean(np.square(self.residual)))

    @property
    def loss_after(self) -> float:
        """The same batch after the step."""
        residual_after = self.f_after - self.y
        return float(np.mean(np.square(residual_after)))

    @property
    def votes(self) -> Array:
        """Each point's part of all |∂ℓ/∂f|, shape (B,); sums to 1, or is 0 without residuals."""
        return _parts_of_sum(np.abs(self.by_f))

    @property
    def move(self) -> Array:
        """e′ − e of every unit, shape (H1,); nan where there is no elbow before or after."""
        return self.after.elbow - self.before.elbow

    def unit(self, number: int) -> UnitStep:
        """One unit, with all its points. Raises InputError for a unit that there is not."""
        if not 0 <= number < len(self):
            last = len(self) - 1
            raise InputError(
                f"there is no unit {number} in the first layer",
                f"its units are 0 to {last:,}",
            )
        z, f_by_a = _of_unit(self.before, self.x, number)
        parameters = self.parameters_of(number)
        return UnitStep(
            number=number,
            rate=self.rate,
            slope=parameters["slope"],
            bias=parameters["bias"],
            output_weight=parameters.get("output_weight"),
            x=self.x,
            y=self.y,
            f=self.f,
            by_f=self.by_f,
            z=z,
            f_by_a=f_by_a,
        )

    def parameters_of(self, number: int) -> dict[str, ParameterStep]:
        """slope, bias and, with one hidden layer, output_weight of a unit."""
        derivatives = {"slope": self.by_slope, "bias": self.by_bias}
        if self.by_output_weight is not None:
            derivatives["output_weight"] = self.by_output_weight
        parameters = {}
        for name, derivative in derivatives.items():
            before = getattr(self.before, name)
            after = getattr(self.after, name)
            parameters[name] = ParameterStep(
                before=float(before[number]),
                after=float(after[number]),
                derivative=float(derivative[number]),
            )
        return parameters


def elbow_step(
    before: Network,
    after: Network,
    x: Array,
    y: Array,
    rate: float,
) -> ElbowStep:
    """What the step from one network to the other, taken on these points, does to every unit.

    x, y: the batch, shape (B,) each, of at least one point; everything is in network units. Raises
    InputError when the step leaves the finite numbers.
    """
    is_deep = len(before.hidden) > 1
    with np.errstate(all="ignore"):
        sums = _sums_over_batch(before, x, y)
        step = ElbowStep(
            before=before,
            after=after,
            rate=rate,
            x=x,
            y=y,
            f=sums.f,
            f_after=after(x),
            by_f=2.0 / len(x) * (sums.f - y),
            by_slope=sums.by_slope,
            by_bias=sums.by_bias,
            by_output_weight=None if is_deep else sums.by_output_weight,
            active=sums.active,
        )
        is_finite = np.isfinite(after.parameters()).all() and np.isfinite(step.loss_after)
    if not is_finite:
        raise InputError(f"a step at learning rate {rate:g} leaves the finite numbers")
    return step


class _BatchSums(NamedTuple):
    """f at the points of a batch, shape (B,), and of every unit of the first layer, shape (H1,),
    the derivatives of the loss and the number of points at which it is active."""

    f: Array
    by_slope: Array
    by_bias: Array
    by_output_weight: Array
    active: Integers


def _sums_over_batch(network: Network, x: Array, y: Array) -> _BatchSums:
    """What the points of a batch add up to, some of them at a time."""
    B = len(x)
    H1 = len(network.slope)
    sums = _BatchSums(
        f=np.empty(B),
        by_slope=np.zeros(H1),
        by_bias=np.zeros(H1),
        by_output_weight=np.zeros(H1),
        active=np.zeros(H1, dtype=np.int64),
    )
    for part in point_chunks(B, network.hidden):
        a, sums.f[part], f_by_a = _first_layer(network, x[part])
        by_f = 2.0 / B * (sums.f[part] - y[part])
        is_active = a > 0
        g = by_f[:, None] * f_by_a * is_active
        sums.by_slope[:] += x[part] @ g
        sums.by_bias[:] += g.sum(axis=0)
        sums.by_output_weight[:] += by_f @ a
        sums.active[:] += is_active.sum(axis=0)
    return sums


def _first_layer(network: Network, x: Array) -> tuple[Array, Array, Array]:
    """a of the first layer, shape (B, H1), f, shape (B,), and ∂f/∂a, shape (B, H1), at points x."""
    a, f = forward(network.weights, network.biases, x[:, None])
    f_by_z = np.ones_like(f)
    for k in reversed(range(2, len(network.weights))):
        f_by_a = f_by_z @ network.weights[k].T
        f_by_z = f_by_a * (a[k] > 0)
    return a[1], f[:, 0], f_by_z @ network.weights[1].T


def _of_unit(network: Network, x: Array, number: int) -> tuple[Array, Array]:
    """z and ∂f/∂a of one unit at points x, shape (B,) each."""
    slope = network.slope[number]
    bias = network.bias[number]
    z = slope * x + bias
    if len(network.hidden) == 1:
        return z, np.full(len(x), network.output_weight[number])
    f_by_a = np.empty(len(x))
    for part in point_chunks(len(x), network.hidden):
        _, _, of_all_units = _first_layer(network, x[part])
        f_by_a[part] = of_all_units[:, number]
    return z, f_by_a


def _parts_of_sum(strength: Array) -> Array:
    """Each number's part of the sum of all; 0 for all where the sum is 0."""
    total = float(strength.sum())
    return strength / total if total > 0 else np.zeros_like(strength)


def _elbow(slope: float, bias: float) -> float:
    return float(elbow_positions(np.array(slope), np.array(bias)))
