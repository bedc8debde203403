"""A run in a few facts, for tables and scripts."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.config.of_width import words_at_width
from relusgd.config.schema import Schedule, Training
from relusgd.run_files.folder import ARRAYS
from relusgd.runs.identity import planned_steps
from relusgd.runs.run import Run
from relusgd.runs.titles import WORDS, value_words
from relusgd.training.optimizers import OPTIMIZERS, keys_of
from relusgd.words import counted, exact_number


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
        "training": describe_training(run),
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


def describe_training(run: Run) -> str:
    """Method, layers and rate in a line."""
    training = run.config.training
    if training.method == "ridge":
        return f"ridge, penalty {exact_number(training.penalty)}"
    schedule = _schedule(training.schedule, training.warmup)
    rate = f"learning rate {words_at_width(training.learning_rate, run.config.width)}{schedule}"
    batches = "full batch"
    if training.batch_size != "full":
        shuffled = "shuffled " if training.sampling == "shuffle" else ""
        batches = f"{shuffled}batches of {training.batch_size:,}"
    title = OPTIMIZERS[training.method].title
    parts = [f"{title} on {WORDS[training.layers]}", rate, batches]
    if training.momentum:
        nesterov = "Nesterov " if training.nesterov else ""
        parts.append(f"{nesterov}momentum {exact_number(training.momentum)}")
    if training.weight_decay:
        spared = "" if training.decay_biases else " on weights alone"
        parts.append(f"weight decay {exact_number(training.weight_decay)}{spared}")
    for key in ("label_noise", "input_noise"):
        deviation = getattr(training, key)
        if deviation:
            parts.append(f"{key.replace('_', ' ')} {exact_number(deviation)}")
    used = keys_of(OPTIMIZERS[training.method])
    for key in ("betas", "alpha", "epsilon"):
        value = getattr(training, key)
        if key in used and value != Training.model_fields[key].default:
            parts.append(f"{key} {value_words(value)}")
    return ", ".join(parts)


def _schedule(schedule: Schedule, warmup: int) -> str:
    """How the rate changes; nothing where it stays."""
    risen = f" after {counted(warmup, 'epoch')} of warmup" if warmup else ""
    if schedule == "constant":
        return risen
    if schedule.kind == "step":
        every = counted(schedule.every, "epoch")
        return f"{risen} × {exact_number(schedule.factor)} every {every}"
    return f"{risen} down to {exact_number(schedule.minimum)} by a cosine"


def _thinned(errors: NDArray[Any], points: int = 16) -> list[float]:
    """The errors thinned to a few points, evenly spaced over the snapshots."""
    chosen = np.unique(np.linspace(0, len(errors) - 1, points).round().astype(int))
    return [float(error) for error in errors[chosen]]
