"""The upper storey: points, truth, the learned function, and its breakpoints in rings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.parts import kept_near, moving_bars, moving_dots, moving_line
from relusgd.pictures.kit.plain_matplotlib import Artist
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.panels.curve_panel import FAINTEST_KINK, MOST_KINKS
from relusgd.pictures.panels.marks import bar_heights, looks_of, original, pale, relative, x_limits
from relusgd.pictures.panels.out_of_sight import HIGHEST, OutOfSight
from relusgd.pictures.panels.reference_lines import ReferenceLines
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.snapshot_shapes import LearnedCurve
from relusgd.pictures.scenes.snapshot_view import strongest
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.bare_axes import FUNCTION, GROUND, bare_axes
from relusgd.pictures.storeys.strength import bend_colours, layer_colours

LINE = 3.8
"""The width of the learned function, in pixels."""

GLOW = {"light": 2.6, "dark": 6.0}
"""How much wider than the line its surroundings are that lift it off the points, in pixels."""

GLOW_OPACITY = {"light": 0.8, "dark": 0.16}
"""Of these surroundings: on light paper they are of paper, on dark of the line's own colour."""

RING = 4.2
"""The size of the weakest ring, in pixels."""

LARGER = 6.0
"""By how much the strongest ring is larger, in pixels."""

RING_LINE = 1.3
"""The width of the weakest ring's line, in pixels."""

THICKER = 1.6
"""By how much the strongest ring's line is wider, in pixels."""

NOTE_GAP = 0.02
"""The room between the errors and a note under them, as a share of the storey's height."""

BARS_SHARE = 0.1
"""The height of a full bar of bends, as a share of the storey."""

POINT_OPACITY = 0.75
"""Points are calmer than what moves over them."""

TRUTH_OPACITY = 0.75
"""The true function is calmer than what moves over it."""

TRUTH_LINE = 1.5
"""The width of the true function's line, in pixels."""


@dataclass(frozen=True, eq=False)
class MarkedBends:
    """The bends of the function that are marked, weak ones first.

    x, y: their places, amount: their strength from 0 to 1, shape (n,); colours: shape (n, 4).
    """

    x: Array
    y: Array
    amount: Array
    colours: Array


