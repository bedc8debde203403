"""The panel of the learned function: data, truth, the function, and the units it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array
from relusgd.pictures.kit.moving_lines import MovingLines
from relusgd.pictures.kit.parts import kept_near, moving_dots, moving_line, moving_steps
from relusgd.pictures.kit.plain_matplotlib import Artist, to_rgba_array
from relusgd.pictures.kit.sheet import MOVING, Box, Sheet
from relusgd.pictures.kit.ticks import Ticks
from relusgd.pictures.panels.marks import (
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
from relusgd.pictures.scenes.snapshot_view import strongest
from relusgd.pictures.scenes.view import View

MOST_KINKS = 150
"""Where a function bends more often, its strongest bends are marked."""

TALLEST = 0.2
"""The height of a full bar of bends, as a share of the panel."""

FAINTEST_KINK = 0.04
"""Bends weaker than this part of a full one are not marked."""


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
        view, looks, dataset = self._view, self._looks, self._view.dataset
        low, high = self._scales.y
        if low < view.baseline < high and "units" in self._sheet.look.show:
            self._axes.axhline(
                view.baseline,
                color=self._sheet.colours.faint,
                linewidth=self._sheet.points(0.8),
                zorder=1.6,
            )
        if dataset.train_domain is not None:
            shade = self._sheet.colours.faint
            self._axes.axvspan(*dataset.train_domain, color=shade, alpha=0.08, lw=0, zorder=0.5)
            for end in dataset.train_domain:
                self._axes.axvline(end, color=shade, linewidth=self._sheet.points(0.9), zorder=1.6)
        if view.shows_test_points:
            x, y = original(view, dataset.x_test, dataset.y_test)
            self._axes.plot(x, y, **looks["test data"], zorder=2.0)
        x, y = original(view, dataset.x_train, dataset.y_train)
        self._axes.plot(x, y, **looks["data"], zorder=2.1)
        if view.truth is not None:
            x, y = view.truth
            self._axes.plot(x, y, **looks["truth"], zorder=2.2)

    def _make_units(self) -> list[Artist]:
        """The lines and elbows of the units, or the bars of a wide layer's bends."""
        low, high = self._scales.y
        inset = (TALLEST if self._view.wide else 0.02) * (high - low)
        self._elbow_height = float(np.clip(self._view.baseline, low + inset, high - inset))
        if self._view.wide:
            return self._make_bars()
        self._lines = MovingLines(self._axes, MOVING)
        paper, width = self._sheet.colours.paper, self._sheet.points(0.8)
        self._elbows = moving_dots(self._axes, 0.1, edgecolors=paper, linewidths=width)
        if not self._view.has_terms:
            return [self._lines, self._elbows]
        self._level = moving_line(self._axes, 0.05, **self._looks["output bias"])
        return [self._lines, self._level, self._elbows]

    def _make_bars(self) -> list[Artist]:
        colours = self._sheet.colours
        paints = [colours.positive, colours.negative]
        if self._view.deep:
            paints = [colours.neutral, colours.neutral]
        self._bars = [
            moving_steps(
                self._axes,
                order / 10,
                (self._view.low, self._view.high),
                baseline=self._elbow_height,
                linewidth=0,
                **pale(self._sheet, paint),
            )
            for order, paint in enumerate(paints)
        ]
        return [*self._bars]

    def _make_curve(self) -> list[Artist]:
        """The line of the learned function on a halo, and the marks of its bends."""
        sheet, paper = self._sheet, self._sheet.colours.paper
        width = self._looks["learned"]["linewidth"]
        self._halo = moving_line(
            self._axes, 0.2, color=paper, linewidth=width + sheet.points(2.4), alpha=0.75
        )
        self._curve = moving_line(
            self._axes, 0.3, solid_joinstyle="round", color=self._colour, linewidth=width
        )
        self._layer_colours = to_rgba_array(sheet.colours.layers)
        deep = self._view.deep
        self._kinks = moving_dots(
            self._axes,
            0.4,
            linewidths=sheet.points(1.0 if deep else 1.6),
            facecolors=paper,
            edgecolors=paper if deep else self._colour,
        )
        return [self._halo, self._curve, self._kinks]

    def draw_behind(self, views: Sequence[View]) -> None:
        """The last functions of other runs, faint, under this one."""
        look: dict[str, Any] = {
            "color": self._colour,
            "linewidth": self._sheet.points(1.3),
            "alpha": self._sheet.least_opacity(self._colour),
            "solid_joinstyle": "round",
            "zorder": 2.3,
        }
        for view in views:
            curve = view.curve(len(view) - 1)
            self._axes.plot(curve.x, self._kept_near(curve.y), **look)

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
        curve = self._view.curve(index)
        y = self._kept_near(curve.y)
        self._halo.set_data(curve.x, y)
        self._curve.set_data(curve.x, y)
        strength = relative(curve.kink, self._scales.kink)
        marked = self._marked(strength)
        inner = np.column_stack([curve.x[1:-1], y[1:-1]])
        smallest = 4.5 if self._view.deep else 3.0
        self._kinks.set_offsets(inner[marked])
        self._kinks.set_sizes((self._point * (smallest + 5.0 * strength[marked])) ** 2)
        if self._view.deep:
            layers = np.minimum(curve.layer[marked], len(self._layer_colours))
            self._kinks.set_facecolor(self._layer_colours[layers - 1])
        self._out_of_sight.show(index, curve.y)

    def _marked(self, strength: Array) -> NDArray[np.int64]:
        """Which bends are marked: those that can be seen; none where a density shows them."""
        if not self._view.marks_kinks:
            return np.empty(0, dtype=np.int64)
        chosen = strongest(strength, MOST_KINKS)
        return chosen[strength[chosen] > FAINTEST_KINK]

    def _show_bends(self, index: int) -> None:
        """Bars from the zero line, upwards where units bend the function up, else downwards."""
        bends = self._view.bends(index)
        up, down = self._bar_heights(bends.up), -self._bar_heights(bends.down)
        for bar, height in zip(self._bars, (up, down), strict=True):
            bar.set_data(self._elbow_height + height, bends.edges, self._elbow_height)

    def _bar_heights(self, amount: Array) -> Array:
        low, high = self._scales.y
        share = np.nan_to_num(amount / self._scales.bend, nan=0.0, posinf=1.0)
        return TALLEST * (high - low) * np.minimum(share, 1.0)

    def _show_units(self, index: int) -> None:
        """The units' lines, strong ones over weak ones, and their elbows on the zero line."""
        units = self._view.units(index)
        strength = relative(units.strength, self._scales.unit)
        order = np.argsort(strength, kind="stable")
        strength = strength[order]
        colours = sign_colours(self._sheet, units.sign[order], strength)
        self._show_lines(units.lines[order], strength, colours)
        if self._view.has_terms:
            level = float(self._kept_near(np.array(self._view.output_level(index))))
            self._level.set_data([self._view.low, self._view.high], [level, level])
        elbow = units.elbow[order]
        seen = np.isfinite(elbow)
        height = np.full(len(elbow), self._elbow_height)
        self._elbows.set_offsets(np.column_stack([elbow, height])[seen])
        self._elbows.set_sizes((self._point * (4.0 + 7.0 * strength[seen])) ** 2)
        self._elbows.set_facecolor(colours[seen, :3])

    def _show_lines(self, lines: Array, strength: Array, colours: Array) -> None:
        # Of many units, lines are thinner.
        crowd = min(1.0, (60 / max(len(strength), 1)) ** 0.5)
        widths = self._point * (1.2 + 1.4 * crowd * strength)
        lines[:, :, 1] = self._kept_near(lines[:, :, 1])
        self._lines.show(lines, widths, colours)

    def _kept_near(self, y: Array) -> Array:
        """Heights, cut where they are so far away that no pixel differs."""
        return kept_near(y, self._scales.y)
