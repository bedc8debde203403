"""Training a recorded run again, to compare every snapshot to the last bit.

The errors of deep networks that were recorded before version 0.2.0 may differ by rounding. They
follow from the snapshots, and were computed by another sum.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import DivergedError
from relusgd.model.history import METRICS, History
from relusgd.run_files.folder import ARRAYS
from relusgd.run_files.metrics_table import TABLE
from relusgd.runs.contents import history_arrays
from relusgd.runs.facts import RunFacts
from relusgd.training import Plan, training_blocks

FIRST_WITH_PIECES = (0, 2)
"""The version that computes the errors of deep networks from the pieces of their functions."""

ERRORS = ("train_mse", "test_mse")
ROUNDING = 1e-11
"""By how much the roots of errors that were summed in another order may differ."""


def has_rounded_errors(facts: RunFacts, hidden: Sequence[int]) -> bool:
    """Whether the errors of a run were recorded by a version that summed them in another order."""
    parts = facts.versions.get("relusgd", "").split(".")[:2]
    if len(hidden) == 1 or not all(part.isdigit() for part in parts):
        return False
    version = tuple(int(part) for part in parts)
    return version < FIRST_WITH_PIECES


def first_difference(
    history: History,
    metrics: Mapping[str, NDArray[Any]],
    plan: Plan,
    *,
    rounded_errors: bool = False,
) -> tuple[str, str] | None:
    """Where a run's snapshots first differ from those that its plan gives: the file, a sentence.

    metrics: the columns of metrics.csv. rounded_errors: whether errors may differ by rounding. None
    where all are equal. A run that was stopped is compared as far as it goes.
    """
    compared = 0
    for made in _histories(plan):
        there = slice(compared, compared + len(made))
        recorded = history.select(there)
        difference = _difference(made, recorded, _cut(metrics, there), rounded_errors)
        if difference is not None:
            return difference
        compared = there.stop
        if compared >= len(history):
            return None
    return TABLE, f"holds {len(history):,} snapshots, and training again gives {compared:,}"


def _histories(plan: Plan) -> Iterator[History]:
    try:
        for block in training_blocks(plan):
            yield block.history
    except DivergedError:
        return


def _cut(metrics: Mapping[str, NDArray[Any]], there: slice) -> dict[str, NDArray[Any]]:
    return {name: column[there] for name, column in metrics.items()}


def _difference(
    made: History,
    recorded: History,
    metrics: Mapping[str, NDArray[Any]],
    rounded_errors: bool,
) -> tuple[str, str] | None:
    """The same of one block. recorded, metrics: may be shorter, where a run was stopped."""
    arrays = history_arrays(recorded)
    pairs = []
    for name, array in history_arrays(made).items():
        pairs.append((name, f"{ARRAYS}/{name}.npy", array, arrays[name]))
    for name in METRICS:
        pairs.append((name, TABLE, np.asarray(made.metrics[name]), metrics[name]))
    for name, file, new, old in pairs:
        same = new[: len(old)].astype(old.dtype)
        may_be_rounded = rounded_errors and name in ERRORS
        if may_be_rounded and _are_same_errors(same, old):
            continue
        if same.tobytes() != old.tobytes():
            step = int(made.step[_first_unequal_row(same, old)])
            return file, f"{file} holds other numbers at step {step:,} than training again gives"
    return None


def _are_same_errors(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Whether mean squared errors are the same but for rounding."""
    root = np.sqrt(np.abs(one))
    other_root = np.sqrt(np.abs(other))
    return np.allclose(root, other_root, rtol=ROUNDING, atol=ROUNDING, equal_nan=True)


def _first_unequal_row(one: NDArray[Any], other: NDArray[Any]) -> int:
    row = 0
    while one[row].tobytes() == other[row].tobytes():
        row += 1
    return row
