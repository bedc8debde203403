"""What quantities are measured on: the snapshots of a training, and what belongs to all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from relusgd.diagnostics.features import Features, features
from relusgd.diagnostics.measures import network_domain
from relusgd.errors import InputError
from relusgd.model.history import History
from relusgd.model.network import Array, Integers, Network, Range, learning_parameters
from relusgd.model.points import Dataset


@dataclass(frozen=True, eq=False)
class SnapshotSeries:
    """S snapshots of one training, everything in network units.

    start: the network at epoch 0. layers: which of them learn, all, output or hidden; without
    output_bias the output bias is frozen. edge: the sharpness above which the method in force is
    unstable, shape (S,), nan where it has none. divisor: what an adaptive method divides the
    gradient by at a step, shape (P,); None for methods that divide by nothing. linearized: the
    parameters of the linearised network at a step, shape (P,); None where they take too long.
    """

    history: History
    dataset: Dataset
    start: Network
    layers: str = "all"
    output_bias: bool = True
    edge: Array | None = None
    divisor: Callable[[int], Array] | None = None
    linearized: Callable[[int], Array] | None = None
    _measured: dict[str, Array] = field(default_factory=dict)

    @classmethod
    def of(cls, network: Network, dataset: Dataset) -> SnapshotSeries:
        """One network that was not trained."""
        zero = np.zeros(1, dtype=np.int64)
        history = History.from_parameters(
            zero,
            zero,
            network.parameters()[None],
            network.hidden,
            metrics={},
        )
        return cls(history, dataset, network)

    def __len__(self) -> int:
        return len(self.history)

    def select(self, rows: slice | Integers) -> SnapshotSeries:
        """The snapshots of these rows."""
        edge = None if self.edge is None else self.edge[rows]
        return replace(self, history=self.history.select(rows), edge=edge, _measured={})

    def once(self, name: str, measure: Callable[[SnapshotSeries], Array]) -> Array:
        """What is measured of these snapshots, remembered by its name."""
        if name not in self._measured:
            self._measured[name] = measure(self)
        return self._measured[name]

    @property
    def is_shallow(self) -> bool:
        """Whether the networks have one hidden layer."""
        return len(self.history.hidden) == 1

    @property
    def networks(self) -> Iterator[Network]:
        """The networks, one after the other."""
        return map(self.history.network, range(len(self)))

    @property
    def learning(self) -> slice:
        """The parameters that learn."""
        return learning_parameters(self.history.hidden, self.layers, output_bias=self.output_bias)

    @property
    def domain(self) -> Range:
        return network_domain(self.dataset)

    @cached_property
    def jumps(self) -> Jumps:
        """The jumps of f′ on the whole line; of networks with one hidden layer."""
        return Jumps.of(self.history)

    @cached_property
    def features(self) -> list[Features | None]:
        """The features of every network at the training points, by the parameters that learn.

        None where its derivatives are not finite.
        """
        return [self._features_of(network) for network in self.networks]

    def _features_of(self, network: Network) -> Features | None:
        try:
            return features(
                network,
                self.dataset.x_train,
                self.layers,
                output_bias=self.output_bias,
            )
        except InputError:
            return None

    def each(self, measure: Callable[[Network], float]) -> Array:
        """A measure of every network, shape (S,); nan where its parameters are not finite."""
        values = np.full(len(self), np.nan)
        for row, network in enumerate(self.networks):
            if np.isfinite(network.parameters()).all():
                values[row] = measure(network)
        return values

    def recorded_or_each(self, name: str, measure: Callable[[Network], float]) -> Array:
        """A metric as metrics.csv has it, shape (S,); where it has none, by `each`."""
        recorded = self.history.metrics.get(name)
        if recorded is None:
            return self.each(measure)
        return np.asarray(recorded, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Jumps:
    """The jumps of f′ of S networks with one hidden layer, one after the other.

    Units that share an elbow make one jump: their changes of slope are added with their signs,
    before anybody takes an absolute value. row: which network, x: where, slope_change: by how much,
    shape (m,) each. slope 0 has no elbow, and such a unit is left out.
    """

    snapshots: int
    row: Integers
    x: Array
    slope_change: Array

    @classmethod
    def of(cls, history: History) -> Jumps:
        order = np.argsort(history.elbow, axis=1, kind="stable")
        elbow = np.take_along_axis(np.asarray(history.elbow), order, axis=1)
        change = np.take_along_axis(history.slope_change, order, axis=1)
        is_new = np.ones(elbow.shape, dtype=bool)
        is_new[:, 1:] = elbow[:, 1:] != elbow[:, :-1]
        first = np.flatnonzero(is_new)
        row = first // elbow.shape[1]
        x = elbow.ravel()[first]
        slope_change = np.add.reduceat(change.ravel(), first)
        is_real = np.isfinite(x)
        return cls(len(history), row[is_real], x[is_real], slope_change[is_real])

    def between(self, low: float, high: float) -> Jumps:
        """Those with low ≤ x ≤ high."""
        inside = (low <= self.x) & (self.x <= high)
        return Jumps(
            self.snapshots,
            self.row[inside],
            self.x[inside],
            self.slope_change[inside],
        )

    def sums(self, terms: Array) -> Array:
        """For every network the sum of the terms of its jumps; terms: shape (m,)."""
        sums = np.bincount(self.row, weights=terms, minlength=self.snapshots)
        return np.asarray(sums, dtype=np.float64)
