"""Where the upper storey is free for a word, at the moments at which the word stands."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.panels.marks import original, relative, x_limits
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.free_places import FreePlaces
from relusgd.pictures.storeys.stems import stem_widths
from relusgd.pictures.storeys.upper import BARS_SHARE

DOT_RADIUS = 5.0
"""How far around the middle of a point nothing is written, in pixels."""

NOTE_LINES = 4.5
"""The height that is kept for a note on a function outside the picture, in heights of a letter."""

NOTE_SHARE = 0.75
"""The width that is kept for it, as a share of the storey."""

LINE_SHIFTS = (-3.0, 0.0, 3.0)
"""The learned function is entered at these heights around its middle, in pixels: its line is
wide."""

FAINTEST_STEM = 0.15
"""Words may cross the stems of weaker bends, which are thin; as a share of the strongest bend."""


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
        left, right = x_limits(self._scales.x)
        low, high = self._scales.y
        box = self._box
        across = (np.asarray(x) - left) / (right - left)
        up = (np.asarray(y) - low) / (high - low)
        return box.left + across * box.width, box.bottom + up * box.height

    def enter_what_stays(self, corner: Box | None) -> None:
        """Enter points, truth, the room of bars and notes, and the corner where errors stand."""
        view, box = self._view, self._box
        dataset = view.dataset
        self._enter_points(*original(view, dataset.x_train, dataset.y_train))
        if view.shows_test_points:
            self._enter_points(*original(view, dataset.x_test, dataset.y_test))
        if view.truth is not None:
            self.enter_line(*self.pixel(*view.truth))
        if self.has_bars:
            height_of_bars = self.bars_top - box.bottom
            self.enter_box(box.left, box.bottom, box.width, height_of_bars)
        if corner:
            self.enter_box(corner.left, corner.bottom, corner.width, corner.height)
        if view.departure < len(view):
            top = corner.bottom if corner else box.top
            self._enter_notes(top)

    def _enter_points(self, x: Array, y: Array) -> None:
        """Enter points of the data: the middle and four places around it."""
        radius = self._sheet.scale.thick * DOT_RADIUS
        px, py = self.pixel(x, y)
        for shift in (-radius, 0.0, radius):
            self.enter(px + shift, py)
            self.enter(px, py + shift)

    def _enter_notes(self, top: float) -> None:
        """Where it is said that the function is above or below the picture, and where it was."""
        box = self._box
        height = NOTE_LINES * self._letter
        width = NOTE_SHARE * box.width
        left = box.left + (1 - NOTE_SHARE) / 2 * box.width
        for bottom in (box.bottom, top - height):
            self.enter_box(left, bottom, width, height)

    def enter_references(self, *rows: int) -> None:
        """Enter the references as they are at these snapshots."""
        for reference in self._view.references:
            for row in rows:
                x, y = self.pixel(reference.x, reference.at(row))
                self.enter_line(x, y)

    def enter_functions(self, *rows: int) -> None:
        """Enter the learned functions of these snapshots, and their stems."""
        for row in rows:
            self._enter_function(row)

    def _enter_function(self, row: int) -> None:
        """Enter the learned function of a snapshot, and a stem under each of its bends."""
        curve = self._view.curve(row)
        if not np.isfinite(curve.y).all():
            return
        x, y = self.pixel(curve.x, curve.y)
        for shift in LINE_SHIFTS:
            self.enter_line(x, y + shift)
        if not self._view.marks_kinks or "units" not in self._sheet.look.show:
            return
        strength = relative(curve.kink, self._scales.kink)
        has_stem = strength > FAINTEST_STEM
        widths = self._sheet.scale.thick * stem_widths(strength)
        # A curve bends at all its points but the ends.
        stems = np.column_stack([x[1:-1], y[1:-1], widths])
        for place, top, width in stems[has_stem]:
            self._enter_stem(place, top, width)

    def _enter_stem(self, x: float, top: float, width: float) -> None:
        """Enter an upright line from the foot of the storey to a bend."""
        # A function of a run that diverges may be far below the picture.
        inside = max(min(top, self._box.top), self._box.bottom)
        up = np.arange(self._box.bottom, inside, self._letter / 4)
        for side in (-width / 2, width / 2):
            self.enter(np.full(len(up), x + side), up)

    @property
    def has_bars(self) -> bool:
        """Whether bars stand at the foot of the storey."""
        return self._view.has_bars and "units" in self._sheet.look.show

    @property
    def bars_top(self) -> float:
        """The upper end of two full bars, one on the other, in pixels."""
        return self._box.bottom + 2 * BARS_SHARE * self._box.height
