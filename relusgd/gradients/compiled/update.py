"""From a gradient to the next parameters, by PyTorch's formulas of SGD."""

from __future__ import annotations

from typing import NamedTuple

from relusgd.gradients.compiled.machine_code import inlined
from relusgd.model.network import Array


class Rule(NamedTuple):
    """What an update needs to know: which parameters learn, and SGD's constants.

    Of padded vectors, the parameters first … last − 1 learn.

    hidden_learns: whether the hidden units learn. decay: the weight decay of each parameter.
    is_plain: whether there is neither decay nor momentum.
    """

    hidden_learns: bool
    first: int
    last: int
    is_plain: bool
    decay: Array
    momentum: float
    nesterov: bool


@inlined
def update(theta: Array, u: Array, g: Array, rate: float, B: int, rule: Rule) -> None:
    """One step in place, with the gradient 2/B g.

    In brackets Nesterov's formula:

        g ← g + d θ,   u ← μ u + g,   θ ← θ − η u   (θ ← θ − η (g + μ u))
    """
    first, last = rule.first, rule.last
    decay, momentum, nesterov = rule.decay, rule.momentum, rule.nesterov
    if rule.is_plain:
        scale = rate * 2.0 / B
        for p in range(first, last):
            theta[p] -= scale * g[p]
    else:
        for p in range(first, last):
            gradient = 2.0 / B * g[p] + decay[p] * theta[p]
            u[p] = momentum * u[p] + gradient
            theta[p] -= rate * (gradient + momentum * u[p] if nesterov else u[p])


@inlined
def record(theta: Array, records: Array, row: int) -> None:
    """Copy the parameters to a row of the records."""
    for p in range(len(theta)):
        records[row, p] = theta[p]
