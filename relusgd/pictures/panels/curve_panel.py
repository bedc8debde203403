"""The panel of the learned function: data, truth, the function, and the units it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.moving_lines import MovingLines
from relusgd.pictures.kit.parts import kept_near, moving_bars, moving_dots, moving_line
from relusgd.pictures.kit.plain_matplotlib import Artist, to_rgba_array
from relusgd.pictures.kit.sheet import MOVING, Box, Sheet
from relusgd.pictures.kit.ticks import Ticks
from relusgd.pictures.panels.marks import (
    bar_heights,
    looks_of,
    original,
    pale,
    relative,
    sign_colours,
    x_limits,
)
from relusgd.pictures.panels.out_of_sight import OutOfSight
from relusgd.pictures.panels.reference_lines import ReferenceLines
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.snapshot_shapes import LearnedCurve
from relusgd.pictures.scenes.snapshot_view import strongest
from relusgd.pictures.scenes.view import View

MOST_KINKS = 150
"""Where a function bends more often, its strongest bends are marked."""

TALLEST = 0.2
"""The height of a full bar of bends, as a share of the panel."""

FAINTEST_KINK = 0.04
"""Bends weaker than this part of a full one are not marked."""

SMALLEST_KINK, SMALLEST_KINK_OF_DEEP, LARGER_KINK = 3.0, 4.5, 5.0
"""The size of the mark of the weakest bend, in deep networks too, and by how much that of the
strongest is larger, in pixels."""

SMALLEST_ELBOW, LARGER_ELBOW = 4.0, 7.0
"""The size of the dot at the elbow of the weakest unit, and by how much that of the strongest is
larger, in pixels."""

FEW_UNITS = 60
"""The lines of more units are thinner."""


class CurvePanel:
    """Data, truth, the learned function through its breakpoints, and the units that it is made of.

    colour: of the learned function, where several runs are drawn. calm: whether there is neither
    frame nor grid.
    """

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        view: View,
        scales: Scales,
        x_ticks: Ticks,
        y_ticks: Ticks,
        colour: str | None = None,
        *,
        calm: bool = False,
    ) -> None:
        self._sheet = sheet
        self._view = view
        self._scales = scales
        self._looks = looks_of(sheet, view)
        self._point = sheet.points(1.0)
        self._colour = colour or sheet.colours.learned
        self._axes = sheet.axes(box)
        self._axes.set(xlim=x_limits(scales.x), ylim=scales.y)
        sheet.set_ticks(self._axes, "x", x_ticks)
        sheet.set_ticks(self._axes, "y", y_ticks)
        if calm:
            sheet.calm(self._axes)
        self._draw_data()
        units = self._make_units() if "units" in sheet.look.show else []
        self.shows_units = bool(units)
        curve = self._make_curve()
        self._out_of_sight = OutOfSight(sheet, self._axes, view, scales.y, self._colour)
        self._references = ReferenceLines(sheet, self._axes, view.references, scales.y)
        noted = self._out_of_sight.moving
        self.moving: list[Artist] = [*units, *self._references.moving, *curve, *noted]

    def _draw_data(self) -> None:
        """Points and truth, over the zero line of the units and the part of x for training."""
        view, axes, looks = self._view, self._axes, self._looks
        dataset = view.dataset
        self._draw_zero_line()
        if dataset.train_domain is not None:
            self._draw_train_domain(*dataset.train_domain)
        if view.shows_test_points:
            x, y = original(view, dataset.x_test, dataset.y_test)
            axes.plot(x, y, **looks["test data"], zorder=2.0)
        x, y = original(view, dataset.x_train, dataset.y_train)
        axes.plot(x, y, **looks["data"], zorder=2.1)
        if view.truth is not None:
            x, y = view.truth
            axes.plot(x, y, **looks["truth"], zorder=2.2)

    def _draw_zero_line(self) -> None:
        """The height from which units are drawn, if they are drawn and it is in the picture."""
        low, high = self._scales.y
        is_inside = low < self._view.baseline < high
        if is_inside and "units" in self._sheet.look.show:
            self._axes.axhline(
                self._view.baseline,
                color=self._sheet.colours.faint,
                linewidth=self._sheet.points(0.8),
                zorder=1.6,
            )

    def _draw_train_domain(self, low: float, high: float) -> None:
        """A shade behind the part of x from which training points come, and lines at its ends."""
        shade = self._sheet.colours.faint
        self._axes.axvspan(low, high, color=shade, alpha=0.08, lw=0, zorder=0.5)
        for end in (low, high):
            self._axes.axvline(end, color=shade, linewidth=self._sheet.points(0.9), zorder=1.6)

    def _make_units(self) -> list[Artist]:
        """The lines and elbows of the units, or the bars of a wide layer's bends."""
        sheet, view, axes = self._sheet, self._view, self._axes
        low, high = self._scales.y
        # Elbows and bars stay whole where the zero line is outside the picture.
        inset = (TALLEST if view.wide else 0.02) * (high - low)
        self._elbow_height = float(np.clip(view.baseline, low + inset, high - inset))
        if view.wide:
            return self._make_bars()
        self._lines = MovingLines(axes, MOVING)
        self._elbows = moving_dots(
            axes,
            0.1,
            edgecolors=sheet.colours.paper,
            linewidths=sheet.points(0.8),
        )
        if not view.has_terms:
            return [self._lines, self._elbows]
        self._level = moving_line(axes, 0.05, **self._looks["output bias"])
        return [self._lines, self._level, self._elbows]

    def _make_bars(self) -> list[Artist]:
        """Bars of bends up, and of bends down."""
        colours, view = self._sheet.colours, self._view
        paints = [colours.positive, colours.negative]
        if view.deep:
            paints = [colours.neutral, colours.neutral]
        self._bars: list[Any] = []
        for order, paint in enumerate(paints):
            bars = moving_bars(
                self._axes,
                order / 10,
                (view.low, view.high),
                baseline=self._elbow_height,
                **pale(self._sheet, paint),
            )
            self._bars.append(bars)
        return [*self._bars]

    def _make_curve(self) -> list[Artist]:
        """The line of the learned function on a halo, and the marks of its bends."""
        sheet, axes = self._sheet, self._axes
        paper = sheet.colours.paper
        width = self._looks["learned"]["linewidth"]
        self._halo = moving_line(
            axes,
            0.2,
            color=paper,
            linewidth=width + sheet.points(2.4),
            alpha=0.75,
        )
        self._curve = moving_line(
            axes,
            0.3,
            solid_joinstyle="round",
            color=self._colour,
            linewidth=width,
        )
        self._layer_colours = to_rgba_array(sheet.colours.layers)
        self._kinks = self._make_kinks()
        return [self._halo, self._curve, self._kinks]

    def _make_kinks(self) -> Any:
        """The marks of bends: rings, or in deep networks dots, which take the colours of layers."""
        sheet = self._sheet
        paper = sheet.colours.paper
        rim, width = self._colour, 1.6
        if self._view.deep:
            rim, width = paper, 1.0
        return moving_dots(
            self._axes,
            0.4,
            linewidths=sheet.points(width),
            facecolors=paper,
            edgecolors=rim,
        )

    def draw_behind(self, views: Sequence[View]) -> None:
        """The last functions of other runs, faint, under this one."""
        for view in views:
            curve = view.curve(len(view) - 1)
            self._axes.plot(
                curve.x,
                self._kept_near(curve.y),
                color=self._colour,
                linewidth=self._sheet.points(1.3),
                alpha=self._sheet.least_opacity(self._colour),
                solid_joinstyle="round",
                zorder=2.3,
            )

    def emphasise(self) -> None:
        """Frame the panel in the colour of its function."""
        for spine in self._axes.spines.values():
            spine.set(color=self._colour, linewidth=self._sheet.points(3.0), visible=True)

    def show(self, index: int) -> None:
        self._show_curve(index)
        self._references.show(index)
        if not self.shows_units:
            return
        if self._view.wide:
            self._show_bends(index)
        else:
            self._show_units(index)

    def _show_curve(self, index: int) -> None:
        """The function of a snapshot and its marked bends, or a note where it is out of sight."""
        curve = self._view.curve(index)
        y = self._kept_near(curve.y)
        self._halo.set_data(curve.x, y)
        self._curve.set_data(curve.x, y)
        self._show_kinks(curve, y)
        self._out_of_sight.show(index, curve.y)

    def _show_kinks(self, curve: LearnedCurve, y: Array) -> None:
        """Marks at the bends of the function, drawn at the heights y: larger at strong bends."""
        strength = relative(curve.kink, self._scales.kink)
        marked = self._marked(strength)
        # A curve bends at all its points but the ends.
        bends = np.column_stack([curve.x[1:-1], y[1:-1]])
        self._kinks.set_offsets(bends[marked])
        smallest = SMALLEST_KINK_OF_DEEP if self._view.deep else SMALLEST_KINK
        size = self._point * (smallest + LARGER_KINK * strength[marked])
        # Matplotlib takes the square of the size.
        self._kinks.set_sizes(size**2)
        if self._view.deep:
            last_colour = len(self._layer_colours)
            layers = np.minimum(curve.layer[marked], last_colour)
            self._kinks.set_facecolor(self._layer_colours[layers - 1])

    def _marked(self, strength: Array) -> Integers:
        """Which bends are marked: those that can be seen; none where a density shows them."""
        if not self._view.marks_kinks:
            return np.empty(0, dtype=np.int64)
        chosen = strongest(strength, MOST_KINKS)
        return chosen[strength[chosen] > FAINTEST_KINK]

    def _show_bends(self, index: int) -> None:
        """Bars from the zero line, upwards where units bend the function up, else downwards."""
        bends = self._view.bends(index)
        zero_line = self._elbow_height
        height_up = bar_heights(bends.up, self._scales, TALLEST)
        height_down = bar_heights(bends.down, self._scales, TALLEST)
        rising, falling = self._bars
        rising.set_data(zero_line + height_up, bends.edges, zero_line)
        falling.set_data(zero_line - height_down, bends.edges, zero_line)

    def _show_units(self, index: int) -> None:
        """The units' lines, strong ones over weak ones, and their elbows on the zero line."""
        units = self._view.units(index)
        strength = relative(units.strength, self._scales.unit)
        weak_first = np.argsort(strength, kind="stable")
        strength = strength[weak_first]
        colours = sign_colours(self._sheet, units.sign[weak_first], strength)
        self._show_lines(units.lines[weak_first], strength, colours)
        if self._view.has_terms:
            self._show_output_bias(index)
        self._show_elbows(units.elbow[weak_first], strength, colours)

    def _show_output_bias(self, index: int) -> None:
        """A level line across the domain."""
        view = self._view
        output_level = np.array(view.output_level(index))
        level = float(self._kept_near(output_level))
        self._level.set_data([view.low, view.high], [level, level])

    def _show_elbows(self, elbow: Array, strength: Array, colours: Array) -> None:
        """A dot at the elbow of every unit that has one, larger where the unit is stronger."""
        has_elbow = np.isfinite(elbow)
        height = np.full(len(elbow), self._elbow_height)
        places = np.column_stack([elbow, height])
        size = self._point * (SMALLEST_ELBOW + LARGER_ELBOW * strength[has_elbow])
        self._elbows.set_offsets(places[has_elbow])
        self._elbows.set_sizes(size**2)
        self._elbows.set_facecolor(colours[has_elbow, :3])

    def _show_lines(self, lines: Array, strength: Array, colours: Array) -> None:
        """The units' lines, shape (n, 2 ends, 2 coordinates); of many units they are thinner."""
        units = max(len(strength), 1)
        thinner = min(1.0, (FEW_UNITS / units) ** 0.5)
        widths = self._point * (1.2 + 1.4 * thinner * strength)
        lines[:, :, 1] = self._kept_near(lines[:, :, 1])
        self._lines.show(lines, widths, colours)

    def _kept_near(self, y: Array) -> Array:
        """Heights, cut where they are so far away that no pixel differs."""
        return kept_near(y, self._scales.y)
