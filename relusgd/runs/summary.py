"""A run in a few facts, for tables and scripts."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.config.schema import Schedule
from relusgd.runs.folder import ARRAYS
from relusgd.runs.run import Run
from relusgd.words import counted, exact_number


def summarize(run: Run) -> dict[str, Any]:
    """What `show --json` and `list --json` print: plain numbers and words, errors in original units.

    Raises RelusgdError when the run is damaged.
    """
    run.check_sizes()
    facts, metrics = run.facts, run.original_metrics
    errors = metrics["test_mse"]
    if not np.isfinite(errors).any():
        errors = metrics["train_mse"]
    return {
        "run": str(run.folder),
        "status": run.status,
        "hidden": list(run.config.network.hidden),
        "training": describe_training(run),
        "planned_epochs": facts.counts.epochs,
        **asdict(run.result),
        "snapshots": len(errors),
        "bytes": sum(map(_size, (run.folder / ARRAYS).glob("*.npy"))),
        "parameters": facts.counts.parameters,
        "seconds": facts.timings.seconds,
        "engine": facts.engine,
        "kernel": facts.kernel,
        "versions": facts.versions,
        "divergence": facts.divergence and asdict(facts.divergence),
        "course": course(errors),
    }


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:  # a link that leads nowhere
        return 0


def describe_training(run: Run) -> str:
    """Method, layers and rate in a line."""
    training = run.config.training
    if training.method == "ridge":
        return f"ridge, penalty {exact_number(training.penalty)}"
    layers = {"all": "all layers", "output": "output layer only", "hidden": "hidden layers only"}[
        training.layers
    ]
    drawn = "shuffled " if training.sampling == "shuffle" else ""
    batch = (
        "full batch"
        if training.batch_size == "full"
        else f"{drawn}batches of {training.batch_size:,}"
    )
    extras = [
        f", {'Nesterov ' * training.nesterov}momentum {exact_number(training.momentum)}"
        if training.momentum
        else "",
        f", weight decay {exact_number(training.weight_decay)}" if training.weight_decay else "",
    ]
    return f"SGD on {layers}, learning rate {exact_number(training.learning_rate)}{_schedule(training.schedule)}, {batch}{''.join(extras)}"


def _schedule(schedule: Schedule) -> str:
    """How the rate changes; nothing where it stays."""
    if schedule == "constant":
        return ""
    if schedule.kind == "step":
        return f" × {exact_number(schedule.factor)} every {counted(schedule.every, 'epoch')}"
    return f" down to {exact_number(schedule.minimum)} by a cosine"


def course(errors: NDArray[Any], points: int = 16) -> list[float]:
    """The errors thinned to a few points, evenly spaced over the snapshots."""
    chosen = np.unique(np.linspace(0, len(errors) - 1, points).round().astype(int))
    return [float(value) for value in errors[chosen]]
