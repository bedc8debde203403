"""Axes without frame, grid and ticks, and the few words around them."""

from __future__ import annotations

from collections.abc import Iterable

from relusgd.model.network import Range
from relusgd.pictures.kit.plain_matplotlib import Axes
from relusgd.pictures.kit.sheet import TICK_LETTERS, Box, Sheet
from relusgd.pictures.kit.ticks import Ticks

GROUND, PATHS, STEMS, FUNCTION, CORNER = 0.0, 10.0, 11.0, 12.0, 13.0
"""The order of the axes. What never changes, words included, lies under all that moves."""

LEAST_APART = 1.3
"""The least distance of the middles of two labels, one above the other, in heights of a letter."""

TICK_GAP = 0.7
"""The room between axes and their labels, in heights of a letter."""

POSITION_LINES = 0.85
"""How far under the axes the feet of the labels of x stand, in lines of text."""


def bare_axes(sheet: Sheet, box: Box, x: Range, y: Range, order: float = 0.0) -> Axes:
    """Axes with these limits in the box that show nothing by themselves.

    order: axes with a higher one are drawn over those with a lower one.
    """
    axes = sheet.axes(box)
    axes.set(xlim=x, ylim=y, zorder=order)
    axes.patch.set_visible(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return axes


def write_heights(
    sheet: Sheet,
    box: Box,
    limits: Range,
    ticks: Ticks,
    others: Iterable[float] = (),
) -> list[float]:
    """The labels of places on an upright axis, left of the box. limits: at its bottom and top.

    A label that would touch one before is left out. others: heights in pixels of labels that are
    there already. Gives the heights of all.
    """
    written = list(others)
    least_apart = LEAST_APART * sheet.scale.text
    for place, label in zip(ticks.places, ticks.labels, strict=True):
        height = pixel_height(box, place, limits)
        if any(abs(height - other) < least_apart for other in written):
            continue
        written.append(height)
        sheet.text(
            box.left - TICK_GAP * sheet.scale.text,
            height,
            label,
            pixels=TICK_LETTERS * sheet.scale.text,
            colour=sheet.colours.faint,
            ha="right",
            va="center_baseline",
        )
    return written


def pixel_height(box: Box, place: float, limits: Range) -> float:
    """The height in pixels of a place on the upright axis of a box. limits: as of the axis."""
    at_bottom, at_top = limits
    share = (place - at_bottom) / (at_top - at_bottom)
    return box.bottom + share * box.height


def pixel_across(box: Box, place: float, limits: Range) -> float:
    """The same of a place on the axis of x, from the left of the picture."""
    at_left, at_right = limits
    share = (place - at_left) / (at_right - at_left)
    return box.left + share * box.width


def write_positions(sheet: Sheet, box: Box, limits: Range, ticks: Ticks) -> None:
    """The labels of places along x, under the box. limits: at its left and right edge."""
    for place, label in zip(ticks.places, ticks.labels, strict=True):
        sheet.text(
            pixel_across(box, place, limits),
            box.bottom - POSITION_LINES * sheet.scale.line,
            label,
            pixels=TICK_LETTERS * sheet.scale.text,
            colour=sheet.colours.faint,
            ha="center",
            va="baseline",
        )


def outermost(ticks: Ticks) -> Ticks:
    """The first and the last of the ticks."""
    if len(ticks.places) < 2:
        return ticks
    first_place, *_, last_place = ticks.places
    first_label, *_, last_label = ticks.labels
    return Ticks((first_place, last_place), (first_label, last_label))
