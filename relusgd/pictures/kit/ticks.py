"""Ticks of an axis, whose labels never touch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from relusgd.pictures.kit.number_text import tick_text
from relusgd.pictures.kit.text_fit import widest

ROUND_STEPS = (1, 2, 2.5, 5, 10)
"""The distances between even ticks, times a power of ten."""

GAP = 0.8
"""The least room between two labels, in heights of a letter."""


@dataclass(frozen=True)
class Ticks:
    """Places on an axis and the text at each."""

    places: tuple[float, ...]
    labels: tuple[str, ...]

    @classmethod
    def logarithmic(cls, values: Sequence[float]) -> Ticks:
        """Ticks at the logarithms of these values."""
        places = [math.log10(value) for value in values]
        labels = [tick_text(value, value, value) for value in values]
        return cls(tuple(places), tuple(labels))

    def stay_apart(self, length: float, room: float, pixels: float) -> bool:
        """Whether the widest label, and a gap, fit between neighbours.

        length: of an axis that takes `room` pixels; pixels: the height of the letters.
        """
        steps = [right - left for left, right in pairwise(self.places)]
        narrowest = min(steps, default=math.inf)
        apart = narrowest / length * room
        return widest(self.labels, pixels) + GAP * pixels <= apart

    def unlabelled(self) -> Ticks:
        """The same places without texts, for panels whose neighbours have them."""
        return Ticks(self.places, ("",) * len(self.places))


def even_ticks(low: float, high: float, most: int) -> Ticks:
    """At most `most` + 1 round numbers from low to high."""
    # Loaded by those who draw with it: a page has no ticks of matplotlib's.
    from relusgd.pictures.kit.plain_matplotlib import MaxNLocator

    places = MaxNLocator(max(most, 1), steps=ROUND_STEPS).tick_values(low, high)
    spacing = float(places[1] - places[0])
    slack = 1e-9 * (high - low)
    inside = [float(place) for place in places if low - slack <= place <= high + slack]
    largest = max((abs(place) for place in inside), default=spacing)
    labels = [tick_text(place, spacing, largest) for place in inside]
    return Ticks(tuple(inside), tuple(labels))


def fitting_ticks(low: float, high: float, room: float, pixels: float) -> Ticks:
    """Ticks along `room` pixels whose labels, in letters of this height, stay apart."""
    for most in (10, 8, 6, 5, 4, 3, 2, 1):
        ticks = even_ticks(low, high, most)
        if ticks.stay_apart(high - low, room, pixels):
            return ticks
    return Ticks(ticks.places[:1], ticks.labels[:1])
