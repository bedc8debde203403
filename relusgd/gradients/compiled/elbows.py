"""Where units switch among sorted points, followed from step to step: no division, the rule for being active alone decides."""

from __future__ import annotations

import numpy as np

from relusgd.gradients.compiled.arguments import Counts, Rows
from relusgd.gradients.compiled.machine import compiled
from relusgd.model.network import Array


@compiled
def is_below(w: float, b: float, x: float) -> bool:
    """Whether x is on the lower side of the elbow, where a unit with w > 0 is not active and one with w < 0 is."""
    return (w * x + b > 0.0) != (w > 0.0)


@compiled
def count_below(w: float, b: float, fenced: Array, k: int) -> int:
    """How many points are below the elbow, looked for from k on in steps that double, then by bisection.

    fenced[low] is below and fenced[high] is not, throughout; the fences are so by definition and never looked at.
    """
    low, high, reach = 0, len(fenced) - 1, 1
    if k > 0 and not is_below(w, b, fenced[k]):
        high = k
        while high > reach and not is_below(w, b, fenced[high - reach]):
            high -= reach
            reach *= 2
        low = max(low, high - reach)
    else:
        low = k
        while low + reach < high and is_below(w, b, fenced[low + reach]):
            low += reach
            reach *= 2
        high = min(high, low + reach)
    while high - low > 1:
        middle = (low + high) // 2
        if is_below(w, b, fenced[middle]):
            low = middle
        else:
            high = middle
    return low


@compiled
def find_elbows(w: Array, b: Array, fenced: Array, after: Array, k: Counts) -> None:
    """Bring every unit's number of points below its elbow up to date. A constant unit is active below or not at all."""
    for j in range(len(w)):
        if w[j] == 0.0:
            k[j] = len(fenced) - 2 if b[j] > 0.0 else 0
        elif not is_below(w[j], b[j], fenced[k[j]]) or is_below(w[j], b[j], after[k[j]]):
            k[j] = count_below(w[j], b[j], fenced, int(k[j]))


@compiled
def place_units(rows: Rows, start: int, B: int, below: Counts, k: Counts, place: Counts) -> None:
    """How many points of the batch are below every unit's elbow: by counting the batch among all points, or by bisection."""
    if len(below) > 1:
        count_batch(rows, start, B, below)
        for j in range(len(k)):
            place[j] = below[k[j]]
    else:
        for j in range(len(k)):
            place[j] = search_batch(rows, start, B, int(k[j]))


@compiled
def count_batch(rows: Rows, start: int, B: int, below: Counts) -> None:
    """below[i] = how many of the batch's points are among the first i of all."""
    for i in range(len(below)):
        below[i] = np.uint32(0)
    for i in range(B):
        below[int(rows[start + i]) + 1] += np.uint32(1)
    total = np.uint32(0)
    for i in range(len(below)):
        total += below[i]
        below[i] = total


@compiled
def search_batch(rows: Rows, start: int, B: int, k: int) -> int:
    """How many of the batch's points, given in increasing order, are among the first k of all."""
    low, high = start, start + B
    while low < high:
        middle = (low + high) // 2
        if int(rows[middle]) < k:
            low = middle + 1
        else:
            high = middle
    return low - start
