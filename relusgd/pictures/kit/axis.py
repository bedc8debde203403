"""Axes of time and of errors: where their values stand, and their ticks."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relusgd.model.network import Array, Range
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.kit.ticks import Ticks, even_ticks

SOFT_START = 300
"""The axis of time, and the spacing `log`, are even up to 1/300 of the run, logarithmic beyond."""

DECADES = 10
"""An error axis that is longer shows nothing any more."""

LIMITS_OF_NOTHING = (-3.0, 0.0)
"""The ends of an axis without any error: from 0.001 to 1."""

BESIDE_LABEL = 0.5
"""The free paper at either side of a label on the axis of time, in heights of a letter."""

ABOVE_START = 2
"""An axis of errors reaches at most so many decades above the error at the start."""

ABOVE_THE_BULK = 2
"""And so many above most of the errors."""


@dataclass(frozen=True)
class TimeAxis:
    """Steps or epochs from first to last along an axis, with room for the early ones.

    place = log(1 + (step − first)/softness)
    """

    first: float
    last: float

    @property
    def softness(self) -> float:
        """The steps up to which the axis is nearly even."""
        return self._length / SOFT_START

    @property
    def _length(self) -> float:
        """The steps from the first to the last, one at least."""
        return max(self.last - self.first, 1.0)

    def place(self, step: NDArray[np.number[Any]]) -> Array:
        """Places of steps or epochs, shape as given."""
        since_first = np.asarray(step, dtype=np.float64) - self.first
        return np.log1p(since_first / self.softness)

    def limits(self, margin: float = 0.015) -> Range:
        """The places of the ends, with free paper beyond. margin: a share of the axis."""
        end = math.log1p(self._length / self.softness)
        return -margin * end, (1 + margin) * end

    def ticks(self, room: float, pixels: float) -> Ticks:
        """Round numbers of steps, ends first, such that labels stay apart along `room` pixels."""
        low, high = self.limits()
        labels: dict[float, str] = {}
        half_widths: dict[float, float] = {}
        for step in self._candidates():
            label = f"{step:,.0f}"
            place = float(self.place(np.array(step)))
            pixel = (place - low) / (high - low) * room
            half_width = text_width(label, pixels) / 2 + BESIDE_LABEL * pixels
            if _is_free(pixel, half_width, half_widths):
                half_widths[pixel] = half_width
                labels[pixel] = label
        from_left = sorted(labels)
        places = [low + pixel / room * (high - low) for pixel in from_left]
        texts = [labels[pixel] for pixel in from_left]
        return Ticks(tuple(places), tuple(texts))

    def upright_ticks(self, height: float, least: float, margin: float) -> Ticks:
        """Round numbers of steps, ends first, at least so many pixels apart along a height.

        margin: free paper at either end, as a share of the axis.
        """
        low, high = self.limits(margin)
        labels: dict[float, str] = {}
        for step in self._candidates():
            place = float(self.place(np.array(step)))
            shares = [abs(place - other) / (high - low) for other in labels]
            is_apart = all(share * height >= least for share in shares)
            if is_apart:
                labels[place] = f"{step:,.0f}"
        places = sorted(labels)
        texts = [labels[place] for place in places]
        return Ticks(tuple(places), tuple(texts))

    def _candidates(self) -> list[float]:
        """The first step, then powers of ten from the largest, then fives and twos."""
        largest = math.floor(math.log10(max(self.last, 1.0)))
        decades = [10.0**power for power in range(largest, -1, -1)]
        rounded = [*decades]
        for decade in decades:
            rounded += [5 * decade, 2 * decade]
        later = [step for step in rounded if self.first < step <= self.last]
        return [self.first, *later]


@dataclass(frozen=True)
class ErrorAxis:
    """Errors along a logarithmic axis: place = log10(error), kept between low and high."""

    low: float
    high: float

    @property
    def limits(self) -> Range:
        """The places of both ends."""
        return self.low, self.high

    @classmethod
    def around(cls, errors: Sequence[Array], level: float | None) -> ErrorAxis:
        """The axis that has room for most of these errors and, if given, for a level.

        It has at most DECADES decades. errors: each a course in order, which begins with the error
        at the start.
        """
        courses = [_drawable(course) for course in errors]
        levels = _drawable([] if level is None else [level])
        values = np.concatenate([*courses, levels])
        if not len(values):
            return cls(*LIMITS_OF_NOTHING)
        starts = [course[0] for course in courses if len(course)]
        first = max(starts, default=values[0])
        high = _highest_shown(values, first, level)
        low = math.log10(np.min(values))
        if high - low > DECADES:
            upper_quartile = math.log10(np.quantile(values, 0.75))
            high = min(high, upper_quartile + ABOVE_THE_BULK)
            low = max(low, high - DECADES)
        margin = _margin(low, high)
        return cls(low - margin, high + margin)

    @classmethod
    def of_results(cls, errors: Sequence[Array], level: float | None) -> ErrorAxis:
        """The axis for errors in no order, such as those at the ends of runs, and for a level.

        It has room for all of them but a minority that is more than DECADES decades above the
        others: those of runs that diverged.
        """
        levels = [] if level is None else [level]
        values = np.concatenate([*errors, levels])
        places = np.sort(np.log10(_drawable(values)))
        if not len(places):
            return cls(*LIMITS_OF_NOTHING)
        lowest, highest = places[0], places[-1]
        wide_gaps = np.flatnonzero(np.diff(places) > DECADES)
        count_below = wide_gaps + 1
        before_a_minority = wide_gaps[count_below > len(places) / 2]
        if len(before_a_minority):
            highest = places[before_a_minority[0]]
        margin = _margin(lowest, highest)
        return cls(float(lowest - margin), float(highest + margin))

    def place(self, error: Array) -> Array:
        """Places of errors, shape as given; what is beyond an end stands there."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.clip(np.log10(error), self.low, self.high)

    def ticks(self, most: int) -> Ticks:
        """At most `most` labels.

        Powers of ten, thinned evenly. If fewer than two are on the axis, 1, 2 and 5 times powers of
        ten; if fewer than two of these are, evenly spaced numbers.
        """
        most = max(most, 1)
        powers = range(math.ceil(self.low), math.floor(self.high) + 1)
        decades = [10.0**power for power in powers]
        if len(decades) >= 2:
            from_above = decades[::-1]
            return Ticks.logarithmic(_thinned(from_above, most))
        thirds = self._thirds()
        if len(thirds) >= 2:
            return Ticks.logarithmic(_thinned(thirds, most))
        return self._even_ticks(most)

    def _even_ticks(self, most: int) -> Ticks:
        """Evenly spaced errors, of an axis on which there are no rounder ones."""
        lowest = 10**self.low
        highest = 10**self.high
        steps_between = max(most - 1, 1)
        even = even_ticks(lowest, highest, steps_between)
        places: list[float] = []
        labels: list[str] = []
        for error, label in zip(even.places, even.labels, strict=True):
            if error > 0:
                places.append(math.log10(error))
                labels.append(label)
        return Ticks(tuple(places), tuple(labels))

    def _thirds(self) -> list[float]:
        """1, 2 and 5 times the powers of ten on the axis."""
        inside = []
        powers = range(math.floor(self.low), math.ceil(self.high))
        for power in powers:
            for factor in (1, 2, 5):
                place = math.log10(factor) + power
                if self.low <= place <= self.high:
                    inside.append(factor * 10.0**power)
        return inside


