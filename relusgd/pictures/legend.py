"""Legends: what the lines and points of a picture mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from relusgd.pictures.layout import Box, flow
from relusgd.pictures.marks import looks_of
from relusgd.pictures.sheet import Sheet, entry_width
from relusgd.pictures.view import View


@dataclass(frozen=True)
class Entry:
    """An entry of a legend: how its line or point is drawn, and its words, long and short."""

    look: dict[str, Any]
    long: str
    short: str


def curve_legend(sheet: Sheet, views: Sequence[View], *, learned: bool = True) -> list[Entry]:
    """The legend of panels of learned functions: what is in any of them, in the order of drawing.

    learned: whether the learned function is named; where each panel has a colour of its own, its title does that.
    """
    looks = looks_of(sheet, views[0])
    entries = [Entry(looks["data"], "training data", "data")]
    if any(view.shows_test_points for view in views):
        entries.append(Entry(looks["test data"], "test data", "test"))
    if any(view.truth is not None for view in views):
        entries.append(Entry(looks["truth"], "true function", "truth"))
    if learned:
        rings = {} if any(view.marks_kinks for view in views) else {"marker": ""}
        entries.append(Entry({**looks["learned"], **rings}, "learned function", "learned"))
    deepest = max(len(view.history.hidden) for view in views)
    if "units" in sheet.look.show:
        entries += _unit_entries(looks, views)
    return entries if deepest == 1 else [*entries, *_layer_entries(sheet, looks, deepest)]


def _unit_entries(looks: dict[str, dict[str, Any]], views: Sequence[View]) -> list[Entry]:
    entries = []
    shallow, deep = [view for view in views if not view.deep], [view for view in views if view.deep]
    if any(not view.wide for view in shallow):
        entries += [
            Entry(looks["positive"], "unit, output weight > 0", "unit +"),
            Entry(looks["negative"], "unit, output weight < 0", "unit −"),
        ]
    if any(view.wide for view in shallow):
        entries += [
            Entry(looks["up"], "bends at elbows, output weight > 0", "bends +"),
            Entry(looks["down"], "< 0", "−"),
        ]
    if any(not view.wide for view in deep):
        entries.append(Entry(looks["neutral"], "units of layer 1", "units"))
    if any(view.wide for view in deep):
        entries.append(Entry(looks["bends"], "elbows of layer 1", "elbows"))
    return entries


def _layer_entries(sheet: Sheet, looks: dict[str, dict[str, Any]], deepest: int) -> list[Entry]:
    """Breakpoints by layer; the last colour stands for all the layers from its own on."""
    most = len(sheet.colours.layers)
    names = [
        f"layer {layer}{' …' if layer == most < deepest else ''}"
        for layer in range(1, min(deepest, most) + 1)
    ]
    return [
        Entry(
            looks[f"layer {layer}"],
            f"bend by {name}" if layer == 1 else name,
            name if layer == 1 else name.removeprefix("layer "),
        )
        for layer, name in enumerate(names, 1)
    ]


def legend_lines(sheet: Sheet, entries: list[Entry], room: float) -> int:
    """The number of lines that the entries take."""
    return len(_set_legend(sheet, entries, room)[1])


def _set_legend(
    sheet: Sheet, entries: list[Entry], room: float
) -> tuple[list[str], list[list[int]]]:
    """The entries' words, long if all then stand on one line, and which entry stands on which line."""
    pixels = 0.93 * sheet.scale.text
    for words in ([entry.long for entry in entries], [entry.short for entry in entries]):
        lines = flow([entry_width(word, pixels) for word in words], room, 1.2 * pixels)
        if len(lines) == 1:
            break
    return words, lines


def draw_legend(sheet: Sheet, box: Box, entries: list[Entry]) -> None:
    pixels = 0.93 * sheet.scale.text
    words, lines = _set_legend(sheet, entries, box.width)
    for number, line in enumerate(lines):
        x, y = float(box.left), box.top - (number + 0.5) * sheet.scale.line
        for item in line:
            sheet.entry(x, y, entries[item].look, words[item], pixels=pixels)
            x += entry_width(words[item], pixels) + 1.2 * pixels


def draw_entries_left_of(
    sheet: Sheet, right: float, height: float, entries: list[Entry], *, short: bool
) -> float:
    """Entries in one line that ends at pixel `right`; gives its width."""
    pixels = 0.93 * sheet.scale.text
    words = [entry.short if short else entry.long for entry in entries]
    width = (
        sum(entry_width(word, pixels) + 1.2 * pixels for word in words) - 1.2 * pixels
        if words
        else 0.0
    )
    x = right - width
    for entry, word in zip(entries, words, strict=True):
        sheet.entry(x, height, entry.look, word, pixels=pixels)
        x += entry_width(word, pixels) + 1.2 * pixels
    return width
