"""How a training went, in a few numbers in the units of the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.diagnostics.outcomes import Outcome, best_constant_mse
from relusgd.model.network import Array
from relusgd.model.scaling import Scaling
from relusgd.training.ending import Ending
from relusgd.words import counted, number

Metrics = Mapping[str, NDArray[Any]]
"""Column of metrics.csv → array, one entry per snapshot."""

MEASURES = (
    "train_mse",
    "test_mse",
    "best_test_mse",
    "best_epoch",
    "dead_units",
    "breakpoints",
    "seconds",
)
"""What tables say of each run, in their order: names of `RunResult`, and the run's seconds. Errors
are in the square of the data's own unit."""


def original_units(metrics: Metrics, scaling: Scaling) -> dict[str, NDArray[Any]]:
    """The metrics with both errors in the square of the data's own units."""
    return {
        **metrics,
        "train_mse": scaling.mse_to_original(metrics["train_mse"]),
        "test_mse": scaling.mse_to_original(metrics["test_mse"]),
    }


def brief_reason(metrics: Metrics, scaling: Scaling, y_train: Array) -> str:
    """What a training led to, in a sentence, where nothing but its metrics and y is known.

    metrics, y_train: in network units.
    """
    errors = metrics["train_mse"]
    start = scaling.mse_to_original(float(errors[0]))
    end = scaling.mse_to_original(float(errors[-1]))
    constant = scaling.mse_to_original(best_constant_mse(y_train))
    sentence = f"the train MSE went from {number(start)} to {number(end)}"
    dead = int(metrics["dead_units"][-1])
    units = f", {counted(dead, 'unit')} dead" if dead else ""
    return f"{sentence} (the best constant's is {number(constant)}){units}"


@dataclass(frozen=True)
class RunResult:
    """How training ended, the last snapshot, and the best test error with its epoch.

    outcome: learned, diverged or nothing; None where training has not ended. reason: why it did not
    learn, a sentence; empty otherwise. Without a finite test error the last snapshot counts as the
    best.
    """

    outcome: Outcome | None
    reason: str
    epochs: int
    steps: int
    train_mse: float
    test_mse: float
    dead_units: int
    always_on_units: int
    breakpoints: int
    best_test_mse: float
    best_epoch: int

    @classmethod
    def of(cls, metrics: Metrics, scaling: Scaling, ending: Ending | None) -> RunResult:
        """metrics: in the units of the snapshots, as metrics.csv holds them."""
        # No column is copied as a whole that need not be: there may be millions of snapshots.
        last_row = {name: column[-1:] for name, column in metrics.items()}
        last_columns = original_units(last_row, scaling)
        last = {name: column.item() for name, column in last_columns.items()}
        errors = scaling.mse_to_original(metrics["test_mse"])
        best = len(errors) - 1
        if np.isfinite(errors).any():
            best = int(np.nanargmin(errors))
        return cls(
            outcome=ending.outcome if ending else None,
            reason=ending.reason if ending else "",
            epochs=last["epoch"],
            steps=last["step"],
            train_mse=last["train_mse"],
            test_mse=last["test_mse"],
            dead_units=last["dead_units"],
            always_on_units=last["always_on_units"],
            breakpoints=last["breakpoints"],
            best_test_mse=errors[best].item(),
            best_epoch=metrics["epoch"][best].item(),
        )
