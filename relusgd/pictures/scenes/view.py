"""What there is to see of a snapshot, in original units: the learned function, its kinks, the
units, how many are active where.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

from relusgd.model.binning import Cells, bin_units
from relusgd.model.breakpoints import breakpoints, vertices
from relusgd.model.history import History
from relusgd.model.network import Array, Network, elbow_positions
from relusgd.model.points import Dataset
from relusgd.pictures.kit.axis import OUTSIDE, robust_limits
from relusgd.pictures.scenes.contributions import active_ends, line_weight, unit_outputs
from relusgd.pictures.scenes.reference_curve import ReferenceCurve
from relusgd.pictures.scenes.sharpness_course import SharpnessCourse

MOST_UNITS = 250
"""Wider layers are not drawn unit by unit, but as the density of their bends."""

MOST_EXACT = 4000
"""Wider layers bend the line more often than a screen has columns: it is drawn through its values
at the edges of CELLS cells.
"""

CELLS, BARS = 2000, 100
"""Equal parts of the domain: for the line of a wide layer, less than a pixel wide; for the density
of its bends.
"""

KEPT = 64
"""Binned snapshots of a wide layer that are remembered: those that scales and limits are taken
from, 80 KB each.
"""

TRAIL = 4
"""The last snapshots that stay in the picture when the learned function has left it."""

GRID = 240
"""Even steps along x, a few pixels wide, where something cannot be drawn exactly; the truth takes
ten times as many.
"""


@dataclass(frozen=True, eq=False)
class LearnedCurve:
    """The learned function: straight lines between the points (x, y), shape (n,).

    kink: |change of slope| at the inner points, shape (n − 2,); sign: 1 where the function bends
    up, −1 where it bends down; layer: the hidden layer, from 1, whose unit switches there.
    """

    x: Array
    y: Array
    kink: Array
    sign: Array
    layer: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class UnitLines:
    """The lines of units on their active sides inside the domain: shape (n, 2 ends, 2 coordinates).
    elbow: x, shape (n,), nan outside.

    strength: how much the unit bends the function, shape (n,); sign: of its output weight, 0 where
    that has no single one.
    """

    lines: Array
    elbow: Array
    strength: Array
    sign: Array


@dataclass(frozen=True, eq=False)
class Bends:
    """How much a wide layer bends the function, in equal parts of the domain.

    edges: x, shape (bars + 1,). up, down: the sum of |slope change| over the units with positive,
    with negative output weight whose elbow lies in the part, shape (bars,); in deep networks, whose
    units have no single sign, all of it is up.
    """

    edges: Array
    up: Array
    down: Array


class View:
    """A history seen over the domain of its dataset: one run on its own clock.

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
        points = self.dataset.x_test if len(self.dataset.x_test) else self.dataset.x_train
        curve = self.curve(index)
        return np.interp(self.dataset.scaling.x_to_original(points), curve.x, curve.y)

    def curve(self, index: int) -> LearnedCurve:
        """The learned function over the domain: through its breakpoints, or for very wide layers
        through CELLS + 1 of its points.
        """
        x, y, layer = self._corners(index)
        with np.errstate(all="ignore"):
            bend = np.diff(np.diff(y) / np.diff(x))
            return LearnedCurve(
                self.dataset.scaling.x_to_original(x),
                self.dataset.scaling.y_to_original(y),
                np.abs(bend),
                np.sign(np.nan_to_num(bend)),
                layer,
            )

    def _corners(self, index: int) -> tuple[Array, Array, NDArray[np.int64]]:
        """x and f(x) in network units where the line bends, and the layers of inner bends."""
        network, (low, high) = self.history.network(index), self._network_domain
        if self.deep:
            points = breakpoints(network)
            inside = (points.x > low) & (points.x < high)
            x = np.concatenate([[low], points.x[inside], [high]])
            with np.errstate(all="ignore"):
                return x, network(x), points.layer[inside]
        x, y = (
            vertices(network, low, high) if len(network.slope) <= MOST_EXACT else self._edges(index)
        )
        return x, y, np.ones(len(x) - 2, dtype=np.int64)

    def _edges(self, index: int) -> tuple[Array, Array]:
        cells = self._cells(index)
        return cells.edges, cells.y

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
        if not self.deep:
            cells = self._cells(index)
            return Bends(
                edges,
                *(part.reshape(bars, -1).sum(axis=1) for part in (cells.rising, cells.falling)),
            )
        network, (low, high) = self.history.network(index), self._network_domain
        elbow, strength = network.elbow, bending(network)
        inside = (elbow >= low) & (elbow < high)
        bar = ((elbow[inside] - low) * (bars / (high - low))).astype(np.intp)
        return Bends(
            edges,
            np.bincount(np.minimum(bar, bars - 1), strength[inside], bars).astype(np.float64),
            np.zeros(bars),
        )

    def units(self, index: int) -> UnitLines:
        """The units of the first layer that are active somewhere in the domain; of wide layers the
        MOST_UNITS that bend most.

        Their heights are those of `contributions`: with one hidden layer the terms that add up to
        the learned function, in deep networks the outputs of the first layer.
        """
        network = self.history.network(index)
        low, high = self._network_domain
        scaling = self.dataset.scaling
        bent = bending(network)
        chosen = strongest(bent, MOST_UNITS)
        slope, bias, strength = network.slope[chosen], network.bias[chosen], bent[chosen]
        weight = line_weight(network)[chosen]
        ends = active_ends(slope, bias, low, high)
        with np.errstate(all="ignore"):
            outputs = unit_outputs(slope, bias, ends)
            heights = scaling.y_to_original(weight[:, None] * outputs)
            lines = np.stack([scaling.x_to_original(ends), heights], axis=2)
        seen = (ends[:, 0] < ends[:, 1]) & (outputs.max(axis=1) > 0)
        elbow = elbow_positions(slope, bias)
        inside = np.where((elbow >= low) & (elbow <= high), scaling.x_to_original(elbow), np.nan)
        sign = np.zeros(len(slope)) if self.deep else np.sign(weight)
        return UnitLines(lines[seen], inside[seen], strength[seen], sign[seen])

    def output_level(self, index: int) -> float:
        """The height of the output bias, with which the lines of units add up to the learned
        function where there is one hidden layer.
        """
        output_bias = np.array(self.history.network(index).output_bias)
        with np.errstate(all="ignore"):
            return float(self.dataset.scaling.y_to_original(output_bias))

    def active(self, index: int) -> tuple[Array, NDArray[np.int64]]:
        """How many units of all hidden layers are active: edges in x, shape (n + 1,), and the count
        between them, shape (n,).
        """
        if not self.deep and self.wide:
            cells = self._cells(index)
            return self.dataset.scaling.x_to_original(cells.edges), cells.active
        network = self.history.network(index)
        edges = self._switches(network)
        middles = (edges[1:] + edges[:-1]) / 2
        counts = np.zeros(len(middles), dtype=np.int64)
        if self.deep:
            counts += sum((layer > 0).sum(axis=1) for layer in network.activations(middles))
        else:
            counts += _active_along(network.slope, network.bias, middles)
        return self.dataset.scaling.x_to_original(edges), counts

    def _switches(self, network: Network) -> Array:
        """The ends of the domain and the elbows between; for deep ones as many even steps as a
        screen can show.
        """
        low, high = self._network_domain
        if self.deep:
            return np.linspace(low, high, 4 * GRID + 1)
        elbow = network.elbow
        return np.concatenate([[low], np.unique(elbow[(elbow > low) & (elbow < high)]), [high]])

    def elbows_inside(self, index: int) -> int:
        """The number of first-layer elbows inside the domain."""
        if self.wide and not self.deep:
            return self._cells(index).inside
        low, high = self._network_domain
        elbow = self.history.elbow[index]
        return int(np.count_nonzero((elbow >= low) & (elbow <= high)))

    @cached_property
    def _sample(self) -> list[int]:
        """A few snapshots of the whole history, more of them early: what scales and limits are
        taken from.
        """
        last, most = len(self.history) - 1, 12 if max(self.history.hidden) > 5000 else 40
        even, early = np.linspace(0, last, most), np.expm1(np.linspace(0, np.log1p(last), most))
        rows: list[int] = np.unique(np.rint(np.concatenate([even, early])).astype(int)).tolist()
        return rows

    @cached_property
    def unit_scale(self) -> float:
        """The strength that is drawn full: that of the strongest few units of the whole history."""
        return _scale([bending(self.history.network(index)) for index in self._sample])

    @cached_property
    def sampled_curves(self) -> list[LearnedCurve]:
        """The learned functions of a few snapshots of the whole history."""
        return [self.curve(index) for index in self._sample]

    @cached_property
    def kink_scale(self) -> float:
        """The kink that is drawn full, over the whole history."""
        return _scale([curve.kink for curve in self.sampled_curves])

    @cached_property
    def bend_scale(self) -> float:
        """The bar that is drawn full, over the whole history."""
        return _scale(
            [
                np.array([max(bends.up.max(), bends.down.max())])
                for bends in map(self.bends, self._sample)
            ]
        )

    @cached_property
    def truth(self) -> tuple[Array, Array] | None:
        """The noise-free target over the domain, x and y, where it is known."""
        if self.dataset.target is None:
            return None
        x = np.linspace(self.low, self.high, 10 * GRID + 1)
        with np.errstate(all="ignore"):
            return x, np.broadcast_to(self.dataset.target(x), x.shape)

    @cached_property
    def function_limits(self) -> tuple[float, float]:
        """Limits of y that hold for the whole history: all data and the truth, and the bulk of the
        predictions.
        """
        scaling = self.dataset.scaling
        core = [
            scaling.y_to_original(self.dataset.y_train),
            scaling.y_to_original(self.dataset.y_test),
        ]
        core += [] if self.truth is None else [self.truth[1][np.isfinite(self.truth[1])]]
        predicted = np.array([[curve.y.min(), curve.y.max()] for curve in self.sampled_curves])
        return robust_limits(
            np.concatenate([*core, self._final(core)]), predicted, extent=0.4, margin=0.06
        )

    @cached_property
    def y_limits(self) -> tuple[float, float]:
        """The limits of the function, with room for the bulk of the units' ends."""
        limits = self.function_limits
        if self.wide:
            return limits
        around = np.array([self._bulk_of_units(index) for index in self._sample])
        return robust_limits(np.array(limits), around, extent=0.15, margin=0.0)

    def _bulk_of_units(self, index: int) -> tuple[float, float]:
        """The heights between which the ends of most units' lines lie, and the line at 0."""
        heights = self.units(index).lines[:, :, 1]
        if not len(heights):
            return self.baseline, self.baseline
        with np.errstate(all="ignore"):
            lowest = np.quantile(heights.min(axis=1), OUTSIDE)
            highest = np.quantile(heights.max(axis=1), 1 - OUTSIDE)
        return min(float(lowest), self.baseline), max(float(highest), self.baseline)

    def _final(self, core: list[Array]) -> Array:
        """The range of the last function if it is near the data, within three times their range.

        What is farther has diverged; then the ranges of the first functions, as long as they are
        near, so that the picture shows how the function leaves.
        """
        data = np.concatenate(core)
        reach = 3 * np.ptp(data)
        lowest, highest = data.min() - reach, data.max() + reach

        def is_near(curve: LearnedCurve) -> bool:
            return bool(lowest <= curve.y.min() and curve.y.max() <= highest)

        curves = self.sampled_curves
        if is_near(curves[-1]):
            return curves[-1].y
        first = [curve.y for curve in takewhile(is_near, curves)]
        return np.concatenate([np.empty(0), *first])

    def is_in_sight(self, index: int) -> bool:
        """Whether a part of the learned function is within the limits of y."""
        y = self.curve(index).y
        y = y[np.isfinite(y)]
        low, high = self.y_limits
        return len(y) > 0 and not (np.all(y < low) or np.all(y > high))

    @cached_property
    def departure(self) -> int:
        """The first snapshot of those at the end in which the learned function is out of sight;
        the number of snapshots where it is in sight at the end.
        """
        if self.is_in_sight(len(self) - 1):
            return len(self)
        in_sight = [index for index in self._sample if self.is_in_sight(index)]
        inside = max(in_sight, default=-1)
        outside = min(index for index in self._sample if index > inside)
        while outside - inside > 1:
            middle = (inside + outside) // 2
            if self.is_in_sight(middle):
                inside = middle
            else:
                outside = middle
        return outside

    @property
    def trail(self) -> range:
        """The last snapshots before the learned function leaves for good; empty where it stays."""
        if self.departure == len(self):
            return range(0)
        return range(max(0, self.departure - TRAIL), self.departure)


