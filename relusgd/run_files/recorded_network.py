"""A network of a run, read from the run's folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relusgd.model.network import Network
from relusgd.model.scaling import Scaling
from relusgd.run_files.finding import is_run_folder, no_run
from relusgd.run_files.folder import read_history
from relusgd.run_files.folder_errors import damaged
from relusgd.run_files.metrics_table import TABLE
from relusgd.run_files.one_run import read_one_run
from relusgd.run_files.run_config import read_config
from relusgd.run_files.stated_facts import read_units


@dataclass(frozen=True, eq=False)
class RecordedNetwork:
    """A network, the scaling of its units, and the epoch and step at which it was recorded."""

    network: Network
    scaling: Scaling
    epoch: int
    step: int


def read_network(folder: Path, epoch: int | None) -> RecordedNetwork:
    """The network of a run at the end of an epoch; None: that of the last snapshot.

    Raises InputError where no run is or nothing was recorded, RelusgdError for damage.
    """
    if not is_run_folder(folder):
        raise no_run(folder)
    network, _ = read_one_run(folder, lambda: _read_network(folder, epoch))
    return network


def _read_network(folder: Path, epoch: int | None) -> RecordedNetwork:
    units = read_units(folder)
    hidden = read_config(folder).network.hidden
    history = read_history(folder, hidden, units.steps_per_epoch)
    if len(history) < units.snapshots:
        raise damaged(folder / TABLE, f"holds fewer than {units.snapshots:,} snapshots")
    row = history.index(epoch=epoch)
    recorded_epoch = int(history.epoch[row])
    recorded_step = int(history.step[row])
    # A copy, because the maps of the history would keep the folder's files.
    parameters = history.network(row).parameters()
    if not np.isfinite(parameters).all():
        raise damaged(folder, f"its network at step {recorded_step} is not finite")
    network = Network.from_parameters(parameters, hidden)
    return RecordedNetwork(network, units.scaling, recorded_epoch, recorded_step)
