"""From every breakpoint of the function a stem down to its path: cause and effect in one glance."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array, Integers
from relusgd.pictures.kit.moving_lines import MovingLines
from relusgd.pictures.kit.parts import moving_dots
from relusgd.pictures.kit.plain_matplotlib import Artist
from relusgd.pictures.kit.sheet import MOVING, Box, Sheet
from relusgd.pictures.panels.marks import x_limits
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.storeys.bare_axes import STEMS, bare_axes
from relusgd.pictures.storeys.upper import MarkedBends

THINNEST = 0.8
"""The width of the weakest stem, in pixels."""

THICKER = 3.2
"""By how much the strongest stem is wider, in pixels."""

HAIRLINE = 0.7
"""The width of a stem's continuation over the paths, in pixels."""

HAIRLINE_OPACITY = 0.35
"""Of this continuation: the path under it stays to be seen."""

HEAD = 3.0
"""The size of the weakest head of a path, in pixels."""

LARGER = 4.0
"""By how much the strongest head is larger, in pixels."""


def stem_widths(amount: Array) -> Array:
    """The widths of stems in pixels of a picture 1000 wide, by their strength from 0 to 1."""
    return THINNEST + THICKER * amount


class Stems:
    """Lines from the breakpoints to the lower storey, hairlines on to now, and the paths' heads.

    rows: how many rows of pixels of the lower storey lie before each moment; without a lower
    storey the stems end at the foot of the upper one.
    """

    def __init__(
        self,
        sheet: Sheet,
        upper: Box,
        lower: Box | None,
        scales: Scales,
        rows: Integers,
    ) -> None:
        lowest = lower or upper
        self._upper_limits = scales.y
        self._point = sheet.points(1.0)
        self._rows = rows
        # Heights in pixels over the foot of the lowest storey.
        self._upper_bottom = upper.bottom - lowest.bottom
        self._upper_height = upper.height
        self._floor = lowest.height if lower else 0
        height = upper.top - lowest.bottom
        whole = Box(lowest.left, lowest.bottom, lowest.width, height)
        axes = bare_axes(sheet, whole, x_limits(scales.x), (0, height), order=STEMS)
        # Both kinds of lines in one collection, hairlines first: two take longer to draw.
        self._stems = MovingLines(axes, MOVING, capstyle="butt")
        self._hairline = sheet.points(HAIRLINE)
        paper = sheet.colours.paper
        self._heads = moving_dots(axes, 0.2, edgecolors=paper, linewidths=sheet.points(0.8))
        self.moving: list[Artist] = [self._stems]
        if lower:
            self.moving.append(self._heads)

    def show(self, index: int, found: MarkedBends) -> None:
        """Stand under these breakpoints at a moment."""
        low, high = self._upper_limits
        share = np.clip((found.y - low) / (high - low), 0.0, 1.0)
        top = self._upper_bottom + share * self._upper_height
        floor = np.full(len(found.x), float(self._floor))
        stems = upright(found.x, floor, top)
        widths = self._point * stem_widths(found.amount)
        if not self._floor:
            self._stems.show(stems, widths, found.colours)
            return
        now = floor - self._rows[index]
        hairlines = upright(found.x, now, floor)
        faint = found.colours.copy()
        faint[:, 3] = HAIRLINE_OPACITY
        self._stems.show(
            np.concatenate([hairlines, stems]),
            np.concatenate([np.full(len(widths), self._hairline), widths]),
            np.concatenate([faint, found.colours]),
        )
        self._show_heads(found, now)

    def _show_heads(self, found: MarkedBends, now: Array) -> None:
        """A dot at the end of every path. now: the height in pixels of the moment that is shown."""
        size = self._point * (HEAD + LARGER * found.amount)
        self._heads.set_offsets(np.column_stack([found.x, now]))
        # Matplotlib takes the square of the size.
        self._heads.set_sizes(size**2)
        self._heads.set_facecolor(found.colours)


def upright(x: Array, low: Array, high: Array) -> Array:
    """Upright lines at x from low to high, shape (n, 2 ends, 2 coordinates)."""
    feet, tops = np.column_stack([x, low]), np.column_stack([x, high])
    return np.stack([feet, tops], axis=1)
