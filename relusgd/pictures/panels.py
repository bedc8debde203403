"""What the parts of a picture have in common, and the strip of active units. A part draws once what never changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.lines import Line2D
from matplotlib.patches import StepPatch
from numpy.typing import NDArray

from relusgd.model.network import Array
from relusgd.pictures.axis import Ticks
from relusgd.pictures.layout import Box
from relusgd.pictures.marks import x_limits
from relusgd.pictures.scales import Scales
from relusgd.pictures.sheet import MOVING, Sheet
from relusgd.pictures.view import View


class Part(Protocol):
    """Something in a picture that changes from snapshot to snapshot. moving: what is drawn anew, in the order of drawing."""

    moving: list[Artist]

    def show(self, index: int) -> None:
        """Take the state of this snapshot; draws nothing."""


class AtRows:
    """A part of one of several runs: at each moment it shows the row given for it, shape (moments,)."""

    def __init__(self, part: Part, rows: NDArray[np.int64]) -> None:
        self._part, self._rows = part, rows
        self.moving = part.moving

    def show(self, index: int) -> None:
        self._part.show(int(self._rows[index]))


def moving_line(axes: Axes, order: float, **look: Any) -> Line2D:
    line = Line2D([], [], zorder=MOVING + order, **look)
    axes.add_line(line)
    return line


def moving_dots(axes: Axes, order: float, **look: Any) -> Any:
    """Round markers whose places, sizes and colours change; matplotlib's types know no arrays of colours."""
    return axes.scatter([], [], marker="o", zorder=MOVING + order, **look)


def moving_steps(axes: Axes, order: float, places: Sequence[float], **look: Any) -> StepPatch:
    """A stepped area whose heights change, between the first and the last of these places."""
    steps = StepPatch([0], [places[0], places[-1]], fill=True, zorder=MOVING + order, **look)
    axes.add_patch(steps)
    return steps


class ActivePanel:
    """How many units are active along x."""

    def __init__(
        self, sheet: Sheet, box: Box, view: View, scales: Scales, ticks: tuple[Ticks, Ticks]
    ) -> None:
        self._view = view
        axes = sheet.axes(box)
        most = sum(view.history.hidden)
        axes.set(xlim=x_limits(scales.x), ylim=(0, 1.12 * most))
        sheet.set_ticks(axes, "x", ticks[0])
        sheet.set_ticks(axes, "y", ticks[1], grid=False)
        look: dict[str, Any] = {
            "facecolor": sheet.colours.active,
            "edgecolor": sheet.colours.faint,
            "linewidth": sheet.points(1.0),
        }
        self._steps = moving_steps(axes, 0.0, (view.low, view.high), **look)
        self.moving: list[Artist] = [self._steps]

    def show(self, index: int) -> None:
        edges, counts = self._view.active(index)
        self._steps.set_data(counts, edges)


def relative(strength: Array, full: float) -> Array:
    """Strengths between 0 and 1; square roots, so that the weaker half can be told apart."""
    with np.errstate(all="ignore"):
        return np.sqrt(np.clip(np.nan_to_num(strength / full, nan=0.0, posinf=1.0), 0.0, 1.0))


def sign_colours(sheet: Sheet, sign: Array) -> Array:
    """Colours (n, 4) for output weights below, at and above 0, or without one sign."""
    table = np.array(
        [
            to_rgba(colour)
            for colour in (sheet.colours.negative, sheet.colours.neutral, sheet.colours.positive)
        ]
    )
    return np.asarray(table[np.sign(sign).astype(int) + 1])


def with_alpha(colours: Array, alpha: Array) -> Array:
    return np.column_stack([colours[:, :3], alpha])
