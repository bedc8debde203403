"""Measuring quantities of many snapshots."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from relusgd.diagnostics.quantities import QUANTITIES, Quantity
from relusgd.diagnostics.quantities.series import SnapshotSeries
from relusgd.errors import InputError
from relusgd.model.network import Array, Integers, parameter_count
from relusgd.words import comma_list, did_you_mean

ROWS_NUMBERS = 2**18
"""Parameters of the snapshots that are measured at once: arrays that stay in the cache."""


def quantity_named(name: str) -> Quantity:
    """The quantity of this name. Raises InputError, naming what there is, for any other."""
    if name in QUANTITIES:
        return QUANTITIES[name]
    raise InputError(
        f"{name} is not a quantity{did_you_mean(name, QUANTITIES)}",
        f"there are {comma_list(QUANTITIES)}",
    )


def measure(snapshots: SnapshotSeries, names: Iterable[str]) -> dict[str, Array]:
    """Quantities of all snapshots by name, shape (S,) each, in network units.

    Raises InputError for a name that no quantity has.
    """
    quantities = [quantity_named(name) for name in names]
    values = {quantity.name: np.empty(len(snapshots)) for quantity in quantities}
    for rows in _row_blocks(snapshots):
        block = snapshots.select(rows)
        for quantity in quantities:
            values[quantity.name][rows] = quantity(block)
    return values


def _row_blocks(snapshots: SnapshotSeries) -> Iterator[slice]:
    size = max(1, ROWS_NUMBERS // parameter_count(snapshots.history.hidden))
    for start in range(0, len(snapshots), size):
        yield slice(start, start + size)


def spread_rows(snapshots: SnapshotSeries, count: int) -> Integers:
    """At most `count` rows: the first, the last, and between them about evenly in log(1 + step)."""
    steps = np.asarray(snapshots.history.step, dtype=np.float64)
    if len(steps) <= count:
        return np.arange(len(steps))
    even = np.linspace(0.0, np.log1p(steps[-1]), count)
    wanted = np.expm1(even)
    rows = np.searchsorted(steps, wanted)
    return np.unique(rows.clip(0, len(steps) - 1))
