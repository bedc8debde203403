"""What events are looked for in: the course of a training, thinned and freed from noise.

However long a training is and however wide its network, at most ROWS snapshots are looked at, about
even on the film's clock, and at most UNITS units. Errors and counts of units come from the metrics
of all snapshots: each looked-at snapshot has the mean, or the median, of those that stand within
REACH of it on the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from relusgd.diagnostics.events.event import Event
from relusgd.diagnostics.events.film_clock import film_places, rows_along_film
from relusgd.diagnostics.events.smoothing import (
    distances_from_lines,
    window_bounds,
    window_means,
    window_medians,
)
from relusgd.diagnostics.outcomes import Outcome, best_constant_mse
from relusgd.model.binning import bin_units
from relusgd.model.history import History
from relusgd.model.network import Array, Booleans, Integers, parameter_count
from relusgd.model.points import Dataset
from relusgd.words import number

ROWS = 600
"""At most so many snapshots are looked at."""

NUMBERS = 3 * 10**7
"""About so many parameters are read in all, so that large networks are looked at less often."""

FEWEST_ROWS = 24
"""No fewer snapshots are looked at, however large the network is."""

UNITS = 128
"""At most so many units are followed one by one: those that bend the function most."""

GRID = 100
"""Equal parts of the range of the training x, at whose ends the learned function is evaluated."""

FAR = 10.0
"""Values of the learned function further from the data than so many ranges of y count as this far.
"""

LARGEST = 1e300
"""The largest error that is told from larger ones."""

REACH = 0.01
"""How far before and after a snapshot its neighbours reach, as a share of the film's clock."""

TAKES_PART = 0.05
"""A unit takes part while it bends the function by at least this share of the strongest one."""

WANDERING = 0.2
"""The share of the clock, to both sides, over which an error is held against a straight line."""

FEWEST_OF_A_LINE = 5
"""Fewer snapshots say nothing of how an error wanders around a line."""

MEDIAN_OF_NORMAL = 0.6745
"""The median of the absolute value of a normal number of standard deviation 1."""

SharpnessRatio = Callable[[int], float]
"""row → sharpness over its edge, where it is known and quickly measured."""


def _nothing_to_give_back() -> None:
    pass


