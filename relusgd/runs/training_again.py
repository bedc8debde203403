"""Training a recorded run again, to compare every snapshot to the last bit.

Of deep networks the errors may differ by rounding. They follow from the snapshots, and earlier
versions computed them by a forward pass.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.errors import DivergedError
from relusgd.model.history import METRICS, History
from relusgd.run_files.folder import ARRAYS, TABLE
from relusgd.runs.contents import history_arrays
from relusgd.training import Plan, training_blocks

ROUNDING = 1e-11
"""The errors of a deep network have been computed in two ways by versions of relusgd."""


def first_difference(
    history: History, metrics: Mapping[str, NDArray[Any]], plan: Plan
) -> tuple[str, str] | None:
    """Where a run's snapshots first differ from those that its plan gives: the file, a sentence.

    metrics: the columns of metrics.csv. None where all are equal. A run that was stopped is
    compared as far as it goes.
    """
    compared = 0
    for made in _histories(plan):
        there = slice(compared, compared + len(made))
        difference = _difference(made, history.select(there), _cut(metrics, there))
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
    made: History, recorded: History, metrics: Mapping[str, NDArray[Any]]
) -> tuple[str, str] | None:
    """The same of one block. recorded, metrics: may be shorter, where a run was stopped."""
    arrays = history_arrays(recorded)
    is_deep = len(recorded.hidden) > 1
    pairs = [
        (f"{ARRAYS}/{name}.npy", array, arrays[name])
        for name, array in history_arrays(made).items()
    ]
    pairs += [(TABLE, np.asarray(made.metrics[name]), metrics[name]) for name in METRICS]
    for file, new, old in pairs:
        same = new[: len(old)].astype(old.dtype)
        if same.tobytes() != old.tobytes() and not (is_deep and _are_same_errors(same, old)):
            step = int(made.step[_first_unequal_row(same, old)])
            return file, f"{file} holds other numbers at step {step:,} than training again gives"
    return None


def _are_same_errors(one: NDArray[Any], other: NDArray[Any]) -> bool:
    """Whether mean squared errors of a deep network are the same but for rounding."""
    if one.dtype != np.float64 or one.ndim != 1:
        return False
    roots = np.sqrt(np.abs(one)), np.sqrt(np.abs(other))
    return np.allclose(*roots, rtol=ROUNDING, atol=ROUNDING, equal_nan=True)


def _first_unequal_row(one: NDArray[Any], other: NDArray[Any]) -> int:
    rows = (index for index in range(len(other)) if one[index].tobytes() != other[index].tobytes())
    return next(rows)
