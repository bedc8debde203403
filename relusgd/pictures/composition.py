"""A picture put together: which parts and words it has, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from relusgd.model.history import ERROR_NAMES
from relusgd.pictures.axis import Ticks, even_ticks, fitting_ticks
from relusgd.pictures.curve_panel import CurvePanel, Manner
from relusgd.pictures.header import Field, Header, fitting_fields, header_lines
from relusgd.pictures.layout import Box, Layout, arrange
from relusgd.pictures.legend import (
    Entry,
    curve_legend,
    draw_entries_left_of,
    draw_legend,
    legend_lines,
)
from relusgd.pictures.look import Look
from relusgd.pictures.loss_panel import LossPanel
from relusgd.pictures.marks import active_ticks, looks_of
from relusgd.pictures.panels import ActivePanel, Part
from relusgd.pictures.scales import Scales, error_axis, errors_of, noise_level, step_axis
from relusgd.pictures.sheet import Sheet
from relusgd.pictures.view import View
from relusgd.pictures.wording import shortened, text_width


@dataclass(frozen=True)
class YTicks:
    """The ticks of the panels' y axes; they decide how much room is needed to the left."""

    curve: Ticks
    active: Ticks
    loss: Ticks

    def room(self, look: Look, pixels: float) -> float:
        """The width of the widest label of the panels that are shown."""
        shown = [
            self.curve,
            *(getattr(self, name) for name in ("active", "loss") if name in look.show),
        ]
        return max(text_width(label, pixels) for ticks in shown for label in ticks.labels)


def build_parts(sheet: Sheet, view: View, *, cells: bool) -> list[Part]:
    """Lay out the picture of one run on the sheet, draw what never changes, and return what does."""
    layout, ticks, listed = _settle(sheet, view)
    scales, manner = Scales.of([view]), Manner(x_labels="active" not in sheet.look.show)
    text, along = sheet.scale.text, layout.curve.width
    x_ticks, lowest = fitting_ticks(view.low, view.high, along, text), layout.active or layout.curve
    parts: list[Part] = [Header(sheet, layout.header, listed, cells=cells)]
    parts.append(CurvePanel(sheet, layout.curve, view, scales, (x_ticks, ticks.curve), manner))
    if layout.active:
        parts.append(ActivePanel(sheet, layout.active, view, scales, (x_ticks, ticks.active)))
    from_right = 0.0
    if layout.loss:
        parts.append(
            LossPanel(sheet, layout.loss, view, (step_axis(view).ticks(along, text), ticks.loss))
        )
        from_right = _legend_at_right(sheet, view, lowest)
    _write_words(sheet, view, layout, from_right)
    draw_legend(sheet, layout.legend, curve_legend(sheet, [view]))
    return parts


def _settle(sheet: Sheet, view: View) -> tuple[Layout, YTicks, list[Field]]:
    """The layout, the ticks of y and the header, which depend on each other: the height gives the ticks, their labels the width."""
    text, line = sheet.scale.text, sheet.scale.line
    left = 5.0 * text
    for _ in range(2):
        room = sheet.width - left - 1.3 * text
        listed = fitting_fields(view, sheet.scale, room)
        lines = len(header_lines(listed, room))
        listing = legend_lines(sheet, curve_legend(sheet, [view]), room)
        layout = arrange(
            sheet.look, sheet.scale, left=round(left), header_lines=lines, legend_lines=listing
        )
        most = max(2, min(8, int(layout.curve.height / (2.2 * line))))
        loss_height = layout.loss.height if layout.loss else line
        loss_ticks = error_axis(view).ticks(max(1, int(loss_height / (1.3 * line))))
        ticks = YTicks(even_ticks(*view.y_limits, most), active_ticks(view), loss_ticks)
        left = ticks.room(sheet.look, 0.93 * text) + 2.7 * text
    return layout, ticks, listed


def _legend_at_right(sheet: Sheet, view: View, above: Box) -> float:
    """The legend of the error panel, in the line of the x label, ending at the panel's right edge; its width."""
    looks = looks_of(sheet, view)
    entries = [Entry(looks[name], ERROR_NAMES[name], name) for name in errors_of(view)]
    if noise_level(view) is not None:
        entries.append(Entry(looks["noise"], "noise²", "noise²"))
    return draw_entries_left_of(
        sheet, above.right, label_height(sheet, above), entries, short=sheet.width < 800
    )


def label_height(sheet: Sheet, axes: Box) -> float:
    """The middle of the line in which the x label under these axes stands."""
    return axes.bottom - 1.65 * sheet.scale.line


def _write_words(sheet: Sheet, view: View, layout: Layout, from_right: float) -> None:
    """The title, and the names of the axes; from_right: pixels that are taken in the line of x's name."""
    text, curve = sheet.scale.text, layout.curve
    write_title(sheet, layout.title)
    room = curve.width - 2 * (from_right + text)
    x_name = shortened(view.dataset.x_name, text, max(room, 3 * text))
    centred: dict[str, Any] = {"pixels": text, "ha": "center", "va": "center_baseline"}
    middle = curve.left + curve.width / 2
    sheet.text(middle, label_height(sheet, layout.active or curve), x_name, **centred)
    y_name = shortened(view.dataset.y_name, text, curve.height)
    write_upright(sheet, curve, y_name, text)
    if layout.active:
        write_upright(sheet, layout.active, "active", 0.9 * text)
    if layout.loss:
        write_upright(sheet, layout.loss, "error", text)
        sheet.text(middle, label_height(sheet, layout.loss), "step", **centred)


def write_title(sheet: Sheet, box: Box | None) -> None:
    """The user's title, if there is one."""
    if box and sheet.look.title:
        title = shortened(sheet.look.title, 1.2 * sheet.scale.text, box.width, bold=True)
        sheet.text(
            box.left,
            box.bottom + 0.3 * sheet.scale.text,
            title,
            pixels=1.2 * sheet.scale.text,
            bold=True,
        )


def write_upright(sheet: Sheet, axes: Box, words: str, pixels: float) -> None:
    """The name of a y axis, at the left edge of the picture."""
    sheet.text(
        0.9 * sheet.scale.text,
        axes.bottom + axes.height / 2,
        words,
        pixels=pixels,
        rotation=90,
        ha="center",
        va="center",
    )
