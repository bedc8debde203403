"""What events are looked for in: a recorded training with what its networks were.

However wide a network is, at most UNITS units of its first layer are followed one by one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from relusgd.diagnostics.events.smoothing import window_bounds, window_means, window_medians
from relusgd.diagnostics.events.thinned_course import ThinnedCourse
from relusgd.model.binning import bin_units
from relusgd.model.history import History
from relusgd.model.network import Array, Booleans, Integers, Range

UNITS = 128
"""At most so many units are followed one by one: those that bend the function most."""

GRID = 100
"""Equal parts of the range of the training x, at whose ends the learned function is evaluated."""

FAR = 10.0
"""Values of the learned function further from the data than so many ranges of y count as this far.
"""

TAKES_PART = 0.05
"""A unit takes part while it bends the function by at least this share of the strongest one."""


@dataclass(frozen=True, eq=False)
class RecordedCourse(ThinnedCourse):
    """A recorded training, as those see it who look for events.

    Arrays of looked-at snapshots have the shape (T, …).
    """

    # The learned function

    @property
    def x_range(self) -> Range:
        """The range of the training x, in network units."""
        x = self.dataset.x_train
        return float(x[0]), float(x[-1])

    @property
    def x_width(self) -> float:
        """The length of that range."""
        low, high = self.x_range
        return high - low

    @cached_property
    def functions(self) -> Array:
        """The learned functions over the range of the training x, shape (T, GRID + 1)."""
        low, high = self.x_range
        if low == high:
            low, high = self.dataset.domain
        grid = np.linspace(low, high, GRID + 1)
        f = np.empty((len(self), GRID + 1))
        with np.errstate(all="ignore"):
            for index, (history, row) in enumerate(self.each_row()):
                network = history.network(row)
                is_wide = len(network.hidden) == 1 and network.hidden[0] > GRID
                if is_wide:
                    f[index] = bin_units(network, low, high, GRID).y
                else:
                    f[index] = network(grid)
        return self._near_the_data(f)

    def _near_the_data(self, f: Array) -> Array:
        """The values of functions cut to FAR ranges of y around the data."""
        y = self.dataset.y_train
        room = FAR * self.y_range
        lowest = float(y.min()) - room
        highest = float(y.max()) + room
        return np.clip(np.nan_to_num(f, nan=highest), lowest, highest)

    @cached_property
    def y_range(self) -> float:
        """The range of the training y, or their size where all are equal; in network units."""
        y = self.dataset.y_train
        return float(np.ptp(y)) or float(np.abs(y).max()) or 1.0

    def functions_near(self, reach: float) -> Array:
        """The mean learned function within a reach of every snapshot looked at, (T, GRID + 1)."""
        start, stop = window_bounds(self.places, self.places, reach)
        return window_means(self.functions, start, stop)

    # The units of the first layer

    @cached_property
    def units(self) -> Integers:
        """The units that are followed: those that ever bend the function most, shape (n,)."""
        width = self.history.hidden[0]
        if width <= UNITS:
            return np.arange(width)
        largest_share = np.zeros(width)
        for history, row in self.each_row():
            strength = _strength(history, row)
            share = strength / (strength.max() or 1.0)
            largest_share = np.fmax(largest_share, share)
        strongest = np.argpartition(largest_share, -UNITS)[-UNITS:]
        return np.sort(strongest)

    def _of_followed(self, of_units: Callable[[History, int], Array]) -> Array:
        """The numbers of the followed units at every snapshot looked at, shape (T, n).

        of_units: a history and a row of it → numbers of all units, shape (H,).
        """
        rows = []
        for history, row in self.each_row():
            numbers = of_units(history, row)
            rows.append(numbers[self.units])
        return np.stack(rows)

    @cached_property
    def strengths(self) -> Array:
        """How much the followed units bend the function, shape (T, n).

        As a share of the unit that bends it most at that snapshot, mean over those near.
        """
        strengths = self._of_followed(_strength)
        strongest = strengths.max(axis=1, keepdims=True)
        with np.errstate(all="ignore"):
            shares = np.nan_to_num(strengths / strongest)
        return window_means(shares, *self._looked_at_windows)

    @cached_property
    def elbows(self) -> Array:
        """The median elbow of each followed unit near every snapshot looked at, shape (T, n).

        An elbow far outside, or none, stands one range of the training x outside.
        """
        elbows = self._of_followed(lambda history, row: history.elbow[row])
        low, high = self._not_far
        with np.errstate(all="ignore"):
            near = np.clip(np.nan_to_num(elbows, nan=np.inf), low, high)
        return window_medians(near, *self._looked_at_windows)

    @property
    def _not_far(self) -> Range:
        """The range of the training x and as much again to both sides."""
        low, high = self.x_range
        return low - self.x_width, high + self.x_width

    @cached_property
    def bends_inside(self) -> Booleans:
        """Whether a followed unit bends the function within the training points, shape (T, n)."""
        low, high = self.x_range
        is_inside = (low < self.elbows) & (self.elbows < high)
        is_strong = self.strengths >= TAKES_PART
        return np.asarray(is_inside & is_strong)

    @cached_property
    def takes_part(self) -> Booleans:
        """Whether a followed unit is strong, alive, and its elbow not far away, shape (T, n).

        Not far is at most one range of the training x outside; an elbow just outside may be on its
        way in.
        """
        low, high = self.x_range
        slope = self._of_followed(lambda history, row: history.slope[row])
        is_dead = np.where(slope > 0, self.elbows >= high, self.elbows <= low)
        lowest, highest = self._not_far
        is_not_far = (lowest < self.elbows) & (self.elbows < highest)
        is_strong = self.strengths >= TAKES_PART
        return np.asarray(is_not_far & ~is_dead & is_strong)


def _strength(history: History, row: int) -> Array:
    """How much the units of the first layer bend the function at a snapshot, shape (H1,).

    |slope|·|outgoing weights|: with one hidden layer the jump of f′ at the elbow.
    """
    outgoing = history.weights[1][row]
    size = np.sqrt(np.einsum("ij,ij->i", outgoing, outgoing))
    with np.errstate(all="ignore"):
        strength = np.abs(history.slope[row]) * size
    return np.asarray(np.nan_to_num(strength))
