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

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.diagnostics.learning_speed import Phase
from relusgd.diagnostics.singular_values import all_triplets
from relusgd.gradients.jacobian import JacobianProducts, jacobian
from relusgd.model.network import Array, Network


class LinearizedFunction:
    """f_0(x) + J(x) (θ − θ_0) at the positions x, of any θ.

    start: the network that is linearised. x: the training points, between them or beyond, in
    network units, shape (k,). At an elbow of the initial network the value is that of the side on
    which the unit is off.
    """

    def __init__(self, start: Network, x: Array) -> None:
        self._f_0 = start(x)
        self._theta_0 = start.parameters()
        self._products = JacobianProducts(start, x)

    def __call__(self, theta: Array) -> Array:
        """The values for the parameters θ, shape (P,); shape (k,)."""
        with np.errstate(all="ignore"):
            moved = theta - self._theta_0
            return self._f_0 + self._products.times(moved)


@dataclass(frozen=True)
class FullBatchRule:
    """Full-batch gradient descent as in `training.optimizers.sgd`.

    phases: the learning rates from the first step on, each with its number of steps.
    """

    phases: Sequence[Phase]
    momentum: float = 0.0
    nesterov: bool = False
    weight_decay: float = 0.0


class LinearizedDescent:
    """The linearised network under full-batch gradient descent, in closed form.

    x, y: the training points, shape (n,), in network units. columns: the parameters that learn.
    """

    def __init__(
        self,
        start: Network,
        x: Array,
        y: Array,
        rule: FullBatchRule,
        columns: slice = slice(None),
    ) -> None:
        self._theta_0 = start.parameters()
        self._columns = columns
        self._rule = rule
        n = len(x)
        d = rule.weight_decay
        learning = self._theta_0[columns]
        J = jacobian(start, x)[:, columns]
        U, s, self._V = all_triplets(J)
        along = self._V.T @ learning
        self._pull = 2 * s / n * (U.T @ (y - start(x))) - d * along
        self._pull_beside = -d * (learning - self._V @ along)
        # Of the directions v_k, and of all that is beside them.
        curvature = 2 / n * np.square(s) + d
        self._curvature = np.append(curvature, d)
        self._begin()

    def _begin(self) -> None:
        rule = self._rule
        self._reach: _PlainReach | _MomentumReach
        if rule.momentum:
            self._reach = _MomentumReach(self._curvature, rule.momentum, nesterov=rule.nesterov)
        else:
            self._reach = _PlainReach(self._curvature)
        self._phases = iter(rule.phases)
        self._rate = 0.0
        self._left = 0
        self._step = 0

    def parameters(self, step: int) -> Array:
        """θ after so many steps, at most as many as the rule's phases have; shape (P,).

        Later steps go on from where the last question ended.
        """
        if step < self._step:
            self._begin()
        with np.errstate(all="ignore"):
            self._advance(step)
            rho = self._reach.rho
            along = self._V @ (rho[:-1] * self._pull)
            beside = rho[-1] * self._pull_beside
            moved = along + beside
        theta = self._theta_0.copy()
        theta[self._columns] += moved
        return theta

    def _advance(self, step: int) -> None:
        while self._step < step:
            if not self._left:
                self._rate, self._left = next(self._phases)
            taken = min(self._left, step - self._step)
            self._reach.advance(self._rate, taken)
            self._left -= taken
            self._step += taken


class _PlainReach:
    """ρ of plain gradient descent: ρ ← ρ + (1 − κ ρ) (1 − (1 − η κ)^T) / κ in T steps."""

    def __init__(self, curvature: Array) -> None:
        self._curvature = curvature
        self.rho = np.zeros_like(curvature)

    def advance(self, rate: float, steps: int) -> None:
        """Take so many steps at this rate."""
        kappa = self._curvature
        speed = rate * kappa
        # For slow directions without the rounding of 1 − speed, which the steps would multiply.
        slow = -np.expm1(steps * np.log1p(-np.minimum(speed, 0.5)))
        fast = 1 - np.power(1 - speed, steps)
        learned = np.where(speed < 0.5, slow, fast)
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
        """Take so many steps at this rate."""
        phase = (rate, steps)
        if phase not in self._powers:
            power = np.linalg.matrix_power(self._step(rate), steps)
            self._powers = {phase: power}  # of most runs, all phases between snapshots are alike
        self._state = self._powers[phase] @ self._state

    def _step(self, rate: float) -> Array:
        """The matrix of one step on (ρ, z, 1) for every curvature, shape (m, 3, 3)."""
        nothing = np.zeros_like(self._curvature)
        ones = np.ones_like(self._curvature)
        z = np.array([0.0, 1.0, 0.0])
        rho = np.array([1.0, 0.0, 0.0])
        # Each row says what its number is afterwards, as a sum over (ρ, z, 1) from before.
        slope = np.stack([-self._curvature, nothing, ones], axis=1)
        memory = slope + self._momentum * z
        move = slope + self._momentum * memory if self._nesterov else memory
        reach = rho + rate * move
        one = np.stack([nothing, nothing, ones], axis=1)
        return np.stack([reach, memory, one], axis=1)
