"""A whole history as a picture shows it: the limits and scales that hold for all its snapshots."""

from __future__ import annotations

from functools import cached_property
from itertools import takewhile

import numpy as np

from relusgd.model.network import Array, Range
from relusgd.pictures.kit.quick_quantile import quantile
from relusgd.pictures.kit.robust_limits import OUTSIDE, robust_limits
from relusgd.pictures.scenes.snapshot_shapes import LearnedCurve
from relusgd.pictures.scenes.snapshot_view import SnapshotView, bending

TRAIL = 4
"""The last snapshots that stay in the picture when the learned function has left it."""


class View(SnapshotView):
    """A history seen over the domain of its dataset: one run on its own clock.

    Its limits and scales are taken from a few snapshots, and hold for all of them.
    """

    @cached_property
    def _sample(self) -> list[int]:
        """A few snapshots of the whole history, more of them early: what scales and limits are
        taken from.
        """
        last = len(self.history) - 1
        most = 12 if max(self.history.hidden) > 5000 else 40
        even = np.linspace(0, last, most)
        early = np.expm1(np.linspace(0, np.log1p(last), most))
        places = np.rint(np.concatenate([even, early])).astype(int)
        rows: list[int] = np.unique(places).tolist()
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
        highest_bars = []
        for index in self._sample:
            bends = self.bends(index)
            highest = max(bends.up.max(), bends.down.max())
            highest_bars.append(np.array([highest]))
        return _scale(highest_bars)

    @cached_property
    def function_limits(self) -> Range:
        """Limits of y that hold for the whole history: all data and the truth, and the bulk of the
        predictions.
        """
        scaling = self.dataset.scaling
        core = [
            scaling.y_to_original(self.dataset.y_train),
            scaling.y_to_original(self.dataset.y_test),
        ]
        if self.truth is not None:
            _, y = self.truth
            core.append(y[np.isfinite(y)])
        core.append(self._final(core))
        ranges = [(curve.y.min(), curve.y.max()) for curve in self.sampled_curves]
        predicted = np.array(ranges)
        return robust_limits(np.concatenate(core), predicted, extent=0.4, margin=0.06)

    @cached_property
    def y_limits(self) -> Range:
        """The limits of the function, with room for the bulk of the units' ends."""
        limits = self.function_limits
        if self.wide:
            return limits
        around = np.array([self._bulk_of_units(index) for index in self._sample])
        return robust_limits(np.array(limits), around, extent=0.15, margin=0.0)

    def _bulk_of_units(self, index: int) -> Range:
        """The heights between which the ends of most units' lines lie, and the line at 0."""
        heights = self.units(index).lines[:, :, 1]
        if not len(heights):
            return self.baseline, self.baseline
        with np.errstate(all="ignore"):
            lowest = quantile(heights.min(axis=1), OUTSIDE)
            highest = quantile(heights.max(axis=1), 1 - OUTSIDE)
        return min(lowest, self.baseline), max(highest, self.baseline)

    def _final(self, core: list[Array]) -> Array:
        """The heights of the last function if it is near the data: within three times their range.

        A function that is farther away has diverged. Then these are the heights of the first
        functions, as long as they are near, so that the picture shows how the function leaves.
        """
        data = np.concatenate(core)
        reach = 3 * np.ptp(data)
        lowest = data.min() - reach
        highest = data.max() + reach

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
        finite = y[np.isfinite(y)]
        low, high = self.y_limits
        is_below = np.all(finite < low)
        is_above = np.all(finite > high)
        return len(finite) > 0 and not is_below and not is_above

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


def _scale(samples: list[Array]) -> float:
    """The strength of the strongest few in a snapshot, higher than in most snapshots; those that
    have diverged do not count.
    """
    positive = [values[np.isfinite(values) & (values > 0)] for values in samples]
    strong = [quantile(values, 0.95) for values in positive if len(values)]
    return quantile(np.array(strong), 0.85) if strong else 1.0
