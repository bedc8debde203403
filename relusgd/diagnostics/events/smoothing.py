"""Seeing through the noise of SGD: means over time, and changes that are more than a flicker."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array, Booleans, Integers


@dataclass(frozen=True)
class Leg:
    """A way from a turn of a series to its next one: the indices of both, and the change."""

    first: int
    last: int
    change: float


def window_bounds(places: Array, centres: Array, reach: float) -> tuple[Integers, Integers]:
    """The half-open ranges of rows whose places lie within `reach` of each centre."""
    start = np.searchsorted(places, centres - reach, side="left")
    stop = np.searchsorted(places, centres + reach, side="right")
    return start, stop


def window_means(values: Array, start: Integers, stop: Integers) -> Array:
    """The means of rows start … stop − 1; values: shape (S, …), result (len(start), …)."""
    nothing = np.zeros((1, *values.shape[1:]))
    sums = np.concatenate([nothing, np.cumsum(values, axis=0)])
    # As many axes as the values have, so that every row is divided by its count.
    ones = [1] * (values.ndim - 1)
    counts = (stop - start).reshape(-1, *ones)
    return np.asarray((sums[stop] - sums[start]) / counts)


def window_means_of_blocks(blocks: Iterable[Array], start: Integers, stop: Integers) -> Array:
    """The means of rows start … stop − 1 of a long series, as `window_means` gives them.

    blocks: the numbers of the series, shape (S,), part after part.
    """
    bounds = np.concatenate([start, stop])
    sums_before = np.zeros(len(bounds))
    first = 0
    total = 0.0
    for block in blocks:
        # From the total on, in the order of one long sum, so that no bit depends on the parts.
        sums = np.cumsum(np.concatenate([[total], block]))
        is_here = (first < bounds) & (bounds <= first + len(block))
        sums_before[is_here] = sums[bounds[is_here] - first]
        first += len(block)
        total = float(sums[-1])
    before_start, before_stop = np.split(sums_before, 2)
    return np.asarray((before_stop - before_start) / (stop - start))


def distances_from_lines(
    values: Array,
    places: Array,
    start: Integers,
    stop: Integers,
) -> Array:
    """How far each value is from the straight line nearest to rows start … stop − 1 around it.

    values, places, start, stop: shape (T,). The line is that of least squares over the places; nan
    where all places are one.
    """
    # Places and values are taken from their means, so that sums of squares keep their digits.
    x = places - places.mean()
    y = values - values.mean()
    mean_x = window_means(x, start, stop)
    mean_y = window_means(y, start, stop)
    mean_xx = window_means(x * x, start, stop)
    mean_xy = window_means(x * y, start, stop)
    with np.errstate(all="ignore"):
        slope = (mean_xy - mean_x * mean_y) / (mean_xx - mean_x**2)
    return np.asarray(y - mean_y - slope * (x - mean_x))


def window_medians(
    values: Array | Integers,
    start: Integers,
    stop: Integers,
    most: int = 101,
) -> Array:
    """The medians of rows start … stop − 1, from at most `most` of them; values: shape (S, …).

    Of an even number of rows it is the lower one of the middle two, so that it is always one of the
    values.
    """
    medians = np.empty((len(start), *values.shape[1:]))
    windows = zip(start.tolist(), stop.tolist(), strict=True)
    for index, (low, high) in enumerate(windows):
        stride = max(1, math.ceil((high - low) / most))
        near = values[low:high:stride]
        middle = (len(near) - 1) // 2
        medians[index] = np.partition(near, middle, axis=0)[middle]
    return medians


def legs(values: Array, least: float) -> list[Leg]:
    """The ways between turns of a series, shape (T,): rises and falls by turns, each by `least` or
    more.

    A turn counts when the series has come back from it by `least`: smaller changes are noise. The
    way before the first turn and behind the last one are told too, if they are long enough.
    """
    found: list[Leg] = []
    # origin: the last turn. low, high: the lowest and the highest index since then.
    origin = low = high = 0
    direction = 0  # 1 on a rise, -1 on a fall, 0 before the first turn
    for index in range(1, len(values)):
        if values[index] < values[low]:
            low = index
        if values[index] > values[high]:
            high = index
        turns_down = direction >= 0 and values[high] - values[index] >= least
        turns_up = direction <= 0 and values[index] - values[low] >= least
        if not (turns_down or turns_up):
            continue
        turn = high if turns_down else low
        found += _legs_between(values, origin, turn, least)
        direction = -1 if turns_down else 1
        origin = turn
        low = high = index
    if direction != 0:
        end = high if direction > 0 else low
        found += _legs_between(values, origin, end, least)
    return found


def _legs_between(values: Array, first: int, last: int, least: float) -> list[Leg]:
    """The leg from one index to a later one; none where it changes by less than `least`."""
    change = float(values[last] - values[first])
    if last <= first or not abs(change) >= least:
        return []
    return [Leg(first, last, change)]


def spells(is_so: Booleans) -> list[tuple[int, int]]:
    """The longest ranges (first, last) of indices, both included, over which something is so."""
    padded = np.concatenate([[False], is_so, [False]]).astype(np.int8)
    change = np.diff(padded)
    first = np.flatnonzero(change == 1)
    last = np.flatnonzero(change == -1) - 1
    return list(zip(first.tolist(), last.tolist(), strict=True))


def first_lasting(is_so: Booleans) -> int | None:
    """The index from which on something is so until the end; None if it is not so at the end."""
    if not len(is_so) or not is_so[-1]:
        return None
    wrong = np.flatnonzero(~is_so)
    return int(wrong[-1]) + 1 if len(wrong) else 0
