"""Groups of runs side by side: the learned function of each with those of other seeds behind it, and their errors beneath.

Panels stand in rows and columns as the caller says, or as fits; charts of errors stand under all of them, or one under each column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from relusgd.errors import InputError
from relusgd.pictures.axis import Ticks, even_ticks, fitting_ticks, robust_limits
from relusgd.pictures.comparison_chart import Chart, chart_axes, draw_chart, errors_axis
from relusgd.pictures.composition import label_height, write_title, write_upright
from relusgd.pictures.curve_panel import CurvePanel, Manner
from relusgd.pictures.fonts import drawable
from relusgd.pictures.grid import Cell, common, grid_shape, lay_cells, write_head
from relusgd.pictures.header import Field, header_width
from relusgd.pictures.layout import Box
from relusgd.pictures.legend import Entry, curve_legend, draw_legend, legend_lines
from relusgd.pictures.look import Look
from relusgd.pictures.loss_panel import run_dash
from relusgd.pictures.marks import looks_of, original
from relusgd.pictures.painter import write_figure
from relusgd.pictures.scales import Scales
from relusgd.pictures.sheet import STYLE, Sheet, entry_width
from relusgd.pictures.view import View
from relusgd.pictures.wording import shortened, text_width

MOST_PANELS = 16

ALIKE = 0.2
"""Panels share their axes while the ranges of each are at least this part of those of all."""


@dataclass(frozen=True, eq=False)
class Panel:
    """One group. titles: over the panel, from long to short, as many as others have; numbers: word and text at its right.

    colour: its number among those of runs; view: the run that is drawn; others: those behind it; best: whether it stands out.
    """

    titles: Sequence[str]
    view: View
    colour: int
    others: Sequence[View] = ()
    numbers: Sequence[tuple[str, str]] = ()
    best: bool = False


@dataclass(frozen=True, eq=False)
class Comparison:
    """What the picture shows. columns: of the panels, which then go on row by row; None: as fits.

    charts: none, one under all panels, or one under each column. error: what the charts show, as on their axis. note: which
    groups these are, where there are others.
    """

    panels: Sequence[Panel]
    charts: Sequence[Chart] = field(default_factory=list)
    columns: int | None = None
    error: str = "test error"
    note: str = ""

    def __post_init__(self) -> None:
        if not 1 <= len(self.panels) <= MOST_PANELS:
            raise InputError(
                f"{len(self.panels)} panels do not fit into one picture", f"up to {MOST_PANELS} do"
            )


def save_comparison(comparison: Comparison, path: Path, look: Look | None = None) -> None:
    """Write the picture as .png, .svg or .pdf. Raises as `save_still` does."""
    write_figure(draw_comparison(comparison, look), path)


def draw_comparison(comparison: Comparison, look: Look | None = None) -> Sheet:
    """The picture as a figure."""
    with matplotlib.rc_context(STYLE):
        sheet = Sheet(look or Look())
        ComparisonBuilder(sheet, comparison).draw()
    return sheet


class ComparisonBuilder:
    """The picture while it is put together."""

    def __init__(self, sheet: Sheet, comparison: Comparison) -> None:
        self.sheet, self.comparison = sheet, comparison
        self.panels, self.charts = comparison.panels, comparison.charts
        self.fine = sheet.finer(0.8 if len(self.panels) <= 4 else 0.62, 0.93)
        self.text, self.line = sheet.scale.text, sheet.scale.line
        self.views = [panel.view for panel in self.panels]
        self.scales = panel_scales(self.views)
        self.shared = all(scales is self.scales[0] for scales in self.scales)
        self.errors = errors_axis(self.charts)

    def draw(self) -> None:
        self._place()
        for number, (panel, cell) in enumerate(zip(self.panels, self.cells, strict=True)):
            self._draw_panel(number, panel, cell)
        for chart, box in zip(self.charts, self.boxes, strict=True):
            axes = chart_axes(
                self.fine, box, chart, self.errors, self.error_ticks, labels=box is self.boxes[0]
            )
            draw_chart(self.fine, axes, chart, self.errors)
        self._write_words()

    def _place(self) -> None:
        """Boxes and ticks, which depend on each other."""
        (width, height), line, left = self.sheet.look.size, self.line, 5.0 * self.text
        top = height - round(0.5 * line)
        self.entries = self._entries()
        for _ in range(2):
            inner = round(width - left - 1.3 * self.text)
            self.title = (
                Box(round(left), top - round(1.2 * line), inner, round(1.2 * line))
                if self.sheet.look.title
                else None
            )
            head = self.title.bottom if self.title else top
            legend = legend_lines(self.sheet, self.entries, inner) * line
            self.legend = Box(round(left), head - legend, inner, legend)
            below = (
                round(0.35 * line)
                + (self._chart_height() + round(2.55 * line) if self.charts else 0)
                + round(2.2 * line)
            )
            self.area = Box(
                round(left), below, inner, self.legend.bottom - round(0.2 * line) - below
            )
            self._place_panels()
            self._place_charts()
            left = self._label_room() + 2.7 * self.text

    def _chart_height(self) -> int:
        return max(
            round((0.2 if len(self.panels) > 3 else 0.25) * self.sheet.look.size[1]), 3 * self.line
        )

    def _place_panels(self) -> None:
        shape = self._shape()
        across = self.area.width / shape[1]
        self.x_ticks = [
            fitting_ticks(*scales.x, across - 3 * self.text, self.fine.scale.text)
            for scales in self.scales
        ]
        self.head_lines = 2 if shape[0] == 1 else 1
        gap, row_gap = 1.2 * self.text + 0.5 * self._widest(self.x_ticks), 0.35 * self.line
        if not self.shared:
            gap, row_gap = (
                1.5 * self.text + self._widest(self._y_ticks(self.area.height / shape[0])),
                1.7 * self.line,
            )
        self.cells = lay_cells(
            self.fine,
            self.area,
            len(self.panels),
            gap,
            self.head_lines,
            shape=shape,
            row_gap=row_gap,
        )
        self.y_ticks = self._y_ticks(self.cells[0].curve.height)

    def _shape(self) -> tuple[int, int]:
        count, columns = len(self.panels), self.comparison.columns
        if columns:
            return -(-count // columns), columns
        if count == 1:
            return 1, 1
        return grid_shape(count, self.area.width, self.area.height, 4 if count > 9 else 3)

    def _y_ticks(self, height: float) -> list[Ticks]:
        most = max(2, min(6, int(height / (2.2 * self.line))))
        return [even_ticks(*scales.y, most) for scales in self.scales]

    def _place_charts(self) -> None:
        """One box under all panels, or one under each column."""
        bottom, height = round(0.35 * self.line) + round(2.2 * self.line), self._chart_height()
        columns = self.cells[: len(self.charts)]
        whole = len(self.charts) == 1
        self.boxes = [
            Box(
                self.area.left if whole else cell.curve.left,
                bottom,
                self.area.width if whole else cell.curve.width,
                height,
            )
            for cell in columns
        ]
        self.error_ticks = self.errors.ticks(max(1, int(height / (1.3 * self.line))))

    def _widest(self, ticks: Sequence[Ticks]) -> float:
        return max(text_width(label, self.fine.scale.text) for one in ticks for label in one.labels)

    def _label_room(self) -> float:
        ticks = [*self.y_ticks, *([self.error_ticks] if self.charts else [])]
        return max(text_width(label, 0.93 * self.text) for one in ticks for label in one.labels)

    def _draw_panel(self, number: int, panel: Panel, cell: Cell) -> None:
        colour = self.sheet.colours.runs[panel.colour % len(self.sheet.colours.runs)]
        labelled = cell.manner if self.shared else Manner()
        manner = Manner(labelled.x_labels, labelled.y_labels, colour)
        curve = CurvePanel(
            self.fine,
            cell.curve,
            panel.view,
            self.scales[number],
            (self.x_ticks[number], self.y_ticks[number]),
            manner,
        )
        curve.draw_behind(panel.others)
        if panel.best:
            curve.emphasise()
        curve.show(len(panel.view) - 1)
        look = {
            "color": colour,
            "linewidth": self.sheet.points(3.0),
            "linestyle": run_dash(panel.colour),
        }
        titles = [panel.titles[self._title_level()]]
        write_head(
            self.fine,
            cell.head,
            look,
            titles,
            self._numbers(panel),
            cells=False,
            lines=self.head_lines,
        ).show(0)

    def _title_level(self) -> int:
        """The first of the titles that fits over every panel, so that all are alike; else the last."""
        pixels = 1.05 * self.fine.scale.text
        for level in range(len(self.panels[0].titles)):
            widths = [
                3.2 * pixels
                + text_width(drawable(panel.titles[level]), pixels, bold=True)
                + (header_width(self._numbers(panel)[-1]) if self.head_lines == 1 else 0.0)
                for panel in self.panels
            ]
            if max(widths) <= self.cells[0].head.width:
                return level
        return len(self.panels[0].titles) - 1

    def _numbers(self, panel: Panel) -> list[list[Field]]:
        """What may stand over a panel, the most first."""
        pixels = 0.95 * self.fine.scale.text
        fields = [
            Field(word, lambda _, text=text: text, text, pixels)  # type: ignore[misc]
            for word, text in panel.numbers
        ]
        return [fields[:count] for count in range(len(fields), 0, -1)] or [
            [Field("", lambda _: "", "", pixels)]
        ]

    def _entries(self) -> list[Entry]:
        sheet = self.fine
        entries = curve_legend(sheet, self.views, learned=False)
        seeds = any(panel.others for panel in self.panels)
        learned = {
            "color": sheet.colours.ink if self._many_colours() else sheet.colours.runs[0],
            "linewidth": sheet.points(3.4),
        }
        entries.append(
            Entry(
                learned,
                "learned, median seed" if seeds else "learned",
                "median seed" if seeds else "learned",
            )
        )
        if seeds:
            entries.append(
                Entry(
                    {**learned, "linewidth": sheet.points(1.3), "alpha": 0.45},
                    "other seeds",
                    "seeds",
                )
            )
        if any(chart.level is not None for chart in self.charts):
            entries.append(Entry(looks_of(sheet, None)["noise"], "noise²", "noise²"))
        return entries

    def _many_colours(self) -> bool:
        return len({panel.colour for panel in self.panels}) > 1

    def _write_words(self) -> None:
        sheet, text = self.sheet, self.text
        write_title(sheet, self.title)
        draw_legend(sheet, self.legend, self.entries)
        self._write_note()
        bottom = min(cell.curve.bottom for cell in self.cells)
        area = Box(self.area.left, bottom, self.area.width, self.area.top - bottom)
        names = [
            shortened(common(name), text, room)
            for name, room in zip(self._names(), (area.width, area.height), strict=True)
        ]
        centred: dict[str, Any] = {"pixels": text, "ha": "center", "va": "center_baseline"}
        sheet.text(area.left + area.width / 2, label_height(sheet, area), names[0], **centred)
        write_upright(sheet, area, names[1], text)
        if self.charts:
            box = self.boxes[0]
            sheet.text(
                area.left + area.width / 2,
                label_height(sheet, box),
                self.charts[0].x_name,
                **centred,
            )
            write_upright(sheet, box, shortened(self.comparison.error, text, box.height), text)

    def _write_note(self) -> None:
        """Which groups these are, at the right of the legend's last line or of the title's."""
        pixels, words = 0.93 * self.text, drawable(self.comparison.note)
        entries = sum(entry_width(entry.long, pixels) + 1.2 * pixels for entry in self.entries)
        taken, box = entries, self.legend
        if self.title:
            taken, box = (
                text_width(drawable(self.sheet.look.title or ""), 1.2 * self.text, bold=True)
                + self.text,
                self.title,
            )
        if words and taken + text_width(words, pixels) <= box.width:
            look: dict[str, Any] = {
                "pixels": pixels,
                "colour": self.sheet.colours.faint,
                "ha": "right",
                "va": "center_baseline",
            }
            self.sheet.text(box.right, box.top - 0.5 * self.line, words, **look)

    def _names(self) -> tuple[list[str], list[str]]:
        return [view.dataset.x_name for view in self.views], [
            view.dataset.y_name for view in self.views
        ]


def panel_scales(views: Sequence[View]) -> list[Scales]:
    """The scales of the panels: the same object for all, unless their data are so different that some would be flat."""
    own = [last_scales([view]) for view in views]
    shared = last_scales(views)
    alike = all(
        high - low >= ALIKE * (most - least)
        for scales in own
        for (low, high), (least, most) in ((scales.x, shared.x), (scales.y, shared.y))
    )
    return [shared] * len(views) if alike else own


def last_scales(views: Sequence[View]) -> Scales:
    """The scales for the last snapshots alone: all data and the truth, and most of what was learned."""
    curves = [view.curve(len(view) - 1) for view in views]
    core = [
        _finite(original(view, view.dataset.x_train, view.dataset.y_train)[1]) for view in views
    ]
    core += [_finite(original(view, view.dataset.x_test, view.dataset.y_test)[1]) for view in views]
    core += [_finite(view.truth[1]) for view in views if view.truth is not None]
    learned = np.array([[curve.y.min(), curve.y.max()] for curve in curves])
    kinks = np.concatenate([curve.kink for curve in curves])
    kinks = kinks[np.isfinite(kinks) & (kinks > 0)]
    x = min(view.low for view in views), max(view.high for view in views)
    y = robust_limits(np.concatenate(core), learned, extent=0.4, margin=0.06)
    return Scales(
        x, y, unit=1.0, kink=float(np.quantile(kinks, 0.9)) if len(kinks) else 1.0, bend=1.0
    )


def _finite(values: Any) -> Any:
    return values[np.isfinite(values)]
