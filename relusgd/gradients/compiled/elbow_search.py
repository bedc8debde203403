"""How many sorted points lie below each unit's elbow, followed from step to step.

Nothing is divided: the rule for being active alone decides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from relusgd.gradients.compiled.machine_code import compiled
from relusgd.model.network import Array

Counts = NDArray[np.uint32]
Rows = NDArray[np.uint64]


@compiled
def is_below(w: float, b: float, x: float) -> bool:
    """Whether x is below the elbow: a unit with w > 0 is not active there, one with w < 0 is."""
    return (w * x + b > 0.0) != (w > 0.0)


@compiled
def count_below(w: float, b: float, fenced: Array, k: int) -> int:
    """How many points are below the elbow. The search starts at k, the count before the last step.

    It moves away from k in steps that double, then bisects. fenced: the sorted points between two
    sentinels. At all times fenced[low] is below the elbow and fenced[high] is not. The sentinels
    count as below and above; their values are never read.
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
def follow_elbows(w: Array, b: Array, fenced: Array, after: Array, k: Counts) -> None:
    """Update k, the number of points below every unit's elbow.

    after: fenced without its first number. All points count as below the elbow of a constant unit
    that is active, and none if it is not.
    """
    for j in range(len(w)):
        if w[j] == 0.0:
            k[j] = len(fenced) - 2 if b[j] > 0.0 else 0
        elif not is_below(w[j], b[j], fenced[k[j]]) or is_below(w[j], b[j], after[k[j]]):
            k[j] = count_below(w[j], b[j], fenced, int(k[j]))


@compiled
def place_units(rows: Rows, start: int, B: int, below: Counts, k: Counts, place: Counts) -> None:
    """Write to `place` how many points of the batch are below every unit's elbow.

    k: how many of all points are.

    By counting the batch among all points if there is memory for it in `below`, else by bisection.
    """
    if len(below) > 1:
        count_batch(rows, start, B, below)
        for j in range(len(k)):
            place[j] = below[k[j]]
    else:
        for j in range(len(k)):
            place[j] = search_batch(rows, start, B, int(k[j]))


@compiled
def count_batch(rows: Rows, start: int, B: int, below: Counts) -> None:
    """below[i]: how many of the batch's points are among the first i of all."""
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
