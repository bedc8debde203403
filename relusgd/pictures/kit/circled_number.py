"""A small number in a circle, which names a moment wherever it is shown."""

from __future__ import annotations

from relusgd.pictures.kit.sheet import MOVING, Sheet


def write_circled(
    sheet: Sheet,
    number: int,
    x: float,
    y: float,
    *,
    pixels: float,
    room: float = 0.2,
    rim: float = 1.0,
) -> None:
    """A number in a circle around pixel (x, y), over everything else.

    pixels: the height of its letters; room: between them and the circle, in such heights; rim: the
    width of the circle's line, in pixels of a picture of usual size.
    """
    circle = {
        "boxstyle": f"circle,pad={room}",
        "facecolor": sheet.colours.paper,
        "edgecolor": sheet.colours.ink,
        "linewidth": sheet.points(rim),
    }
    sheet.text(
        x,
        y,
        f"{number}",
        pixels=pixels,
        bold=True,
        ha="center",
        va="center_baseline",
        bbox=circle,
        zorder=MOVING + 1,
    )
