"""How a training went, in a few numbers in the units of the data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.model.points import Scaling

Metrics = Mapping[str, NDArray[Any]]
"""Column of metrics.csv → array, one entry per snapshot."""


def original_units(metrics: Metrics, scaling: Scaling) -> dict[str, NDArray[Any]]:
    """The metrics with both errors in the square of the data's own units."""
    return {
        **metrics,
        "train_mse": scaling.mse_to_original(metrics["train_mse"]),
        "test_mse": scaling.mse_to_original(metrics["test_mse"]),
    }


@dataclass(frozen=True)
class RunResult:
    """The last snapshot, and the best test error of all snapshots with its epoch.

    Without a finite test error the last snapshot counts as the best.
    """

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
    def of(cls, metrics: Metrics, scaling: Scaling) -> RunResult:
        """metrics: in the units of the snapshots, as metrics.csv holds them."""
        columns = original_units(metrics, scaling)
        last = {name: column[-1].item() for name, column in columns.items()}
        errors = columns["test_mse"]
        best = len(errors) - 1
        if np.isfinite(errors).any():
            best = int(np.nanargmin(errors))
        return cls(
            epochs=last["epoch"],
            steps=last["step"],
            train_mse=last["train_mse"],
            test_mse=last["test_mse"],
            dead_units=last["dead_units"],
            always_on_units=last["always_on_units"],
            breakpoints=last["breakpoints"],
            best_test_mse=errors[best].item(),
            best_epoch=columns["epoch"][best].item(),
        )
