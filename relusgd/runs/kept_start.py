"""The network that a run began with, kept as its snapshot 0.

A run whose `network.start` names another run is never again in need of that run: it may be trained
on, replaced or removed.
"""

from __future__ import annotations

from typing import Protocol

from relusgd.config import Config
from relusgd.config.start import RunStart
from relusgd.model.network import Network
from relusgd.model.scaling import Scaling
from relusgd.runs.facts import RunFacts
from relusgd.training.start import StartNetwork


class BegunRun(Protocol):
    """What is asked of a run here."""

    @property
    def config(self) -> Config: ...

    @property
    def facts(self) -> RunFacts: ...

    @property
    def scaling(self) -> Scaling: ...

    def network(self, *, epoch: int | None = None, step: int | None = None) -> Network: ...


def kept_start(run: BegunRun, config: Config) -> StartNetwork | None:
    """What the config's `network.start` stood for when this run began.

    None where the config has none, or another one than the run, or holds its parameters itself.
    """
    start = config.network.start
    if not isinstance(start, RunStart) or run.config.network.start != start:
        return None
    network = run.network(step=0)
    facts = run.facts.start
    if facts is None:
        return StartNetwork(network, run.scaling, None, None)
    return StartNetwork(network, run.scaling, facts.epoch, facts.step)
