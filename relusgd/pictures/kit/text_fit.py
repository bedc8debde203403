"""Texts in pictures: how wide they are in pixels, and how much of one fits.

matplotlib is loaded by what measures letters, so that importing this module is cheap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from relusgd.pictures.kit.fonts import DPI, drawable, font

DIGIT = re.compile(r"\d")

SMALLER = 0.98
"""By this factor at a time letters are lowered until a text fits."""

LEAST_LETTERS = 5.0
"""Letters of fewer pixels are not read."""

BREAK = re.compile(r"(?<!=)\s+(?!=)")
"""Where a line may be broken."""


@cache
def _ruler() -> Any:
    from relusgd.pictures.kit.plain_matplotlib import Figure, FigureCanvasAgg

    canvas: Any = FigureCanvasAgg(Figure(dpi=DPI))
    return canvas.get_renderer()


@lru_cache(4096)
def text_width(text: str, pixels: float, *, bold: bool = False) -> float:
    """Width of the text in pixels when its font has this size."""
    from relusgd.pictures.kit.plain_matplotlib import plain_style

    with plain_style:
        width, _, _ = _ruler().get_text_width_height_descent(
            text, font(pixels, bold=bold, text=text), ismath=False
        )
    return float(width)


def widest(labels: Iterable[str], pixels: float) -> float:
    """The width of the widest of the labels in letters of this height; 0 if there are none."""
    return max((text_width(label, pixels) for label in labels), default=0.0)


def steady_width(number: str, pixels: float) -> float:
    """Width of a number in pixels, the same for all numbers of so many digits.

    Digits advance equally, and their ink does not: a word beside a counter would tremble.
    """
    return text_width(DIGIT.sub("8", number), pixels)


def fitting_height(text: str, pixels: float, room: float, *, bold: bool = False) -> float:
    """The height of letters, at most `pixels`, with which the text takes at most `room` pixels.

    It is not below LEAST_LETTERS, where the text may take more.
    """
    # Widths do not go with heights: letters begin and end at whole pixels.
    while pixels > LEAST_LETTERS and text_width(text, pixels, bold=bold) > room:
        pixels *= SMALLER
    return pixels


def shortened(text: str, pixels: float, room: float, *, bold: bool = False) -> str:
    """The drawable text, cut with an ellipsis where it would be wider than room pixels; perhaps
    nothing.
    """
    text = drawable(text[:1000])
    if text_width(text, pixels, bold=bold) <= room:
        return text
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if text_width(_cut(text, middle), pixels, bold=bold) <= room:
            fits = middle
        else:
            too_long = middle
    return _cut(text, fits) if fits else ""


def wrapped(text: str, pixels: float, room: float, most: int) -> list[str]:
    """The words on up to so many lines of `room` pixels; the last one is cut where more would
    follow. Nothing is broken beside an equals sign."""
    words, lines = BREAK.split(drawable(text[:1000]).strip()), [""]
    for number, word in enumerate(words):
        longer = f"{lines[-1]} {word}".strip()
        if not lines[-1] or text_width(longer, pixels) <= room:
            lines[-1] = longer
        elif len(lines) < most:
            lines.append(word)
        else:
            lines[-1] = " ".join([lines[-1], *words[number:]])
            break
    return [shortened(line, pixels, room) for line in lines]


def _cut(text: str, length: int) -> str:
    return f"{text[:length].rstrip()}…"