def _is_free(pixel: float, half_width: float, taken: Mapping[float, float]) -> bool:
    """Whether a label around a pixel touches none of those that are there.

    taken: the middle of each → half of its width.
    """
    for other, other_half in taken.items():
        distance = abs(pixel - other)
        if distance < half_width + other_half:
            return False
    return True


def _thinned(values: Sequence[float], most: int) -> Sequence[float]:
    """Every so many of the values, from the first, such that at most `most` stay."""
    every = math.ceil(len(values) / most)
    return values[::every]


def _highest_shown(values: Array, first: float, level: float | None) -> float:
    """The logarithm of the largest error that is shown whole.

    An error far above the others is cut, whether it stays there or not. The way down from a bad
    start is shown whole, and so is a catapult, which throws the error up for some steps and no
    further than ABOVE_START. first: the largest error at a start.
    """
    start = math.log10(first)
    bulk = math.log10(np.quantile(values, 0.98))
    start_or_level = math.log10(min(first, level or first))
    largest = math.log10(np.max(values))
    above_start = start + ABOVE_START
    highest_wanted = max(bulk + ABOVE_THE_BULK, above_start)
    highest_allowed = max(above_start, start_or_level + DECADES)
    return min(largest, highest_wanted, highest_allowed)


def _margin(low: float, high: float) -> float:
    """The free paper beyond the ends of an axis of errors, in decades."""
    return 0.06 * (high - low) + 0.05


def _drawable(errors: ArrayLike) -> Array:
    """The errors that have a place on a logarithmic axis."""
    values = np.asarray(errors, dtype=np.float64)
    has_place = np.isfinite(values) & (values > 0)
    return values[has_place]
