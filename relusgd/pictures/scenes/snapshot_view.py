"""What there is to see of each snapshot, in original units: the learned function, its kinks, the
units, how many are active where.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np

from relusgd.model.binning import Cells, bin_units
from relusgd.model.breakpoints import breakpoints, vertices
from relusgd.model.history import History
from relusgd.model.network import Array, Integers, Network, elbow_positions
from relusgd.model.points import Dataset
from relusgd.pictures.scenes.contributions import active_ends, line_weight, unit_outputs
from relusgd.pictures.scenes.reference_curve import ReferenceCurve
from relusgd.pictures.scenes.sharpness_course import SharpnessCourse
from relusgd.pictures.scenes.snapshot_shapes import Bends, LearnedCurve, UnitLines

MOST_UNITS = 250
"""Wider layers are not drawn unit by unit, but as the density of their bends."""


MOST_EXACT = 4000
"""Wider layers bend the line more often than a screen has columns: it is drawn through its values
at the edges of CELLS cells.
"""


CELLS = 2000
"""Equal parts of the domain for the line of a wide layer, less than a pixel wide."""


BARS = 100
"""Equal parts of the domain for the density of its bends."""


KEPT = 64
"""Binned snapshots of a wide layer that are remembered: those that scales and limits are taken
from, 80 KB each.
"""


GRID = 240
"""Even steps along x, a few pixels wide, where something cannot be drawn exactly; the truth takes
ten times as many.
"""


class SnapshotView:
    """The snapshots of a history, seen over the domain of its dataset.

    references: what is drawn to compare the learned function with. sharpness: over the steps,
    where it is wanted.
    """

    def __init__(
        self,
        history: History,
        dataset: Dataset,
        references: Sequence[ReferenceCurve] = (),
        sharpness: SharpnessCourse | None = None,
    ) -> None:
        self.history = history
        self.dataset = dataset
        self.references = tuple(references)
        self.sharpness = sharpness
        self.low, self.high = dataset.domain
        low, high = dataset.scaling.x_to_network(np.array(dataset.domain))
        self._network_domain = float(low), float(high)
        self.baseline = dataset.scaling.y_mean
        self._binned = lru_cache(KEPT)(self._bin)

    def __len__(self) -> int:
        return len(self.history)

    @cached_property
    def clock(self) -> Array:
        """When the snapshots were taken, in epochs, shape (S,)."""
        return self.history.clock

    @property
    def deep(self) -> bool:
        return len(self.history.hidden) > 1

    @property
    def wide(self) -> bool:
        """Whether the first layer is shown as a density."""
        return self.history.hidden[0] > MOST_UNITS

    @property
    def has_terms(self) -> bool:
        """Whether the lines of the units, with the level of the output bias, add up to the learned
        function.
        """
        return not self.deep and not self.wide

    @property
    def shows_test_points(self) -> bool:
        """Held-out measurements are shown; the many points of a known target would hide it."""
        return self.dataset.target is None and len(self.dataset.x_test) > 0

    @property
    def has_bars(self) -> bool:
        """Whether bars along x show how much the units of a wide layer bend the function."""
        return self.wide and not self.deep

    @property
    def marks_kinks(self) -> bool:
        """Whether the bends of the learned function are marked; those of a wide layer are shown as
        its density.
        """
        return self.deep or not self.wide

    def values(self, index: int) -> Array:
        """The learned function at the test points, or at the training points if there are none, in
        original units.
        """
        dataset = self.dataset
        points = dataset.x_test if len(dataset.x_test) else dataset.x_train
        x = dataset.scaling.x_to_original(points)
        curve = self.curve(index)
        return np.interp(x, curve.x, curve.y)

    def curve(self, index: int) -> LearnedCurve:
        """The learned function over the domain: through its breakpoints, or for very wide layers
        through CELLS + 1 of its points.
        """
        x, y, layer = self._corners(index)
        scaling = self.dataset.scaling
        with np.errstate(all="ignore"):
            slope = np.diff(y) / np.diff(x)
            bend = np.diff(slope)
            return LearnedCurve(
                scaling.x_to_original(x),
                scaling.y_to_original(y),
                np.abs(bend),
                np.sign(np.nan_to_num(bend)),
                layer,
            )

    def _corners(self, index: int) -> tuple[Array, Array, Integers]:
        """x and f(x) in network units where the line bends, and the layers of inner bends."""
        network = self.history.network(index)
        if self.deep:
            return self._corners_of_deep(network)
        if len(network.slope) <= MOST_EXACT:
            x, y = vertices(network, *self._network_domain)
        else:
            cells = self._cells(index)
            x, y = cells.edges, cells.y
        inner = len(x) - 2
        return x, y, np.ones(inner, dtype=np.int64)

    def _corners_of_deep(self, network: Network) -> tuple[Array, Array, Integers]:
        """The same of a deep network."""
        low, high = self._network_domain
        points = breakpoints(network)
        is_inside = (points.x > low) & (points.x < high)
        x = np.concatenate([[low], points.x[is_inside], [high]])
        with np.errstate(all="ignore"):
            return x, network(x), points.layer[is_inside]

    def breakpoints(self, rows: Integers) -> tuple[Integers, Array, Integers]:
        """All breakpoints of a deep network at these snapshots, one after the other: at which of
        the snapshots, x, and the hidden layer, from 1, whose unit switches there.
        """
        found = [breakpoints(self.history.network(int(row))) for row in rows]
        counts = [len(points) for points in found]
        snapshot = np.repeat(np.arange(len(rows)), counts)
        x = np.concatenate([points.x for points in found])
        layer = np.concatenate([points.layer for points in found])
        return snapshot, self.dataset.scaling.x_to_original(x), layer

    def _cells(self, index: int) -> Cells:
        """The binned first layer of a network with one hidden layer."""
        return self._binned(index % len(self))

    def _bin(self, index: int) -> Cells:
        return bin_units(self.history.network(index), *self._network_domain, CELLS)

    def bends(self, index: int, bars: int = BARS) -> Bends:
        """How much the units of the first layer bend the function, in so many equal parts of the
        domain, a divisor of CELLS.
        """
        edges = np.linspace(self.low, self.high, bars + 1)
        if self.deep:
            # Without one sign of their output weights, all units of deep networks count as up.
            return Bends(edges, self._bending_by_bar(index, bars), np.zeros(bars))
        cells = self._cells(index)
        up = cells.rising.reshape(bars, -1).sum(axis=1)
        down = cells.falling.reshape(bars, -1).sum(axis=1)
        return Bends(edges, up, down)

    def _bending_by_bar(self, index: int, bars: int) -> Array:
        """The sum of `bending` over the units with an elbow in each part, shape (bars,)."""
        network = self.history.network(index)
        low, high = self._network_domain
        elbow = network.elbow
        is_inside = (elbow >= low) & (elbow < high)
        bars_per_length = bars / (high - low)
        bar = ((elbow[is_inside] - low) * bars_per_length).astype(np.intp)
        # Rounding may carry an elbow that is just below the end of the domain behind it.
        bar = np.minimum(bar, bars - 1)
        strength = bending(network)[is_inside]
        return np.bincount(bar, strength, bars).astype(np.float64)

    def units(self, index: int) -> UnitLines:
        """The units of the first layer that are active somewhere in the domain; of wide layers the
        MOST_UNITS that bend most.

        Their heights are those of `contributions`: with one hidden layer the terms that add up to
        the learned function, in deep networks the outputs of the first layer.
        """
        network = self.history.network(index)
        low, high = self._network_domain
        scaling = self.dataset.scaling
        strength_of_all = bending(network)
        chosen = strongest(strength_of_all, MOST_UNITS)
        strength = strength_of_all[chosen]
        slope = network.slope[chosen]
        bias = network.bias[chosen]
        weight = line_weight(network)[chosen]
        ends = active_ends(slope, bias, low, high)
        with np.errstate(all="ignore"):
            outputs = unit_outputs(slope, bias, ends)
            heights = scaling.y_to_original(weight[:, None] * outputs)
            lines = np.stack([scaling.x_to_original(ends), heights], axis=2)
        has_length = ends[:, 0] < ends[:, 1]
        is_active = outputs.max(axis=1) > 0
        seen = has_length & is_active
        elbow = elbow_positions(slope, bias)
        is_inside = (elbow >= low) & (elbow <= high)
        elbow_inside = np.where(is_inside, scaling.x_to_original(elbow), np.nan)
        sign = np.zeros(len(slope)) if self.deep else np.sign(weight)
        return UnitLines(lines[seen], elbow_inside[seen], strength[seen], sign[seen])

    def output_level(self, index: int) -> float:
        """The height of the output bias, with which the lines of units add up to the learned
        function where there is one hidden layer.
        """
        output_bias = np.array(self.history.network(index).output_bias)
        with np.errstate(all="ignore"):
            return float(self.dataset.scaling.y_to_original(output_bias))

    def active(self, index: int) -> tuple[Array, Integers]:
        """How many units of all hidden layers are active: edges in x, shape (n + 1,), and the count
        between them, shape (n,).
        """
        scaling = self.dataset.scaling
        if self.has_bars:
            cells = self._cells(index)
            return scaling.x_to_original(cells.edges), cells.active
        network = self.history.network(index)
        edges = self._switches(network)
        middles = (edges[1:] + edges[:-1]) / 2
        if not self.deep:
            counts = _active_along(network.slope, network.bias, middles)
            return scaling.x_to_original(edges), counts
        counts = np.zeros(len(middles), dtype=np.int64)
        for layer in network.activations(middles):
            counts += (layer > 0).sum(axis=1)
        return scaling.x_to_original(edges), counts

    def _switches(self, network: Network) -> Array:
        """The ends of the domain and the elbows between; for deep ones as many even steps as a
        screen can show.
        """
        low, high = self._network_domain
        if self.deep:
            return np.linspace(low, high, 4 * GRID + 1)
        elbow = network.elbow
        is_inside = (elbow > low) & (elbow < high)
        switches = np.unique(elbow[is_inside])
        return np.concatenate([[low], switches, [high]])

    def elbows_inside(self, index: int) -> int:
        """The number of first-layer elbows inside the domain."""
        if self.has_bars:
            return self._cells(index).inside
        low, high = self._network_domain
        elbow = self.history.elbow[index]
        is_inside = (elbow >= low) & (elbow <= high)
        return int(np.count_nonzero(is_inside))

    @cached_property
    def truth(self) -> tuple[Array, Array] | None:
        """The noise-free target over the domain, x and y, where it is known."""
        if self.dataset.target is None:
            return None
        x = np.linspace(self.low, self.high, 10 * GRID + 1)
        with np.errstate(all="ignore"):
            return x, np.broadcast_to(self.dataset.target(x), x.shape)


def bending(network: Network) -> Array:
    """|w_j|·|outgoing weights of unit j|, shape (H1,): for one hidden layer |slope_change|, the
    jump of f′ at the elbow.
    """
    with np.errstate(all="ignore"):
        outgoing = np.sqrt(np.sum(network.weights[1] ** 2, axis=1))
        return np.asarray(np.abs(network.slope) * outgoing)


def strongest(strength: Array, most: int) -> Integers:
    """Indices, in their order, of all or of the `most` largest."""
    if len(strength) <= most:
        return np.arange(len(strength))
    by_strength = np.argpartition(strength, -most)
    return np.sort(by_strength[-most:])


def _active_along(slope: Array, bias: Array, x: Array) -> Integers:
    """The number of units with slope·x + bias > 0 at each x, none of which is an elbow; by counting
    elbows, not units × points.
    """
    elbow = elbow_positions(slope, bias)
    elbows_of_rising = np.sort(elbow[slope > 0])
    elbows_of_falling = np.sort(elbow[slope < 0])
    is_constant = (slope == 0) & (bias > 0)
    # Units with a positive slope are active right of their elbow, those with a negative one left.
    rising = np.searchsorted(elbows_of_rising, x)
    falling = len(elbows_of_falling) - np.searchsorted(elbows_of_falling, x, side="right")
    return rising + falling + np.count_nonzero(is_constant)
