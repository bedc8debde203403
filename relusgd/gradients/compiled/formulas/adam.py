"""Adam, with the weight decay in the gradient:

g ← g + d θ,   m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,

θ ← θ − η/(1 − β₁ᵗ) m / (√v/√(1 − β₂ᵗ) + ε)
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.model.network import Array


class AdamRule(NamedTuple):
    beta_1: float
    beta_2: float
    epsilon: float


def step(
    theta: Array,
    memory: Array,
    g: Array,
    rates: Array,
    s: int,
    B: int,
    learning: Learning,
    rule: AdamRule,
) -> None:
    """memory: m and v. rates[s]: η/(1 − β₁ᵗ) and 1/√(1 − β₂ᵗ)."""
    first, last = learning.first, learning.last
    theta, g = theta[first:last], g[first:last]
    decay = learning.decay[first:last]
    m, v = memory[0, first:last], memory[1, first:last]
    beta_1, beta_2, epsilon = rule.beta_1, rule.beta_2, rule.epsilon
    rate, correction = rates[s, 0], rates[s, 1]
    for p in range(len(theta)):
        gradient = 2.0 / B * g[p] + decay[p] * theta[p]
        m[p] = beta_1 * m[p] + (1.0 - beta_1) * gradient
        v[p] = beta_2 * v[p] + (1.0 - beta_2) * (gradient * gradient)
    for p in range(len(theta)):
        theta[p] -= rate * (m[p] / (np.sqrt(v[p]) * correction + epsilon))
