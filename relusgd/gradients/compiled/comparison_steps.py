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
Sums stay in registers until the residuals, or the gradient, have been made of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.gradients.compiled.arrays import SAMPLES, UNITS
from relusgd.gradients.compiled.comparison_arrays import ComparisonBuffers, PairedPoints
from relusgd.gradients.compiled.elbow_search import Rows
from relusgd.gradients.compiled.formulas.learning import Learning
from relusgd.gradients.compiled.machine_code import compiled, merged
from relusgd.gradients.compiled.strips import (
    WIDEST,
    Strip,
    filled,
    firsts,
    fused,
    load_1,
    load_2,
    load_3,
    load_4,
    load_5,
    load_alike,
    seconds,
    store,
    where,
)
from relusgd.gradients.compiled.switch_points import write_switch_points
from relusgd.gradients.compiled.tile_code import LANES
from relusgd.gradients.compiled.update import record, update
from relusgd.model.network import Array, Integers

ONE, TWO = np.uint64(1), np.uint64(2)


@merged
def sums_above(
    keys: Strip,
    levels: Array,
    sizes: Array,
    terms: int,
    factors: Array,
    first: Array,
    second: Array,
) -> tuple[Strip, Strip, float, float]:
    """Σ sizes_i and Σ sizes_i levels_i over the terms whose level is below the key, for each key.

    And Σ factors_i first_i and Σ factors_i second_i over all terms. There has to be one more term
    if their number is odd, which adds 0.

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
    for pair in range((terms + 1) // 2):
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
    sums, moments = even_sum + odd_sum, even_moment + odd_moment
    return sums, moments, even_first + odd_first, even_second + odd_second


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
def fetch(pairs: Array, rows: Rows, minus_x: Array, y: Array) -> None:
    """Copy the batch of these rows to minus_x and y."""
    in_vectors = len(rows) // LANES * LANES
    for i in range(0, in_vectors, LANES):
        of_x, of_y = firsts(pairs, rows, i), seconds(pairs, rows, i)
        store(of_x, minus_x, i)
        store(of_y, y, i)
    for i in range(in_vectors, len(rows)):
        place = TWO * rows[i]
        minus_x[i] = pairs[place]
        y[i] = pairs[place + ONE]


@merged
def write_residuals_of_strip(
    minus_x: Strip, place: int, w: Array, b: Array, c: float, at: ComparisonBuffers
) -> None:
    """Write r = f(x) − y at the points of one strip, which begins at `place`."""
    x = -minus_x
    sums, moments, p, q = sums_above(x, at.t, at.jumps, at.width, at.outside, w, b)
    f = (sums + p) * x - moments + (q + c)
    store(f - load_alike(x, at.y, place), at.r, place)


@merged
def write_residuals(
    minus_x: Array, B: int, w: Array, b: Array, c: float, at: ComparisonBuffers
) -> None:
    """Write r = f(x) − y at the B points of a batch, and 0 behind them if B is odd."""
    size = (B + SAMPLES - 1) // SAMPLES * SAMPLES
    for place in range(0, size, WIDEST * LANES):
        vectors = min((size - place) // LANES, WIDEST)
        # A strip's length is its type, so each length is compiled by itself.
        if vectors == 5:
            write_residuals_of_strip(load_5(minus_x, place), place, w, b, c, at)
        elif vectors == 4:
            write_residuals_of_strip(load_4(minus_x, place), place, w, b, c, at)
        elif vectors == 3:
            write_residuals_of_strip(load_3(minus_x, place), place, w, b, c, at)
        elif vectors == 2:
            write_residuals_of_strip(load_2(minus_x, place), place, w, b, c, at)
        else:
            write_residuals_of_strip(load_1(minus_x, place), place, w, b, c, at)
    if B % 2 == 1:
        at.r[B] = 0.0


@merged
def write_gradient_of_strip(
    t: Strip,
    place: int,
    minus_x: Array,
    B: int,
    w: Array,
    b: Array,
    v: Array,
    dw: Array,
    db: Array,
    dv: Array,
    at: ComparisonBuffers,
) -> float:
    """Write the gradient of the units of one strip, which begins at `place`; return Σ r."""
    T0, minus_T1, R0, minus_R1 = sums_above(-t, minus_x, at.r, B, at.r, at.ones, minus_x)
    wj, bj, vj = load_alike(t, w, place), load_alike(t, b, place), load_alike(t, v, place)
    rises = wj > 0.0
    T0 = where(rises, T0, R0 - T0)
    T1 = where(rises, -minus_T1, minus_T1 - minus_R1)
    store(vj * T1, dw, place)
    store(vj * T0, db, place)
    store(wj * T1 + bj * T0, dv, place)
    return R0


@merged
def write_gradient(
    minus_x: Array,
    B: int,
    w: Array,
    b: Array,
    v: Array,
    dw: Array,
    db: Array,
    dv: Array,
    at: ComparisonBuffers,
) -> float:
    """Write the gradient from the residuals of B points; return Σ r."""
    R0 = 0.0
    for j in range(0, len(w), WIDEST * LANES):
        vectors = min((len(w) - j) // LANES, WIDEST)
        if vectors == 5:
            t_5 = load_5(at.t, j)
            R0 = write_gradient_of_strip(t_5, j, minus_x, B, w, b, v, dw, db, dv, at)
        elif vectors == 4:
            t_4 = load_4(at.t, j)
            R0 = write_gradient_of_strip(t_4, j, minus_x, B, w, b, v, dw, db, dv, at)
        elif vectors == 3:
            t_3 = load_3(at.t, j)
            R0 = write_gradient_of_strip(t_3, j, minus_x, B, w, b, v, dw, db, dv, at)
        elif vectors == 2:
            t_2 = load_2(at.t, j)
            R0 = write_gradient_of_strip(t_2, j, minus_x, B, w, b, v, dw, db, dv, at)
        else:
            t_1 = load_1(at.t, j)
            R0 = write_gradient_of_strip(t_1, j, minus_x, B, w, b, v, dw, db, dv, at)
    return R0


@compiled
def descend_by_comparisons(
    theta: Array,
    memory: Array,
    g: Array,
    points: PairedPoints,
    learning: Learning,
    rule: Any,
    at: ComparisonBuffers,
    rows: Rows,
    bounds: Integers,
    rates: Array,
    recorded: Integers,
    records: Array,
) -> None:
    """Steps by comparisons. Without bounds, at.minus_x and at.y have to hold all points.

    The next batch is fetched while the processor still adds up this one.
    """
    H = len(theta) // (3 * UNITS) * UNITS
    w = theta[:H]
    b = theta[H : 2 * H]
    v = theta[2 * H : 3 * H]
    dw = g[:H]
    db = g[H : 2 * H]
    dv = g[2 * H : 3 * H]
    minus_x, next_minus_x = at.minus_x, at.next_minus_x
    B, row = len(points.pairs) // 2, 0
    if len(bounds) > 0:
        B = bounds[1] - bounds[0]
        fetch(points.pairs, rows[bounds[0] : bounds[1]], minus_x, at.y)
    for s in range(len(rates)):
        if learning.hidden_learns or s == 0:
            write_switch_points(w, b, points.least_slope, at.t)
        write_jumps(w, v, at)
        write_residuals(minus_x, B, w, b, theta[3 * H], at)
        if len(bounds) > s + 2:
            fetch(points.pairs, rows[bounds[s + 1] : bounds[s + 2]], next_minus_x, at.y)
        g[3 * H] = write_gradient(minus_x, B, w, b, v, dw, db, dv, at)
        update(theta, memory, g, rates, s, B, learning, rule)
        if len(bounds) > s + 2:
            B = bounds[s + 2] - bounds[s + 1]
            minus_x, next_minus_x = next_minus_x, minus_x
        if row < len(recorded) and recorded[row] == s + 1:
            record(theta, records, row)
            row += 1
