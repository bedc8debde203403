"""A history: the stacked snapshots of a run, or of a part of one, and the metrics of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from relusgd.errors import InputError
from relusgd.model.network import (
    Array,
    Booleans,
    Integers,
    Network,
    elbow_positions,
    named_parameter,
    split_parameters,
)
from relusgd.words import counted

METRICS = ("learning_rate", "train_mse", "test_mse", "dead_units", "always_on_units", "breakpoints")
"""The columns of metrics.csv after epoch and step, in their order."""

ERROR_NAMES = {"train": "training error", "test": "test error"}
"""The errors among them, as legends, axes and sentences name them.

Their values are headed train MSE and test MSE.
"""

COUNTS = ("dead_units", "always_on_units", "breakpoints")
"""Those metrics that are whole numbers."""


@dataclass(frozen=True, eq=False, repr=False)
class History:
    """S snapshots in the order of their steps; rows of different arrays belong together.

    epoch: the epochs that are complete, step: the steps taken, both shape (S,), int64. elbow,
    slope: shape (S, H1), of the first hidden layer (elbow nan at slope 0). weights[k]: shape (S,
    fan_in, fan_out), biases[k]: shape (S, fan_out), also by the names of their files: weight_1 is
    weights[0]. metrics: name → shape (S,). steps_per_epoch:
    None where every snapshot is the end of its epoch. Raises ValueError when the shapes do not fit
    together.
    """

    epoch: Integers
    step: Integers
    elbow: Array
    slope: Array
    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    metrics: Mapping[str, Array | Integers]
    steps_per_epoch: int | None = None

    def __post_init__(self) -> None:
        first_layer = [self.elbow, self.slope]
        parameters = [*self.weights, *self.biases]
        columns = [self.epoch, self.step, *first_layer, *parameters, *self.metrics.values()]
        lengths = sorted({len(column) for column in columns})
        if len(lengths) != 1:
            raise ValueError(
                f"the arrays of a history have different numbers of snapshots: {lengths}"
            )
        for weight, bias in zip(self.weights, self.biases, strict=True):
            if weight.ndim != 3 or bias.shape != (weight.shape[0], weight.shape[2]):
                raise ValueError(
                    f"weights of shape {weight.shape} do not go with biases of shape {bias.shape}"
                )

    @classmethod
    def from_parameters(
        cls,
        epoch: Integers,
        step: Integers,
        vectors: Array,
        hidden: Sequence[int],
        metrics: Mapping[str, Array | Integers],
        *,
        steps_per_epoch: int | None = None,
    ) -> History:
        """The history of networks given as vectors, shape (S, parameter_count(hidden))."""
        weights, biases = split_parameters(vectors, hidden)
        slope = weights[0][:, 0, :]
        elbow = elbow_positions(slope, biases[0])
        return cls(
            epoch,
            step,
            elbow,
            slope,
            weights,
            biases,
            metrics,
            steps_per_epoch,
        )

    def __len__(self) -> int:
        return len(self.epoch)

    def __repr__(self) -> str:
        snapshots = counted(len(self), "snapshot")
        if len(self):
            first, last = self.epoch[0], self.epoch[-1]
            snapshots += f", epochs {first:,} … {last:,}"
        return f"<History: {snapshots}, hidden {list(self.hidden)}>"

    @property
    def hidden(self) -> tuple[int, ...]:
        """The widths of the hidden layers."""
        return tuple(weight.shape[2] for weight in self.weights[:-1])

    if not TYPE_CHECKING:  # so that a wrong name is still found by mypy

        def __getattr__(self, name):
            """weight_1, bias_1, … weight_{L+1}, bias_{L+1}: the arrays by their files' names."""
            return named_parameter(self, name)

    @property
    def parameters(self) -> Array:
        """All weights and biases, shape (S, P), a copy.

        The columns are in the order of `Network.parameters`: weight_1, bias_1, weight_2, …
        """
        parts = []
        for weight, bias in zip(self.weights, self.biases, strict=True):
            parts.append(weight.reshape(len(self), -1))
            parts.append(bias)
        return np.concatenate(parts, axis=1)

    @property
    def bias(self) -> Array:
        """Biases of the first layer's units, shape (S, H1)."""
        return self.biases[0]

    @property
    def output_weight(self) -> Array:
        """Weights of the last hidden layer's units in the output, shape (S, H_L)."""
        return self.weights[-1][:, :, 0]

    @property
    def output_bias(self) -> Array:
        """The constant added to the output, shape (S,)."""
        return self.biases[-1][:, 0]

    @property
    def slope_change(self) -> Array:
        """v·|w|: the jump of f′ at each unit's elbow, shape (S, H1); for one hidden layer only.

        Raises ValueError for deep networks, as `Network.slope_change` does.
        """
        if len(self.weights) != 2:
            return self.network(0).slope_change  # raises
        return self.output_weight * np.abs(self.slope)

    def values(self, x: ArrayLike) -> Array:
        """f(x) of every snapshot, shape (S, *x.shape); x and f in network units."""
        positions = np.asarray(x, dtype=np.float64)
        f = np.empty((len(self), *positions.shape))
        for index in range(len(self)):
            f[index] = self.network(index)(positions)
        return f

    def network(self, index: int) -> Network:
        """The network of the snapshot with this index; −1 is the last one."""
        weights = tuple(weight[index] for weight in self.weights)
        biases = tuple(bias[index] for bias in self.biases)
        return Network(weights, biases)

    def select(self, rows: slice | Integers) -> History:
        """The snapshots of these rows, as a history."""
        weights = tuple(weight[rows] for weight in self.weights)
        biases = tuple(bias[rows] for bias in self.biases)
        metrics = {name: column[rows] for name, column in self.metrics.items()}
        return History(
            self.epoch[rows],
            self.step[rows],
            self.elbow[rows],
            self.slope[rows],
            weights,
            biases,
            metrics,
            self.steps_per_epoch,
        )

    @property
    def clock(self) -> Array:
        """When each snapshot was taken, in epochs, with fractions within an epoch, shape (S,)."""
        if self.steps_per_epoch is None:
            return self.epoch.astype(np.float64)
        return np.asarray(self.step / self.steps_per_epoch)

    def moment(self, index: int) -> float:
        """When the snapshot with this index was taken, in epochs: its entry of `clock`."""
        if self.steps_per_epoch is None:
            return float(self.epoch[index])
        return float(self.step[index] / self.steps_per_epoch)

    @property
    def ends_an_epoch(self) -> Booleans:
        """Whether each snapshot is the end of its epoch, shape (S,)."""
        if self.steps_per_epoch is None:
            return np.ones(len(self), dtype=np.bool_)
        return np.asarray(self.step % self.steps_per_epoch == 0)

    def index(self, *, epoch: int | None = None, step: int | None = None) -> int:
        """The index of the snapshot at the end of this epoch or at this step.

        Without either, that of the last one. Raises InputError when both are given and, naming the
        nearest recorded ones, when nothing was recorded there.
        """
        if step is not None and epoch is not None:
            raise InputError(
                "a snapshot has one place in time: give its epoch or its step, not both"
            )
        if step is not None:
            return _place(self.step, "step", step)
        if epoch is not None:
            ends = np.flatnonzero(self.ends_an_epoch)
            end = _place(self.epoch[ends], "epoch", epoch)
            return int(ends[end])
        return len(self) - 1

    def last_until(self, step: int) -> int:
        """The index of the last snapshot at this step or before; step: from 0 on."""
        return int(np.searchsorted(self.step, step, side="right")) - 1


