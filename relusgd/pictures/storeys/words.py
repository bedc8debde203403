"""Words beside the things that they name, in the first seconds of a film; they stand in place of a
legend."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array
from relusgd.pictures.kit.pasted_text import PastedText, pasted_in_films
from relusgd.pictures.kit.plain_matplotlib import Artist, Text
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.moments.script import Script
from relusgd.pictures.panels.header import NUMBERS
from relusgd.pictures.panels.marks import original, relative
from relusgd.pictures.panels.reference_lines import reference_look
from relusgd.pictures.scenes.reference_curve import ReferenceCurve
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.path_names import (
    NO_ELBOWS,
    has_elbows_inside,
    names_of_bends,
    names_of_layers,
    names_of_paths,
)
from relusgd.pictures.storeys.upper_places import UpperPlaces

UNTIL = 3.5
"""The seconds of a film until which the words stand."""

GONE = 4.5
"""The seconds of a film after which the words are gone."""

SHARE = 0.35
"""The part of a short film at most for which words stand."""

LETTERS = 1.0
"""The height of the words, in heights of a letter."""

BESIDE = 1.2
"""The room between words side by side, in heights of a letter."""

MOST_CROWDED = 0.02
"""A word that would stand on more than this share of drawn cells is left out."""

CURVES = 16
"""Functions of the first seconds that a word keeps clear of."""


Place = tuple[float, float]
"""A pixel: the lower left corner of words, or what they stand beside."""


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
        rows: NDArray[np.int64],
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
        self._free = UpperPlaces(sheet, upper, view, scales, self._pixels)
        self._free.enter_what_stays(corner)
        self._free.enter_references(self._first)
        self._free.enter_functions(*self._early_rows(), *self._others, *view.trail)
        self._fading: list[PastedText | Text] = []
        self._of_function: list[PastedText | Text] = []
        self.unnamed: list[ReferenceCurve] = []
        self._name_all()
        if lower is not None and not has_elbows_inside(view):
            self._say_that_there_are_none(lower)
        else:
            named = lower is not None and self._is_film and self._name_paths(lower, rows)
            # The density of a deep network has one colour, and its rings have several.
            if not named or (view.deep and view.wide):
                self._name_bends()
        self.moving: list[Artist] = [*self._fading]

    @property
    def _is_film(self) -> bool:
        return len(self._script.rows) > 1

    @property
    def _pace(self) -> float:
        """By how much sooner words are gone in a short film."""
        seconds = len(self._script.rows) / self._script.fps
        return min(1.0, SHARE * seconds / GONE) if self._is_film else 1.0

    def _early_rows(self) -> list[int]:
        """A few snapshots of the seconds in which the words stand."""
        rows = self._script.rows
        early = rows[: max(1, math.ceil(GONE * self._pace * self._script.fps))]
        chosen = np.linspace(0, len(early) - 1, min(CURVES, len(early))).astype(int)
        return [int(row) for row in early[chosen]]

    def _name_all(self) -> None:
        colours, view, first = self._sheet.colours, self._view, self._first
        curve = view.curve(first)
        if view.is_in_sight(first):
            self._name_line("learned function", curve.x, curve.y, colours.learned)
            self._of_function = [*self._fading]
        x, y = original(view, view.dataset.x_train, view.dataset.y_train)
        self._name("training points", zip(*self._free.pixel(x, y), strict=True), colours.faint)
        if view.shows_test_points:
            x, y = original(view, view.dataset.x_test, view.dataset.y_test)
            self._name("test points", zip(*self._free.pixel(x, y), strict=True), colours.faint)
        if view.truth is not None:
            self._name_line("true function", *view.truth, colours.ink)
        if view.references:
            # Their names stay, and keep clear of what moves later on.
            rows = self._script.rows
            chosen = np.linspace(0, len(rows) - 1, min(CURVES, len(rows))).astype(int)
            self._free.enter_references(*rows[chosen].tolist())
            self._free.enter_functions(*rows[chosen].tolist())
        for reference in view.references:
            self._name_reference(reference)

    def _name_reference(self, reference: ReferenceCurve) -> None:
        """Write the name of a reference beside its line, or keep in mind that it has no place."""
        colour = reference_look(self._sheet, reference.name)["color"]
        anchors = self._along(reference.x, reference.at(self._first))
        place = self._place_beside(reference.title, anchors, MOST_CROWDED)
        if place is None:
            self.unnamed.append(reference)
        else:
            self._write(reference.title, place, colour, stays=True)

    def _name_bends(self) -> None:
        """Name the strongest bend of each kind: up and down, or by layer."""
        view, colours = self._view, self._sheet.colours
        if self._free.has_bars:
            self._name_bars()
        if not view.marks_kinks or "units" not in self._sheet.look.show:
            return
        if view.deep:
            self._name_in_a_row(names_of_layers(view, colours))
            return
        curve = view.curve(self._first)
        if not np.isfinite(curve.y).all():
            return
        strength = relative(curve.kink, self._scales.kink)
        x, y = self._free.pixel(curve.x[1:-1], curve.y[1:-1])
        kinds = [
            (curve.sign > 0, "bends up", colours.positive),
            (curve.sign < 0, "bends down", colours.negative),
        ]
        named, places = [], []
        for is_kind, words, colour in kinds:
            of_kind = np.flatnonzero(is_kind & (strength > 0.1))
            order = of_kind[np.argsort(-strength[of_kind])]
            if len(order):
                named.append((words, colour))
                anchors = zip(x[order], y[order], strict=True)
                places.append(self._place_beside(words, anchors, MOST_CROWDED))
        if None in places:
            self._name_in_a_row(named)
            return
        for (words, colour), place in zip(named, places, strict=True):
            self._write(words, place, colour)

    def _name_bars(self) -> None:
        """Name the two kinds of bars of a wide layer, over them."""
        places = np.linspace(self._box.left, self._box.right, 50)
        anchors = [(float(x), self._free.bars_top) for x in places]
        for words, colour in names_of_bends(self._view, self._sheet.colours):
            self._name(words, anchors, colour)

    def _name_in_a_row(self, named: Sequence[tuple[str, str]]) -> None:
        """Write words in colours side by side, where the upper storey is freest."""
        box, height = self._box, 1.25 * self._pixels
        # With free paper on both sides, so that the row belongs to nothing beside it.
        width = self._width_of(named) + 4 * self._pixels
        across = np.linspace(box.left, box.right - width, 40)
        up = np.linspace(box.top - height, box.bottom, 40)
        corners = [(float(left), float(bottom)) for bottom in up for left in across]
        place = self._free.best(corners, width, height, most=np.inf)
        if place is None:
            return
        left, bottom = place
        self._free.enter_box(left, bottom, width, height)
        self._write_centred(named, left + width / 2, bottom + 0.35 * self._pixels)

    def _name_line(self, words: str, x: Array, y: Array, colour: str) -> None:
        """Write words beside a line, if possible a quarter along it, else anywhere."""
        self._name(words, self._along(x, y), colour)

    def _along(self, x: Array, y: Array) -> Iterator[Place]:
        """Pixels of a line, from a quarter of it on, then those before."""
        shares = np.concatenate([np.linspace(0.25, 0.98, 50), np.linspace(0.25, 0.02, 15)])
        along = x[0] + shares * (x[-1] - x[0])
        px, py = self._free.pixel(along, np.interp(along, x, y))
        return zip(px, py, strict=True)

    def _name(self, words: str, anchors: Iterable[Place], colour: str) -> None:
        """Write words where there is room beside one of the pixels; nowhere if there is none."""
        self._write(words, self._place_beside(words, anchors, MOST_CROWDED), colour)

    def _place_beside(
        self, words: str, anchors: Iterable[Place], most_crowded: float
    ) -> Place | None:
        """Take the place beside one of the pixels where words have room, if there is one."""
        width, height = text_width(words, self._pixels), 1.25 * self._pixels
        corners = self._beside(list(anchors), width, height)
        place = self._free.best(corners, width, height, most_crowded)
        if place is not None:
            left, bottom = place
            beside = BESIDE * self._pixels
            self._free.enter_box(left - beside, bottom, width + 2 * beside, height)
        return place

    def _write(self, words: str, place: Place | None, colour: str, *, stays: bool = False) -> None:
        if place is None:
            return
        left, bottom = place
        text = self._sheet.text_over_lines(
            left,
            bottom + 0.35 * self._pixels,
            words,
            pixels=self._pixels,
            colour=colour,
            zorder=2.9 if stays else NUMBERS,
        )
        if not stays:
            self._fading.append(pasted_in_films(self._sheet, text))

    def _beside(self, anchors: list[Place], width: float, height: float) -> Iterator[Place]:
        """Lower left corners of words near the anchors: the nearest first."""
        for distance in (0.55, 1.1, 1.8):
            gap = distance * self._pixels
            for x, y in anchors:
                yield x - width / 2, y + gap
                yield x + gap, y - height / 2
                yield x - gap - width, y - height / 2
                yield x - width / 2, y - gap - height

    def _name_paths(self, lower: Box, rows: NDArray[np.int64]) -> bool:
        """Say what grows in the lower storey, where it is still empty in the first seconds.

        Whether there was room.
        """
        line = 1.55 * self._pixels
        height = lower.top - float(rows[self._early_rows()[-1]]) - 2.2 * self._pixels
        said = names_of_paths(self._view, self._sheet.colours)
        if height - (len(said) - 1) * line < lower.bottom:
            return False
        for number, parts in enumerate(said):
            self._write_centred(parts, lower.centre_x, height - number * line)
        return True

    def _say_that_there_are_none(self, lower: Box) -> None:
        """Write in the empty storey why it is empty."""
        self._sheet.text(
            lower.centre_x,
            lower.bottom + lower.height / 2,
            NO_ELBOWS,
            pixels=self._pixels,
            colour=self._sheet.colours.faint,
            ha="center",
            # Lines at the moments of a story may cross the place.
            zorder=NUMBERS if self._others else None,
            bbox={"facecolor": self._sheet.colours.paper, "edgecolor": "none", "pad": 1.0},
        )

    def _write_centred(self, parts: Sequence[tuple[str, str]], x: float, height: float) -> None:
        """Words in colours, side by side around x."""
        left = x - self._width_of(parts) / 2
        for words, colour in parts:
            written = self._sheet.text_over_lines(
                left, height, words, pixels=self._pixels, colour=colour, zorder=NUMBERS
            )
            self._fading.append(pasted_in_films(self._sheet, written))
            left += text_width(words, self._pixels) + BESIDE * self._pixels

    def _width_of(self, parts: Sequence[tuple[str, str]]) -> float:
        """The pixels that words side by side take."""
        widths = [text_width(words, self._pixels) for words, _ in parts]
        return sum(widths) + BESIDE * self._pixels * (len(parts) - 1)

    def show(self, index: int) -> None:
        opacity = self.opacity_at(index)
        self.fade(opacity)
        if opacity > 0 and self._function_is_outside(index):
            for text in self._of_function:
                text.set_visible(False)

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
        return float(np.clip((GONE - second) / (GONE - UNTIL), 0.0, 1.0))

    def fade(self, opacity: float) -> None:
        """Show the words that go with this opacity; at 0 they are gone."""
        for text in self._fading:
            text.set_visible(opacity > 0)
            text.set_alpha(opacity)
