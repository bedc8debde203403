"""Where a step takes the elbows: an arrow over each, which grows."""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.model.network import Array, Booleans
from relusgd.pictures.films.slow_motion.timing import SlowClock
from relusgd.pictures.kit.parts import kept_near
from relusgd.pictures.kit.plain_matplotlib import Artist, Axes, LineCollection
from relusgd.pictures.kit.sheet import MOVING, Box, Sheet
from relusgd.pictures.panels.curve_panel import FAINTEST_KINK
from relusgd.pictures.panels.marks import relative
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.snapshot_view import bending, strongest
from relusgd.pictures.scenes.view import View
from relusgd.pictures.step.elbow_arrows import Arrows
from relusgd.pictures.storeys.strength import bend_colours, layer_colours

MOST_OF_WIDE = 24
"""Of a wide layer, so many elbows that bend most have arrows."""

SHAFT = 2.2
"""The width of an arrow, in pixels."""

CASING = 3.0
"""By how much the paper around an arrow is wider, in pixels."""

BARB = 6.5
"""How far the two strokes of an arrow's head reach back and aside, in pixels."""

LANE = 12.0
"""How far over the function the lowest arrows are, and the next ones over these, in pixels."""

MOST_STACKED = 4
"""Of elbows that stand at one place, so many have arrows, those with the shortest ways first."""

EDGE = 4.0
"""An arrow that would leave the picture ends so many pixels before its edge."""

SHORTEST = 2.5
"""No arrow is drawn for a way shorter than this, in pixels."""


def arrows_of(states: View, scales: Scales, *, wide: bool) -> Arrows | None:
    """Arrows from the elbows of the first layer that can be seen to bend; None if none moves."""
    first, last = states.history.network(0), states.history.network(len(states) - 1)
    to_original = states.dataset.scaling.x_to_original
    before, after = to_original(first.elbow), to_original(last.elbow)
    is_seen = _is_seen_to_bend(states, scales, wide=wide)
    seen_before = np.where(is_seen, before, np.nan)
    arrows = Arrows.of(seen_before, after, states.low, states.high, None)
    return arrows if len(arrows.number) else None


def _is_seen_to_bend(states: View, scales: Scales, *, wide: bool) -> Booleans:
    """Which units of the first layer can be seen to bend the function, shape (H1,)."""
    strength = bending(states.history.network(0))
    if wide:
        is_seen = np.zeros(len(strength), dtype=bool)
        is_seen[strongest(strength, MOST_OF_WIDE)] = True
        return is_seen
    if states.deep:
        return np.ones(len(strength), dtype=bool)
    return relative(strength, scales.kink) > FAINTEST_KINK


class GrowingArrows:
    """An arrow over every elbow, growing to where it goes, times one factor.

    Arrows that would touch lie over each other. box: of the upper storey. states: the network on
    its way.
    """

    def __init__(
        self,
        sheet: Sheet,
        axes: Axes,
        box: Box,
        states: View,
        arrows: Arrows,
        clock: SlowClock,
    ) -> None:
        self._clock = clock
        self._arrows = arrows
        (left, right), (low, high) = axes.get_xlim(), axes.get_ylim()
        self._pixel = np.array([(right - left) / box.width, (high - low) / box.height])
        self._thick = sheet.scale.thick
        curve = states.curve(0)
        heights = np.interp(arrows.start, curve.x, kept_near(curve.y, (low, high)))
        edges = left + EDGE * self._pixel[0], right - EDGE * self._pixel[0]
        self._stop = np.clip(arrows.stop, *edges)
        self._height = self._over_the_function(heights)
        colours = self._colours(sheet, states)
        width = sheet.points(SHAFT)
        self._casing: Any = LineCollection(
            [],
            colors=sheet.colours.paper,
            linewidths=width + sheet.points(CASING),
            capstyle="round",
            joinstyle="round",
            zorder=MOVING + 0.5,
        )
        self._strokes: Any = LineCollection(
            [],
            colors=colours,
            linewidths=width,
            capstyle="round",
            joinstyle="round",
            zorder=MOVING + 0.51,
        )
        axes.add_collection(self._casing, autolim=False)
        axes.add_collection(self._strokes, autolim=False)
        self.moving: list[Artist] = [self._casing, self._strokes]

    def _colours(self, sheet: Sheet, states: View) -> Array:
        chosen = self._arrows.number
        full = np.ones(len(chosen))
        if states.deep:
            return layer_colours(sheet, np.ones(len(chosen), dtype=np.int64), full)
        return bend_colours(sheet, states.history.output_weight[0][chosen], full)

    def _over_the_function(self, heights: Array) -> Array:
        """The height of every arrow, shape (n,).

        It is as low over its elbow as it touches none before it; nan where more than MOST_STACKED
        would lie over each other.
        """
        beside, lane = LANE * self._thick * self._pixel
        left = np.minimum(self._arrows.start, self._stop) - beside
        right = np.maximum(self._arrows.start, self._stop) + beside
        placed = np.full(len(heights), np.nan)
        short_first = np.argsort(right - left)
        for number in short_first:
            is_beside = (left < right[number]) & (right > left[number])
            height = heights[number] + lane
            while np.any(np.abs(placed[is_beside] - height) < 0.9 * lane):
                height += lane
            highest_allowed = heights[number] + (MOST_STACKED + 0.5) * lane
            if height <= highest_allowed:
                placed[number] = height
        return placed

    def show(self, index: int) -> None:
        come = self._clock.come("arrows", index)
        strokes = self._lines(come)
        for collection in (self._casing, self._strokes):
            collection.set_segments(strokes)
            collection.set_alpha(self._clock.stays(index))

    def _lines(self, come: float) -> list[Array]:
        """One line for each arrow: its shaft, and the two strokes of its head at the tip."""
        start = self._arrows.start
        pixel_across, pixel_up = self._pixel
        tip = start + come * (self._stop - start)
        way = tip - start
        pixels = np.abs(way) / pixel_across
        is_long = pixels > SHORTEST * self._thick
        is_shown = (come > 0) & is_long & np.isfinite(self._height)
        # Of an arrow that is hardly longer than its head, the head is smaller.
        reach = np.minimum(BARB * self._thick, 0.7 * pixels)
        back = tip - np.sign(way) * reach * pixel_across
        aside = reach * pixel_up
        lines = []
        for number, height in enumerate(self._height):
            end = [tip[number], height]
            if not is_shown[number]:
                lines.append(np.array([end]))
                continue
            foot = [start[number], height]
            upper = [back[number], height + 0.75 * aside[number]]
            lower = [back[number], height - 0.75 * aside[number]]
            lines.append(np.array([foot, end, upper, end, lower]))
        return lines
