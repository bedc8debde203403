"""What a lower storey says that never has a path."""

from __future__ import annotations

from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.text_fit import text_width

NO_ELBOWS = "no elbow is ever in this range of x"

NO_ELBOWS_IN_SHORT = "no elbows"
"""The same, where there is little room."""


def say_that_it_is_empty(
    sheet: Sheet, lower: Box, pixels: float, *, zorder: float | None = None
) -> None:
    """Write in the middle of an empty storey why it is empty. pixels: the height of the letters."""
    has_room = text_width(NO_ELBOWS, pixels) <= lower.width
    paper = {"facecolor": sheet.colours.paper, "edgecolor": "none", "pad": 1.0}
    sheet.text(
        lower.centre_x,
        lower.bottom + lower.height / 2,
        NO_ELBOWS if has_room else NO_ELBOWS_IN_SHORT,
        pixels=pixels,
        colour=sheet.colours.faint,
        ha="center",
        zorder=zorder,
        bbox=paper,
    )
