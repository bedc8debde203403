"""A picture put together: which parts and words it has, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from relusgd.pictures.axis import Ticks, even_ticks, fitting_ticks
from relusgd.pictures.header import Field, Header, fitting_fields, header_lines
from relusgd.pictures.layout import Box, Layout, arrange, flow
from relusgd.pictures.look import Look
from relusgd.pictures.marks import active_ticks, error_axis, errors_of, looks_of, noise_level, step_axis, test_points_shown
from relusgd.pictures.panels import ActivePanel, CurvePanel, LossPanel, Part
from relusgd.pictures.sheet import Sheet, entry_width
from relusgd.pictures.view import MOST_UNITS, View
from relusgd.pictures.wording import shortened, text_width


@dataclass(frozen=True)
class Entry:
    """An entry of a legend: how its line or point is drawn, and its words, long and short."""

    look: dict[str, Any]
    long: str
    short: str


@dataclass(frozen=True)
class YTicks:
    """The ticks of the panels' y axes; they decide how much room is needed to the left."""

    curve: Ticks
    active: Ticks
    loss: Ticks

    def room(self, look: Look, pixels: float) -> float:
        """The width of the widest label of the panels that are shown."""
        shown = [self.curve, *(getattr(self, name) for name in ("active", "loss") if name in look.show)]
        return max(text_width(label, pixels) for ticks in shown for label in ticks.labels)


def build_parts(sheet: Sheet, view: View, *, cells: bool) -> list[Part]:
    """Lay out the picture of one run on the sheet, draw what never changes, and return what does."""
    layout, ticks, listed = _settle(sheet, view)
    text, along = sheet.scale.text, layout.curve.width
    x_ticks, lowest = fitting_ticks(view.low, view.high, along, text), layout.active or layout.curve
    parts: list[Part] = [Header(sheet, layout.header, listed, cells=cells), CurvePanel(sheet, layout.curve, view, (x_ticks, ticks.curve))]
    if layout.active:
        parts.append(ActivePanel(sheet, layout.active, view, (x_ticks, ticks.active)))
    from_right = 0.0
    if layout.loss:
        parts.append(LossPanel(sheet, layout.loss, view, (step_axis(view).ticks(along, text), ticks.loss)))
        from_right = _legend_at_right(sheet, view, lowest)
    _write_words(sheet, view, layout, from_right)
    _draw_legend(sheet, layout.legend, curve_legend(sheet, view))
    return parts


def _settle(sheet: Sheet, view: View) -> tuple[Layout, YTicks, list[Field]]:
    """The layout, the ticks of y and the header, which depend on each other: the height gives the ticks, their labels the width."""
    text, line = sheet.scale.text, sheet.scale.line
    left = 5.0 * text
    for _ in range(2):
        room = sheet.width - left - 1.3 * text
        listed = fitting_fields(view, sheet.scale, room)
        lines = len(header_lines(listed, room))
        layout = arrange(sheet.look, sheet.scale, left=round(left), header_lines=lines, legend_lines=_legend_lines(sheet, view, room))
        most = max(2, min(8, int(layout.curve.height / (2.2 * line))))
        loss_height = layout.loss.height if layout.loss else line
        loss_ticks = error_axis(view).ticks(max(1, int(loss_height / (1.3 * line))))
        ticks = YTicks(even_ticks(*view.y_limits, most), active_ticks(view), loss_ticks)
        left = ticks.room(sheet.look, 0.93 * text) + 2.7 * text
    return layout, ticks, listed


def curve_legend(sheet: Sheet, view: View) -> list[Entry]:
    """The legend of the curve panel: what is in it, in the order of drawing."""
    looks = looks_of(sheet, view)
    entries = [Entry(looks["data"], "training data", "data")]
    if test_points_shown(view):
        entries.append(Entry(looks["test data"], "test data", "test"))
    if view.truth is not None:
        entries.append(Entry(looks["truth"], "true function", "truth"))
    entries.append(Entry(looks["learned"], "learned function", "learned"))
    if "units" not in sheet.look.show:
        return entries
    strongest = f"{MOST_UNITS} strongest " if view.history.hidden[0] > MOST_UNITS else ""
    if view.deep:
        return [*entries, Entry(looks["neutral"], f"{strongest}units of the first layer", "1st-layer units")]
    positive = Entry(looks["positive"], f"{strongest}unit{'s' if strongest else ''}, output weight > 0", "unit +")
    return [*entries, positive, Entry(looks["negative"], "< 0" if strongest else "unit, output weight < 0", "unit −")]


