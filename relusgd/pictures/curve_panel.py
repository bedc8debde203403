"""The panel of the learned function: data, truth, the function through its breakpoints, and the units that it is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.text import Text
from numpy.typing import NDArray

from relusgd.model.network import Array
from relusgd.pictures.axis import Ticks
from relusgd.pictures.fonts import font
from relusgd.pictures.layout import Box
from relusgd.pictures.marks import BENDS_ALPHA, looks_of, original, x_limits
from relusgd.pictures.panels import (
    moving_dots,
    moving_line,
    moving_steps,
    relative,
    sign_colours,
    with_alpha,
)
from relusgd.pictures.scales import Scales
from relusgd.pictures.sheet import MOVING, Sheet
from relusgd.pictures.view import View, strongest

FAR = 1e5
"""Heights beyond this many panels are drawn as this many: no pixel differs, and no number overflows."""

MOST_KINKS = 150
"""Where a function bends more often, its strongest bends are marked."""

TALLEST = 0.2
"""The height of a full bar of bends, as a share of the panel."""


@dataclass(frozen=True)
class Manner:
    """How a panel stands among others. x_labels, y_labels: whether its ticks have labels; colour: of the learned function."""

    x_labels: bool = True
    y_labels: bool = True
    colour: str | None = None


class CurvePanel:
    """Data, truth, the learned function through its breakpoints, and the units that it is made of."""

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        view: View,
        scales: Scales,
        ticks: tuple[Ticks, Ticks],
        manner: Manner,
    ) -> None:
        self._sheet, self._view, self._scales, self._point = sheet, view, scales, sheet.points(1.0)
        self._colour = manner.colour or sheet.colours.learned
        self._axes = sheet.axes(box)
        self._axes.set(xlim=x_limits(scales.x), ylim=scales.y)
        sheet.set_ticks(self._axes, "x", ticks[0], labels=manner.x_labels)
        sheet.set_ticks(self._axes, "y", ticks[1], labels=manner.y_labels)
        self._draw_data()
        self._make_units()
        self._make_curve()
        self._beyond = self._make_note()
        self.moving: list[Artist] = [
            *self._units,
            self._halo,
            self._curve,
            self._kinks,
            self._beyond,
        ]

    def _draw_data(self) -> None:
        view, looks, dataset = self._view, looks_of(self._sheet, self._view), self._view.dataset
        low, high = self._scales.y
        if low < view.baseline < high and "units" in self._sheet.look.show:
            self._axes.axhline(
                view.baseline,
                color=self._sheet.colours.faint,
                linewidth=self._sheet.points(0.8),
                zorder=1.6,
            )
        if view.shows_test_points:
            self._axes.plot(
                *original(view, dataset.x_test, dataset.y_test), **looks["test data"], zorder=2.0
            )
        self._axes.plot(
            *original(view, dataset.x_train, dataset.y_train), **looks["data"], zorder=2.1
        )
        if view.truth is not None:
            self._axes.plot(*view.truth, **looks["truth"], zorder=2.2)

    def _make_units(self) -> None:
        self._units: list[Artist] = []
        if "units" not in self._sheet.look.show:
            return
        paper, (low, high) = self._sheet.colours.paper, self._scales.y
        inset = (TALLEST if self._view.wide else 0.02) * (high - low)
        self._elbow_height = float(np.clip(self._view.baseline, low + inset, high - inset))
        if self._view.wide:
            self._make_bends()
            return
        self._lines: Any = LineCollection([], zorder=MOVING)
        self._axes.add_collection(self._lines, autolim=False)
        self._elbows = moving_dots(
            self._axes, 0.1, edgecolors=paper, linewidths=self._sheet.points(0.8)
        )
        self._units = [self._lines, self._elbows]

    def _make_bends(self) -> None:
        colours, ends = self._sheet.colours, (self._view.low, self._view.high)
        paints = (
            (colours.neutral, colours.neutral)
            if self._view.deep
            else (colours.positive, colours.negative)
        )
        self._bars = [
            moving_steps(
                self._axes,
                order / 10,
                ends,
                baseline=self._elbow_height,
                facecolor=paint,
                edgecolor="none",
                alpha=BENDS_ALPHA,
            )
            for order, paint in enumerate(paints)
        ]
        self._units = [*self._bars]

    def _make_curve(self) -> None:
        sheet, look = self._sheet, looks_of(self._sheet, self._view)["learned"]
        line = {key: value for key, value in look.items() if key in ("color", "linewidth")}
        halo = {
            "color": sheet.colours.paper,
            "linewidth": look["linewidth"] + sheet.points(2.4),
            "alpha": 0.75,
        }
        self._halo = moving_line(self._axes, 0.2, **halo)
        line["color"] = self._colour
        self._curve = moving_line(self._axes, 0.3, solid_joinstyle="round", **line)
        self._layers = np.array([to_rgba(colour) for colour in sheet.colours.layers])
        colours = {
            "facecolors": sheet.colours.paper,
            "edgecolors": sheet.colours.paper if self._view.deep else self._colour,
        }
        width = sheet.points(1.0 if self._view.deep else 1.6)
        self._kinks = moving_dots(self._axes, 0.4, linewidths=width, **colours)

    def draw_behind(self, views: Sequence[View]) -> None:
        """The last functions of other runs, faint, under this one."""
        look: dict[str, Any] = {
            "color": self._colour,
            "linewidth": self._sheet.points(1.3),
            "alpha": 0.6 / max(len(views), 1) ** 0.3,
        }
        for view in views:
            curve = view.curve(len(view) - 1)
            self._axes.plot(
                curve.x, self._kept_near(curve.y), solid_joinstyle="round", zorder=2.3, **look
            )

    def emphasise(self) -> None:
        """Frame the panel in the colour of its function."""
        for spine in self._axes.spines.values():
            spine.set(color=self._colour, linewidth=self._sheet.points(3.0))

    def _make_note(self) -> Text:
        """What says where the function is when it is nowhere in the picture."""
        sheet = self._sheet
        paper = {
            "facecolor": sheet.colours.paper,
            "edgecolor": "none",
            "alpha": 0.85,
            "pad": sheet.points(3),
        }
        look: dict[str, Any] = {
            "ha": "center",
            "fontproperties": font(sheet.scale.text),
            "color": self._colour,
            "bbox": paper,
        }
        return self._axes.text(
            0.5, 0.5, "", transform=self._axes.transAxes, zorder=MOVING + 0.5, **look
        )

    def show(self, index: int) -> None:
        self._show_curve(index)
        if self._units and self._view.wide:
            self._show_bends(index)
        elif self._units:
            self._show_units(index)

    def _show_curve(self, index: int) -> None:
        curve = self._view.curve(index)
        y = self._kept_near(curve.y)
        self._halo.set_data(curve.x, y)
        self._curve.set_data(curve.x, y)
        strength = relative(curve.kink, self._scales.kink)
        marked = self._marked(strength)
        self._kinks.set_offsets(np.column_stack([curve.x[1:-1], y[1:-1]])[marked])
        self._kinks.set_sizes(
            (self._point * ((4.5 if self._view.deep else 3.0) + 5.0 * strength[marked])) ** 2
        )
        if self._view.deep:
            self._kinks.set_facecolor(
                self._layers[np.minimum(curve.layer[marked], len(self._layers)) - 1]
            )
        self._note_where(curve.y)

    def _marked(self, strength: Array) -> NDArray[np.int64]:
        """Which bends are marked: those that can be seen; none where a density shows them."""
        if not self._view.marks_kinks:
            return np.empty(0, dtype=np.int64)
        chosen = strongest(strength, MOST_KINKS)
        return chosen[strength[chosen] > 0.04]

    def _note_where(self, y: Array) -> None:
        low, high = self._scales.y
        finite = y[np.isfinite(y)]
        above, below = bool(np.all(finite > high)), bool(np.all(finite < low))
        if not len(finite):
            words = "the learned function is not finite"
        else:
            words = "↑ the learned function" if above else "↓ the learned function" if below else ""
        self._beyond.set_text(words)
        self._beyond.set(y=0.04 if below else 0.96, va="bottom" if below else "top")

    def _show_bends(self, index: int) -> None:
        """Bars from the zero line: upwards where units bend the function up, downwards where they bend it down."""
        bends, (low, high) = self._view.bends(index), self._scales.y
        for bar, side, amount in zip(self._bars, (1, -1), (bends.up, bends.down), strict=True):
            height = (
                side
                * TALLEST
                * (high - low)
                * np.minimum(np.nan_to_num(amount / self._scales.bend, nan=0.0, posinf=1.0), 1.0)
            )
            bar.set_data(self._elbow_height + height, bends.edges, self._elbow_height)

    def _show_units(self, index: int) -> None:
        units = self._view.units(index)
        strength = relative(units.strength, self._scales.unit)
        order = np.argsort(strength, kind="stable")
        lines, strength, sign, elbow = (
            units.lines[order],
            strength[order],
            units.sign[order],
            units.elbow[order],
        )
        lines[:, :, 1] = self._kept_near(lines[:, :, 1])
        colours = sign_colours(self._sheet, sign)
        self._lines.set_segments(list(lines))
        crowd = min(1.0, (60 / max(len(strength), 1)) ** 0.5)
        self._lines.set(
            linewidths=self._point * (0.8 + 2.4 * crowd * strength),
            color=with_alpha(colours, crowd * (0.25 + 0.6 * strength)),
        )
        height = np.full(len(elbow), self._elbow_height)
        self._elbows.set_offsets(np.column_stack([elbow, height])[np.isfinite(elbow)])
        self._elbows.set_sizes((self._point * (4.0 + 7.0 * strength[np.isfinite(elbow)])) ** 2)
        self._elbows.set_facecolor(colours[np.isfinite(elbow)])

    def _kept_near(self, y: Array) -> Array:
        low, high = self._scales.y
        return np.clip(y, low - FAR * (high - low), high + FAR * (high - low))
