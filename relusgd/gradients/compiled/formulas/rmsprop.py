"""RMSprop with momentum and weight decay:

g ← g + d θ,   v ← α v + (1 − α) g²,   u ← μ u + g/(√v + ε),   θ ← θ − η u
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.model.network import Array


class RmsPropRule(NamedTuple):
    """momentum: μ."""

    alpha: float
    epsilon: float
    momentum: float


def step(
    theta: Array,
    memory: Array,
    g: Array,
    rates: Array,
    s: int,
    B: int,
    learning: Learning,
    rule: RmsPropRule,
) -> None:
    """memory: v and u. rates[s]: η."""
    first, last = learning.first, learning.last
    theta, g = theta[first:last], g[first:last]
    decay = learning.decay[first:last]
    v, u = memory[0, first:last], memory[1, first:last]
    alpha, epsilon, momentum = rule.alpha, rule.epsilon, rule.momentum
    rate = rates[s, 0]
    for p in range(len(theta)):
        gradient = 2.0 / B * g[p] + decay[p] * theta[p]
        v[p] = alpha * v[p] + (1.0 - alpha) * (gradient * gradient)
        u[p] = momentum * u[p] + gradient / (np.sqrt(v[p]) + epsilon)
    for p in range(len(theta)):
        theta[p] -= rate * u[p]
