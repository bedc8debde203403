"""A recorded training, thinned and freed from noise: its clock, its errors and its counts.

However long a training is, at most ROWS snapshots are looked at, about even on the film's clock.
Errors and counts of units come from the metrics of all snapshots: each looked-at snapshot has the
mean, or the median, of those that stand within REACH of it on the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from relusgd.diagnostics.events.event import Event
from relusgd.diagnostics.events.film_clock import film_places, rows_at_places
from relusgd.diagnostics.events.smoothing import (
    distances_from_lines,
    window_bounds,
    window_means_of_blocks,
    window_medians,
)
from relusgd.diagnostics.outcomes import Outcome, best_constant_mse
from relusgd.model.history import History, concatenate
from relusgd.model.network import Array, Integers, parameter_count
from relusgd.model.points import Dataset
from relusgd.words import number

ROWS = 600
"""At most so many snapshots are looked at."""

NUMBERS = 3 * 10**7
"""About so many parameters are read in all, so that large networks are looked at less often."""

FEWEST_ROWS = 24
"""No fewer snapshots are looked at, however large the network is."""

KEPT_NUMBERS = 2**20
"""Snapshots of at most so many parameters in all are kept in memory while events are looked for."""

BLOCK_ROWS = 2**16
"""So many errors are smoothed at a time: there may be millions."""

LARGEST = 1e300
"""The largest error that is told from larger ones."""

REACH = 0.01
"""How far before and after a snapshot its neighbours reach, as a share of the film's clock."""

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
class ThinnedCourse:
    """The clock, the errors and the counts of a recorded training.

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
        return rows_at_places(self.all_places, most)

    def each_row(self) -> Iterator[tuple[History, int]]:
        """The snapshots that are looked at, one after the other: a history, and the row there."""
        kept = self._kept
        if kept is None:
            yield from self._each_row_read()
        else:
            for row in range(len(kept)):
                yield kept, row

    def _each_row_read(self) -> Iterator[tuple[History, int]]:
        """The snapshots that are looked at, in the history of all."""
        for row in self.rows.tolist():
            yield self.history, row
            # The system may have read megabytes around it.
            self.give_back()

    @cached_property
    def _kept(self) -> History | None:
        """The snapshots that are looked at, copied, because they are looked at again and again.

        None where they are many numbers, which are then read anew each time.
        """
        if len(self) * parameter_count(self.history.hidden) > KEPT_NUMBERS:
            return None
        copies = []
        for history, row in self._each_row_read():
            rows = np.array([row])
            copies.append(history.select(rows))
        return concatenate(copies)

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
        known = self._smooth_errors.get(name)
        if known is None:
            blocks = _logarithms(self.metric(name))
            means = window_means_of_blocks(blocks, *self._windows)
            known = self._smooth_errors[name] = np.exp(means)
        return known

    @cached_property
    def _smooth_errors(self) -> dict[str, Array]:
        """The smooth errors that were asked for."""
        return {}

    def trembling(self, name: Literal["train_mse", "test_mse"]) -> float:
        """The standard deviation by which the logarithm of an error trembles around the smooth one.

        It is a typical one, by the median, so that a fall or a spike counts for nothing. 0 where so
        few snapshots were recorded that none has three within its reach.
        """
        start, stop = self._windows
        count = stop - start
        with np.errstate(all="ignore"):
            logarithm = np.log(self.metric(name)[self.rows])
            smooth = np.log(self.smooth_error(name))
            # A mean to which a value belongs is nearer to it.
            off = np.abs(logarithm - smooth) * np.sqrt(count / (count - 1))
        is_known = (count >= 3) & np.isfinite(off)
        return _typical_deviation(off[is_known])

    def wandering(self, name: Literal["train_mse", "test_mse"]) -> float:
        """The standard deviation by which the logarithm of the smooth error is off a straight line
        over WANDERING of the clock to both sides: what noise does that has a memory.

        By the median, as for `trembling`; 0 for fewer than five looked-at snapshots.
        """
        if len(self) < FEWEST_OF_A_LINE:
            return 0.0
        logarithms = np.log(self.smooth_error(name))
        start, stop = window_bounds(self.places, self.places, WANDERING)
        off = distances_from_lines(logarithms, self.places, start, stop)
        is_known = (stop - start >= FEWEST_OF_A_LINE) & np.isfinite(off)
        return _typical_deviation(np.abs(off[is_known]))

    def smooth_count(self, counts: Array | Integers) -> Array:
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
        history = self.history
        step = history.step
        return Event(
            name=name,
            row=row,
            epoch=history.moment(row),
            step=int(step[row]),
            end_row=end_row,
            end_epoch=None if end_row is None else history.moment(end_row),
            end_step=None if end_row is None else int(step[end_row]),
            numbers=numbers,
            sentence=sentence,
            caption=caption,
        )


def _logarithms(errors: Array) -> Iterator[Array]:
    """The logarithms of errors cut to 1/LARGEST … LARGEST, BLOCK_ROWS of them at a time."""
    for begin in range(0, len(errors), BLOCK_ROWS):
        block = errors[begin : begin + BLOCK_ROWS]
        numbers = np.nan_to_num(block, nan=LARGEST, posinf=LARGEST)
        yield np.log(np.clip(numbers, 1 / LARGEST, LARGEST))


def _typical_deviation(distances: Array) -> float:
    """The standard deviation of normal numbers with the median of these distances from 0.

    0 for no distances.
    """
    if not len(distances):
        return 0.0
    return float(np.median(distances)) / MEDIAN_OF_NORMAL