def _legend_lines(sheet: Sheet, view: View, room: float) -> int:
    return len(_set_legend(sheet, curve_legend(sheet, view), room)[1])


def _set_legend(sheet: Sheet, entries: list[Entry], room: float) -> tuple[list[str], list[list[int]]]:
    """The entries' words, long if all then stand on one line, and which entry stands on which line."""
    pixels = 0.93 * sheet.scale.text
    for words in ([entry.long for entry in entries], [entry.short for entry in entries]):
        lines = flow([entry_width(word, pixels) for word in words], room, 1.2 * pixels)
        if len(lines) == 1:
            break
    return words, lines


def _draw_legend(sheet: Sheet, box: Box, entries: list[Entry]) -> None:
    pixels = 0.93 * sheet.scale.text
    words, lines = _set_legend(sheet, entries, box.width)
    for number, line in enumerate(lines):
        x, y = float(box.left), box.top - (number + 0.5) * sheet.scale.line
        for item in line:
            sheet.entry(x, y, entries[item].look, words[item], pixels=pixels)
            x += entry_width(words[item], pixels) + 1.2 * pixels


def _legend_at_right(sheet: Sheet, view: View, above: Box) -> float:
    """The legend of the error panel, in the line of the x label, ending at the panel's right edge; its width."""
    looks, pixels = looks_of(sheet, view), 0.93 * sheet.scale.text
    entries = [Entry(looks[name], f"{name}ing error" if name == "train" else "test error", name) for name in errors_of(view)]
    if noise_level(view) is not None:
        entries.append(Entry(looks["noise"], "noise²", "noise²"))
    words = [entry.long if sheet.width >= 800 else entry.short for entry in entries]
    width = sum(entry_width(word, pixels) + 1.2 * pixels for word in words) - 1.2 * pixels
    x = above.right - width
    for entry, word in zip(entries, words, strict=True):
        sheet.entry(x, _label_height(sheet, above), entry.look, word, pixels=pixels)
        x += entry_width(word, pixels) + 1.2 * pixels
    return width


def _label_height(sheet: Sheet, axes: Box) -> float:
    """The middle of the line in which the x label under these axes stands."""
    return axes.bottom - 1.65 * sheet.scale.line


def _write_words(sheet: Sheet, view: View, layout: Layout, from_right: float) -> None:
    """The title, and the names of the axes; from_right: pixels that are taken in the line of x's name."""
    text, curve = sheet.scale.text, layout.curve
    if layout.title and sheet.look.title:
        title = shortened(sheet.look.title, 1.2 * text, layout.title.width, bold=True)
        sheet.text(curve.left, layout.title.bottom + 0.3 * text, title, pixels=1.2 * text, bold=True)
    room = curve.width - 2 * (from_right + text)
    x_name = shortened(view.dataset.x_name, text, max(room, 3 * text))
    centred: dict[str, Any] = {"pixels": text, "ha": "center", "va": "center_baseline"}
    middle = curve.left + curve.width / 2
    sheet.text(middle, _label_height(sheet, layout.active or curve), x_name, **centred)
    y_name = shortened(view.dataset.y_name, text, curve.height)
    _write_upright(sheet, curve, y_name, text)
    if layout.active:
        _write_upright(sheet, layout.active, "active", 0.9 * text)
    if layout.loss:
        _write_upright(sheet, layout.loss, "error", text)
        sheet.text(middle, _label_height(sheet, layout.loss), "step", **centred)


def _write_upright(sheet: Sheet, axes: Box, words: str, pixels: float) -> None:
    """The name of a y axis, at the left edge of the picture."""
    sheet.text(0.9 * sheet.scale.text, axes.bottom + axes.height / 2, words, pixels=pixels, rotation=90, ha="center", va="center")
