"""A run in a few facts, for tables and scripts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.run_files.folder import ARRAYS
from relusgd.runs.identity import planned_steps
from relusgd.runs.run import Run
from relusgd.runs.training_words import training_words


def summarize(run: Run) -> dict[str, Any]:
    """What `show --json` and `list --json` print; errors in the units of the data.

    Raises RelusgdError when the run is damaged.
    """
    run.check_sizes()
    facts = run.facts
    ending = run.ending
    errors = run.original_metrics["test_mse"]
    if not np.isfinite(errors).any():
        errors = run.original_metrics["train_mse"]
    return {
        "run": str(run.folder),
        "status": run.status,
        "hidden": list(run.config.network.hidden),
        "training": training_words(run.config),
        "planned_epochs": facts.counts.epochs,
        "planned_steps": planned_steps(run),
        **asdict(run.result),
        "own_metrics": {name: float(run.metrics[name][-1]) for name in run.own_metrics},
        "snapshots": len(errors),
        "bytes": _bytes(run),
        "parameters": facts.counts.parameters,
        "seconds": facts.timings.seconds,
        "engine": facts.engine,
        "kernel": facts.kernel,
        "versions": facts.versions,
        "advice": dict(ending.advice) if ending else {},
        "tried": ending.tried if ending else "",
        "course": _thinned(errors),
    }


def _bytes(run: Run) -> int:
    """The size of the run's arrays on disk."""
    size = 0
    for path in (run.folder / ARRAYS).glob("*.npy"):
        with suppress(OSError):  # a link that leads nowhere
            size += path.stat().st_size
    return size


def _thinned(errors: NDArray[Any], points: int = 16) -> list[float]:
    """The errors thinned to a few points, evenly spaced over the snapshots."""
    chosen = np.unique(np.linspace(0, len(errors) - 1, points).round().astype(int))
    return [float(error) for error in errors[chosen]]
