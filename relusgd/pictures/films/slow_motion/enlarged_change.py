"""What a step changes of the function, as a thin line that enlarges it."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array, Range
from relusgd.pictures.films.slow_motion.timing import SlowClock
from relusgd.pictures.kit.parts import kept_near, moving_line
from relusgd.pictures.kit.plain_matplotlib import Artist, Axes
from relusgd.pictures.kit.sheet import Sheet
from relusgd.pictures.scenes.view import View
from relusgd.pictures.step.elbow_arrows import FACTORS

SEEN = 0.03
"""A change of the function up to this share of the storey's height is enlarged."""

ENLARGED = 0.1
"""To at most this share of it."""

THIN = 1.3
"""The width of the line that shows it, in pixels."""


class EnlargedChange:
    """A thin line that goes as far as the function does, times a factor.

    factor: 1 where the change can be seen as it is; then there is no line.
    """

    def __init__(self, sheet: Sheet, axes: Axes, states: View, clock: SlowClock) -> None:
        self._clock = clock
        self._limits = axes.get_ylim()
        before, after = states.curve(0), states.curve(len(states) - 1)
        self._x = np.union1d(before.x, after.x)
        self._before = np.interp(self._x, before.x, before.y)
        self._change = np.interp(self._x, after.x, after.y) - self._before
        self.factor = enlargement(self._change, self._limits)
        self._line = moving_line(
            axes,
            0.25,
            color=sheet.colours.ink,
            linewidth=sheet.points(THIN),
            solid_joinstyle="round",
        )
        self.moving: list[Artist] = [self._line] if self.factor > 1 else []

    def show(self, index: int) -> None:
        moved = self._clock.moved(index)
        if not moved or self.factor == 1:
            self._line.set_data([], [])
            return
        heights = self._before + moved * self.factor * self._change
        self._line.set_data(self._x, kept_near(heights, self._limits))
        self._line.set_alpha(self._clock.stays(index))


def enlargement(change: Array, limits: Range) -> int:
    """By what a change of the function is multiplied so that it can be seen between limits of y.

    change: f after the step less f before it, shape (K,). 1 where it can be seen as it is.
    """
    low, high = limits
    sizes = np.abs(np.nan_to_num(change))
    largest = float(sizes.max(initial=0.0)) / (high - low)
    if largest > SEEN or largest == 0:
        return 1
    fitting = [factor for factor in FACTORS if factor * largest <= ENLARGED]
    return max(fitting, default=1)
