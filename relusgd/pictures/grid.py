"""Several runs side by side: a grid of panels with shared axes, and their errors in one panel beneath."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from relusgd.model.history import ERROR_NAMES
from relusgd.pictures.axis import even_ticks, fitting_ticks
from relusgd.pictures.composition import label_height, write_title, write_upright
from relusgd.pictures.curve_panel import CurvePanel, Manner
from relusgd.pictures.fonts import drawable
from relusgd.pictures.group import Group
from relusgd.pictures.header import Field, Header, fields, header_width
from relusgd.pictures.layout import Box
from relusgd.pictures.legend import (
    Entry,
    curve_legend,
    draw_entries_left_of,
    draw_legend,
    legend_lines,
)
from relusgd.pictures.loss_panel import GroupLossPanel, run_dash
from relusgd.pictures.marks import looks_of
from relusgd.pictures.panels import AtRows, Part
from relusgd.pictures.scales import Scales
from relusgd.pictures.sheet import Sheet, entry_width
from relusgd.pictures.view import View
from relusgd.pictures.wording import shortened, text_width

BEST_ASPECT = 1.3
"""Width to height of a panel that shows a function well."""


@dataclass(frozen=True)
class Cell:
    """One panel of a grid: the line for its title and numbers, the axes, and which ticks are labelled."""

    head: Box
    curve: Box
    manner: Manner


def grid_shape(count: int, width: float, height: float, most: int = 3) -> tuple[int, int]:
    """Rows and columns, each at most `most`, for so many panels: the fewest empty places, then the best shape of the panels."""
    shapes = [
        (rows, columns)
        for rows in range(1, most + 1)
        for columns in range(1, most + 1)
        if rows * columns >= count
    ]

    def badness(shape: tuple[int, int]) -> float:
        rows, columns = shape
        return abs(math.log(width / columns / (height / rows) / BEST_ASPECT)) + 0.5 * (
            rows * columns - count
        )

    return min(shapes, key=badness)


def lay_cells(
    sheet: Sheet,
    area: Box,
    count: int,
    gap: float,
    head_lines: int = 1,
    *,
    shape: tuple[int, int] | None = None,
    row_gap: float | None = None,
) -> list[Cell]:
    """The panels in the area, row by row. Only those at the left have labels of y, only those with none beneath labels of x.

    shape: rows and columns, if not as fits; gap, row_gap: pixels between columns and between rows.
    """
    rows, columns = shape or grid_shape(count, area.width, area.height)
    head, between = (
        round(1.15 * sheet.scale.line * head_lines),
        0.35 * sheet.scale.line if row_gap is None else row_gap,
    )
    across, up = (
        (area.width - gap * (columns - 1)) / columns,
        (area.height - between * (rows - 1)) / rows,
    )
    cells = []
    for number in range(count):
        row, column = divmod(number, columns)
        left, top = (
            round(area.left + column * (across + gap)),
            round(area.top - row * (up + between)),
        )
        box = Box(left, round(top - up), round(across), round(up) - head)
        manner = Manner(x_labels=number + columns >= count, y_labels=column == 0)
        cells.append(Cell(Box(left, box.top, box.width, head), box, manner))
    return cells


def build_grid(sheet: Sheet, group: Group, *, cells: bool) -> list[Part]:
    """Lay out the picture of several runs on the sheet, draw what never changes, and return what does."""
    return GridBuilder(sheet, group, cells=cells).build()


class GridBuilder:
    """The picture of a group while it is put together."""

    def __init__(self, sheet: Sheet, group: Group, *, cells: bool) -> None:
        self.sheet, self.group, self.cells = sheet, group, cells
        self.scales = Scales.of(group.views)
        self.fine = sheet.finer(0.8 if len(group.views) <= 4 else 0.62, 0.93)
        self.text, self.line = sheet.scale.text, sheet.scale.line
        self.entries = curve_legend(self.fine, group.views, learned=False)

    def build(self) -> list[Part]:
        sheet, group = self.sheet, self.group
        self._place()
        parts: list[Part] = [Header(sheet, self.header, self._clock_fields(), cells=self.cells)]
        for number, (view, cell) in enumerate(zip(group.views, self.grid, strict=True)):
            parts += [AtRows(part, group.rows(view)) for part in self._panel(number, view, cell)]
        if self.loss:
            parts.append(
                GroupLossPanel(sheet, self.loss, group, (self.time_ticks, self.loss_ticks))
            )
        self._write_words()
        return parts

    def _place(self) -> None:
        """Boxes and ticks, which depend on each other: the height gives the ticks, their labels the room at the left."""
        left = 5.0 * self.text
        for _ in range(2):
            inner = round(self.sheet.width - left - 1.3 * self.text)
            top, bottom = (
                self._place_words(round(left), inner),
                self._place_loss(round(left), inner),
            )
            self.area = Box(round(left), bottom, inner, top - bottom)
            self._set_ticks()
            left = self._label_room() + 2.7 * self.text

    def _place_words(self, left: int, inner: int) -> int:
        """Title, header and legend, from the top; gives the upper edge of what is left."""
        sheet, line = self.sheet, self.line
        top = sheet.height - round(0.5 * line)
        self.title = (
            Box(left, top - round(1.2 * line), inner, round(1.2 * line))
            if sheet.look.title
            else None
        )
        top = self.title.bottom if self.title else top
        self.header = Box(left, top - round(1.25 * line), inner, round(1.25 * line))
        return self._place_legend() - round(0.25 * line)

    def _place_legend(self) -> int:
        """In the line of the header if it fits beside its words, else under it; gives the lower edge of both."""
        header, taken = self.header, round(header_width(self._clock_fields()) + 2 * self.text)
        self.beside = legend_lines(self.sheet, self.entries, header.width - taken) == 1
        if self.beside:
            self.legend = Box(
                header.left + taken, header.bottom, header.width - taken, header.height
            )
            return header.bottom
        height = legend_lines(self.sheet, self.entries, header.width) * self.line
        self.legend = Box(header.left, header.bottom - height, header.width, height)
        return self.legend.bottom

    def _place_loss(self, left: int, inner: int) -> int:
        """The error panel, from the bottom, if there is one; gives the lower edge of what is left."""
        line, labels, bottom = self.line, round(2.2 * self.line), round(0.35 * self.line)
        self.loss = None
        if "loss" in self.sheet.look.show:
            self.loss = Box(
                left, bottom + labels, inner, max(round(0.15 * self.sheet.height), 2 * line)
            )
            bottom = self.loss.top + round(0.35 * line)
        return bottom + labels

    def _set_ticks(self) -> None:
        area, count, pixels = self.area, len(self.group.views), self.fine.scale.text
        rows, columns = grid_shape(count, area.width, area.height)
        self.x_ticks = fitting_ticks(*self.scales.x, area.width / columns - 2 * self.text, pixels)
        widest = max(text_width(label, pixels) for label in self.x_ticks.labels)
        gap = max(1.2 * self.text, widest + 0.3 * pixels)
        self.head_lines = 2 if rows == 1 else 1
        self.grid = lay_cells(self.fine, area, count, gap, self.head_lines)
        self.y_ticks = even_ticks(
            *self.scales.y, max(2, min(6, int(self.grid[0].curve.height / (2.2 * self.line))))
        )
        loss = self.loss.height if self.loss else self.line
        self.loss_ticks = self.group.error_axis.ticks(max(1, int(loss / (1.3 * self.line))))
        self.time_ticks = self.group.time_axis.ticks(area.width, self.text)

    def _label_room(self) -> float:
        labels = [*self.y_ticks.labels, *(self.loss_ticks.labels if self.loss else ())]
        return max(text_width(label, 0.93 * self.text) for label in labels)

    def _clock_fields(self) -> list[Field]:
        """The epoch, and the step where it is the same in all runs."""
        group, large = self.group, self.sheet.scale.large
        listed = [
            Field("epoch", lambda moment: f"{group.epoch[moment]:,}", f"{group.epoch[-1]:,}", large)
        ]
        if rate := group.steps_per_epoch:
            listed.append(
                Field(
                    "step",
                    lambda moment: f"{rate * group.epoch[moment]:,}",
                    f"{rate * group.epoch[-1]:,}",
                    large,
                )
            )
        return listed

    def _panel(self, number: int, view: View, cell: Cell) -> list[Part]:
        colour = self.sheet.colours.runs[number]
        manner = Manner(cell.manner.x_labels, cell.manner.y_labels, colour)
        panel = CurvePanel(
            self.fine, cell.curve, view, self.scales, (self.x_ticks, self.y_ticks), manner
        )
        look = {"color": colour, "linewidth": self.sheet.points(3.0), "linestyle": run_dash(number)}
        titles = [self._titles()[number]]
        return [
            write_head(
                self.fine,
                cell.head,
                look,
                titles,
                panel_fields(view, self.fine),
                cells=self.cells,
                lines=self.head_lines,
            ),
            panel,
        ]

    def _titles(self) -> Sequence[str]:
        """The full titles if all of them fit over their panels, else the short ones."""
        pixels = 1.05 * self.fine.scale.text
        taken = 2.2 * pixels
        if self.head_lines == 1:
            taken += pixels + max(
                header_width(panel_fields(view, self.fine)[-1]) for view in self.group.views
            )
        widest = max(text_width(drawable(title), pixels, bold=True) for title in self.group.titles)
        return self.group.titles if taken + widest <= self.grid[0].head.width else self.group.short

    def _write_words(self) -> None:
        sheet, views, bottom = (
            self.sheet,
            self.group.views,
            min(cell.curve.bottom for cell in self.grid),
        )
        write_title(sheet, self.title)
        if self.beside:
            widths = self.legend.right
            draw_entries_left_of(
                sheet,
                widths,
                self.header.bottom + 0.42 * self.header.height,
                self.entries,
                short=not self._long_fits(),
            )
        else:
            draw_legend(sheet, self.legend, self.entries)
        area = Box(self.area.left, bottom, self.area.width, self.area.top - bottom)
        centred: dict[str, Any] = {"pixels": self.text, "ha": "center", "va": "center_baseline"}
        middle, taken = area.left + area.width / 2, 0.0
        if self.loss:
            taken = self._loss_legend(area)
            sheet.text(middle, label_height(sheet, self.loss), "epoch", **centred)
            write_upright(sheet, self.loss, ERROR_NAMES[self.group.error_name], self.text)
        x_name = shortened(
            common(view.dataset.x_name for view in views),
            self.text,
            area.width - 2 * (taken + self.text),
        )
        sheet.text(middle, label_height(sheet, area), x_name, **centred)
        write_upright(
            sheet,
            area,
            shortened(common(view.dataset.y_name for view in views), self.text, area.height),
            self.text,
        )

    def _long_fits(self) -> bool:
        pixels = 0.93 * self.text
        return (
            sum(entry_width(entry.long, pixels) + 1.2 * pixels for entry in self.entries)
            - 1.2 * pixels
            <= self.legend.width
        )

    def _loss_legend(self, area: Box) -> float:
        if self.group.noise is None:
            return 0.0
        entries = [Entry(looks_of(self.sheet, None)["noise"], "noise²", "noise²")]
        return draw_entries_left_of(
            self.sheet, area.right, label_height(self.sheet, area), entries, short=False
        )


def common(names: Any) -> str:
    """The names without repetitions."""
    return ", ".join(dict.fromkeys(names))


def panel_fields(view: View, sheet: Sheet) -> list[list[Field]]:
    """What may stand over a panel, the most first: errors, elbows inside, dead units; at least one error."""
    text = 0.95 * sheet.scale.text
    listed = {field.word.split()[0]: field for field in fields(view, text, text, short=True)[2:]}
    error = "test" if "test" in listed else "train"
    wanted = [
        ["train", "test", "elbows", "dead"],
        [error, "elbows", "dead"],
        [error, "elbows"],
        [error],
    ]
    return [[listed[name] for name in names if name in listed] for names in wanted]


def write_head(
    sheet: Sheet,
    box: Box,
    look: dict[str, Any] | None,
    titles: Sequence[str],
    options: list[list[Field]],
    *,
    cells: bool,
    lines: int,
) -> Header:
    """A panel's title, after a sample of its line, and its numbers: at the right of it, or on a second line."""
    pixels, half = 1.05 * sheet.scale.text, box.height / lines
    swatch = 2.2 * pixels if look else 0.0
    title_room = box.width - swatch
    numbers = next((option for option in options if header_width(option) <= box.width), options[-1])
    place = Box(box.left, box.bottom, box.width, round(half))
    if lines == 1:
        fitting = lambda option: (  # noqa: E731
            swatch
            + text_width(drawable(titles[-1]), pixels, bold=True)
            + pixels
            + header_width(option)
            <= box.width
        )
        numbers = next(filter(fitting, options), options[-1])
        place = Box(
            round(box.right - header_width(numbers)),
            box.bottom,
            math.ceil(header_width(numbers)) + 2,
            box.height,
        )
        title_room = place.left - box.left - swatch - 0.8 * pixels
    baseline = round(box.bottom + (lines - 1) * half + 0.25 * half)
    if look:
        sheet.entry(box.left, baseline + 0.36 * pixels, look, "", pixels=0.8 * pixels)
    sheet.text(
        box.left + swatch,
        baseline,
        best_fitting(titles, pixels, title_room),
        pixels=pixels,
        bold=True,
    )
    return Header(sheet, place, numbers, cells=cells)


def best_fitting(titles: Sequence[str], pixels: float, room: float) -> str:
    """The first title that fits, else the last one shortened."""
    fits: Callable[[str], bool] = lambda title: (  # noqa: E731
        text_width(drawable(title), pixels, bold=True) <= room
    )
    return shortened(next(filter(fits, titles), titles[-1]), pixels, max(room, 0.0), bold=True)
