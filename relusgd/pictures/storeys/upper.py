"""The upper storey: points, truth, the learned function, and its breakpoints in rings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array
from relusgd.pictures.kit.parts import kept_near, moving_dots, moving_line, moving_steps
from relusgd.pictures.kit.plain_matplotlib import Artist
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.panels.curve_panel import FAINTEST_KINK, MOST_KINKS
from relusgd.pictures.panels.marks import looks_of, original, pale, relative, x_limits
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

NOTE_GAP = 0.02
"""The room between the errors and a note under them, as a share of the storey's height."""

BARS_SHARE = 0.1
"""The height of a full bar of bends, as a share of the storey."""


POINT_OPACITY = 0.75
"""Points are calmer than what moves over them."""

TRUTH_OPACITY = 0.75
"""The true function is calmer than what moves over it."""


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
        if view.has_bars and "units" in sheet.look.show:
            self._make_bars()
        self._references = ReferenceLines(
            sheet, self.front, view.references, scales.y, ground=self.ground
        )
        self.moving += self._references.moving
        self._make_curve(colour)
        top = HIGHEST if corner is None else (corner.bottom - box.bottom) / box.height - NOTE_GAP
        self._out_of_sight = OutOfSight(sheet, self.front, view, scales.y, colour, top)
        self.moving += self._out_of_sight.moving

    def _draw_data(self) -> None:
        view, dataset = self._view, self._view.dataset
        looks = looks_of(self._sheet, view)
        if dataset.train_domain is not None:
            shade = self._sheet.colours.faint
            self.ground.axvspan(*dataset.train_domain, color=shade, alpha=0.08, lw=0, zorder=0.5)
        if view.shows_test_points:
            x, y = original(view, dataset.x_test, dataset.y_test)
            self.ground.plot(x, y, **looks["test data"], zorder=2.0)
        x, y = original(view, dataset.x_train, dataset.y_train)
        self.ground.plot(x, y, **{**looks["data"], "alpha": POINT_OPACITY}, zorder=2.1)
        if view.truth is not None:
            truth = {**looks["truth"], "linewidth": self._sheet.points(1.5), "alpha": TRUTH_OPACITY}
            self.ground.plot(*view.truth, **truth, zorder=2.2)

    def _make_curve(self, colour: str) -> None:
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
        colours, ends = self._sheet.colours, (self._view.low, self._view.high)
        self._bars: list[Any] = [
            moving_steps(self.front, order / 10, ends, linewidth=0, **pale(self._sheet, colour))
            for order, colour in enumerate((colours.positive, colours.negative))
        ]
        self.moving += self._bars

    def show(self, index: int) -> MarkedBends:
        """Take the state of a snapshot, and give the breakpoints that are marked."""
        self._references.show(index)
        curve = self._view.curve(index)
        y = kept_near(curve.y, self._scales.y)
        self._glow.set_data(curve.x, y)
        self._curve.set_data(curve.x, y)
        if self._view.has_bars and "units" in self._sheet.look.show:
            self._show_bars(index)
        found = self._breakpoints(curve, y)
        self._rings.set_offsets(np.column_stack([found.x, found.y]))
        self._rings.set_sizes((self._point * (RING + LARGER * found.amount)) ** 2)
        self._rings.set_edgecolor(found.colours)
        self._rings.set_linewidth(self._point * (1.3 + 1.6 * found.amount))
        self._out_of_sight.show(index, curve.y)
        return found

    def _breakpoints(self, curve: LearnedCurve, y: Array) -> MarkedBends:
        strength = relative(curve.kink, self._scales.kink)
        marked = self._marked(strength)
        amount = strength[marked]
        if self._view.deep:
            colours = layer_colours(self._sheet, curve.layer[marked], amount)
        else:
            colours = bend_colours(self._sheet, curve.sign[marked], amount)
        return MarkedBends(curve.x[1:-1][marked], y[1:-1][marked], amount, colours)

    def _marked(self, strength: Array) -> NDArray[np.int64]:
        """Which bends are marked: those that can be seen, weak ones first; none where a density
        shows them."""
        if not self._view.marks_kinks:
            return np.empty(0, dtype=np.int64)
        chosen = strongest(strength, MOST_KINKS)
        seen = chosen[strength[chosen] > FAINTEST_KINK]
        return seen[np.argsort(strength[seen], kind="stable")]

    def _show_bars(self, index: int) -> None:
        bends = self._view.bends(index)
        up, down = self._bar_heights(bends.up), self._bar_heights(bends.down)
        foot = self._scales.y[0]
        rising, falling = self._bars
        rising.set_data(foot + up, bends.edges, foot)
        falling.set_data(foot + up + down, bends.edges, foot + up)

    def _bar_heights(self, amount: Array) -> Array:
        low, high = self._scales.y
        share = np.nan_to_num(amount / self._scales.bend, nan=0.0, posinf=1.0)
        return BARS_SHARE * (high - low) * np.minimum(share, 1.0)
