"""What runs of a sweep share: points, the network to begin with, batches. Each is made once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from relusgd.config import Config, PlannedRun
from relusgd.config.start import RunStart
from relusgd.model.points import Dataset
from relusgd.training import Plan, prepare
from relusgd.training.building import build_dataset
from relusgd.training.kept_batches import KeptBatches
from relusgd.training.start import StartNetwork, read_start

MOST_KEPT = 4
"""So many datasets, and so many networks, are kept at most."""

KEPT_BATCHES = KeptBatches(32 * 2**20)
"""The batches of the last few seeds, which this process has drawn."""

Value = TypeVar("Value")


class KeptValues(Generic[Value]):
    """Values by what they were made of. most: before one more would be kept, all are forgotten."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._values: dict[object, Value] = {}

    def get(self, key: object, make: Callable[[], Value]) -> Value:
        """The value for this key, which is made where none is kept."""
        if key not in self._values:
            made = make()
            if len(self._values) >= self._most:
                self.forget()
            self._values[key] = made
        return self._values[key]

    def forget(self) -> None:
        """Forget all values."""
        self._values.clear()


_datasets = KeptValues[Dataset](MOST_KEPT)
_starts = KeptValues[StartNetwork | None](MOST_KEPT)


def dataset_of(config: Config) -> Dataset:
    """The points of a config. Raises ConfigError with every fault of the data."""
    key = config.data, config.point_seeds, config.origin.folder
    return _datasets.get(key, lambda: build_dataset(config))


def start_of(config: Config) -> StartNetwork | None:
    """The network of the run that `network.start` names; None where it names none."""
    start = config.network.start
    if not isinstance(start, RunStart):
        return None
    key = start, config.network.hidden
    return _starts.get(key, lambda: read_start(config))


def plan_of(run: PlannedRun, start: StartNetwork | None) -> Plan:
    """The plan of a run. start: the network to begin with, if it is no drawn one.

    Raises ConfigError with every fault of config and data.
    """
    return prepare(run.config, dataset_of(run.config), start, auto=run.auto)


def forget_inputs() -> None:
    """Forget what was read from a CSV or a run, because it may be another one now."""
    _datasets.forget()
    _starts.forget()
