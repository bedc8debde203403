"""The network that a training begins with where the config's `network.start` gives one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from relusgd.config import Config
from relusgd.config.checks import layers_fault
from relusgd.config.start import RunStart
from relusgd.errors import ConfigError, InputError, RelusgdError
from relusgd.model.network import Array, Network
from relusgd.model.scaling import Scaling
from relusgd.run_files.recorded_network import read_network


@dataclass(frozen=True, eq=False)
class StartNetwork:
    """A network to begin with.

    scaling: of its units; None where they are those that the training will see. epoch, step: when
    its run recorded it; None where the config holds its parameters.
    """

    network: Network
    scaling: Scaling | None = None
    epoch: int | None = None
    step: int | None = None

    def fitted(self, scaling: Scaling) -> Network:
        """The network in units of another scaling: the same function of the original x."""
        if self.scaling is None or self.scaling == scaling:
            return self.network
        return scaling.network_from_original(self.scaling.network_to_original(self.network))


def read_start(config: Config) -> StartNetwork | None:
    """The network that the config's `network.start` names or holds; None where it is null.

    Raises ConfigError where a run cannot be read, or its network has other layers.
    """
    start = config.network.start
    if start is None:
        return None
    if not isinstance(start, RunStart):
        return StartNetwork(_written_network(start))
    folder = Path(start.run).expanduser()
    try:
        epoch = None if start.epoch == "last" else start.epoch
        found = read_network(folder, epoch)
    except InputError as error:
        key = "network.start.epoch" if error.message.startswith("no snapshot") else _RUN
        raise ConfigError([config.origin.fault(key, f": {error.message}")], error.hint) from None
    except RelusgdError as error:
        raise ConfigError([config.origin.fault(_RUN, f": {error.message}")], error.hint) from None
    fault = layers_fault(found.network.hidden, config.network.hidden)
    if fault is not None:
        raise ConfigError([config.origin.fault("network.start", fault)])
    return StartNetwork(found.network, found.scaling, found.epoch, found.step)


_RUN = "network.start.run"


def _written_network(arrays: object) -> Network:
    """The network of parameters that stand in the config, whose shapes are checked."""
    by_name = {
        name: np.array(values, dtype=np.float64)
        for name, values in cast("dict[str, Array]", arrays).items()
    }
    layers = range(1, len(by_name) // 2 + 1)
    weights = tuple(by_name[f"weight_{k}"] for k in layers)
    biases = tuple(by_name[f"bias_{k}"] for k in layers)
    return Network(weights, biases)


def parameters_digest(network: Network) -> str:
    """The SHA-256 of all parameters as doubles, in the order weight_1, bias_1, weight_2, ….

    Two starts are the same where it is.
    """
    return hashlib.sha256(network.parameters().astype("<f8").tobytes()).hexdigest()
