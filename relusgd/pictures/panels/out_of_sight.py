"""What a panel shows while the learned function is nowhere in it: where it is, and the way it
went."""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.model.network import Array, Range
from relusgd.pictures.kit.fonts import font
from relusgd.pictures.kit.number_text import error_text
from relusgd.pictures.kit.parts import kept_near
from relusgd.pictures.kit.plain_matplotlib import Artist, Axes, LineCollection
from relusgd.pictures.kit.sheet import MOVING, Sheet
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.panels.marks import pale
from relusgd.pictures.scenes.view import View
from relusgd.words import and_list

NOTE_WIDTH = 0.9
"""The widest line of the note that says where the function is, as a share of the panel."""

HIGHEST = 0.96
"""Where the note begins at the top of a panel, as a share of its height."""

LOWEST = 0.04
"""Where the note ends at the foot of a panel, as a share of its height."""


class OutOfSight:
    """A note that says where the function is, and, when it has left for good, its last places.

    limits: of y; colour: of the learned function. highest: where the note may begin, as a share of
    the panel's height.
    """

    def __init__(
        self,
        sheet: Sheet,
        axes: Axes,
        view: View,
        limits: Range,
        colour: str,
        highest: float = HIGHEST,
    ) -> None:
        self._sheet = sheet
        self._axes = axes
        self._view = view
        self._limits = limits
        self._highest = highest
        self._trail_words = ""
        self.trail: Any = LineCollection(
            [],
            zorder=MOVING + 0.15,
            linewidths=sheet.points(1.3),
            visible=False,
            **pale(sheet, colour),
        )
        axes.add_collection(self.trail, autolim=False)
        ground = {
            "facecolor": sheet.colours.paper,
            "edgecolor": "none",
            "alpha": 0.85,
            "pad": sheet.points(3),
        }
        self.note = axes.text(
            0.5,
            0.5,
            "",
            transform=axes.transAxes,
            zorder=MOVING + 0.5,
            ha="center",
            fontproperties=font(sheet.scale.text),
            color=colour,
            bbox=ground,
        )
        self.moving: list[Artist] = [self.trail, self.note]

    def show(self, index: int, y: Array) -> None:
        """y: heights of the learned function at a snapshot."""
        self._show_trail(index)
        self._note_where(y)

    def _note_where(self, y: Array) -> None:
        """Say where the function is if no point of it is in the picture."""
        low, high = self._limits
        finite = y[np.isfinite(y)]
        words = ""
        is_at_top = True
        if not len(finite):
            words = "the learned function is not finite"
            is_at_top = False
        elif np.all(finite > high):
            words = f"↑ the learned function, around {_median_text(finite)}"
        elif np.all(finite < low):
            words = f"↓ the learned function, around {_median_text(finite)}"
            is_at_top = False
        words = self._broken_if_wide(words)
        self.note.set_text(f"{words}{self._trail_words}" if words else "")
        if is_at_top:
            self.note.set(y=self._highest, va="top")
        else:
            self.note.set(y=LOWEST, va="bottom")

    def _broken_if_wide(self, words: str) -> str:
        """The words of the note, on two lines where the panel is too narrow for one."""
        room = NOTE_WIDTH * self._axes.bbox.width
        if text_width(words, self._sheet.scale.text) <= room:
            return words
        return words.replace(", around", "\naround")

    def _show_trail(self, index: int) -> None:
        """When the function has left the picture for good, show where it was before."""
        view = self._view
        has_left = index >= view.departure
        shows_trail = has_left and len(view.trail) > 0
        self.trail.set_visible(shows_trail)
        self._trail_words = ""
        if not shows_trail:
            return
        curves = [view.curve(row) for row in view.trail]
        lines = [np.column_stack([curve.x, kept_near(curve.y, self._limits)]) for curve in curves]
        self.trail.set_segments(lines)
        steps = [f"{step:,}" for step in view.history.step[list(view.trail)]]
        noun = "steps" if len(steps) > 1 else "step"
        self._trail_words = f"\nthin: at {noun} {and_list(steps)}"


def _median_text(heights: Array) -> str:
    """About where a function is, as a number."""
    return error_text(float(np.median(heights)))
