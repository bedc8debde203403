"""A snapshot more in a history: a state of the training that was computed again."""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.diagnostics.snapshot_metrics import SnapshotMetrics
from relusgd.model.history import METRICS, History
from relusgd.model.network import Array, Integers, parameter_count
from relusgd.model.points import Dataset

MOST_NUMBERS = 10**8
"""Histories of more parameters than about this are not copied: 800 MB."""


def with_snapshot(history: History, dataset: Dataset, step: int, parameters: Array) -> History:
    """The history with a snapshot of the network after `step` steps.

    parameters: in the order of `History.parameters`, shape (P,). Its metrics are computed, and its
    learning rate is that of the next snapshot. Gives the history itself where the step was recorded
    or is not between the first and the last one, and where a copy would be too large.
    """
    recorded = np.asarray(history.step)
    row = int(np.searchsorted(recorded, step))
    is_between = 0 < row < len(recorded)
    is_too_large = len(recorded) * parameter_count(history.hidden) > MOST_NUMBERS
    if not is_between or recorded[row] == step or is_too_large:
        return history
    (values,) = SnapshotMetrics(dataset, history.hidden).rows(parameters[None, :])
    rate = float(history.metrics["learning_rate"][row])
    metrics: dict[str, Array | Integers] = {}
    for name, value in zip(METRICS, (rate, *values), strict=True):
        recorded_values: Any = history.metrics[name]
        metrics[name] = np.insert(recorded_values, row, value)
    per_epoch = history.steps_per_epoch
    epoch = step // per_epoch if per_epoch else int(history.epoch[row - 1])
    return History.from_parameters(
        np.insert(np.asarray(history.epoch), row, epoch),
        np.insert(recorded, row, step),
        np.insert(history.parameters, row, parameters, axis=0),
        history.hidden,
        metrics,
        steps_per_epoch=per_epoch,
    )