@dataclass(frozen=True, eq=False)
class RecordedCourse:
    """A recorded training, as those see it who look for events.

    history: with its metrics, S snapshots. dataset: in network units. outcome: learned, diverged or
    nothing; None while it is not known. sharpness_ratio: given where the edge of stability decides
    over the training, which is where each step sees all points. give_back: called after every
    snapshot, gives back the memory in which a history on the disk was read. Arrays of looked-at
    snapshots have the shape (T, …).
    """

    history: History
    dataset: Dataset
    outcome: Outcome | None = None
    sharpness_ratio: SharpnessRatio | None = None
    give_back: Callable[[], None] = _nothing_to_give_back

    def __len__(self) -> int:
        """The number T of snapshots that are looked at."""
        return len(self.rows)

    @property
    def of_layer(self) -> str:
        """What is said behind units or elbows that are followed: of a deep network, those of the
        first layer."""
        return " of layer 1" if len(self.history.hidden) > 1 else ""

    # The clock

    @cached_property
    def all_places(self) -> Array:
        """Where every snapshot stands on the film's clock, shape (S,)."""
        return film_places(self.history.step)

    @cached_property
    def rows(self) -> Integers:
        """The snapshots that are looked at, shape (T,)."""
        affordable = NUMBERS // parameter_count(self.history.hidden)
        most = min(ROWS, max(FEWEST_ROWS, affordable))
        return rows_along_film(self.history.step, most)

    def each_row(self) -> Iterator[int]:
        """The snapshots that are looked at, one after the other."""
        for row in self.rows.tolist():
            yield row
            # The system may have read megabytes around it.
            self.give_back()

    @cached_property
    def places(self) -> Array:
        """Where they stand on the film's clock, shape (T,)."""
        return np.asarray(self.all_places[self.rows])

    @cached_property
    def steps(self) -> Array:
        """Their steps as floats, shape (T,)."""
        return np.asarray(self.history.step[self.rows], dtype=np.float64)

    @cached_property
    def _windows(self) -> tuple[Integers, Integers]:
        """The snapshots, of all, that are near each one looked at."""
        return window_bounds(self.all_places, self.places, REACH)

    @cached_property
    def _looked_at_windows(self) -> tuple[Integers, Integers]:
        """The snapshots, of those looked at, that are near each one."""
        return window_bounds(self.places, self.places, REACH)

    # Errors and counts

    def metric(self, name: str) -> Array:
        """A metric of every snapshot, shape (S,)."""
        return np.asarray(self.history.metrics[name], dtype=np.float64)

    def smooth_error(self, name: Literal["train_mse", "test_mse"]) -> Array:
        """The geometric mean of an error near every snapshot looked at, shape (T,).

        Errors beyond LARGEST, or not finite, count as that, and those below its inverse as it.
        """
        logarithms = np.nan_to_num(self.metric(name), nan=LARGEST, posinf=LARGEST)
        # In place, because there may be millions.
        np.clip(logarithms, 1 / LARGEST, LARGEST, out=logarithms)
        np.log(logarithms, out=logarithms)
        return np.asarray(np.exp(window_means(logarithms, *self._windows)))

    def trembling(self, name: Literal["train_mse", "test_mse"]) -> float:
        """The standard deviation by which the logarithm of an error trembles around the smooth one.

        It is a typical one, by the median, so that a fall or a spike counts for nothing. 0 where so
        few snapshots were recorded that none has three within its reach.
        """
        start, stop = self._windows
        count = stop - start
        with np.errstate(all="ignore"):
            off = np.log(self.metric(name)[self.rows]) - np.log(self.smooth_error(name))
            # A mean to which a value belongs is nearer to it.
            off = np.abs(off) * np.sqrt(count / (count - 1))
        known = off[(count >= 3) & np.isfinite(off)]
        return float(np.median(known)) / MEDIAN_OF_NORMAL if len(known) else 0.0

    def wandering(self, name: Literal["train_mse", "test_mse"]) -> float:
        """The standard deviation by which the logarithm of the smooth error is off a straight line
        over WANDERING of the clock to both sides: what noise does that has a memory.

        By the median, as for `trembling`; 0 for fewer than five looked-at snapshots.
        """
        if len(self) < FEWEST_OF_A_LINE:
            return 0.0
        logarithms = np.log(self.smooth_error(name))
        windows = window_bounds(self.places, self.places, WANDERING)
        off = distances_from_lines(logarithms, self.places, *windows)
        counts = windows[1] - windows[0]
        known = np.abs(off[(counts >= FEWEST_OF_A_LINE) & np.isfinite(off)])
        return float(np.median(known)) / MEDIAN_OF_NORMAL if len(known) else 0.0

    def smooth_count(self, counts: Array) -> Array:
        """The median of a count near every snapshot looked at, shape (T,).

        counts: of all snapshots, shape (S,), or of those looked at, shape (T,).
        """
        if len(counts) == len(self.history):
            return window_medians(counts, *self._windows)
        return window_medians(counts, *self._looked_at_windows)

    @cached_property
    def constant_mse(self) -> float:
        """The error of the best constant."""
        return best_constant_mse(self.dataset.y_train)

    def error_text(self, mse: float) -> str:
        """An error in the square of the data's own units, in words."""
        return number(self.original_error(mse))

    def original_error(self, mse: float) -> float:
        return float(self.dataset.scaling.mse_to_original(mse))

    # The learned function

    @property
    def x_range(self) -> tuple[float, float]:
        """The range of the training x, in network units."""
        return float(self.dataset.x_train[0]), float(self.dataset.x_train[-1])

    @cached_property
    def functions(self) -> Array:
        """The learned functions over the range of the training x, shape (T, GRID + 1)."""
        low, high = self.x_range
        if low == high:
            low, high = self.dataset.domain
        grid = np.linspace(low, high, GRID + 1)
        f = np.empty((len(self), GRID + 1))
        with np.errstate(all="ignore"):
            for index, row in enumerate(self.each_row()):
                network = self.history.network(row)
                is_wide = len(network.hidden) == 1 and network.hidden[0] > GRID
                f[index] = bin_units(network, low, high, GRID).y if is_wide else network(grid)
        return self._near_the_data(f)

    def _near_the_data(self, f: Array) -> Array:
        """The values of functions cut to FAR ranges of y around the data."""
        low = float(self.dataset.y_train.min())
        high = float(self.dataset.y_train.max())
        room = FAR * self.y_range
        lowest, highest = low - room, high + room
        return np.clip(np.nan_to_num(f, nan=highest), lowest, highest)

    @cached_property
    def y_range(self) -> float:
        """The range of the training y, or their size where all are equal; in network units."""
        y = self.dataset.y_train
        return float(np.ptp(y)) or float(np.abs(y).max()) or 1.0

    def functions_near(self, reach: float) -> Array:
        """The mean learned function within a reach of every snapshot looked at, (T, GRID + 1)."""
        return window_means(self.functions, *window_bounds(self.places, self.places, reach))

    # The units of the first layer

    @cached_property
    def units(self) -> Integers:
        """The units that are followed: those that ever bend the function most, shape (n,)."""
        width = self.history.hidden[0]
        if width <= UNITS:
            return np.arange(width)
        largest_share = np.zeros(width)
        for row in self.each_row():
            strength = self._strength(row)
            share = strength / (strength.max() or 1.0)
            largest_share = np.fmax(largest_share, share)
        return np.sort(np.argpartition(largest_share, -UNITS)[-UNITS:])

    def _strength(self, row: int) -> Array:
        """How much the units of the first layer bend the function, shape (H1,).

        |slope|·|outgoing weights|: with one hidden layer the jump of f′ at the elbow.
        """
        outgoing = self.history.weights[1][row]
        size = np.sqrt(np.einsum("ij,ij->i", outgoing, outgoing))
        with np.errstate(all="ignore"):
            return np.asarray(np.nan_to_num(np.abs(self.history.slope[row]) * size))

    def _of_followed(self, of_units: Callable[[int], Array]) -> Array:
        """The numbers of the followed units at every snapshot looked at, shape (T, n).

        of_units: row → numbers of all units, shape (H,).
        """
        return np.stack([of_units(row)[self.units] for row in self.each_row()])

    @cached_property
    def strengths(self) -> Array:
        """How much the followed units bend the function, shape (T, n).

        As a share of the unit that bends it most at that snapshot, mean over those near.
        """
        strengths = self._of_followed(self._strength)
        strongest = strengths.max(axis=1, keepdims=True)
        with np.errstate(all="ignore"):
            shares = np.nan_to_num(strengths / strongest)
        return window_means(shares, *self._looked_at_windows)

    @cached_property
    def elbows(self) -> Array:
        """The median elbow of each followed unit near every snapshot looked at, shape (T, n).

        An elbow far outside, or none, stands one range of the training x outside.
        """
        raw = self._of_followed(lambda row: self.history.elbow[row])
        low, high = self.x_range
        reach = high - low
        with np.errstate(all="ignore"):
            near = np.clip(np.nan_to_num(raw, nan=np.inf), low - reach, high + reach)
        return window_medians(near, *self._looked_at_windows)

    @cached_property
    def bends_inside(self) -> Booleans:
        """Whether a followed unit bends the function within the training points, shape (T, n)."""
        low, high = self.x_range
        inside = (low < self.elbows) & (self.elbows < high)
        return np.asarray(inside & (self.strengths >= TAKES_PART))

    @cached_property
    def takes_part(self) -> Booleans:
        """Whether a followed unit is strong, alive, and its elbow not far away, shape (T, n).

        Not far is at most one range of the training x outside; an elbow just outside may be on its
        way in.
        """
        low, high = self.x_range
        reach = high - low
        not_far = (low - reach < self.elbows) & (self.elbows < high + reach)
        slope = self._of_followed(lambda row: self.history.slope[row])
        is_dead = np.where(slope > 0, self.elbows >= high, self.elbows <= low)
        return np.asarray(not_far & ~is_dead & (self.strengths >= TAKES_PART))

    # Events

    def event(
        self,
        name: str,
        row: int,
        end_row: int | None = None,
        *,
        numbers: Mapping[str, float],
        sentence: str,
        caption: str,
    ) -> Event:
        """An event that begins at a snapshot, with its epoch and step. row, end_row: of all S."""
        clock, step = self.history.clock, self.history.step
        return Event(
            name=name,
            row=row,
            epoch=float(clock[row]),
            step=int(step[row]),
            end_row=end_row,
            end_epoch=None if end_row is None else float(clock[end_row]),
            end_step=None if end_row is None else int(step[end_row]),
            numbers=numbers,
            sentence=sentence,
            caption=caption,
        )
