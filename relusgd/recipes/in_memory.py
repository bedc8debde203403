"""A run that is kept in memory: its training is soon over, and nobody needs its folder."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from relusgd.config import Config
from relusgd.diagnostics.measures import test_mse
from relusgd.errors import DivergedError
from relusgd.model.history import History, concatenate
from relusgd.model.network import Network
from relusgd.model.points import Dataset
from relusgd.model.scaling import Scaling
from relusgd.training import Plan, prepare, training_blocks


@dataclass(frozen=True, eq=False)
class RunInMemory:
    """What a run folder would hold."""

    plan: Plan
    history: History

    @classmethod
    def of(cls, config: Config) -> RunInMemory:
        """Train as the config says. A training that diverges has the snapshots before it did."""
        # There are many of them in one process, which loads Numba once.
        plan = prepare(config, auto="compiled")
        if plan.steps == 0:
            return cls(plan, _initial_history(plan))
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


def _initial_history(plan: Plan) -> History:
    """The snapshot before the first step.

    Counts of units and breakpoints are left out, which take longer in deep networks than all the
    rest, and which claims seldom ask for; the quantities of these names count again.
    """
    zero = np.zeros(1, dtype=np.int64)
    metrics = {
        "learning_rate": np.array([plan.descent.schedule.at(0)]),
        "train_mse": np.array([plan.initial_mse]),
        "test_mse": np.array([test_mse(plan.initial, plan.dataset)]),
    }
    parameters = plan.initial.parameters()[None]
    return History.from_parameters(zero, zero, parameters, plan.hidden, metrics)
