"""How much of each principal feature gradient descent learns in a number of steps.

The error of a network that is linearised, r = f − y, has a part e_k = u_kᵀ r along every left
singular vector u_k of J. With λ_k = 2/n s_k², a step of gradient descent at the rate η does

    e_k ← (1 − η λ_k) e_k

and SGD does so on average. So after T steps the share 1 − (1 − η λ_k)^T of the feature is learned;
a direction with η λ_k > 2 is unstable, and its error grows. With momentum μ, PyTorch's formula,
z ← μ z + λ_k e_k first, and then

    e_k ← e_k − η z,   with Nesterov's   e_k ← e_k − η (λ_k e_k + μ z)
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from relusgd.model.network import Array

Phase = tuple[float, int]
"""A learning rate, and for how many steps it was in force."""


def learned_shares(
    curvatures: Array,
    phases: Iterable[Phase],
    momentum: float = 0.0,
    *,
    nesterov: bool = False,
) -> Array:
    """The share of each direction that is learned after all phases, shape (m,).

    curvatures: λ_k = 2/n s_k², shape (m,). nan: the direction is unstable, so that its error has
    grown.
    """
    with np.errstate(all="ignore"):
        if momentum == 0:
            return _plain_shares(curvatures, phases)
        left = _left_with_momentum(curvatures, phases, momentum, nesterov=nesterov)
        return np.where(np.abs(left) <= 1.0, 1.0 - left, np.nan)


def ridge_shares(singular_values: Array, penalty: float) -> Array:
    """s²/(s² + penalty): the share of each direction that ridge regression learns, shape (m,)."""
    squares = np.square(singular_values)
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(squares / (squares + penalty))


def phases_of(rates: Iterable[tuple[float, int]]) -> list[Phase]:
    """The same phases, with neighbours of one rate joined."""
    joined: list[Phase] = []
    for rate, steps in rates:
        if joined and joined[-1][0] == rate:
            joined[-1] = (rate, joined[-1][1] + steps)
        else:
            joined.append((rate, steps))
    return joined


def _plain_shares(curvatures: Array, phases: Iterable[Phase]) -> Array:
    """1 − Π (1 − η λ)^T, by logarithms: small shares keep their digits."""
    log_size = np.zeros(len(curvatures))
    is_negative = np.zeros(len(curvatures), dtype=bool)
    for rate, steps in phases:
        speed = rate * curvatures
        of_slow = np.log1p(-speed)
        of_fast = np.log(np.abs(1.0 - speed))
        log_factor = np.where(speed < 1.0, of_slow, of_fast)
        log_size += steps * log_factor
        is_negative ^= (speed > 1.0) & (steps % 2 == 1)
    if_negative = 1.0 + np.exp(log_size)
    if_positive = 0.0 - np.expm1(log_size)
    shares = np.where(is_negative, if_negative, if_positive)
    return np.where(log_size <= 0.0, shares, np.nan)


def _left_with_momentum(
    curvatures: Array,
    phases: Iterable[Phase],
    momentum: float,
    *,
    nesterov: bool,
) -> Array:
    """e_k after all phases, from e_k = 1 and z = 0: powers of the step's matrix on (e, z)."""
    state = np.zeros((len(curvatures), 2, 1))
    state[:, 0] = 1.0
    for rate, steps in phases:
        step = _momentum_step(curvatures, rate, momentum, nesterov=nesterov)
        state = np.linalg.matrix_power(step, steps) @ state
    return np.asarray(state[:, 0, 0])


def _momentum_step(
    curvatures: Array,
    rate: float,
    momentum: float,
    *,
    nesterov: bool,
) -> Array:
    """The matrix of one step on (e, z) for every direction, shape (m, 2, 2)."""
    by_gradient = 1.0 + momentum if nesterov else 1.0
    by_memory = momentum**2 if nesterov else momentum
    step = np.empty((len(curvatures), 2, 2))
    step[:, 0, 0] = 1.0 - rate * by_gradient * curvatures
    step[:, 0, 1] = -rate * by_memory
    step[:, 1, 0] = curvatures
    step[:, 1, 1] = momentum
    return step
