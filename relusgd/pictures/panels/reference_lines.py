"""The lines of references in a panel of the learned function: what it is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from relusgd.model.network import Array, Range
from relusgd.pictures.kit.parts import kept_near, moving_line
from relusgd.pictures.kit.plain_matplotlib import Artist, Axes, Line2D
from relusgd.pictures.kit.sheet import LineLook, Sheet
from relusgd.pictures.scenes.reference_curve import ReferenceCurve

WIDTH = 2.0
"""The width of a reference's line; the learned function has 3.4."""

DASHES: dict[str, Any] = {
    "line": (0, (7, 1.6, 1.2, 1.6)),
    "spline": (0, (1.2, 1.2)),
    "cubic": (0, (3.2, 1.2)),
    "linearized": "-",
    "kernel": (0, (6, 1.4)),
}
"""How each is dashed: of the colours alone, not all people can tell five apart."""


def reference_look(sheet: Sheet, name: str) -> LineLook:
    """How the line of a reference is drawn, in panels and in the legend."""
    return {
        "color": sheet.colours.references[list(DASHES).index(name)],
        "linewidth": sheet.points(WIDTH),
        "linestyle": DASHES[name],
    }


class ReferenceLines:
    """The lines in one panel. moving: those that are others at every snapshot.

    y_limits: of the panel; order: where the moving lines are drawn among what moves; ground: the
    axes of what never changes, where these are others.
    """

    def __init__(
        self,
        sheet: Sheet,
        axes: Axes,
        references: Sequence[ReferenceCurve],
        y_limits: Range,
        order: float = 0.12,
        ground: Axes | None = None,
    ) -> None:
        self._y_limits = y_limits
        self._moving: list[ReferenceCurve] = []
        self._lines: list[Line2D] = []
        axes_of_still_lines = ground or axes
        for reference in references:
            look = reference_look(sheet, reference.name)
            if reference.moves:
                self._moving.append(reference)
                self._lines.append(moving_line(axes, order, **look))
            else:
                y = self._kept_near(reference.at(0))
                axes_of_still_lines.plot(reference.x, y, **look, zorder=2.25)
        self.moving: list[Artist] = [*self._lines]

    def show(self, index: int) -> None:
        """Take the state of this snapshot; draws nothing."""
        for line, reference in zip(self._lines, self._moving, strict=True):
            y = self._kept_near(reference.at(index))
            line.set_data(reference.x, y)

    def _kept_near(self, y: Array) -> Array:
        return kept_near(y, self._y_limits)
