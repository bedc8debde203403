"""The picture of one run: the learned function, and under it the active units, and over the steps
the sharpness and the errors."""

from __future__ import annotations

from relusgd.model.history import ERROR_NAMES
from relusgd.pictures.kit.parts import Part
from relusgd.pictures.kit.sheet import Box, Sheet
from relusgd.pictures.kit.stack import Stack, settle
from relusgd.pictures.kit.ticks import even_ticks
from relusgd.pictures.panels.active_panel import ActivePanel
from relusgd.pictures.panels.curve_panel import CurvePanel
from relusgd.pictures.panels.error_panel import ErrorPanel
from relusgd.pictures.panels.header import Header, fitting_fields, header_lines
from relusgd.pictures.panels.legend import (
    LETTERS,
    Entry,
    curve_legend,
    draw_entries,
    draw_entries_left_of,
    draw_legend,
    entries_width,
    legend_lines,
    noise_entry,
)
from relusgd.pictures.panels.marks import active_ticks, looks_of
from relusgd.pictures.panels.sharpness_panel import sharpness_entries, sharpness_panel
from relusgd.pictures.scenes.scales import (
    Scales,
    error_axis,
    errors_of,
    noise_level,
    position_ticks,
    step_axis,
)
from relusgd.pictures.scenes.sharpness_course import SharpnessCourse
from relusgd.pictures.scenes.view import View

SHORT_WORDS_BELOW = 800
"""In narrower pictures the errors' legend is in short words."""

ACTIVE, SHARPNESS, ERRORS = 0.065, 0.12, 0.14
"""The heights of the panels under the function, as shares of the picture's."""


def draw_single(sheet: Sheet, view: View) -> list[Part]:
    """Draw what never changes in the picture of one run, and give its parts that change."""
    return SingleBuilder(sheet, view).draw()


