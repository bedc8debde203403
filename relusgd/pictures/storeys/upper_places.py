"""Where the upper storey is free for a word, at the moments at which the word stands."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.panels.marks import original, relative, x_limits
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.free_places import FreePlaces
from relusgd.pictures.storeys.upper import BARS_SHARE

DOT_RADIUS = 5.0
"""How far around the middle of a point nothing is written, in pixels."""

NOTE_LINES = 4.5
"""The height that is kept for a note on a function outside the picture, in heights of a letter."""

NOTE_SHARE = 0.75
"""The width that is kept for it, as a share of the storey."""


class UpperPlaces(FreePlaces):
    """The places of the upper storey of a run. letter: the height of a word's letters in pixels."""

    def __init__(self, sheet: Sheet, box: Box, view: View, scales: Scales, letter: float) -> None:
        super().__init__(box, cell=max(2.0, letter / 4))
        self._sheet = sheet
        self._view = view
        self._scales = scales
        self._letter = letter

    def pixel(self, x: Array, y: Array) -> tuple[Array, Array]:
        """Pixels of places in the upper storey."""
        (left, right), (low, high) = x_limits(self._scales.x), self._scales.y
        across = (np.asarray(x) - left) / (right - left)
        up = (np.asarray(y) - low) / (high - low)
        return self._box.left + across * self._box.width, self._box.bottom + up * self._box.height

    def enter_what_stays(self, corner: Box | None) -> None:
        """Enter points, truth, the room of bars and notes, and the corner where errors stand."""
        view, dataset = self._view, self._view.dataset
        points = [original(view, dataset.x_train, dataset.y_train)]
        if view.shows_test_points:
            points.append(original(view, dataset.x_test, dataset.y_test))
        radius = self._sheet.scale.thick * DOT_RADIUS
        for x, y in points:
            px, py = self.pixel(x, y)
            for shift in (-radius, 0.0, radius):
                self.enter(px + shift, py)
                self.enter(px, py + shift)
        if view.truth is not None:
            self.enter_line(*self.pixel(*view.truth))
        if self.has_bars:
            box = self._box
            self.enter_box(box.left, box.bottom, box.width, self.bars_top - box.bottom)
        if corner:
            self.enter_box(corner.left, corner.bottom, corner.width, corner.height)
        if view.departure < len(view):
            self._enter_notes(corner.bottom if corner else self._box.top)

    def _enter_notes(self, top: float) -> None:
        """Where it is said that the function is above or below the picture, and where it was."""
        box, height = self._box, NOTE_LINES * self._letter
        left, width = box.left + (1 - NOTE_SHARE) / 2 * box.width, NOTE_SHARE * box.width
        for bottom in (box.bottom, top - height):
            self.enter_box(left, bottom, width, height)

    def enter_references(self, *rows: int) -> None:
        """Enter the references as they are at these snapshots."""
        for reference in self._view.references:
            for row in rows:
                self.enter_line(*self.pixel(reference.x, reference.at(row)))

    def enter_functions(self, *rows: int) -> None:
        """Enter the learned functions of these snapshots, and their stems."""
        for row in rows:
            self._enter_function(row)

    def _enter_function(self, row: int) -> None:
        curve = self._view.curve(row)
        finite = np.isfinite(curve.y)
        if not finite.all():
            return
        x, y = self.pixel(curve.x, curve.y)
        for shift in (-3.0, 0.0, 3.0):
            self.enter_line(x, y + shift)
        if not self._view.marks_kinks or "units" not in self._sheet.look.show:
            return
        bends = relative(curve.kink, self._scales.kink) > 0.15
        for place, height in zip(x[1:-1][bends], y[1:-1][bends], strict=True):
            # A function of a run that diverges may be far below the picture.
            top = max(min(height, self._box.top), self._box.bottom)
            stem = np.arange(self._box.bottom, top, self._letter / 4)
            self.enter(np.full(len(stem), place), stem)

    @property
    def has_bars(self) -> bool:
        """Whether bars stand at the foot of the storey."""
        return self._view.has_bars and "units" in self._sheet.look.show

    @property
    def bars_top(self) -> float:
        """The upper end of two full bars, one on the other, in pixels."""
        return self._box.bottom + 2 * BARS_SHARE * self._box.height
