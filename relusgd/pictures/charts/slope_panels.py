"""The picture of f′: its steps over x, and under them its autocorrelation over the distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.charts.chart_head import ChartHead
from relusgd.pictures.charts.colour_legend import ColourLegend
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.parts import kept_near
from relusgd.pictures.kit.plain_matplotlib import Axes
from relusgd.pictures.kit.robust_limits import robust_limits
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.stack import Stack, settle
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.ticks import Ticks, even_ticks, fitting_ticks
from relusgd.pictures.panels.marks import run_look, x_limits

LOWER_SHARE = 0.36
"""The height of the lower panel, as a share of the picture."""


@dataclass(frozen=True, eq=False)
class SlopeCurve:
    """f′ of one network, in the units of the data.

    edges: shape (m + 1,), slope: shape (m,), between them. distances, correlation: shape (k,).
    """

    name: str
    edges: Array
    slope: Array
    distances: Array
    correlation: Array


@dataclass(frozen=True, eq=False)
class SlopePicture:
    """A title, a note beside it, and curves in the colours of runs."""

    title: str
    note: str
    curves: Sequence[SlopeCurve]
    x_name: str = "x"


def save_slopes(picture: SlopePicture, path: Path, look: Look | None = None) -> None:
    """Write the picture as .png, .svg or .pdf. Raises as `write_figure` does."""
    write_figure(draw_sheet(lambda sheet: SlopeBuilder(sheet, picture).draw(), look), path)


class SlopeBuilder:
    """The picture while it is put together."""

    def __init__(self, sheet: Sheet, picture: SlopePicture) -> None:
        self.sheet = sheet
        self.picture = picture
        self.curves = picture.curves
        self.head = ChartHead(sheet, sheet.look.title or picture.title, picture.note)
        names = [curve.name for curve in self.curves]
        self.legend = ColourLegend(sheet, "", names, self.head.left, self.head.room)
        first = self.curves[0]
        self.domain = float(first.edges[0]), float(first.edges[-1])
        self.slopes = _slope_limits(self.curves)
        self.correlations = _correlation_limits(self.curves)
        settle(sheet, self._lay_out)

    def _lay_out(self, stack: Stack) -> list[str]:
        """Head and legend, f′ over x, and the autocorrelation at the bottom."""
        sheet, line = self.sheet, self.sheet.scale.line
        self.head.take_from(stack)
        self.legend.take_from(stack)
        stack.skip_top(0.3)
        stack.skip_bottom(0.35)
        stack.skip_x_labels()
        self.lower = stack.take_bottom(round(LOWER_SHARE * sheet.height))
        stack.skip_bottom(0.6)
        stack.skip_x_labels()
        self.upper = stack.rest()
        self.slope_ticks = even_ticks(*self.slopes, max(2, self.upper.height // (2 * line)))
        most = max(2, self.lower.height // (2 * line))
        self.correlation_ticks = even_ticks(*self.correlations, most)
        return [*self.slope_ticks.labels, *self.correlation_ticks.labels]

    def draw(self) -> None:
        sheet = self.sheet
        self.head.draw()
        self.legend.draw()
        upper = self._axes(self.upper, self.domain, self.slopes, self.slope_ticks)
        longest = float(self.curves[0].distances[-1])
        lower = self._axes(self.lower, (0.0, longest), self.correlations, self.correlation_ticks)
        faint: dict[str, Any] = {
            "color": sheet.colours.faint,
            "linewidth": sheet.points(0.9),
            "zorder": 1.8,
        }
        upper.axhline(0.0, **faint)
        for level in (0.0, 0.5):
            lower.axhline(level, **faint)
        for number, curve in enumerate(self.curves):
            look = run_look(sheet, number) | {"linewidth": sheet.points(2.0)}
            heights = kept_near(np.append(curve.slope, curve.slope[-1]), self.slopes)
            upper.plot(curve.edges, heights, drawstyle="steps-post", **look, zorder=2.5)
            lower.plot(curve.distances, curve.correlation, **look, zorder=2.5)
        sheet.name_x(self.upper, self.picture.x_name)
        sheet.name_y(self.upper, "f′")
        sheet.name_x(self.lower, f"distance in {self.picture.x_name}")
        sheet.name_y(self.lower, "autocorrelation of f′", room=self.lower.height)

    def _axes(
        self, box: Box, x: tuple[float, float], y: tuple[float, float], y_ticks: Ticks
    ) -> Axes:
        axes = self.sheet.axes(box)
        axes.set(xlim=x_limits(x), ylim=y)
        self.sheet.set_ticks(axes, "x", fitting_ticks(*x, box.width, self.sheet.scale.text))
        self.sheet.set_ticks(axes, "y", y_ticks)
        self.sheet.calm(axes)
        return axes


def _slope_limits(curves: Sequence[SlopeCurve]) -> tuple[float, float]:
    """Around most slopes, by the part of the domain that they hold; a narrow peak may be cut."""
    inner = []
    for curve in curves:
        order = np.argsort(curve.slope)
        share = np.cumsum(np.diff(curve.edges)[order])
        places = np.searchsorted(share / share[-1], [0.01, 0.99]).clip(0, len(order) - 1)
        inner.append(curve.slope[order][places])
    every = np.array([[curve.slope.min(), curve.slope.max()] for curve in curves])
    return robust_limits(np.concatenate([*inner, [0.0]]), every, extent=0.3, margin=0.06)


def _correlation_limits(curves: Sequence[SlopeCurve]) -> tuple[float, float]:
    lowest = min(float(np.nanmin(np.append(curve.correlation, 0.0))) for curve in curves)
    return min(lowest, 0.0) - 0.08, 1.08
