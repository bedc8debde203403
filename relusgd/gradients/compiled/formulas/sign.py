"""Sign descent: θ ← θ − η sign(g)."""

from __future__ import annotations

from typing import NamedTuple

from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.model.network import Array


class SignRule(NamedTuple):
    """There are no constants, but a tuple of nothing has no type."""

    nothing: float


def step(
    theta: Array,
    memory: Array,  # noqa: ARG001
    g: Array,
    rates: Array,
    s: int,
    B: int,  # noqa: ARG001
    learning: Learning,
    rule: SignRule,  # noqa: ARG001
) -> None:
    """rates[s]: η."""
    first, last = learning.first, learning.last
    theta, g = theta[first:last], g[first:last]
    rate = rates[s, 0]
    for p in range(len(theta)):
        # A gradient that is not a number makes the parameter one.
        sign = 1.0 if g[p] > 0.0 else (-1.0 if g[p] < 0.0 else g[p])
        theta[p] -= rate * sign
