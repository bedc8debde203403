"""Where the parts of a picture in two storeys stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from relusgd.pictures.kit.sheet import TICK_LETTERS, Box, Sheet
from relusgd.pictures.kit.text_fit import widest

COUNTER_LETTERS = 2.0
"""The height of the step counter's digits, in heights of a letter."""

CAPTION_LETTERS = 1.5
"""The height of the caption's letters, in heights of a letter."""

UPPER_SHARE = 0.615
"""The part of the two storeys' height that the upper one has: the function is looked at first."""

BETWEEN = 0.035
"""The free paper between the storeys, as a share of the picture's height."""

NAME_WIDTH = 1.5
"""The room that the name of y takes at the left, in heights of a letter."""

LEAST_LEFT = 2.4
"""Free paper at the left, at least, in heights of a letter."""

RIGHT = 2.4
"""Free paper at the right, in heights of a letter."""

BESIDE_LABELS = 1.7
"""Free paper on both sides of the labels at the left, in heights of a letter."""

TOP, TITLE, HEAD, UNDER_HEAD, FOOT = 0.45, 1.3, 1.75, 0.5, 2.4
"""Heights in lines of text, from the top: free paper, the user's title, the line of caption and
counter, free paper under it; and at the foot the labels and the name of x."""


@dataclass(frozen=True)
class StoreyBoxes:
    """The boxes of a picture.

    head: the line of caption and counter; title: the line of the user's title, if there is one;
    lower: None where no paths are shown.
    """

    title: Box | None
    head: Box
    upper: Box
    lower: Box | None

    @property
    def lowest(self) -> Box:
        """The storey under which the labels of x stand."""
        return self.lower or self.upper

    @classmethod
    def of(
        cls,
        sheet: Sheet,
        labels: Iterable[str],
        *,
        paths: bool,
        y_name: str,
        aside: int = 0,
    ) -> StoreyBoxes:
        """The boxes of a sheet.

        labels: of both upright axes. paths: whether there is a lower storey. y_name: of y, which
        takes room at the left if it says something. aside: pixels at the right of the storeys that
        are kept free.
        """
        left = _room_at_left(sheet, labels, y_name)
        width = sheet.width - left - round(RIGHT * sheet.scale.text)
        top = sheet.height - sheet.lines(TOP)
        title = None
        if sheet.look.title:
            top -= sheet.lines(TITLE)
            title = Box(left, top, width, sheet.lines(TITLE))
        head = Box(left, top - sheet.lines(HEAD), width, sheet.lines(HEAD))
        bottom = sheet.lines(FOOT)
        height = head.bottom - sheet.lines(UNDER_HEAD) - bottom
        area = Box(left, bottom, width - aside, height)
        if not paths:
            return cls(title, head, area, None)
        upper, lower = two_storeys(area, gap=round(BETWEEN * sheet.height))
        return cls(title, head, upper, lower)


def _room_at_left(sheet: Sheet, labels: Iterable[str], y_name: str) -> int:
    """The pixels at the left of the storeys: for labels, and for the name of y if it is written."""
    text = sheet.scale.text
    beside = BESIDE_LABELS + (NAME_WIDTH if says_something(y_name) else 0.0)
    needed = widest(labels, TICK_LETTERS * text) + beside * text
    return round(max(LEAST_LEFT * text, needed))


def says_something(y_name: str) -> bool:
    """Whether the name of y is more than that letter."""
    return y_name not in ("", "y")


def two_storeys(area: Box, gap: int) -> tuple[Box, Box]:
    """The upper and the lower storey of an area, with free paper between them."""
    height = area.height - gap
    above = round(UPPER_SHARE * height)
    lower = Box(area.left, area.bottom, area.width, height - above)
    return Box(area.left, lower.top + gap, area.width, above), lower
