"""Legends: what the lines and points of a picture mean."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from relusgd.pictures.kit.sheet import Box, LineLook, Sheet, entry_width
from relusgd.pictures.kit.stack import flow
from relusgd.pictures.panels.marks import looks_of
from relusgd.pictures.panels.reference_lines import reference_look
from relusgd.pictures.scenes.contributions import OUTPUT, TERM
from relusgd.pictures.scenes.reference_curve import ReferenceCurve, different_references
from relusgd.pictures.scenes.view import View

LETTERS = 0.93
"""The height of a legend's letters, in parts of that of plain words."""

GAP = 1.2
"""The room between two entries, in heights of the legend's letters."""


@dataclass(frozen=True)
class Entry:
    """An entry of a legend: how its line or point is drawn, and its words, long and short."""

    look: LineLook
    long: str
    short: str


def noise_entry(sheet: Sheet) -> Entry:
    """The entry of the line at noise²."""
    return Entry(looks_of(sheet, None)["noise"], "noise²", "noise²")


def curve_legend(sheet: Sheet, views: Sequence[View], *, learned: bool = True) -> list[Entry]:
    """The legend of panels of learned functions: what is in any of them, in the order of drawing.

    learned: whether the learned function is named; where each panel has a colour of its own, its
    title does that.
    """
    looks = looks_of(sheet, views[0])
    entries = [Entry(looks["data"], "training data", "data")]
    if any(view.shows_test_points for view in views):
        entries.append(Entry(looks["test data"], "test data", "test"))
    if any(view.truth is not None for view in views):
        entries.append(Entry(looks["truth"], "true function", "truth"))
    if learned:
        look = dict(looks["learned"])
        if not any(view.marks_kinks for view in views):
            look["marker"] = ""
        entries.append(Entry(look, "learned function", "learned"))
    entries += reference_entries(sheet, views)
    if "units" in sheet.look.show:
        entries += _unit_entries(looks, views)
    deepest = max(len(view.history.hidden) for view in views)
    if deepest > 1:
        entries += _layer_entries(sheet, looks, deepest)
    return entries


def reference_entries(sheet: Sheet, views: Sequence[View]) -> list[Entry]:
    """The entries of what any of the learned functions is compared with."""
    different = different_references([view.references for view in views])
    return [reference_entry(sheet, reference) for reference in different]


def reference_entry(sheet: Sheet, reference: ReferenceCurve) -> Entry:
    """The entry of a reference: a sample of its line and its name."""
    return Entry(reference_look(sheet, reference.name), reference.title, reference.short)


def _unit_entries(looks: dict[str, LineLook], views: Sequence[View]) -> Iterator[Entry]:
    """The entries of units, or for wide layers of the density of their bends.

    Colours show the sign of the output weight, which units of deep networks do not have.
    """
    shallow = [view for view in views if not view.deep]
    deep = [view for view in views if view.deep]
    if any(not view.wide for view in shallow):
        yield Entry(looks["positive"], f"unit, {TERM}, v > 0", "unit +")
        yield Entry(looks["negative"], "v < 0", "−")
        yield Entry(looks["output bias"], "output bias", "bias")
    if any(view.wide for view in shallow):
        yield Entry(looks["up"], "bends at elbows, output weight v > 0", "bends +")
        yield Entry(looks["down"], "v < 0", "−")
    if any(not view.wide for view in deep):
        yield Entry(looks["neutral"], f"outputs of layer 1, {OUTPUT}", "layer 1")
    if any(view.wide for view in deep):
        yield Entry(looks["bends"], "elbows of layer 1", "elbows")


def _layer_entries(sheet: Sheet, looks: dict[str, LineLook], deepest: int) -> Iterator[Entry]:
    """Breakpoints by layer; the last colour stands for all the layers from its own on."""
    yield Entry(looks["layer 1"], "bend by layer 1", "layer 1")
    last_colour = len(sheet.colours.layers)
    last = min(deepest, last_colour)
    for layer in range(2, last + 1):
        number = str(layer)
        if layer == last < deepest:
            number += " …"
        yield Entry(looks[f"layer {layer}"], f"layer {number}", number)


def legend_lines(sheet: Sheet, entries: Sequence[Entry], room: float) -> int:
    """The number of lines that the entries take."""
    _, lines = _set_legend(sheet, entries, room)
    return len(lines)


def entries_width(words: Sequence[str], pixels: float) -> float:
    """The pixels that entries on one line take."""
    if not words:
        return 0.0
    widths = sum(entry_width(word, pixels) for word in words)
    return widths + (len(words) - 1) * GAP * pixels


def _set_legend(
    sheet: Sheet, entries: Sequence[Entry], room: float
) -> tuple[list[str], list[list[int]]]:
    """The entries' words, long if all fit on one line, and which entry stands on which line."""
    long = [entry.long for entry in entries]
    lines = wrap_entries(sheet, long, room)
    if len(lines) == 1:
        return long, lines
    short = [entry.short for entry in entries]
    return short, wrap_entries(sheet, short, room)


def wrap_entries(sheet: Sheet, words: Sequence[str], room: float) -> list[list[int]]:
    """Which of the entries with these words stand on which line."""
    pixels = LETTERS * sheet.scale.text
    widths = [entry_width(word, pixels) for word in words]
    return flow(widths, room, GAP * pixels)


def draw_legend(sheet: Sheet, box: Box, entries: Sequence[Entry]) -> None:
    """The entries in the box, in as many lines as they take."""
    words, lines = _set_legend(sheet, entries, box.width)
    for number, items in enumerate(lines):
        height = box.top - (number + 0.5) * sheet.scale.line
        looks_of_line = [entries[item].look for item in items]
        words_of_line = [words[item] for item in items]
        draw_entries(sheet, box.left, height, looks_of_line, words_of_line)


def draw_entries(
    sheet: Sheet, x: float, height: float, looks: Sequence[LineLook], words: Sequence[str]
) -> None:
    """Entries in one line from pixel x."""
    pixels = LETTERS * sheet.scale.text
    for look, word in zip(looks, words, strict=True):
        sheet.entry(x, height, look, word, pixels=pixels)
        x += entry_width(word, pixels) + GAP * pixels


def draw_entries_left_of(
    sheet: Sheet, right: float, height: float, entries: Sequence[Entry], *, short: bool
) -> float:
    """Entries in one line that ends at pixel `right`; gives its width."""
    looks = [entry.look for entry in entries]
    words = [entry.short if short else entry.long for entry in entries]
    width = entries_width(words, LETTERS * sheet.scale.text)
    draw_entries(sheet, right - width, height, looks, words)
    return width