class UpperStorey:
    """Points and truth, which stay, and the learned function with its breakpoints, which moves.

    What stays lies in axes of its own, under the stems. corner: where the errors stand.
    """

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        view: View,
        scales: Scales,
        colour: str,
        corner: Box | None = None,
    ) -> None:
        self._sheet = sheet
        self._view = view
        self._scales = scales
        self._point = sheet.points(1.0)
        limits = x_limits(scales.x), scales.y
        self.ground = bare_axes(sheet, box, *limits, order=GROUND)
        self.front = bare_axes(sheet, box, *limits, order=FUNCTION)
        self._draw_data()
        self.moving: list[Artist] = []
        self._shows_bars = view.has_bars and "units" in sheet.look.show
        if self._shows_bars:
            self._make_bars()
        self._references = ReferenceLines(
            sheet,
            self.front,
            view.references,
            scales.y,
            ground=self.ground,
        )
        self.moving += self._references.moving
        self._make_curve(colour)
        top = HIGHEST
        if corner is not None:
            top = (corner.bottom - box.bottom) / box.height - NOTE_GAP
        self._out_of_sight = OutOfSight(sheet, self.front, view, scales.y, colour, top)
        self.moving += self._out_of_sight.moving

    def _draw_data(self) -> None:
        """Points and truth, and the shade behind the part of x from which the points come."""
        sheet, view, ground = self._sheet, self._view, self.ground
        dataset = view.dataset
        looks = looks_of(sheet, view)
        if dataset.train_domain is not None:
            shade = sheet.colours.faint
            ground.axvspan(*dataset.train_domain, color=shade, alpha=0.08, lw=0, zorder=0.5)
        if view.shows_test_points:
            x, y = original(view, dataset.x_test, dataset.y_test)
            ground.plot(x, y, **looks["test data"], zorder=2.0)
        points = {**looks["data"], "alpha": POINT_OPACITY}
        x, y = original(view, dataset.x_train, dataset.y_train)
        ground.plot(x, y, **points, zorder=2.1)
        if view.truth is not None:
            thinner = {"linewidth": sheet.points(TRUTH_LINE), "alpha": TRUTH_OPACITY}
            truth = {**looks["truth"], **thinner}
            ground.plot(*view.truth, **truth, zorder=2.2)

    def _make_curve(self, colour: str) -> None:
        """The line of the learned function on a glow, and the rings at its bends."""
        sheet, look = self._sheet, self._sheet.look
        around = colour if look.theme == "dark" else sheet.colours.paper
        self._glow = moving_line(
            self.front,
            0.2,
            color=around,
            alpha=GLOW_OPACITY[look.theme],
            linewidth=sheet.points(LINE + GLOW[look.theme]),
            solid_joinstyle="round",
        )
        self._curve = moving_line(
            self.front,
            0.3,
            color=colour,
            linewidth=sheet.points(LINE),
            solid_joinstyle="round",
        )
        self._rings = moving_dots(self.front, 0.4, facecolors=sheet.colours.paper)
        self.moving += [self._glow, self._curve, self._rings]

    def _make_bars(self) -> None:
        """Bars of a wide layer's bends, from the foot of the storey: up, and on them down."""
        sheet = self._sheet
        ends = self._view.low, self._view.high
        self._bars: list[Any] = []
        for order, colour in enumerate((sheet.colours.positive, sheet.colours.negative)):
            bars = moving_bars(self.front, order / 10, ends, **pale(sheet, colour))
            self._bars.append(bars)
        self.moving += self._bars

    def show(self, index: int) -> MarkedBends:
        """Take the state of a snapshot, and give the breakpoints that are marked."""
        self._references.show(index)
        curve = self._view.curve(index)
        y = kept_near(curve.y, self._scales.y)
        self._glow.set_data(curve.x, y)
        self._curve.set_data(curve.x, y)
        if self._shows_bars:
            self._show_bars(index)
        marked = self._breakpoints(curve, y)
        self._show_rings(marked)
        self._out_of_sight.show(index, curve.y)
        return marked

    def _show_rings(self, marked: MarkedBends) -> None:
        """A ring around every marked breakpoint, larger and thicker where the bend is stronger."""
        size = self._point * (RING + LARGER * marked.amount)
        self._rings.set_offsets(np.column_stack([marked.x, marked.y]))
        # Matplotlib takes the square of the size.
        self._rings.set_sizes(size**2)
        self._rings.set_edgecolor(marked.colours)
        self._rings.set_linewidth(self._point * (RING_LINE + THICKER * marked.amount))

    def _breakpoints(self, curve: LearnedCurve, y: Array) -> MarkedBends:
        """The bends of a function that are marked. y: its values, kept near the picture."""
        strength = relative(curve.kink, self._scales.kink)
        marked = self._marked(strength)
        amount = strength[marked]
        if self._view.deep:
            colours = layer_colours(self._sheet, curve.layer[marked], amount)
        else:
            colours = bend_colours(self._sheet, curve.sign[marked], amount)
        # A curve bends at all its points but the ends.
        x_of_bends, y_of_bends = curve.x[1:-1], y[1:-1]
        return MarkedBends(x_of_bends[marked], y_of_bends[marked], amount, colours)

    def _marked(self, strength: Array) -> Integers:
        """Which bends are marked: those that can be seen, weak ones first; none where a density
        shows them."""
        if not self._view.marks_kinks:
            return np.empty(0, dtype=np.int64)
        chosen = strongest(strength, MOST_KINKS)
        seen = chosen[strength[chosen] > FAINTEST_KINK]
        return seen[np.argsort(strength[seen], kind="stable")]

    def _show_bars(self, index: int) -> None:
        """Bars of bends up from the foot of the storey, and those of bends down on top of them."""
        bends = self._view.bends(index)
        height_up = bar_heights(bends.up, self._scales, BARS_SHARE)
        height_down = bar_heights(bends.down, self._scales, BARS_SHARE)
        foot, _ = self._scales.y
        top_of_up = foot + height_up
        rising, falling = self._bars
        rising.set_data(top_of_up, bends.edges, foot)
        falling.set_data(top_of_up + height_down, bends.edges, top_of_up)
