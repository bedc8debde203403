"""Steps that compare every point with every unit, once in each pass.

A unit is a jump of the slope of f at its elbow. With `switch_points` t and jumps a = v |w|,

    f(x) = (p + Σ a) x + q − Σ a t,   sums over the units with x > t,

where p and q sum v w and v b over the units that are active below all points. Backwards,

    T0 = Σ r,   T1 = Σ r x   over the points with x > t,

and a unit with w ≤ 0 is active on the others: of these the sums are those over all points minus
T0 and T1. Then ∂w = v T1, ∂b = v T0, ∂v = w T1 + b T0, and ∂c = Σ r over all points. In f, t stands
for the elbow. It is at most two float64 away, which changes f by no more than the rounding of v b.

Both passes are the same sums, `sums_above`: of points over units, and of units over points with
all signs changed. `dense_steps` takes two more operations for each pair to find what is active.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.gradients.compiled.arrays import SAMPLES, UNITS, Points
from relusgd.gradients.compiled.comparison_arrays import ComparisonBuffers
from relusgd.gradients.compiled.elbow_search import Rows
from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.gradients.compiled.machine_code import compiled, merged
from relusgd.gradients.compiled.strips import (
    WIDEST,
    Strip,
    filled,
    fused,
    load_1,
    load_2,
    load_3,
    load_4,
    load_5,
    store,
    where,
)
from relusgd.gradients.compiled.switch_points import least_slope_for, write_switch_points
from relusgd.gradients.compiled.tile_code import LANES
from relusgd.gradients.compiled.update import record, update
from relusgd.model.network import Array, Integers

ONE, TWO = np.uint64(1), np.uint64(2)


@merged
def sums_of_strip(
    keys: Strip,
    levels: Array,
    sizes: Array,
    pairs: int,
    sums: Array,
    moments: Array,
    place: int,
    factors: Array,
    first: Array,
    second: Array,
) -> tuple[float, float]:
    """`sums_above` of the keys of one strip, which begins at `place`.

    Terms with even and with odd numbers are added apart, so that neither sum waits for the other.
    The products are added in the same order, so that their sum over all terms is to the last bit
    the one of a key that is above all levels: a unit that is active on no point gets exactly 0.
    Numbers of terms are unsigned, because for others Numba looks whether they are negative.
    """
    even_sum = filled(keys, 0.0)
    odd_sum = filled(keys, 0.0)
    even_moment = filled(keys, 0.0)
    odd_moment = filled(keys, 0.0)
    even_first, odd_first, even_second, odd_second = 0.0, 0.0, 0.0, 0.0
    for pair in range(pairs):
        i = TWO * np.uint64(pair)
        k = i + ONE
        is_above = keys > levels[i]
        even_sum = where(is_above, even_sum + sizes[i], even_sum)
        even_moment = where(is_above, fused(sizes[i], levels[i], even_moment), even_moment)
        even_first = fused(factors[i], first[i], even_first)
        even_second = fused(factors[i], second[i], even_second)
        is_next_above = keys > levels[k]
        odd_sum = where(is_next_above, odd_sum + sizes[k], odd_sum)
        odd_moment = where(is_next_above, fused(sizes[k], levels[k], odd_moment), odd_moment)
        odd_first = fused(factors[k], first[k], odd_first)
        odd_second = fused(factors[k], second[k], odd_second)
    store(even_sum + odd_sum, sums, place)
    store(even_moment + odd_moment, moments, place)
    return even_first + odd_first, even_second + odd_second


@merged
def sums_above(
    keys: Array,
    size: int,
    levels: Array,
    sizes: Array,
    terms: int,
    sums: Array,
    moments: Array,
    factors: Array,
    first: Array,
    second: Array,
) -> tuple[float, float]:
    """Σ sizes_i and Σ sizes_i levels_i over the terms whose level is below the key, for each key.

    Returns Σ factors_i first_i and Σ factors_i second_i over all terms. size: how many keys there
    are, padded. There has to be one more term if their number is odd, which adds 0.
    """
    pairs = (terms + 1) // 2
    a, b = 0.0, 0.0
    for place in range(0, size, WIDEST * LANES):
        vectors = min((size - place) // LANES, WIDEST)
        # A strip's length is its type, so each length is compiled by itself.
        if vectors == 5:
            strip_5 = load_5(keys, place)
            a, b = sums_of_strip(
                strip_5, levels, sizes, pairs, sums, moments, place, factors, first, second
            )
        elif vectors == 4:
            strip_4 = load_4(keys, place)
            a, b = sums_of_strip(
                strip_4, levels, sizes, pairs, sums, moments, place, factors, first, second
            )
        elif vectors == 3:
            strip_3 = load_3(keys, place)
            a, b = sums_of_strip(
                strip_3, levels, sizes, pairs, sums, moments, place, factors, first, second
            )
        elif vectors == 2:
            strip_2 = load_2(keys, place)
            a, b = sums_of_strip(
                strip_2, levels, sizes, pairs, sums, moments, place, factors, first, second
            )
        else:
            strip_1 = load_1(keys, place)
            a, b = sums_of_strip(
                strip_1, levels, sizes, pairs, sums, moments, place, factors, first, second
            )
    return a, b


@merged
def write_jumps(w: Array, v: Array, at: ComparisonBuffers) -> None:
    """Write the jumps, and the output weights of units that are active below all points.

    A unit that switches below all points is no jump: it is active on all of them or on none.
    """
    for j in range(0, len(w), LANES):
        wj, vj = load_1(w, j), load_1(v, j)
        is_crossed = load_1(at.t, j) >= at.lowest
        store(where(is_crossed, vj * abs(wj), 0.0), at.jumps, j)
        store(where((wj > 0.0) ^ is_crossed, vj, 0.0), at.outside, j)


@merged
def gather(rows: Rows, all_x: Array, all_y: Array, x: Array, y: Array) -> None:
    """Copy the batch of these rows to x and y."""
    for i in range(len(rows)):
        t = rows[i]
        x[i] = all_x[t]
        y[i] = all_y[t]


@merged
def write_residuals(p: float, q: float, B: int, padded: int, at: ComparisonBuffers) -> None:
    """Write r = f(x) − y at the B points of a batch, 0 at its padding, and −x."""
    for i in range(0, padded, LANES):
        x = load_1(at.x, i)
        f = (load_1(at.sums, i) + p) * x - load_1(at.moments, i) + q
        store(f - load_1(at.y, i), at.r, i)
        store(-x, at.minus_x, i)
    for i in range(B, padded):
        at.r[i] = 0.0


@merged
def write_gradient(
    w: Array, b: Array, v: Array, R0: float, R1: float, dw: Array, db: Array, dv: Array
) -> None:
    """From the sums T0 in db and −T1 in dw to the gradient; R0 and R1 are those over all points."""
    for j in range(0, len(w), LANES):
        wj, bj, vj = load_1(w, j), load_1(b, j), load_1(v, j)
        T0, minus_T1 = load_1(db, j), load_1(dw, j)
        rises = wj > 0.0
        T0 = where(rises, T0, R0 - T0)
        T1 = where(rises, -minus_T1, minus_T1 - R1)
        store(vj * T1, dw, j)
        store(vj * T0, db, j)
        store(wj * T1 + bj * T0, dv, j)


@compiled
def descend_by_comparisons(
    theta: Array,
    memory: Array,
    g: Array,
    points: Points,
    learning: Learning,
    rule: Any,
    at: ComparisonBuffers,
    rows: Rows,
    bounds: Integers,
    rates: Array,
    recorded: Integers,
    records: Array,
) -> None:
    """Steps by comparisons. Without bounds, at.x and at.y have to hold all points.

    The next batch is fetched while the processor still adds up this one.
    """
    H = len(theta) // (3 * UNITS) * UNITS
    w = theta[:H]
    b = theta[H : 2 * H]
    v = theta[2 * H : 3 * H]
    dw = g[:H]
    db = g[H : 2 * H]
    dv = g[2 * H : 3 * H]
    all_x, all_y = points.x, points.y
    least_slope = least_slope_for(all_x)
    B, row = len(all_x), 0
    if len(bounds) > 0:
        B = bounds[1] - bounds[0]
        gather(rows[bounds[0] : bounds[1]], all_x, all_y, at.x, at.y)
    for s in range(len(rates)):
        padded = (B + SAMPLES - 1) // SAMPLES * SAMPLES
        if learning.hidden_learns or s == 0:
            write_switch_points(w, b, least_slope, at.t, at.minus_t)
        write_jumps(w, v, at)
        p, q = sums_above(
            at.x, padded, at.t, at.jumps, at.width, at.sums, at.moments, at.outside, w, b
        )
        write_residuals(p, q + theta[3 * H], B, padded, at)
        size = B
        if len(bounds) > s + 2:
            size = bounds[s + 2] - bounds[s + 1]
            gather(rows[bounds[s + 1] : bounds[s + 2]], all_x, all_y, at.x, at.y)
        R0, R1 = sums_above(at.minus_t, H, at.minus_x, at.r, B, db, dw, at.r, at.ones, at.minus_x)
        g[3 * H] = R0
        write_gradient(w, b, v, R0, R1, dw, db, dv)
        update(theta, memory, g, rates, s, B, learning, rule)
        B = size
        if row < len(recorded) and recorded[row] == s + 1:
            record(theta, records, row)
            row += 1
