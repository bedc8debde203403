"""The linearised network: f_0(x) + J(x) (θ − θ_0), with the derivatives J of the initial network.

Its training is that of a linear model, whose error falls along every singular vector of J by
itself. Wide networks train as if they were it (Jacot, Gabriel & Hongler 2018; Lee et al. 2019); how
far a network gets away from it tells rich training from lazy (Chizat, Oyallon & Bach 2019).

Full-batch steps on the mean squared error of n points, with learning rates η, weight decay d and
J = U diag(σ) Vᵀ at the points, move every direction v_k of the parameters by itself,

    δ_k ← δ_k + η (p_k − κ_k δ_k),   δ = Vᵀ (θ − θ_0),   κ_k = 2 σ_k²/n + d,
    p_k = 2 σ_k/n u_kᵀ (y − f_0) − d v_kᵀ θ_0

so that δ_k = ρ_k p_k after some steps, where ρ is the same for all directions of one curvature κ,

    ρ = (1 − Π (1 − η κ)) / κ,   ρ = Σ η at κ = 0

Without weight decay this is θ = θ_0 + V diag((1 − Π (1 − 2 η σ²/n)) / σ) Uᵀ (y − f_0). Momentum
changes ρ alone. What of θ_0 lies in no direction v_k only decays, with κ = d.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.learning_speed import Phase
from relusgd.diagnostics.singular_values import all_triplets
from relusgd.gradients.jacobian import JacobianProducts, jacobian
from relusgd.model.network import Array, Integers, Network


def linearized_values(start: Network, parameters: Array, x: Array) -> Array:
    """f_0(x) + J(x) (θ − θ_0) for S vectors θ, at the training points, between them or beyond.

    start: the network that is linearised. parameters: θ, shape (S, P). x: positions in network
    units, shape (k,). Returns the shape (S, k). At an elbow of the initial network the value is
    that of the side on which the unit is off.
    """
    f_0, theta_0 = start(x), start.parameters()
    products = JacobianProducts(start, x)
    values = np.empty((len(parameters), len(x)))
    for row, theta in enumerate(parameters):
        values[row] = f_0 + products.times(theta - theta_0)
    return values


@dataclass(frozen=True)
class FullBatchRule:
    """Full-batch gradient descent as in `training.optimizers.sgd`.

    phases: the learning rates from the first step on, each with its number of steps.
    """

    phases: Sequence[Phase]
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0


def linearized_descent(
    start: Network,
    x: Array,
    y: Array,
    rule: FullBatchRule,
    steps: Integers,
    columns: slice = slice(None),
) -> Array:
    """θ of the linearised network after so many full-batch steps, in closed form; shape (S, P).

    x, y: the training points, shape (n,), in network units. steps: increasing, shape (S,), and at
    most as many as the rule's phases have. columns: the parameters that learn.
    """
    n, theta_0 = len(x), start.parameters()
    learning = theta_0[columns]
    U, s, V = all_triplets(jacobian(start, x)[:, columns])
    along = V.T @ learning
    beside = learning - V @ along
    d = rule.weight_decay
    pull = 2 * s / n * (U.T @ (y - start(x))) - d * along
    curvature = np.append(2 / n * np.square(s) + d, d)
    parameters = np.tile(theta_0, (len(steps), 1))
    for row, rho in enumerate(_reaches(curvature, rule, steps)):
        parameters[row, columns] += V @ (rho[:-1] * pull) - rho[-1] * d * beside
    return parameters


def _reaches(curvature: Array, rule: FullBatchRule, steps: Integers) -> Iterator[Array]:
    """ρ of every curvature, shape (m,), after each of these steps."""
    reach: _PlainReach | _MomentumReach
    if rule.momentum:
        reach = _MomentumReach(curvature, rule.momentum, nesterov=rule.nesterov)
    else:
        reach = _PlainReach(curvature)
    with np.errstate(all="ignore"):
        for part in _phases_between(rule.phases, steps):
            for rate, count in part:
                reach.advance(rate, count)
            yield reach.rho


def _phases_between(phases: Sequence[Phase], steps: Integers) -> Iterator[list[Phase]]:
    """The phases cut at these steps: those from step 0 to the first, from there to the next, …"""
    waiting = iter(phases)
    rate, left, done = 0.0, 0, 0
    for step in steps.tolist():
        part: list[Phase] = []
        while done < step:
            if not left:
                rate, left = next(waiting)
            taken = min(left, step - done)
            part.append((rate, taken))
            left -= taken
            done += taken
        yield part


class _PlainReach:
    """ρ of plain gradient descent: ρ ← ρ + (1 − κ ρ) (1 − (1 − η κ)^T) / κ in T steps."""

    def __init__(self, curvature: Array) -> None:
        self._curvature = curvature
        self.rho = np.zeros_like(curvature)

    def advance(self, rate: float, steps: int) -> None:
        kappa = self._curvature
        speed = rate * kappa
        # For slow directions without the rounding of 1 − speed, which the steps would multiply.
        slow = -np.expm1(steps * np.log1p(-np.minimum(speed, 0.5)))
        learned = np.where(speed < 0.5, slow, 1 - np.power(1 - speed, steps))
        gained = np.where(kappa > 0, learned / kappa, rate * steps)
        self.rho = self.rho + (1 - kappa * self.rho) * gained


class _MomentumReach:
    """ρ with momentum μ: z ← μ z + (1 − κ ρ), ρ ← ρ + η z; by powers of the step's matrix.

    Nesterov's is ρ ← ρ + η ((1 − κ ρ) + μ z), with ρ from before the step.
    """

    def __init__(self, curvature: Array, momentum: float, *, nesterov: bool) -> None:
        self._curvature = curvature
        self._momentum = momentum
        self._nesterov = nesterov
        # The columns are ρ, z and 1.
        self._state = np.zeros((len(curvature), 3, 1))
        self._state[:, 2] = 1.0
        self._powers: dict[Phase, Array] = {}

    @property
    def rho(self) -> Array:
        return self._state[:, 0, 0]

    def advance(self, rate: float, steps: int) -> None:
        phase = (rate, steps)
        if phase not in self._powers:
            power = np.linalg.matrix_power(self._step(rate), steps)
            self._powers = {phase: power}  # of most runs, all phases between snapshots are alike
        self._state = self._powers[phase] @ self._state

    def _step(self, rate: float) -> Array:
        """The matrix of one step on (ρ, z, 1) for every curvature, shape (m, 3, 3)."""
        ones, nothing = np.ones_like(self._curvature), np.zeros_like(self._curvature)
        slope = np.stack([-self._curvature, nothing, ones], axis=1)
        memory = slope + self._momentum * np.array([0.0, 1.0, 0.0])
        move = slope + self._momentum * memory if self._nesterov else memory
        reach = np.array([1.0, 0.0, 0.0]) + rate * move
        last = np.stack([nothing, nothing, ones], axis=1)
        return np.stack([reach, memory, last], axis=1)
