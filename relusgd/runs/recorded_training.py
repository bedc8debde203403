"""What is asked of a run that is measured. What measures it is loaded where it is needed."""

from __future__ import annotations

from typing import Protocol

from relusgd.model.history import History
from relusgd.model.network import Network
from relusgd.model.points import Dataset
from relusgd.model.scaling import Scaling
from relusgd.training.plan import Plan


class RecordedTraining(Protocol):
    """A run whose training can be measured: its quantities, its sharpness, its pictures."""

    @property
    def plan(self) -> Plan: ...

    @property
    def data(self) -> Dataset: ...

    @property
    def scaling(self) -> Scaling: ...

    @property
    def history(self) -> History: ...

    @property
    def own_metrics(self) -> tuple[str, ...]: ...

    def network(self, *, epoch: int | None = None, step: int | None = None) -> Network: ...
