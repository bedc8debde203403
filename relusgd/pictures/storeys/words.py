"""Words beside the things that they name, in the first seconds of a film; they stand in place of a
legend."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from relusgd.model.network import Integers
from relusgd.pictures.kit.changing_number import NUMBERS
from relusgd.pictures.kit.pasted_text import PastedText
from relusgd.pictures.kit.plain_matplotlib import Artist, Text
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.moments.script import Script
from relusgd.pictures.panels.marks import original, relative
from relusgd.pictures.panels.reference_lines import reference_look
from relusgd.pictures.scenes.reference_curve import ReferenceCurve
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.snapshot_shapes import LearnedCurve
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.empty_storey import say_that_it_is_empty
from relusgd.pictures.storeys.path_names import (
    has_elbows_inside,
    names_of_bends,
    names_of_layers,
    names_of_paths,
)
from relusgd.pictures.storeys.upper_places import UpperPlaces
from relusgd.pictures.storeys.word_writer import Place, WordWriter

FUNCTION = "learned function"

UNTIL = 3.5
"""The seconds of a film until which the words stand."""

GONE = 4.5
"""The seconds of a film after which the words are gone."""

SHARE = 0.35
"""The part of a short film at most for which words stand."""

LETTERS = 1.0
"""The height of the words, in heights of a letter."""

MOST_CROWDED_FUNCTION = 0.1
"""The name of the learned function may cross a few stems, rather than be missing: the share of
drawn cells on which it may stand."""

CURVES = 16
"""Functions of the first seconds that a word keeps clear of."""

FAINTEST_NAMED = 0.1
"""Weaker bends, as a share of the strongest, have no words beside them."""

PATHS_LINE = 1.55
"""The height of a line of words in the lower storey, in heights of their letters."""


class Words:
    """What the storeys show, in the colours of the things.

    corner: of the upper storey, where the errors stand. rows: of pixels of the lower storey before
    each snapshot. others: snapshots whose functions are in the picture, too.

    unnamed: the references beside whose lines there is no room for their names.
    """

    def __init__(
        self,
        sheet: Sheet,
        upper: Box,
        lower: Box | None,
        corner: Box | None,
        view: View,
        scales: Scales,
        script: Script,
        rows: Integers,
        others: Sequence[int] = (),
    ) -> None:
        self._sheet = sheet
        self._others = list(others)
        self._box = upper
        self._view = view
        self._scales = scales
        self._script = script
        self._pixels = LETTERS * sheet.scale.text
        self._first = int(script.rows[0])
        self._corner = corner
        self._free = self._places_clear_of(self._early_rows())
        self._writer = WordWriter(sheet, upper, self._free, self._pixels)
        self._of_function: list[PastedText | Text] = []
        self._function_comes = len(view)
        self.unnamed: list[ReferenceCurve] = []
        self._name_all()
        if lower is not None and not has_elbows_inside(view):
            # Lines at the moments of a story may cross the place.
            order = NUMBERS if self._others else None
            say_that_it_is_empty(sheet, lower, self._pixels, zorder=order)
        else:
            named = lower is not None and self._is_film and self._name_paths(lower, rows)
            # The density of a deep network has one colour, and its rings have several.
            if not named or (view.deep and view.wide):
                self._name_bends()
        self.moving: list[Artist] = [*self._writer.fading]

    @property
    def _is_film(self) -> bool:
        return len(self._script.rows) > 1

    @property
    def _pace(self) -> float:
        """By how much sooner words are gone in a short film."""
        if not self._is_film:
            return 1.0
        seconds = len(self._script.rows) / self._script.fps
        return min(1.0, SHARE * seconds / GONE)

    def _early_rows(self) -> list[int]:
        """A few snapshots of the seconds in which the words stand."""
        frames = math.ceil(GONE * self._pace * self._script.fps)
        early = self._script.rows[: max(1, frames)]
        return _some_of(early)

    def _places_clear_of(self, rows: Sequence[int]) -> UpperPlaces:
        """The places in which nothing is drawn while the functions of these snapshots are shown."""
        free = UpperPlaces(self._sheet, self._box, self._view, self._scales, self._pixels)
        free.enter_what_stays(self._corner)
        free.enter_references(self._first)
        free.enter_functions(*rows, *self._others, *self._view.trail)
        return free

    # What is named

    def _name_all(self) -> None:
        """Name the function, the points, the truth and the references."""
        colours, view, writer = self._sheet.colours, self._view, self._writer
        if view.is_in_sight(self._first):
            self._name_function()
        trained = original(view, view.dataset.x_train, view.dataset.y_train)
        tested = None
        if view.shows_test_points:
            tested = original(view, view.dataset.x_test, view.dataset.y_test)
        writer.name_points("training points", trained, tested, colours.faint)
        if tested is not None:
            writer.name_points("test points", tested, trained, colours.faint)
        if view.truth is not None:
            writer.name_line("true function", *view.truth, colours.ink)
        if view.references:
            # Their names stay, and keep clear of what moves later on.
            rows = _some_of(self._script.rows)
            self._free.enter_references(*rows)
            self._free.enter_functions(*rows)
        for reference in view.references:
            self._name_reference(reference)

    def _name_function(self) -> None:
        """Name the learned function where it does not come while its name stands, else for as long
        as there is such a place."""
        curve = self._view.curve(self._first)
        anchors = [*self._writer.along(curve.x, curve.y)]
        crowded = MOST_CROWDED_FUNCTION
        place = self._writer.place_beside(FUNCTION, anchors, most_crowded=crowded)
        if place is None:
            place = self._place_for_a_while(anchors)
        if place is not None:
            self._writer.write(FUNCTION, place, self._sheet.colours.learned)
            self._of_function = [*self._writer.fading]

    def _place_for_a_while(self, anchors: Sequence[Place]) -> Place | None:
        """A place beside a function that moves far, and from when on it is there."""
        early = self._early_rows()
        count = len(early) // 2
        while count:
            free = self._places_clear_of(early[:count])
            writer = WordWriter(self._sheet, self._box, free, self._pixels)
            place = writer.place_beside(FUNCTION, anchors)
            if place is not None:
                self._function_comes = early[count]
                self._writer.take(FUNCTION, place)
                return place
            count //= 2
        return None

    def _name_reference(self, reference: ReferenceCurve) -> None:
        """Write the name of a reference beside its line, or keep in mind that it has no place."""
        colour = reference_look(self._sheet, reference.name)["color"]
        anchors = self._writer.along(reference.x, reference.at(self._first))
        place = self._writer.place_beside(reference.title, anchors)
        if place is None:
            self.unnamed.append(reference)
        else:
            self._writer.write(reference.title, place, colour, stays=True)

    def _name_bends(self) -> None:
        """Name the kinds of bends, up and down or by layer; in a still beside the strongest."""
        view = self._view
        if self._free.has_bars:
            self._name_bars()
        if not view.marks_kinks or "units" not in self._sheet.look.show:
            return
        if view.deep:
            self._writer.write_row(names_of_layers(view, self._sheet.colours))
            return
        if self._is_film:
            # A ring would leave its words, and another one come there.
            self._writer.write_row(names_of_bends(view, self._sheet.colours))
            return
        curve = view.curve(self._first)
        if np.isfinite(curve.y).all():
            self._name_bends_of(curve)

    def _name_bends_of(self, curve: LearnedCurve) -> None:
        """Name a bend up and one down of a function; in a row where one of them has no room."""
        colours = self._sheet.colours
        strength = relative(curve.kink, self._scales.kink)
        x, y = self._free.pixel(curve.x[1:-1], curve.y[1:-1])
        kinds = [
            (curve.sign > 0, "bends up", colours.positive),
            (curve.sign < 0, "bends down", colours.negative),
        ]
        named, places = [], []
        for is_kind, words, colour in kinds:
            of_kind = np.flatnonzero(is_kind & (strength > FAINTEST_NAMED))
            if not len(of_kind):
                continue
            strong_first = of_kind[np.argsort(-strength[of_kind])]
            anchors = zip(x[strong_first], y[strong_first], strict=True)
            named.append((words, colour))
            place = self._writer.place_beside(words, anchors)
            if place is not None:
                places.append(place)
        if len(places) < len(named):
            self._writer.write_row(named)
            return
        for (words, colour), place in zip(named, places, strict=True):
            self._writer.write(words, place, colour)

    def _name_bars(self) -> None:
        """Name the two kinds of bars of a wide layer, over them."""
        places = np.linspace(self._box.left, self._box.right, 50)
        anchors = [(float(x), self._free.bars_top) for x in places]
        for words, colour in names_of_bends(self._view, self._sheet.colours):
            self._writer.name(words, anchors, colour)

    def _name_paths(self, lower: Box, rows: Integers) -> bool:
        """Say what grows in the lower storey, where it is still empty in the first seconds.

        Whether there was room.
        """
        line = PATHS_LINE * self._pixels
        last_early = self._early_rows()[-1]
        grown = float(rows[last_early])
        top = lower.top - grown - 2.2 * self._pixels
        said = names_of_paths(self._view, self._sheet.colours)
        bottom = top - (len(said) - 1) * line
        if bottom < lower.bottom:
            return False
        for number, named in enumerate(said):
            self._writer.write_centred(named, lower.centre_x, top - number * line)
        return True

    # How long it stands

    def show(self, index: int) -> None:
        self.fade(self.opacity_at(index), index)

    def _function_is_outside(self, index: int) -> bool:
        """Whether no point of the learned function is in the picture at a moment."""
        low, high = self._scales.y
        y = self._view.curve(index).y
        # Comparisons with nan are false.
        return bool(not (y >= low).any() or not (y <= high).any())

    def opacity_at(self, index: int) -> float:
        """How much of the words is left at a moment of the film."""
        last = self._script.words_until
        if last is not None and index > last:
            return 0.0
        second = self._script.second(index) / self._pace
        left = (GONE - second) / (GONE - UNTIL)
        return float(np.clip(left, 0.0, 1.0))

    def fade(self, opacity: float, index: int) -> None:
        """Show the words of a moment with this opacity; at 0 they are gone."""
        for text in self._writer.fading:
            text.set_visible(opacity > 0)
            text.set_alpha(opacity)
        if opacity == 0:
            return
        if index >= self._function_comes or self._function_is_outside(index):
            for text in self._of_function:
                text.set_visible(False)


def _some_of(rows: Integers) -> list[int]:
    """At most CURVES of these snapshots, evenly spread, the first and the last among them."""
    count = min(CURVES, len(rows))
    chosen = np.linspace(0, len(rows) - 1, count).astype(int)
    return [int(row) for row in rows[chosen]]
