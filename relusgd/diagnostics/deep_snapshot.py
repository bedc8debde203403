"""What a snapshot of a deep network is measured by, from its straight pieces.

A forward pass over all points takes longer than finding the pieces, which the breakpoints need
anyway. The values of f at all points and the units that are active on the training points follow
from the pieces.
"""

from __future__ import annotations

import numpy as np

from relusgd.diagnostics.measures import activity, first_layer_activity
from relusgd.model.breakpoints import deep_breakpoints
from relusgd.model.deep_pieces import DeepPieces, SwitchingUnits, deep_pieces
from relusgd.model.network import Array, Network, Range
from relusgd.model.points import Dataset

CLEAR = 1e-9
"""A training point further than this from every knot, as a share of max(1, |x|), is on one side of
each without doubt."""


class DeepSnapshot:
    """A deep network with finite parameters on a dataset.

    x: all points, increasing, shape (n,). domain: its ends; all in network units.
    """

    def __init__(
        self,
        network: Network,
        dataset: Dataset,
        x: Array,
        domain: Range,
    ) -> None:
        self._network = network
        self._dataset = dataset
        self._x = x
        self._low, self._high = domain
        low = min(self._low, float(x[0]))
        high = max(self._high, float(x[-1]))
        self._pieces: DeepPieces = deep_pieces(network, low, high)

    def values(self) -> Array:
        """f at all points, shape (n,)."""
        f = self._pieces.values(self._x)
        # What overflows on the way is left to the forward pass.
        return f if np.isfinite(f).all() else self._network(self._x)

    def breakpoints(self) -> int:
        """How many breakpoints lie strictly inside the domain."""
        found = deep_breakpoints(self._pieces.output)
        return len(found.between(self._low, self._high))

    def dead_and_always_on(self) -> tuple[int, int]:
        """How many units are active on no, and on every training point, over all hidden layers."""
        x = self._dataset.x_train
        layers = self._pieces.hidden
        if not _are_clear(x, layers[-1].x):
            return count_dead_and_always_on(self._network, self._dataset)
        anywhere, everywhere = first_layer_activity(self._network.slope, self._network.bias, x)
        dead = int(np.count_nonzero(~anywhere))
        always_on = int(np.count_nonzero(everywhere))
        for units in layers[1:]:
            more_dead, more_always_on = _count_in_layer(units, x)
            dead += more_dead
            always_on += more_always_on
        return dead, always_on


def count_dead_and_always_on(network: Network, dataset: Dataset) -> tuple[int, int]:
    """The dead and the always-on units by a forward pass."""
    dead = 0
    always_on = 0
    for anywhere, everywhere in activity(network, dataset):
        dead += int(np.count_nonzero(~anywhere))
        always_on += int(np.count_nonzero(everywhere))
    return dead, always_on


def _are_clear(x: Array, knots: Array) -> bool:
    """Whether no point, of increasing ones, is so near to a knot that its side is in doubt."""
    if not len(knots):
        return True
    after = np.searchsorted(x, knots)
    next_points = x[np.minimum(after, len(x) - 1)]
    last_points = x[np.maximum(after - 1, 0)]
    to_next = np.abs(next_points - knots)
    to_last = np.abs(knots - last_points)
    distance = np.minimum(to_next, to_last)
    in_doubt = CLEAR * np.maximum(1.0, np.abs(knots))
    return bool((distance > in_doubt).all())


def _count_in_layer(units: SwitchingUnits, x: Array) -> tuple[int, int]:
    """How many units of a layer are active on no, and on every one of increasing points x.

    Units with the same weights, which are one here, count as many as they are.
    """
    interval = np.searchsorted(units.x, x)
    is_new_interval = np.diff(interval, prepend=-1) > 0
    visited = interval[is_new_interval]
    active = units.active[visited]
    is_dead = ~active.any(axis=0)
    is_always_on = active.all(axis=0)
    dead = int(units.copies[is_dead].sum())
    always_on = int(units.copies[is_always_on].sum())
    return dead, always_on
