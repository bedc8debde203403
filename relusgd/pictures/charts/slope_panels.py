"""The picture of f′: its steps over x, and under them its autocorrelation over the distance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relusgd.model.network import Array, Range
from relusgd.pictures.charts.chart_head import ChartHead
from relusgd.pictures.charts.colour_legend import ColourLegend
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.parts import kept_near
from relusgd.pictures.kit.plain_matplotlib import Axes
from relusgd.pictures.kit.robust_limits import robust_limits
from relusgd.pictures.kit.sheet import Box, LineLook, Sheet
from relusgd.pictures.kit.stack import Stack, settle
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.ticks import Ticks, even_ticks, fitting_ticks
from relusgd.pictures.panels.marks import run_look, x_limits

LOWER_SHARE = 0.36
"""The height of the lower panel, as a share of the picture."""

PEAKS = 0.01
"""The share of x in which f′ may be lower, and that in which it may be higher, than the picture."""

FREE_PAPER = 0.08
"""The room over the correlation 1 and under the least one."""


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
        self.head.take_from(stack)
        self.legend.take_from(stack)
        stack.skip_top(0.3)
        stack.skip_bottom(0.35)
        stack.skip_x_labels()
        self.lower = stack.take_bottom(round(LOWER_SHARE * self.sheet.height))
        stack.skip_bottom(0.6)
        stack.skip_x_labels()
        self.upper = stack.rest()
        self.slope_ticks = even_ticks(*self.slopes, self._most_ticks(self.upper))
        self.correlation_ticks = even_ticks(*self.correlations, self._most_ticks(self.lower))
        return [*self.slope_ticks.labels, *self.correlation_ticks.labels]

    def _most_ticks(self, box: Box) -> int:
        """How many labels an upright axis has room for: one in two lines of text."""
        return max(2, box.height // (2 * self.sheet.scale.line))

    def draw(self) -> None:
        """Draw everything."""
        sheet, x_name = self.sheet, self.picture.x_name
        self.head.draw()
        self.legend.draw()
        self._draw_slopes()
        self._draw_correlations()
        sheet.name_x(self.upper, x_name)
        sheet.name_y(self.upper, "f′")
        sheet.name_x(self.lower, f"distance in {x_name}")
        sheet.name_y(self.lower, "autocorrelation of f′", room=self.lower.height)

    def _draw_slopes(self) -> None:
        """The steps of f′ over x, and a line at 0."""
        axes = self._axes(self.upper, self.domain, self.slopes, self.slope_ticks)
        self._draw_level(axes, 0.0)
        for number, curve in enumerate(self.curves):
            # A step lasts from its edge to the next; the last one needs its height twice.
            steps = np.append(curve.slope, curve.slope[-1])
            axes.plot(
                curve.edges,
                kept_near(steps, self.slopes),
                drawstyle="steps-post",
                **self._look(number),
                zorder=2.5,
            )

    def _draw_correlations(self) -> None:
        """The autocorrelation over the distance, and lines at 0 and at a half."""
        longest = float(self.curves[0].distances[-1])
        ticks = self.correlation_ticks
        axes = self._axes(self.lower, (0.0, longest), self.correlations, ticks)
        for level in (0.0, 0.5):
            self._draw_level(axes, level)
        for number, curve in enumerate(self.curves):
            axes.plot(curve.distances, curve.correlation, **self._look(number), zorder=2.5)

    def _draw_level(self, axes: Axes, level: float) -> None:
        axes.axhline(
            level,
            color=self.sheet.colours.faint,
            linewidth=self.sheet.points(0.9),
            zorder=1.8,
        )

    def _look(self, number: int) -> LineLook:
        """How the lines of a curve look."""
        return {**run_look(self.sheet, number), "linewidth": self.sheet.points(2.0)}

    def _axes(self, box: Box, x: Range, y: Range, y_ticks: Ticks) -> Axes:
        sheet = self.sheet
        x_ticks = fitting_ticks(*x, box.width, sheet.scale.text)
        axes = sheet.axes(box)
        axes.set(xlim=x_limits(x), ylim=y)
        sheet.set_ticks(axes, "x", x_ticks)
        sheet.set_ticks(axes, "y", y_ticks)
        sheet.calm(axes)
        return axes


def _slope_limits(curves: Sequence[SlopeCurve]) -> Range:
    """Around most slopes, by the part of the domain that they hold; a narrow peak may be cut."""
    shown, ranges = [np.zeros(1)], []
    for curve in curves:
        shown.append(_bulk(curve))
        ranges.append([curve.slope.min(), curve.slope.max()])
    return robust_limits(np.concatenate(shown), np.array(ranges), extent=0.3, margin=0.06)


def _bulk(curve: SlopeCurve) -> Array:
    """The two slopes between which f′ is nearly everywhere, shape (2,)."""
    ascending = np.argsort(curve.slope)
    widths = np.diff(curve.edges)[ascending]
    covered = np.cumsum(widths)
    share_below = covered / covered[-1]
    last = len(ascending) - 1
    ends = np.searchsorted(share_below, [PEAKS, 1 - PEAKS]).clip(0, last)
    return np.asarray(curve.slope[ascending[ends]])


def _correlation_limits(curves: Sequence[SlopeCurve]) -> Range:
    """From the least correlation, or 0, to 1, with free paper at both ends."""
    lowest = 0.0
    for curve in curves:
        # All correlations of a straight line are nan.
        with_zero = np.append(curve.correlation, 0.0)
        lowest = min(lowest, float(np.nanmin(with_zero)))
    return lowest - FREE_PAPER, 1 + FREE_PAPER
