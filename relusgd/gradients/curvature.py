"""The Hessian of one hidden layer times a vector in O(B + H), from the running sums of `prefix_sums`.

With r = f − y, the sums T0, T1 of r and r x over a unit's active points, and R{·} the derivative along a direction
(ẇ, ḃ, v̇, ċ), of which R{r} = R{f} is again a straight line between elbows (Pearlmutter 1994):

    R{f} = Σ over active units (v̇ w + v ẇ) x + (v̇ b + v ḃ) + ċ
    R{∂w} = v∘R{T1} + v̇∘T1,   R{∂b} = v∘R{T0} + v̇∘T0,   R{∂v} = w∘R{T1} + ẇ∘T1 + b∘R{T0} + ḃ∘T0,   R{∂c} = Σ R{r}
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from relusgd.gradients.prefix_sums import RunningSums, bin_sums, bins, search
from relusgd.model.network import Array


def hessian_product(parameters: Array, width: int, x: Array, y: Array) -> Callable[[Array], Array]:
    """The function direction → Hessian of 1/B Σ r² times direction, both shape (3 width + 1,), on sorted points (B,)."""
    B = len(x)
    running = RunningSums(B)
    fenced = running.fence(x)
    w, b, v = parameters[:-1].reshape(3, width)
    k, _, (_, rises) = search(fenced, w, -b)
    place = bins(k, rises, fenced)

    def sum_lines(slopes: Array, intercepts: Array, c: float) -> Array:
        return running.sum_lines(bin_sums(slopes, place, B), bin_sums(intercepts, place, B), c, 0.0)

    def over_active() -> Array:
        return running.sum_residuals().take(place, 1)

    r = sum_lines(v * w, v * b, parameters[-1])
    r -= y
    T0, T1 = over_active()

    def product(direction: Array) -> Array:
        dw, db, dv = direction[:-1].reshape(3, width)
        Rr = sum_lines(dv * w + v * dw, dv * b + v * db, direction[-1])
        RT0, RT1 = over_active()
        parts = (
            v * RT1 + dv * T1,
            v * RT0 + dv * T0,
            w * RT1 + dw * T1 + b * RT0 + db * T0,
            [Rr.sum()],
        )
        return np.asarray(2.0 / B * np.concatenate(parts))

    return product
