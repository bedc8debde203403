"""The metrics of snapshots, fast enough for every epoch of a training."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from relusgd.diagnostics.deep_snapshot import DeepSnapshot, count_dead_and_always_on
from relusgd.diagnostics.measures import (
    breakpoints_inside,
    first_layer_activity,
    network_domain,
)
from relusgd.model.breakpoints import sorted_elbows, values_by_running_sums
from relusgd.model.network import Array, Integers, Network
from relusgd.model.points import Dataset

Metrics = tuple[float, float, int, int, int]
"""train_mse, test_mse, dead_units, always_on_units, breakpoints."""

ROWS_NUMBERS = 2**16
"""Numbers of the snapshots that are measured at once: arrays that stay in the processor's cache."""


class _Measured(NamedTuple):
    """What S snapshots are measured by, shape (S,) or, for the values f at all points, (S, n)."""

    f: Array
    dead: Integers
    always_on: Integers
    breakpoints: Integers


class SnapshotMetrics:
    """The metrics of snapshots, given as vectors of parameters in the order of `split_parameters`.

    Made once per training. What a snapshot gets depends on its vector alone, to the last bit,
    however many are asked for at once; parameters that are not finite give errors that are not
    finite, and never a warning. With one hidden layer it goes through the sorted elbows, O(points +
    H log H) a snapshot.
    """

    def __init__(self, dataset: Dataset, hidden: Sequence[int]) -> None:
        self._dataset = dataset
        self._hidden = tuple(hidden)
        self._x = np.unique(np.concatenate([dataset.x_train, dataset.x_test]))
        self._middle = float(np.mean(dataset.x_train))
        self._train = self._columns_of(dataset.x_train)
        self._test = self._columns_of(dataset.x_test)
        self._low, self._high = network_domain(dataset)

    def _columns_of(self, x: Array) -> Integers | None:
        """Where x lies among all x; None where it is all of them, so that nothing is copied."""
        if np.array_equal(x, self._x):
            return None
        return np.searchsorted(self._x, x)

    def __call__(self, vector: Array) -> Metrics:
        """The metrics of one snapshot; test_mse is nan without test points."""
        return self.rows(vector[None])[0]

    def rows(self, vectors: Array) -> list[Metrics]:
        """The metrics of every snapshot of vectors, shape (S, parameter_count)."""
        rows: list[Metrics] = []
        numbers_per_row = max(self._hidden) + len(self._x)
        size = max(1, ROWS_NUMBERS // numbers_per_row)
        with np.errstate(all="ignore"):
            for start in range(0, len(vectors), size):
                rows.extend(self._some_rows(vectors[start : start + size]))
        return rows

    def _some_rows(self, vectors: Array) -> Iterator[Metrics]:
        measure = self._measure_shallow if len(self._hidden) == 1 else self._measure_deep
        measured = measure(vectors)
        finite = np.isfinite(vectors).all(axis=1)
        train = _mean_squared_errors(measured.f, self._train, self._dataset.y_train)
        test = _mean_squared_errors(measured.f, self._test, self._dataset.y_test)
        columns = (
            np.where(finite, train, np.nan),
            np.where(finite, test, np.nan),
            measured.dead,
            measured.always_on,
            np.where(finite, measured.breakpoints, 0),
        )
        return zip(*(column.tolist() for column in columns), strict=True)

    def _measure_shallow(self, vectors: Array) -> _Measured:
        (H,) = self._hidden
        w = vectors[:, :H]
        b = vectors[:, H : 2 * H]
        order, elbow = sorted_elbows(w, b)
        f = values_by_running_sums(vectors, order, elbow, self._x, self._middle)
        anywhere, everywhere = first_layer_activity(w, b, self._dataset.x_train)
        return _Measured(
            f,
            dead=np.count_nonzero(~anywhere, axis=1),
            always_on=np.count_nonzero(everywhere, axis=1),
            breakpoints=self._count_breakpoints(vectors, order, elbow),
        )

    def _measure_deep(self, vectors: Array) -> _Measured:
        count = len(vectors)
        f = np.full((count, len(self._x)), np.nan)
        dead = np.zeros(count, dtype=np.int64)
        always_on = np.zeros(count, dtype=np.int64)
        breaks = np.zeros(count, dtype=np.int64)
        for row, vector in enumerate(vectors):
            network = Network.from_parameters(vector, self._hidden)
            if not np.isfinite(vector).all():
                dead[row], always_on[row] = count_dead_and_always_on(network, self._dataset)
                continue
            snapshot = DeepSnapshot(network, self._dataset, self._x, (self._low, self._high))
            f[row] = snapshot.values()
            dead[row], always_on[row] = snapshot.dead_and_always_on()
            breaks[row] = snapshot.breakpoints()
        return _Measured(f, dead, always_on, breaks)

    def _count_breakpoints(self, vectors: Array, order: Integers, elbow: Array) -> Integers:
        """How many breakpoints lie in the domain, shape (S,).

        They are the elbows there, if these are distinct and f′ changes at each. Where this is
        not clear, `breakpoints_inside` counts.
        """
        (H,) = self._hidden
        w = vectors[:, :H]
        v = vectors[:, 2 * H : 3 * H]
        change = np.take_along_axis(v * w, order, axis=1)
        inside = (elbow > self._low) & (elbow < self._high)
        unclear = (change == 0) | ~np.isfinite(change)
        unclear[:, 1:] |= elbow[:, 1:] == elbow[:, :-1]
        has_unclear = (inside & unclear).any(axis=1)
        is_finite = np.isfinite(vectors).all(axis=1)
        counts: Integers = np.count_nonzero(inside, axis=1)
        for row in np.flatnonzero(has_unclear & is_finite):
            network = Network.from_parameters(vectors[row], self._hidden)
            counts[row] = breakpoints_inside(network, self._dataset)
        return counts


def _mean_squared_errors(f: Array, columns: Integers | None, y: Array) -> Array:
    """The mean squared error against y at these columns of f, shape (S,); nan without points.

    f: the values at all points, shape (S, n). columns: None for all.
    """
    if not len(y):
        return np.full(len(f), np.nan)
    values = f if columns is None else f.take(columns, axis=1)
    squares = np.square(values - y)
    # `squares.mean` gives the same bits, and takes longer where there are few points.
    return np.asarray(np.add.reduce(squares, axis=1) / len(y))
