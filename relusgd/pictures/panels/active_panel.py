"""The panel of active units: how many there are along x."""

from __future__ import annotations

from relusgd.pictures.kit.parts import moving_steps
from relusgd.pictures.kit.plain_matplotlib import Artist
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.ticks import Ticks
from relusgd.pictures.panels.marks import x_limits
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.view import View


class ActivePanel:
    """How many units are active along x."""

    def __init__(
        self, sheet: Sheet, box: Box, view: View, scales: Scales, x_ticks: Ticks, y_ticks: Ticks
    ) -> None:
        self._view = view
        axes = sheet.axes(box)
        most = sum(view.history.hidden)
        axes.set(xlim=x_limits(scales.x), ylim=(0, 1.12 * most))
        sheet.set_ticks(axes, "x", x_ticks)
        sheet.set_ticks(axes, "y", y_ticks, grid=False)
        self._steps = moving_steps(
            axes,
            0.0,
            (view.low, view.high),
            facecolor=sheet.colours.active,
            edgecolor=sheet.colours.faint,
            linewidth=sheet.points(1.0),
        )
        self.moving: list[Artist] = [self._steps]

    def show(self, index: int) -> None:
        edges, counts = self._view.active(index)
        self._steps.set_data(counts, edges)
