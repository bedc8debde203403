"""Snapshots between those that were recorded: every parameter goes straight from one to the next.

Nobody trained these networks. They are for films, which say so.
"""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.events.film_clock import SOFT_START, film_places
from relusgd.diagnostics.snapshot_metrics import SnapshotMetrics
from relusgd.model.history import METRICS, History
from relusgd.model.network import Array, Integers, parameter_count
from relusgd.model.points import Dataset

MOST_NUMBERS = 10**8
"""About so many parameters are made at most: 800 MB."""


def with_snapshots_between(history: History, dataset: Dataset, count: int) -> History:
    """The history with snapshots between its own, about `count` in all, even on a film's clock.

    Parameters are interpolated linearly in steps, and the metrics are those of the networks that
    this gives; the learning rate is that of the next snapshot. Steps are whole, so there may be
    fewer. The history itself where it has as many already.
    """
    steps = _steps(history, count)
    if len(steps) == len(history):
        return history
    vectors, next_snapshot = _interpolated(history, steps)
    rows = SnapshotMetrics(dataset, history.hidden).rows(vectors)
    metrics = np.array(rows).T
    rates = np.asarray(history.metrics["learning_rate"], dtype=np.float64)[next_snapshot]
    per_epoch = history.steps_per_epoch or 1
    return History.from_parameters(
        _epochs(history, steps, per_epoch),
        steps,
        vectors,
        history.hidden,
        dict(zip(METRICS, [rates, *metrics], strict=True)),
        steps_per_epoch=history.steps_per_epoch,
    )


def _interpolated(history: History, steps: Integers) -> tuple[Array, Integers]:
    """The parameters at each step, shape (S, P), and the index of the snapshot recorded there or
    next."""
    recorded = np.asarray(history.step, dtype=np.float64)
    after = np.clip(np.searchsorted(recorded, steps), 1, len(recorded) - 1)
    before = after - 1
    share = (steps - recorded[before]) / (recorded[after] - recorded[before])
    parameters = history.parameters
    # In this form, shares of 0 and 1 give the recorded parameters to the last bit.
    vectors = (1 - share)[:, None] * parameters[before] + share[:, None] * parameters[after]
    return vectors, np.where(share > 0, after, before)


def _steps(history: History, count: int) -> Integers:
    """The steps of all snapshots, recorded or not."""
    recorded = np.asarray(history.step)
    affordable = MOST_NUMBERS // parameter_count(history.hidden)
    more = min(count, affordable) - len(recorded)
    if more <= 0 or len(recorded) < 2:
        return recorded
    places = _places_between(film_places(recorded), more)
    # From the clock back to steps: the inverse of `film_places`.
    exponents = places * np.log1p(SOFT_START)
    moments = np.expm1(exponents) / SOFT_START
    first = float(recorded[0])
    last = float(recorded[-1])
    new = np.rint(first + moments * (last - first)).astype(np.int64)
    return np.union1d(recorded, new)


def _places_between(places: Array, count: int) -> Array:
    """About `count` new places between increasing ones, in each gap as many as it is long."""
    gaps = np.diff(places)
    shares = gaps / gaps.sum()
    inserted = np.floor(shares * count).astype(np.int64)
    between = []
    for left, right, number in zip(places[:-1], places[1:], inserted, strict=True):
        with_ends = np.linspace(left, right, number + 2)
        between.append(with_ends[1:-1])
    return np.concatenate(between)


def _epochs(history: History, steps: Integers, per_epoch: int) -> Integers:
    if history.steps_per_epoch is not None:
        return np.asarray(steps // per_epoch)
    epochs = np.interp(steps, history.step, history.epoch)
    return np.rint(epochs).astype(np.int64)
