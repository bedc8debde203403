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

_RUN = "network.start.run"


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
        is_about_epoch = error.message.startswith("no snapshot")
        key = "network.start.epoch" if is_about_epoch else _RUN
        raise ConfigError([config.origin.fault(key, f": {error.message}")], error.hint) from None
    except RelusgdError as error:
        raise ConfigError([config.origin.fault(_RUN, f": {error.message}")], error.hint) from None
    fault = layers_fault(found.network.hidden, config.network.hidden)
    if fault is not None:
        raise ConfigError([config.origin.fault("network.start", fault)])
    return StartNetwork(found.network, found.scaling, found.epoch, found.step)


def _written_network(arrays: object) -> Network:
    """The network of parameters that stand in the config, whose shapes are checked."""
    by_name = cast("dict[str, Array]", arrays)
    layers = len(by_name) // 2
    weights = []
    biases = []
    for k in range(1, layers + 1):
        weights.append(np.array(by_name[f"weight_{k}"], dtype=np.float64))
        biases.append(np.array(by_name[f"bias_{k}"], dtype=np.float64))
    return Network(tuple(weights), tuple(biases))


def parameters_digest(network: Network) -> str:
    """The SHA-256 of all parameters as doubles, in the order weight_1, bias_1, weight_2, ….

    Two starts are the same where it is.
    """
    doubles = network.parameters().astype("<f8")
    return hashlib.sha256(doubles.tobytes()).hexdigest()
