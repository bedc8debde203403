"""Where units switch, as one number each: a point is above a unit's switch point, or it is not.

The switch point t is the largest float64 that counts as below the elbow. So for every float64 x,

    x > t   if and only if   a unit with w > 0 is active at x, and one with w ≤ 0 is not,

where the float64 value of w x + b decides what is active. Rounding is monotone, so there is such a
t, and a single comparison is exact.

It is one of three neighbours. Let τ = −b/w be the real elbow, and w > 0. Up to τ, w x ≤ −b, and
rounding keeps that. Beyond τ + 2⁻⁵³|τ|, w x is past the middle between −b and the next float64, and
is rounded to more than −b. That is at most one float64 behind τ, so t is the last one up to τ, or
the one after it. With w < 0 everything is mirrored, and t is one of the last two before τ. The
rounded quotient is a neighbour of τ. So two tests find which one it is.

This holds where no number is near the ends of the range of float64. Other units are bisected.
"""

from __future__ import annotations

import sys

import numpy as np

from relusgd.gradients.compiled.elbow_search import is_below
from relusgd.gradients.compiled.machine_code import called, inlined
from relusgd.gradients.compiled.strips import (
    Mask,
    Strip,
    everywhere,
    filled,
    load_1,
    store,
    where,
)
from relusgd.gradients.compiled.tile_code import LANES
from relusgd.model.network import Array

FARTHEST = sys.float_info.max
"""The switch point of a unit for which all points are below; −FARTHEST if all are above."""

TINY, HUGE = 2.0**-960, 2.0**960
"""What is between these in size is far from the ends of the range."""

NEAR_ZERO = 2.0**-930
"""A unit without bias switches at 0, or just before it; no point is so near to 0 but 0 itself."""

STEEP = 2.0**-30
"""The least slope of such a unit: w x of the points beside 0 is then not rounded to 0."""

NEXT = 2.0**-53 * (1.0 + 2.0**-52)
"""c ± NEXT |c| are the numbers beside c (Rump, Zimmermann, Boldo & Melquiond 2009, Computing
predecessor and successor in rounding to nearest)."""


@inlined
def are_below(w: Strip, b: Strip, x: Strip, rises: Mask) -> Mask:
    """As `elbow_search.is_below`."""
    return (w * x + b > 0.0) ^ rises


@inlined
def tested(w: Strip, b: Strip, q: Strip, rises: Mask) -> Strip:
    """Which neighbour of q = −b/w the switch points are."""
    step = abs(q) * NEXT
    first = where(rises, q, q - step)
    second = where(rises, q + step, q)
    before = first - abs(first) * NEXT
    later = where(are_below(w, b, second, rises), second, first)
    return where(are_below(w, b, first, rises), later, before)


@inlined
def write_switch_points(w: Array, b: Array, least_slope: float, t: Array) -> None:
    """Write the switch points of all units.

    least_slope: from which size of w on a unit without bias switches at 0; see `least_slope_for`.
    """
    are_usual = filled(load_1(w, 0), 0.0) == 0.0
    for j in range(0, len(w), LANES):
        wj, bj = load_1(w, j), load_1(b, j)
        rises = wj > 0.0
        q = -bj / wj
        tj = tested(wj, bj, q, rises)
        at_zero = where(rises, 0.0, filled(wj, -NEAR_ZERO))
        tj = where(bj == 0.0, at_zero, tj)
        nowhere = where(bj > 0.0, FARTHEST, filled(wj, -FARTHEST))
        tj = where(wj == 0.0, nowhere, tj)
        store(tj, t, j)
        is_ordinary = (abs(bj) >= TINY) & (abs(q) >= TINY) & (abs(q) <= HUGE)
        is_at_zero = (bj == 0.0) & (abs(wj) >= least_slope)
        are_usual = are_usual & (is_ordinary | is_at_zero | (wj == 0.0))
    if not everywhere(are_usual):
        bisect_all(w, b, t)


@called
def bisect_all(w: Array, b: Array, t: Array) -> None:
    """The same for any numbers."""
    for j in range(len(w)):
        t[j] = bisect(w[j], b[j])


@called
def bisect(w: float, b: float) -> float:
    """The switch point of a unit."""
    low, high = -FARTHEST, FARTHEST
    if not is_below(w, b, low):
        return low
    if is_below(w, b, high):
        return high
    middle = 0.0
    while low < middle < high:
        if is_below(w, b, middle):
            low = middle
        else:
            high = middle
        middle = 0.5 * low + 0.5 * high
    return low


def least_slope_for(x: Array) -> float:
    """`STEEP`, or FARTHEST if a point is so near to 0 that every unit without bias is bisected."""
    distances = np.abs(x)
    are_beside_zero = (distances > 0.0) & (distances <= NEAR_ZERO)
    return FARTHEST if are_beside_zero.any() else STEEP
