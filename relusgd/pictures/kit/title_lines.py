"""A title over a panel that is too narrow for it, on two lines."""

from __future__ import annotations

from relusgd.pictures.kit.fonts import drawable
from relusgd.pictures.kit.text_fit import shortened, text_width

BETWEEN_PARTS = ", "
"""Where a title is broken if both of its parts fit."""


def fits(title: str, pixels: float, room: float) -> bool:
    """Whether the title, in bold letters of this height, takes at most `room` pixels."""
    return text_width(drawable(title), pixels, bold=True) <= room


def title_lines(title: str, pixels: float, upper: float, lower: float) -> tuple[str, str]:
    """The words of a bold title on an upper and a lower line, which may be empty.

    upper, lower: the pixels that the lines have. What fits on the upper line stands there. Other
    titles are broken behind a comma, or else between words, and cut at the end of the lower line.
    """
    title = drawable(title)
    if fits(title, pixels, upper):
        return title, ""
    parts = title.split(BETWEEN_PARTS)
    for count in range(len(parts) - 1, 0, -1):
        above = BETWEEN_PARTS.join(parts[:count]) + BETWEEN_PARTS.rstrip()
        below = BETWEEN_PARTS.join(parts[count:])
        if fits(above, pixels, upper) and fits(below, pixels, lower):
            return above, below
    return _broken_between_words(title, pixels, upper, lower)


def fits_on_two(title: str, pixels: float, upper: float, lower: float) -> bool:
    """Whether `title_lines` cuts nothing of the title."""
    lines = title_lines(title, pixels, upper, lower)
    return " ".join(lines).strip() == drawable(title)


def _broken_between_words(title: str, pixels: float, upper: float, lower: float) -> tuple[str, str]:
    """As many words on the upper line as it holds, the rest below; a single long word is cut.

    A number stays on the line of the word before it.
    """
    words = title.split()
    count = len(words) - 1
    while count > 1:
        has_room = fits(" ".join(words[:count]), pixels, upper)
        if has_room and words[count][0].isalpha():
            break
        count -= 1
    count = max(count, 1)
    above = shortened(" ".join(words[:count]), pixels, upper, bold=True)
    below = shortened(" ".join(words[count:]), pixels, lower, bold=True)
    return above, below
