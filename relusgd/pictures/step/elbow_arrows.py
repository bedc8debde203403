"""Where one step moves the elbows: an arrow each, all lengthened by one factor that is said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array, Integers
from relusgd.pictures.scenes.snapshot_view import strongest

MOST_ARROWS = 60
"""Of more elbows, the ones that move most have arrows."""

USUAL_ARROW, LONGEST_ARROW = 0.08, 0.3
"""Arrows are lengthened until four of five are as long as this, or the longest as that: shares of
the domain."""

FACTORS = tuple(base * 10**power for power in range(9) for base in (1, 2, 5))
"""By what arrows may be lengthened."""


@dataclass(frozen=True, eq=False)
class Arrows:
    """The elbows that have an arrow, from `start` to `stop`, shape (n,), by their unit's number.

    factor: by what the moves are lengthened. rest: the elbows between low and high that have none.
    outside: how many elbows are not between them.
    """

    number: Integers
    start: Array
    stop: Array
    factor: int
    rest: Array
    outside: int

    @classmethod
    def of(cls, before: Array, after: Array, low: float, high: float, unit: int | None) -> Arrows:
        """Arrows for the elbows between low and high that move most; for `unit` in any case.

        before, after: the elbows of all units, shape (H,), nan where a unit has none.
        """
        is_inside = (before >= low) & (before <= high)
        move = np.where(is_inside & np.isfinite(after), after - before, 0.0)
        moving = np.flatnonzero(move != 0)
        number = moving[strongest(np.abs(move[moving]), MOST_ARROWS)]
        decisive = move[number]
        if unit is not None and move[unit] != 0:
            number = np.union1d(number, [unit])
            decisive = move[[unit]]
        factor = lengthening(np.abs(decisive) / (high - low))
        start = before[number]
        stop = start + factor * move[number]
        without_arrow = np.setdiff1d(np.flatnonzero(is_inside), number)
        outside = int(np.count_nonzero(~is_inside))
        return cls(number, start, stop, factor, before[without_arrow], outside)


def lengthening(moves: Array) -> int:
    """By what moves, in shares of the domain, are multiplied so that most can be seen."""
    if not len(moves):
        return 1
    usual, longest = float(np.quantile(moves, 0.8)), float(moves.max())
    largest = 1
    for factor in FACTORS:
        if usual * factor <= USUAL_ARROW and longest * factor <= LONGEST_ARROW:
            largest = factor
    return largest
