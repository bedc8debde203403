"""SGD with momentum and weight decay, in brackets Nesterov's formula:

g ← g + d θ,   u ← μ u + g,   θ ← θ − η u   (θ ← θ − η (g + μ u))
"""

from __future__ import annotations

from typing import NamedTuple

from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.model.network import Array


class SgdRule(NamedTuple):
    """momentum: μ. is_plain: whether there is neither momentum nor decay."""

    momentum: float
    nesterov: bool
    is_plain: bool


def step(
    theta: Array,
    memory: Array,
    g: Array,
    rates: Array,
    s: int,
    B: int,
    learning: Learning,
    rule: SgdRule,
) -> None:
    """memory: u. rates[s]: η."""
    first, last = learning.first, learning.last
    theta, g = theta[first:last], g[first:last]
    rate = rates[s, 0]
    if rule.is_plain:
        scale = rate * 2.0 / B
        for p in range(len(theta)):
            theta[p] -= scale * g[p]
    else:
        u, decay = memory[0, first:last], learning.decay[first:last]
        momentum, nesterov = rule.momentum, rule.nesterov
        for p in range(len(theta)):
            gradient = 2.0 / B * g[p] + decay[p] * theta[p]
            u[p] = momentum * u[p] + gradient
            theta[p] -= rate * (gradient + momentum * u[p] if nesterov else u[p])
