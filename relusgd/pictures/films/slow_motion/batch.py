"""The points of the batch, lit up, and the residuals between them and the function."""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.diagnostics.elbow_step import ElbowStep
from relusgd.model.network import Array
from relusgd.model.points import Dataset
from relusgd.pictures.films.slow_motion.timing import SlowClock
from relusgd.pictures.kit.parts import kept_near, moving_dots
from relusgd.pictures.kit.plain_matplotlib import Artist, Axes, LineCollection
from relusgd.pictures.kit.sheet import MOVING, Sheet
from relusgd.pictures.scenes.view import View

LIT = 9.0
"""The size of a lit point, in pixels."""

FLASH = 6.0
"""By how much a point is larger while it lights up, in pixels."""

HAIRLINE = 1.1
"""The width of a residual, in pixels."""

UNDER_THE_FUNCTION = 0.15
"""The order of residuals within the axes of the function."""

OVER_THE_FUNCTION = 0.35
"""The order of lit points within the axes of the function."""


class LitBatch:
    """The points of a step's batch and their residuals. states: the network on its way."""

    def __init__(
        self,
        sheet: Sheet,
        axes: Axes,
        step: ElbowStep,
        dataset: Dataset,
        states: View,
        clock: SlowClock,
    ) -> None:
        self._clock = clock
        self._states = states
        self._step = step
        self._scaling = dataset.scaling
        self._limits = axes.get_ylim()
        self._point = sheet.points(1.0)
        self._x = dataset.scaling.x_to_original(step.x)
        self._y = kept_near(dataset.scaling.y_to_original(step.y), self._limits)
        colour = sheet.colours.train
        self._residuals: Any = LineCollection(
            [],
            colors=colour,
            linewidths=sheet.points(HAIRLINE),
            zorder=MOVING + UNDER_THE_FUNCTION,
        )
        axes.add_collection(self._residuals, autolim=False)
        edge = {"edgecolors": sheet.colours.paper, "linewidths": sheet.points(0.9)}
        self._points = moving_dots(axes, OVER_THE_FUNCTION, facecolors=colour, **edge)
        self._points.set_offsets(np.column_stack([self._x, self._y]))
        self.moving: list[Artist] = [self._residuals, self._points]

    def show(self, index: int) -> None:
        clock = self._clock
        lit, stays = clock.come("batch", index), clock.stays(index)
        self._points.set_alpha(lit * stays)
        diameter = LIT + FLASH * (1.0 - lit)
        self._points.set_sizes([(self._point * diameter) ** 2])
        self._residuals.set_alpha(stays)
        reached = clock.come("residuals", index)
        self._residuals.set_segments(self._lines(index, reached) if reached else [])

    def _lines(self, index: int, reached: float) -> Array:
        """From every point towards the function, shape (B, 2 ends, 2 coordinates)."""
        state = state_at(self._states, self._clock.moved(index))
        network = self._states.history.network(state)
        f = kept_near(self._scaling.y_to_original(network(self._step.x)), self._limits)
        y = self._y + reached * (f - self._y)
        points, ends = np.column_stack([self._x, self._y]), np.column_stack([self._x, y])
        return np.stack([points, ends], axis=1)


def state_at(states: View, share: float) -> int:
    """The state in which the network is, when this share of its way is behind it."""
    return round(share * (len(states) - 1))
