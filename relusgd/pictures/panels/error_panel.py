"""The panel of errors over time: the past strong, the future pale.

For one run over steps, for several over epochs.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.axis import ErrorAxis, TimeAxis
from relusgd.pictures.kit.band import Band, shade_band, summarise
from relusgd.pictures.kit.parts import moving_line
from relusgd.pictures.kit.plain_matplotlib import Artist, Axes
from relusgd.pictures.kit.sheet import Box, LineLook, Sheet
from relusgd.pictures.kit.ticks import Ticks
from relusgd.pictures.panels.marks import looks_of, run_dash
from relusgd.pictures.scenes.scales import error_axis, errors_of, noise_level, step_axis
from relusgd.pictures.scenes.scene import RunGroup
from relusgd.pictures.scenes.view import View


class ErrorPanel:
    """Errors on logarithmic axes over time, with a line at the moment that is shown.

    moments: every moment in steps or epochs, shape (moments,).
    """

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        time: TimeAxis,
        error: ErrorAxis,
        moments: Integers | Array,
        x_ticks: Ticks,
        y_ticks: Ticks,
    ) -> None:
        self.sheet = sheet
        self.time = time
        self.error = error
        self.columns = box.width
        self.moments = time.place(moments)
        self.axes = sheet.axes(box)
        self.axes.set(xlim=time.limits(), ylim=error.limits)
        sheet.set_ticks(self.axes, "x", x_ticks)
        sheet.set_ticks(self.axes, "y", y_ticks)
        self.curves: list[ErrorCurve] = []
        self._now = moving_line(
            self.axes, 0.0, color=sheet.colours.faint, linewidth=sheet.points(0.9)
        )
        self.moving: list[Artist] = [self._now]

    @classmethod
    def of_run(
        cls, sheet: Sheet, box: Box, view: View, x_ticks: Ticks, y_ticks: Ticks
    ) -> ErrorPanel:
        """Training and test error of one run over the steps."""
        steps = view.history.step
        panel = cls(sheet, box, step_axis(view), error_axis(view), steps, x_ticks, y_ticks)
        panel._draw_level(noise_level(view))
        colours = {"train": sheet.colours.train, "test": sheet.colours.test}
        for name, errors in errors_of(view).items():
            panel.add_course(panel.error.place(errors), colours[name])
        return panel

    def add_course(self, y: Array, colour: str) -> None:
        """A curve through the place y of every moment, shape (moments,)."""
        band = summarise(self.moments, y, self.columns)
        rows = np.arange(len(self.moments))
        order = (len(self.curves) + 1) / 10
        self._add(ErrorCurve(self, band, y, rows, order=order, color=colour))

    @classmethod
    def of_group(
        cls, sheet: Sheet, box: Box, group: RunGroup, x_ticks: Ticks, y_ticks: Ticks
    ) -> ErrorPanel:
        """One error of several runs over the epochs; a line ends, with a mark, with its run."""
        panel = cls(sheet, box, group.time_axis, group.error_axis, group.clock, x_ticks, y_ticks)
        panel._draw_level(group.noise)
        for number, view in enumerate(group.views):
            panel._add_run(group, number, view)
        return panel

    def _add_run(self, group: RunGroup, number: int, view: View) -> None:
        """The curve of a run, and a mark where it ends before the others."""
        x = self.time.place(view.clock)
        y = self.error.place(errors_of(view)[group.error_name])
        band = summarise(x, y, self.columns)
        # One solution, as of ridge regression, is a level for the whole time.
        is_one_solution = view.history.step[-1] <= 1
        end_of_all = self.moments[-1]
        end = float(end_of_all if is_one_solution else x[-1])
        colour = self.sheet.run_colour(number)
        if end < end_of_all:
            self._mark_end(end, y[-1], color=colour)
        # At its end the line is at the last error itself, and not at the median around it.
        middle = np.append(band.middle, y[-1])
        line = Band(np.append(band.x, end), middle, middle, middle)
        curve = ErrorCurve(
            self,
            line,
            y,
            group.rows(view),
            order=number / 20,
            end=end,
            color=colour,
            linestyle=run_dash(number),
        )
        self._add(curve)

    def _add(self, curve: ErrorCurve) -> None:
        self.curves.append(curve)
        self.moving += curve.moving

    def _draw_level(self, level: float | None) -> None:
        """The error of the truth itself, if it is known."""
        if level is not None:
            height = np.log10(level)
            look = looks_of(self.sheet, None)["noise"]
            self.axes.plot(self.time.limits(), [height, height], **look, zorder=2.0)

    def _mark_end(self, x: float, y: float, **look: Any) -> None:
        """A short upright line where a run ends before the others."""
        self.axes.plot(
            [x],
            [y],
            marker="|",
            markersize=self.sheet.points(9),
            markeredgewidth=self.sheet.points(1.4),
            zorder=2.0,
            **look,
        )

    def show(self, index: int) -> None:
        now = float(self.moments[index])
        self._now.set_data([now, now], self.error.limits)
        for curve in self.curves:
            curve.show(now, index)


class ErrorCurve:
    """One error over time; of more snapshots than pixels, the median and range of neighbours.

    y: the place of every snapshot's error; rows: the snapshot that is shown at every moment; end:
    where the line ends.
    """

    def __init__(
        self,
        panel: ErrorPanel,
        band: Band,
        y: Array,
        rows: Integers,
        *,
        order: float,
        end: float = math.inf,
        **look: Any,
    ) -> None:
        sheet, axes = panel.sheet, panel.axes
        self._band = band
        self._y = y
        self._rows = rows
        self._end = end
        self._draw_future(sheet, axes, 1.8 + order, look)
        self.past = moving_line(
            axes,
            order,
            linewidth=sheet.points(2.0),
            solid_joinstyle="round",
            **look,
        )
        self.dot = moving_line(
            axes,
            order + 0.5,
            color=look["color"],
            marker="o",
            markersize=sheet.points(7),
            markeredgecolor=sheet.colours.paper,
            markeredgewidth=sheet.points(0.9),
        )
        self.moving: list[Artist] = [self.past, self.dot]

    def _draw_future(self, sheet: Sheet, axes: Axes, order: float, look: LineLook) -> None:
        """The whole curve, pale, and the range of neighbours where there are more than pixels."""
        band = self._band
        axes.plot(
            band.x,
            band.middle,
            **look,
            linewidth=sheet.points(1.1),
            alpha=sheet.least_opacity(look["color"]),
            zorder=order,
        )
        shade_band(axes, band, look["color"], alpha=0.13, order=1.7)

    def show(self, now: float, index: int) -> None:
        end = min(now, self._end)
        self.past.set_data(*self._band.until(end))
        row = self._rows[index]
        self.dot.set_data([end], [self._y[row]])
