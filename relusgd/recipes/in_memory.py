"""A run that is kept in memory: its training is soon over, and nobody needs its folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from relusgd.config import Config
from relusgd.errors import DivergedError
from relusgd.model.history import History, concatenate
from relusgd.model.network import Network
from relusgd.model.points import Dataset, Scaling
from relusgd.training import Plan, prepare, training_blocks


@dataclass(frozen=True, eq=False)
class RunInMemory:
    """What a run folder would hold."""

    plan: Plan
    history: History

    @classmethod
    def of(cls, config: Config) -> RunInMemory:
        """Train as the config says. A training that diverges has the snapshots before it did."""
        plan = prepare(config)
        histories = []
        try:
            for block in training_blocks(plan):
                histories.append(block.history)
        except DivergedError:
            pass
        return cls(plan, concatenate(histories))

    @property
    def config(self) -> Config:
        return self.plan.config

    @property
    def data(self) -> Dataset:
        return self.plan.dataset

    @cached_property
    def scaling(self) -> Scaling:
        return self.plan.dataset.scaling

    @property
    def own_metrics(self) -> tuple[str, ...]:
        return ()

    def network(self, *, epoch: int | None = None, step: int | None = None) -> Network:
        """The network at this epoch or step, or the last."""
        return self.history.network(self.history.index(epoch=epoch, step=step))