class SingleBuilder:
    """The picture while it is put together. A box is None for a part that is not shown."""

    def __init__(self, sheet: Sheet, view: View) -> None:
        self.sheet = sheet
        self.view = view
        self.scales = Scales.of([view])
        self.entries = curve_legend(sheet, [view])
        self.course = view.sharpness if "sharpness" in sheet.look.show else None
        settle(sheet, self._lay_out)
        self.x_ticks = position_ticks([view], self.scales.x, self.curve.width, sheet.scale.text)

    def _lay_out(self, stack: Stack) -> list[str]:
        """Words from the top, small panels from the bottom, and the curve in the rest."""
        sheet, line = self.sheet, self.sheet.scale.line
        stack.skip_top(0.5)
        self.title = stack.take_title()
        self.fields = fitting_fields(sheet, self.view, stack.width)
        lines_of_header = len(header_lines(self.fields, stack.width))
        self.header = stack.take_top(sheet.lines(1.25 * lines_of_header))
        stack.skip_top(0.25)
        lines_of_legend = legend_lines(sheet, self.entries, stack.width)
        self.legend = stack.take_top(lines_of_legend * line)
        stack.skip_top(0.35)
        stack.skip_bottom(0.35)
        self._place_courses(stack)
        stack.skip_x_labels()
        self.active: Box | None = None
        if "active" in sheet.look.show:
            height = max(round(ACTIVE * sheet.height), sheet.lines(1.7))
            self.active = stack.take_bottom(height)
            stack.skip_bottom(0.4)
        self.curve = stack.rest()
        return self._choose_y_ticks()

    def _place_courses(self, stack: Stack) -> None:
        """The panels over the steps, from the bottom; the lower one has the labels of both."""
        self.errors: Box | None = None
        if "loss" in self.sheet.look.show:
            stack.skip_x_labels()
            self.errors = stack.take_bottom(self._low_panel(ERRORS))
            stack.skip_bottom(0.35)
        self.sharpness: Box | None = None
        if self.course:
            if self.errors is None:
                stack.skip_x_labels()
            self.sharpness = stack.take_bottom(self._low_panel(SHARPNESS))
            stack.skip_bottom(0.35)

    def _low_panel(self, share: float) -> int:
        """The height of a panel over the steps: a share of the picture's, or else two lines."""
        least = 2 * self.sheet.scale.line
        return max(round(share * self.sheet.height), least)

    def _choose_y_ticks(self) -> list[str]:
        """Choose the ticks of y by the heights of the panels; gives the labels of those that are
        shown."""
        view = self.view
        labels_with_room = int(self.curve.height / (2.2 * self.sheet.scale.line))
        most = max(2, min(8, labels_with_room))
        self.curve_ticks = even_ticks(*view.y_limits, most)
        labels = [*self.curve_ticks.labels]
        if self.active:
            labels += active_ticks(view).labels
        if self.errors:
            self.error_ticks = error_axis(view).ticks(self._most_ticks(self.errors))
            labels += self.error_ticks.labels
        if self.sharpness and self.course:
            self.sharpness_ticks = self.course.axis.ticks(self._most_ticks(self.sharpness))
            labels += self.sharpness_ticks.labels
        return labels

    def _most_ticks(self, box: Box) -> int:
        """How many labels a low panel over the steps has room for."""
        return max(1, int(box.height / (1.3 * self.sheet.scale.line)))

    def draw(self) -> list[Part]:
        """Draw what never changes, and give the parts that change."""
        sheet, view = self.sheet, self.view
        parts: list[Part] = [Header(sheet, self.header, self.fields), self._draw_curve()]
        if self.active:
            ticks = active_ticks(view)
            active = ActivePanel(sheet, self.active, view, self.scales, self.x_ticks, ticks)
            parts.append(active)
        if self.errors:
            steps = step_axis(view).ticks(self.errors.width, sheet.scale.text)
            parts.append(ErrorPanel.of_run(sheet, self.errors, view, steps, self.error_ticks))
        if self.sharpness and self.course:
            parts.append(self._draw_sharpness(self.sharpness, self.course))
        self._write_title_and_names()
        draw_legend(sheet, self.legend, self.entries)
        return parts

    def _draw_curve(self) -> Part:
        """The panel of the function; where active units stand below, these have the labels."""
        x_ticks = self.x_ticks.unlabelled() if self.active else self.x_ticks
        return CurvePanel(
            self.sheet,
            self.curve,
            self.view,
            self.scales,
            x_ticks,
            self.curve_ticks,
        )

    def _draw_sharpness(self, box: Box, course: SharpnessCourse) -> Part:
        """The sharpness over the steps; where the errors stand below, these have the numbers."""
        sheet = self.sheet
        steps = step_axis(self.view).ticks(box.width, sheet.scale.text)
        if self.errors:
            steps = steps.unlabelled()
        return sharpness_panel(sheet, box, self.view, course, steps, self.sharpness_ticks)

    def _write_title_and_names(self) -> None:
        """The title, the names of the axes, and the legend of the errors in the line of the name of
        x."""
        sheet, dataset = self.sheet, self.view.dataset
        text = sheet.scale.text
        lowest = self.active or self.curve
        taken = self._write_error_legend(lowest) if self.errors else 0.0
        if self.course:
            taken = max(taken, self._write_sharpness_legend(lowest, self.course))
        sheet.write_title(self.title)
        between = lowest.width - 2 * (taken + text)
        sheet.name_x(lowest, dataset.x_name, room=max(between, 3 * text))
        sheet.name_y(self.curve, dataset.y_name, room=self.curve.height)
        if self.active:
            sheet.name_y(self.active, "active", letters=0.9)
        if self.errors:
            sheet.name_y(self.errors, "error")
        if self.sharpness:
            sheet.name_y(self.sharpness, "sharpness", letters=0.9)
        over_steps = self.errors or self.sharpness
        if over_steps:
            sheet.name_x(over_steps, "step")

    def _write_error_legend(self, above: Box) -> float:
        """The legend of the errors, ending at the right edge of the panel above it; gives its
        width."""
        sheet = self.sheet
        looks = looks_of(sheet, self.view)
        entries = [Entry(looks[name], ERROR_NAMES[name], name) for name in errors_of(self.view)]
        if noise_level(self.view) is not None:
            entries.append(noise_entry(sheet))
        height = sheet.x_name_height(above)
        is_narrow = sheet.width < SHORT_WORDS_BELOW
        return draw_entries_left_of(sheet, above.right, height, entries, short=is_narrow)

    def _write_sharpness_legend(self, above: Box, course: SharpnessCourse) -> float:
        """The legend of the sharpness, from the left edge of the panel above it; gives its
        width."""
        sheet = self.sheet
        entries = sharpness_entries(sheet, course)
        is_narrow = sheet.width < SHORT_WORDS_BELOW
        looks = [entry.look for entry in entries]
        words = [entry.short if is_narrow else entry.long for entry in entries]
        height = sheet.x_name_height(above)
        draw_entries(sheet, above.left, height, looks, words)
        return entries_width(words, LETTERS * sheet.scale.text)
