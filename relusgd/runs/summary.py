"""A run in a few facts, for tables and scripts."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.evenly_chosen import evenly_chosen
from relusgd.run_files.folder import array_sizes, have_room
from relusgd.runs.identity import planned_steps
from relusgd.runs.run import Run
from relusgd.runs.training_words import training_words


def summarize(run: Run) -> dict[str, Any]:
    """What `show --json` and `list --json` print; errors in the units of the data.

    Raises RelusgdError when the run is damaged.
    """
    return run.read_as_one(lambda: _summary(run))


def _summary(run: Run) -> dict[str, Any]:
    sizes = array_sizes(run.folder)
    if not have_room(sizes, run.config.network.hidden, len(run.metrics["epoch"])):
        run.check_sizes()  # which says what is missing
    facts = run.facts
    ending = run.ending
    errors = run.metrics["test_mse"]
    if not np.isfinite(errors).any():
        errors = run.metrics["train_mse"]
    return {
        "run": str(run.folder),
        "status": run.status,
        "hidden": list(run.config.network.hidden),
        "training": training_words(run.config),
        "planned_epochs": facts.counts.epochs,
        "planned_steps": planned_steps(run),
        **vars(run.result),
        "own_metrics": {name: float(run.metrics[name][-1]) for name in run.own_metrics},
        "snapshots": len(errors),
        "bytes": sum(sizes.values()),
        "parameters": facts.counts.parameters,
        "seconds": facts.timings.seconds,
        "engine": facts.engine,
        "kernel": facts.kernel,
        "versions": facts.versions,
        "advice": dict(ending.advice) if ending else {},
        "tried": ending.tried if ending else "",
        "course": run.scaling.mse_to_original(_thinned(errors)).tolist(),
    }


def _thinned(errors: NDArray[Any], points: int = 16) -> NDArray[Any]:
    """The errors thinned to a few points, evenly spaced over the snapshots."""
    rows = _spread_rows(len(errors), points)
    return np.asarray(errors[rows])


@lru_cache(maxsize=64)
def _spread_rows(snapshots: int, points: int) -> NDArray[Any]:
    return evenly_chosen(snapshots, points)
