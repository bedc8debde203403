"""Axis limits that hold for a whole film, and ticks whose labels never touch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array
from relusgd.pictures.wording import text_width, tick_text

SOFT_START = 300
"""The axis of time, and the spacing `log`, are even up to 1/300 of the run and logarithmic beyond."""

DECADES = 10
"""An error axis that is longer shows nothing any more."""


@dataclass(frozen=True)
class Ticks:
    """Places on an axis and the text at each."""

    places: tuple[float, ...]
    labels: tuple[str, ...]

    def unlabelled(self) -> Ticks:
        """The same places without texts, for panels whose neighbours have them."""
        return Ticks(self.places, ("",) * len(self.places))


def even_ticks(low: float, high: float, most: int) -> Ticks:
    """At most `most` + 1 round numbers from low to high."""
    from matplotlib.ticker import MaxNLocator  # loaded by those who draw with it

    places = MaxNLocator(max(most, 1), steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
    spacing = float(places[1] - places[0])
    slack = 1e-9 * (high - low)
    inside = [float(place) for place in places if low - slack <= place <= high + slack]
    largest = max((abs(place) for place in inside), default=spacing)
    return Ticks(tuple(inside), tuple(tick_text(place, spacing, largest) for place in inside))


def fitting_ticks(low: float, high: float, room: float, pixels: float) -> Ticks:
    """Ticks along `room` pixels such that the labels, side by side in a font of this size, stay apart."""
    for most in (10, 8, 6, 5, 4, 3, 2, 1):
        ticks = even_ticks(low, high, most)
        widest = max((text_width(label, pixels) for label in ticks.labels), default=0.0)
        apart = (
            min((right - left for left, right in pairwise(ticks.places)), default=math.inf)
            / (high - low)
            * room
        )
        if widest + 0.8 * pixels <= apart:
            return ticks
    return Ticks(ticks.places[:1], ticks.labels[:1])


def robust_limits(core: Array, wished: Array, extent: float, margin: float) -> tuple[float, float]:
    """Limits around all of `core`, widened towards most of what is wished for, at most by `extent` of core's range on each side.

    wished: lowest and highest values of snapshots, shape (n, 2); a tenth of them may stay outside, so that a prediction that
    shoots off for a while cannot flatten the data. margin: free room beyond, as a share of the range.
    """
    low, high = float(np.min(core)), float(np.max(core))
    span = high - low
    if span <= 1e-9 * max(abs(low), abs(high)):
        span = abs(low) or 1.0
        low, high = low - span / 2, high + span / 2
    lows, highs = wished[np.isfinite(wished).all(axis=1)].T
    if len(lows):
        floor, ceiling = low - extent * span, high + extent * span
        low, high = (
            min(low, max(floor, np.quantile(lows, 0.1))),
            max(high, min(ceiling, np.quantile(highs, 0.9))),
        )
    return float(low - margin * (high - low)), float(high + margin * (high - low))


@dataclass(frozen=True)
class TimeAxis:
    """Steps or epochs from first to last along an axis: place = log(1 + (step − first)/softness), so that early ones have room."""

    first: float
    last: float

    @property
    def softness(self) -> float:
        return max(self.last - self.first, 1.0) / SOFT_START

    def place(self, step: NDArray[np.number[Any]]) -> Array:
        """Places of steps or epochs, shape as given."""
        return np.log1p((np.asarray(step, dtype=np.float64) - self.first) / self.softness)

    def limits(self, margin: float = 0.015) -> tuple[float, float]:
        end = math.log1p(max(self.last - self.first, 1.0) / self.softness)
        return -margin * end, (1 + margin) * end

    def ticks(self, room: float, pixels: float) -> Ticks:
        """Round numbers of steps, ends first, such that labels stay apart along `room` pixels."""
        low, high = self.limits()
        chosen: list[tuple[float, float, str]] = []
        for step in self._candidates():
            label = f"{step:,.0f}"
            half, place = (
                text_width(label, pixels) / 2 + 0.5 * pixels,
                float(self.place(np.array(step))),
            )
            at = (place - low) / (high - low) * room
            if all(abs(at - other) >= half + other_half for other, other_half, _ in chosen):
                chosen.append((at, half, label))
        chosen.sort()
        return Ticks(
            tuple(low + at / room * (high - low) for at, _, _ in chosen),
            tuple(label for _, _, label in chosen),
        )

    def _candidates(self) -> list[float]:
        """The first step, then powers of ten from the largest, then twos and fives: in the order of their worth."""
        decades = [
            10.0**power for power in range(math.floor(math.log10(max(self.last, 1.0))), -1, -1)
        ]
        finer = [factor * decade for decade in decades for factor in (5, 2)]
        return [
            self.first,
            *(step for step in [*decades, *finer] if self.first < step <= self.last),
        ]


@dataclass(frozen=True)
class ErrorAxis:
    """Errors along a logarithmic axis: place = log10(error), kept between low and high."""

    low: float
    high: float

    @property
    def limits(self) -> tuple[float, float]:
        return self.low, self.high

    @classmethod
    def around(cls, errors: Sequence[Array], level: float | None) -> ErrorAxis:
        """The axis that has room for these errors and, if given, for a level; at most DECADES, with most of the errors."""
        values = np.concatenate([*errors, [] if level is None else [level]])
        values = values[np.isfinite(values) & (values > 0)]
        if not len(values):
            return cls(-3.0, 0.0)
        high = math.log10(np.max(values))
        # an error that shot off is cut, for a moment or for good; the way down from a bad start is not
        start, bulk = math.log10(values[0]), math.log10(np.quantile(values, 0.98))
        lowest_seen = math.log10(min(values[0], level or values[0]))
        high = min(high, max(bulk + 2, start), max(start + 2, lowest_seen + DECADES))
        low = math.log10(np.min(values))
        if high - low > DECADES:
            high = min(high, math.log10(np.quantile(values, 0.75)) + 2)
            low = max(low, high - DECADES)
        margin = 0.06 * (high - low) + 0.05
        return cls(low - margin, high + margin)

    def place(self, error: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.clip(np.log10(error), self.low, self.high)

    def ticks(self, most: int) -> Ticks:
        """At most `most` labels: powers of ten, every so many; between two of them 1, 2, 5 or evenly spaced numbers."""
        decades = range(math.ceil(self.low), math.floor(self.high) + 1)
        if len(decades) >= 2:
            every = -(-len(decades) // max(most, 1))
            return _logarithmic([10.0**power for power in decades][::-1][::every])
        powers = range(math.floor(self.low), math.ceil(self.high))
        thirds = [
            factor * 10.0**power
            for power in powers
            for factor in (1, 2, 5)
            if self.low <= math.log10(factor) + power <= self.high
        ]
        if len(thirds) >= 2:
            return _logarithmic(thirds[:: -(-len(thirds) // max(most, 1))])
        even = even_ticks(10**self.low, 10**self.high, max(most - 1, 1))
        positive = [
            (place, label)
            for place, label in zip(even.places, even.labels, strict=True)
            if place > 0
        ]
        return Ticks(
            tuple(math.log10(place) for place, _ in positive), tuple(label for _, label in positive)
        )


def _logarithmic(values: Sequence[float]) -> Ticks:
    return Ticks(
        tuple(math.log10(value) for value in values),
        tuple(tick_text(value, value, value) for value in values),
    )
