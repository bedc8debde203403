"""Sizes of pictures, as people write them: 1920x1080, or by a name that they know."""

from __future__ import annotations

import re
from collections.abc import Sequence
from operator import index

from relusgd.advice import advice, option
from relusgd.errors import InputError
from relusgd.words import comma_list, nearest, shown

NAMED_SIZES = {
    "slide": (1920, 1080),
    "slide-4x3": (1440, 1080),
    "720p": (1280, 720),
    "1080p": (1920, 1080),
    "1440p": (2560, 1440),
    "4k": (3840, 2160),
    "square": (1080, 1080),
    "portrait": (1080, 1920),
    "a4": (3508, 2480),
}
"""Name → width and height in pixels. a4 is a landscape page at 300 dots an inch."""

EXAMPLES = advice("try {} or {}", option("size", "1000x700"), option("size", "slide"))

_PIXELS = re.compile(r"([0-9]{1,5})[xX×]([0-9]{1,5})")


def read_size(text: str) -> tuple[int, int]:
    """Width and height in pixels. Raises InputError for what is neither WxH nor a known name."""
    named = NAMED_SIZES.get(text.strip().lower())
    if named is not None:
        return named
    match = _PIXELS.fullmatch(text.strip())
    if match is None:
        near = nearest(text, NAMED_SIZES)
        raise InputError(
            advice(
                "{}: a size is WIDTHxHEIGHT in pixels, or a name: {}",
                option("size", text[:60]),
                comma_list(NAMED_SIZES),
            ),
            f"did you mean {near}?" if near else EXAMPLES,
        )
    return int(match[1]), int(match[2])


def pixels_of(size: str | Sequence[int]) -> tuple[int, int]:
    """Width and height in pixels, of a pair of whole numbers or of a text as `read_size` takes it.

    Raises InputError for anything else.
    """
    if isinstance(size, str):
        return read_size(size)
    try:
        width, height = (index(side) for side in size)
    except (TypeError, ValueError):
        raise InputError(
            f"the size of a picture is (width, height) in whole pixels, not {shown(size)}", EXAMPLES
        ) from None
    return width, height


def is_picture_size(text: str) -> bool:
    """Whether a text can be the size of a picture, rather than one number or several."""
    return _PIXELS.fullmatch(text.strip()) is not None or text.strip().lower() in NAMED_SIZES
