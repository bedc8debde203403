"""A network of a run, read from the run's folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relusgd.config import Config, load_config
from relusgd.errors import ConfigError, RelusgdError
from relusgd.files import reading
from relusgd.model.network import Network
from relusgd.model.points import Scaling
from relusgd.run_files.finding import is_run_folder, no_run
from relusgd.run_files.folder import CONFIG, TABLE, read_history
from relusgd.run_files.folder_errors import damaged, unreadable
from relusgd.run_files.one_run import read_one_run
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
    # A copy, because the maps of the history would keep the folder's files.
    parameters = history.network(row).parameters()
    if not np.isfinite(parameters).all():
        raise damaged(folder, f"its network at step {history.step[row]} is not finite")
    network = Network.from_parameters(parameters, hidden)
    return RecordedNetwork(network, units.scaling, int(history.epoch[row]), int(history.step[row]))


def read_config(folder: Path) -> Config:
    """The config of a run, every default filled in. Raises RelusgdError when it is damaged."""
    path = folder / CONFIG
    try:
        with reading(path):
            # Opened for its errors alone: loading would wait at a pipe for ever, and would
            # report what the system refuses as a fault of the config.
            pass
        return load_config(path)
    except ConfigError as error:
        raise RelusgdError(f"{error.message}\nthe run folder is damaged") from None
    except (OSError, RelusgdError) as error:
        raise unreadable(path, "the config of a run", error) from None