def bending(network: Network) -> Array:
    """|w_j|·|outgoing weights of unit j|, shape (H1,): for one hidden layer |slope_change|, the
    jump of f′ at the elbow.
    """
    with np.errstate(all="ignore"):
        return np.asarray(np.abs(network.slope) * np.sqrt(np.sum(network.weights[1] ** 2, axis=1)))


def strongest(strength: Array, most: int) -> NDArray[np.int64]:
    """Indices, in their order, of all or of the `most` largest."""
    if len(strength) <= most:
        return np.arange(len(strength))
    return np.sort(np.argpartition(strength, -most)[-most:])


def _active_along(slope: Array, bias: Array, x: Array) -> NDArray[np.int64]:
    """The number of units with slope·x + bias > 0 at each x, none of which is an elbow; by counting
    elbows, not units × points.
    """
    elbow = elbow_positions(slope, bias)
    rising, falling = np.sort(elbow[slope > 0]), np.sort(elbow[slope < 0])
    constant = np.count_nonzero((slope == 0) & (bias > 0))
    return (
        np.searchsorted(rising, x)
        + len(falling)
        - np.searchsorted(falling, x, side="right")
        + constant
    )


def _scale(samples: list[Array]) -> float:
    """The strength of the strongest few in a snapshot, higher than in most snapshots; those that
    have diverged do not count.
    """
    positive = [values[np.isfinite(values) & (values > 0)] for values in samples]
    strong = [float(np.quantile(values, 0.95)) for values in positive if len(values)]
    return float(np.quantile(strong, 0.85)) if strong else 1.0
