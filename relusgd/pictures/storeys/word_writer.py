"""Words that find a place for themselves beside what they name, and fade together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.kit.changing_number import NUMBERS
from relusgd.pictures.kit.pasted_text import PastedText, pasted_in_films
from relusgd.pictures.kit.plain_matplotlib import Text
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.storeys.path_names import Named
from relusgd.pictures.storeys.upper_places import UpperPlaces

BESIDE = 1.2
"""The room between words side by side, in heights of a letter."""

MOST_CROWDED = 0.02
"""A word that would stand on more than this share of drawn cells is left out."""

WORD_LINE = 1.25
"""The height that is kept free for words, in heights of their letters."""

BASELINE = 0.35
"""Words stand so much over the foot of their place, in heights of their letters."""

DISTANCES = (0.55, 1.1, 1.8, 2.6)
"""Between words and what they name, in heights of their letters: the nearest is tried first."""

MOST_ASKED = 2000
"""Of more points than this, none is asked whether others are nearer to its words."""

UNDER_NUMBERS = 2.9
"""The order of names that stay: under NUMBERS, where words that fade and numbers are."""

Place = tuple[float, float]
"""A pixel: the lower left corner of words, or what they stand beside."""


Points = tuple[Array, Array]
"""x and y of points in the units of the data, each of shape (n,)."""


class WordWriter:
    """Writes words into the free places of an upper storey.

    pixels: the height of their letters. fading: the words that do not stay, as they are drawn.
    """

    def __init__(self, sheet: Sheet, box: Box, free: UpperPlaces, pixels: float) -> None:
        self._sheet = sheet
        self._box = box
        self._free = free
        self._pixels = pixels
        self.fading: list[PastedText | Text] = []

    # Beside a thing

    def name_line(self, words: str, x: Array, y: Array, colour: str) -> None:
        """Write words beside a line, if possible a quarter along it, else anywhere."""
        self.name(words, self.along(x, y), colour)

    def name_points(self, words: str, named: Points, others: Points | None, colour: str) -> None:
        """Write words beside one of these points, if there is room.

        No point of the others is nearer to the words: a reader takes them for its name.
        """
        x, y = self._free.pixel(*named)
        anchors = zip(x, y, strict=True)
        if others is None or len(x) > MOST_ASKED:
            self.name(words, anchors, colour)
            return
        other_x, other_y = self._free.pixel(*others)
        width = text_width(words, self._pixels)
        height = WORD_LINE * self._pixels

        def is_for_named(corner: Place) -> bool:
            """Whether words with this corner are clearly nearer to a named point than to others."""
            to_named = _distances(corner, width, height, x, y).min()
            to_others = _distances(corner, width, height, other_x, other_y).min(initial=np.inf)
            return bool(to_named + 0.5 * self._pixels < to_others)

        place = self.place_beside(words, anchors, is_for_named)
        if place is not None:
            self.write(words, place, colour)

    def name(self, words: str, anchors: Iterable[Place], colour: str) -> None:
        """Write words where there is room beside one of the pixels; nowhere if there is none."""
        place = self.place_beside(words, anchors)
        if place is not None:
            self.write(words, place, colour)

    def along(self, x: Array, y: Array) -> Iterator[Place]:
        """Pixels of a line, from a quarter of it on, then those before."""
        after = np.linspace(0.25, 0.98, 50)
        before = np.linspace(0.25, 0.02, 15)
        shares = np.concatenate([after, before])
        places = x[0] + shares * (x[-1] - x[0])
        heights = np.interp(places, x, y)
        return zip(*self._free.pixel(places, heights), strict=True)

    def place_beside(
        self,
        words: str,
        anchors: Iterable[Place],
        may_be: Callable[[Place], bool] | None = None,
        most_crowded: float = MOST_CROWDED,
    ) -> Place | None:
        """Take the place beside one of the pixels where words have room, if there is one.

        may_be: whether they may have this lower left corner; None where they may have any.
        most_crowded: the share of drawn cells on which they may stand where nothing is free.
        """
        width = text_width(words, self._pixels)
        height = WORD_LINE * self._pixels
        corners = self._corners_beside(list(anchors), width, height)
        if may_be is not None:
            corners = filter(may_be, corners)
        place = self._free.best(corners, width, height, most_crowded)
        if place is not None:
            self.take(words, place)
        return place

    def take(self, words: str, place: Place) -> None:
        """Keep a place for words, with free paper at both sides."""
        left, bottom = place
        beside = BESIDE * self._pixels
        width = text_width(words, self._pixels) + 2 * beside
        self._free.enter_box(left - beside, bottom, width, WORD_LINE * self._pixels)

    def _corners_beside(self, anchors: list[Place], width: float, height: float) -> Iterator[Place]:
        """Lower left corners of words near the anchors: the nearest first."""
        for distance in DISTANCES:
            gap = distance * self._pixels
            for x, y in anchors:
                above = x - width / 2, y + gap
                right = x + gap, y - height / 2
                left = x - gap - width, y - height / 2
                below = x - width / 2, y - gap - height
                yield from (above, right, left, below)

    def write(self, words: str, place: Place, colour: str, *, stays: bool = False) -> None:
        """Write words in a place that was taken for them. stays: they do not fade."""
        left, bottom = place
        text = self._sheet.text_over_lines(
            left,
            bottom + BASELINE * self._pixels,
            words,
            pixels=self._pixels,
            colour=colour,
            zorder=UNDER_NUMBERS if stays else NUMBERS,
        )
        if not stays:
            self.fading.append(pasted_in_films(self._sheet, text))

    # In a row

    def write_row(self, named: Sequence[Named]) -> None:
        """Write words in colours side by side, where the upper storey is freest."""
        box = self._box
        height = WORD_LINE * self._pixels
        # With free paper on both sides, so that the row belongs to nothing beside it.
        width = self._width_of(named) + 4 * self._pixels
        across = np.linspace(box.left, box.right - width, 40)
        up = np.linspace(box.top - height, box.bottom, 40)
        # From the top down, and from left to right.
        corners = [(float(left), float(bottom)) for bottom in up for left in across]
        place = self._free.best(corners, width, height, most=np.inf)
        if place is None:
            return
        left, bottom = place
        self._free.enter_box(left, bottom, width, height)
        self.write_centred(named, left + width / 2, bottom + BASELINE * self._pixels)

    def write_centred(self, named: Sequence[Named], x: float, height: float) -> None:
        """Words in colours, side by side around x."""
        left = x - self._width_of(named) / 2
        for words, colour in named:
            written = self._sheet.text_over_lines(
                left,
                height,
                words,
                pixels=self._pixels,
                colour=colour,
                zorder=NUMBERS,
            )
            self.fading.append(pasted_in_films(self._sheet, written))
            left += text_width(words, self._pixels) + BESIDE * self._pixels

    def _width_of(self, named: Sequence[Named]) -> float:
        """The pixels that words side by side take."""
        widths = [text_width(words, self._pixels) for words, _ in named]
        gaps = len(named) - 1
        return sum(widths) + BESIDE * self._pixels * gaps


def _distances(corner: Place, width: float, height: float, x: Array, y: Array) -> Array:
    """How far pixels are from words with this lower left corner, shape (n,)."""
    left, bottom = corner
    right, top = left + width, bottom + height
    # How far outside the words a pixel is; negative between their edges.
    aside = np.maximum(left - x, x - right)
    upright = np.maximum(bottom - y, y - top)
    return np.hypot(np.maximum(aside, 0.0), np.maximum(upright, 0.0))
