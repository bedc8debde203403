"""The network that a run began with, kept as its snapshot 0.

A run whose `network.start` names another run is never again in need of that run: it may be trained
on, replaced or removed.
"""

from __future__ import annotations

from pathlib import Path

from relusgd.config import Config
from relusgd.config.start import RunStart
from relusgd.errors import RelusgdError
from relusgd.run_files.finding import is_run_folder
from relusgd.runs.run import Run
from relusgd.training.start import StartNetwork


def kept_start(run: Run, config: Config) -> StartNetwork | None:
    """What the config's `network.start` stood for when this run began.

    None where the config has none, or another one than the run, or holds its parameters itself.
    """
    start = config.network.start
    if not isinstance(start, RunStart) or run.config.network.start != start:
        return None
    facts = run.facts.start
    epoch, step = (None, None) if facts is None else (facts.epoch, facts.step)
    return StartNetwork(run.network(step=0), run.scaling, epoch, step)


def standing_start(folder: Path, config: Config) -> StartNetwork | None:
    """The same of the run that stands in a folder; None where none does, or it is damaged."""
    if config.network.start is None or not is_run_folder(folder):
        return None
    try:
        return kept_start(Run(folder), config)
    except RelusgdError:
        return None