def _place(column: Integers, name: str, wanted: int) -> int:
    """Where an increasing column has this value. Raises InputError, with the values nearest to it,
    where it has not.
    """
    place = int(np.searchsorted(column, wanted))
    if place < len(column) and column[place] == wanted:
        return place
    neighbours = column[max(place - 1, 0) : place + 1]
    near = ", ".join(map(str, neighbours))
    raise InputError(
        f"no snapshot was recorded at {name} {wanted}",
        f"the nearest recorded: {near}",
    )


def concatenate(histories: Sequence[History]) -> History:
    """One history out of consecutive parts, of which there must be at least one."""
    first = histories[0]
    parts_of_weights = zip(*(part.weights for part in histories), strict=True)
    parts_of_biases = zip(*(part.biases for part in histories), strict=True)
    metrics = {}
    for name in first.metrics:
        metrics[name] = np.concatenate([part.metrics[name] for part in histories])
    return History(
        np.concatenate([part.epoch for part in histories]),
        np.concatenate([part.step for part in histories]),
        np.concatenate([part.elbow for part in histories]),
        np.concatenate([part.slope for part in histories]),
        tuple(map(np.concatenate, parts_of_weights)),
        tuple(map(np.concatenate, parts_of_biases)),
        metrics,
        first.steps_per_epoch,
    )
