"""The picture of features: a column per snapshot, with derivatives, principal features and singular
values one under the other.
"""

from __future__ import annotations

from collections.abc import Sequence

from relusgd.model.network import Range
from relusgd.pictures.features.panels import (
    DerivativePanel,
    PrincipalPanel,
    SpectrumPanel,
    family_colour,
    principal_ticks,
    spectrum_look,
    start_look,
)
from relusgd.pictures.features.scene import FeatureScene
from relusgd.pictures.features.view import Family, FamilyRow
from relusgd.pictures.kit.date_ticks import date_ticks
from relusgd.pictures.kit.parts import Part
from relusgd.pictures.kit.sheet import TICK_LETTERS, Box, LineLook, Sheet
from relusgd.pictures.kit.stack import X_LABELS, Stack, panel_ticks, settle
from relusgd.pictures.kit.text_fit import widest
from relusgd.pictures.kit.ticks import Ticks, even_ticks, fitting_ticks
from relusgd.pictures.panels.header import Header
from relusgd.pictures.panels.legend import Entry, draw_legend, legend_lines
from relusgd.pictures.panels.marks import x_limits
from relusgd.pictures.panels.panel_head import first_fitting
from relusgd.words import counted

SKIP = 0.35
"""The free room over the words of a row, in lines of text."""

CAPTION = 1.1
"""The room of the words of a row, in lines of text."""

SPECTRUM = 1.5
"""Height of the row of singular values, in heights of a row of derivatives."""

FEATURE = 0.22
"""Height of the row of one principal feature, in heights of a row of derivatives."""

LOWEST_PANEL = 10.0
"""A row of derivatives has this height in pixels at least."""

NUMBER_WIDTH = 70
"""The room of a number under the singular values, in pixels."""

UNIT_LINE = 2.2
"""The width of a line of derivatives in the legend, in pixels."""

CHOSEN_UNIT_LINE = 3.4
"""The same of the unit that is drawn thick."""

COLUMN_GAP = 1.6
"""The free paper between the labels of a column and the column before it, in heights of a
letter."""

FEATURES_WITH_ROOM = 2
"""The rows of principal features are as high as if there were so many more of them, so that a few
are not too low."""


def draw_features(sheet: Sheet, scene: FeatureScene) -> list[Part]:
    """Draw what never changes in the picture of features, and give its parts that change."""
    return FeatureBuilder(sheet, scene).draw()


class FeatureBuilder:
    """The picture of features while it is put together."""

    def __init__(self, sheet: Sheet, scene: FeatureScene) -> None:
        self.sheet = sheet
        self.scene = scene
        self.axis = scene.singular_axis
        rows = range(len(scene.rows))
        self.limits: list[list[Range]] = []
        for column in scene.columns:
            of_rows = [scene.derivative_limits(column, row) for row in rows]
            self.limits.append(of_rows)
        self.captions = [self._family_entries(row) for row in scene.rows]
        self.legend = self._spectrum_entries()
        self.label_width = 0.0
        settle(sheet, self._lay_out)

    # Words

    def _family_entries(self, row: FamilyRow) -> list[Entry]:
        """What the lines of a row of derivatives are."""
        entries: list[Entry] = []
        for family in row:
            look = self._line_look(family, UNIT_LINE)
            entries.append(Entry(look, family.caption, family.symbol))
        unit = self.scene.unit
        is_first_row = row is self.scene.rows[0]
        if unit is None or not is_first_row:
            return entries
        first_family = row[0]
        if first_family.place_of(unit) is not None:
            look = self._line_look(first_family, CHOSEN_UNIT_LINE)
            name = f"unit {unit + 1}"
            words = f"thick, as below: {name}, which bends f most in the end"
            entries.append(Entry(look, words, name))
        return entries

    def _line_look(self, family: Family, pixels: float) -> LineLook:
        """How the lines of a family look, with this width."""
        return {
            "color": family_colour(self.sheet, family.kind),
            "linewidth": self.sheet.points(pixels),
        }

    def _spectrum_entries(self) -> list[Entry]:
        """What the lines and marks of the singular values are."""
        sheet = self.sheet
        scene = self.scene
        of_all, *layers = scene.spectrum_names
        look = spectrum_look(sheet, of_all, 0)
        entries = [Entry(look, "singular values of J = ∂f/∂θ", "singular values of J")]
        for order, name in enumerate(layers, start=1):
            look = spectrum_look(sheet, name, order)
            entries.append(Entry(look, f"of {name}", name))
        if scene.samples[0].is_learned is not None:
            filled = self._mark(sheet.colours.ink)
            empty = self._mark(sheet.colours.paper)
            entries.append(Entry(filled, "learned to more than a half", "learned"))
            entries.append(Entry(empty, "to less", "not"))
        if scene.start is not None:
            moment, _ = scene.start
            entries.append(Entry(start_look(sheet), f"at {moment}", moment))
        return entries

    def _mark(self, face: str) -> LineLook:
        """The mark of a singular value, with this colour within."""
        return {
            "linestyle": "",
            "marker": "o",
            "markersize": self.sheet.points(6.5),
            "markeredgecolor": self.sheet.colours.ink,
            "markeredgewidth": self.sheet.points(1.1),
            "markerfacecolor": face,
        }

    # Places

    def _lay_out(self, stack: Stack) -> list[str]:
        """Words from the top, singular values from the bottom, and the curves in the rest."""
        sheet = self.sheet
        stack.skip_top(0.4)
        self.title = stack.take_title()
        self.heads = stack.take_top(sheet.lines(1.3))
        stack.skip_bottom(0.2)
        stack.skip_x_labels()
        lines = legend_lines(sheet, self.legend, stack.width)
        room = self._room_of_panels(stack, lines)
        self.spectrum = stack.take_bottom(round(SPECTRUM * room))
        self.spectrum_words = stack.take_bottom(sheet.lines(lines + 0.2))
        stack.skip_x_labels()
        self.derivative_words: list[Box] = []
        self.derivatives: list[Box] = []
        for _ in self.scene.rows:
            stack.skip_top(SKIP)
            words = stack.take_top(sheet.lines(CAPTION))
            curves = stack.take_top(round(room))
            self.derivative_words.append(words)
            self.derivatives.append(curves)
        stack.skip_top(SKIP)
        self.principal_words = stack.take_top(sheet.lines(CAPTION))
        self.principal = stack.rest()
        return self._choose_ticks()

    def _room_of_panels(self, stack: Stack, legend_lines: int) -> float:
        """The height of one row of derivatives."""
        sheet = self.sheet
        rows = len(self.scene.rows)
        # The principal features have words over them, too.
        captions = sheet.lines(CAPTION + SKIP) * (rows + 1)
        legend = sheet.lines(legend_lines + 0.2)
        words = captions + legend + sheet.lines(X_LABELS)
        free = stack.rest().height - words
        of_features = FEATURE * (self.scene.top + FEATURES_WITH_ROOM)
        parts = rows + SPECTRUM + of_features
        return max(free / parts, LOWEST_PANEL)

    def _columns(self, box: Box) -> list[Box]:
        """The parts of a row that belong to the columns, with room for labels between them."""
        count = len(self.scene.columns)
        gap = self.label_width + COLUMN_GAP * self.sheet.scale.text
        gaps = gap * (count - 1)
        width = (box.width - gaps) / count
        boxes = []
        for number in range(count):
            left = box.left + number * (width + gap)
            column = Box(round(left), box.bottom, round(width), box.height)
            boxes.append(column)
        return boxes

    def _choose_ticks(self) -> list[str]:
        """Choose the ticks of all axes; gives the labels of y."""
        sheet = self.sheet
        scene = self.scene
        letters = sheet.scale.text
        self.derivative_ticks = [self._ticks_of_column(limits) for limits in self.limits]
        # The columns keep room for these labels between them.
        self.label_width = widest(self._derivative_labels(), TICK_LETTERS * letters)
        self.principal_ticks = self._feature_names()
        singular_with_room = int(self.spectrum.height / (1.4 * sheet.scale.line))
        self.singular_ticks = self.axis.ticks(max(2, singular_with_room))
        first_column = self._columns(self.spectrum)[0]
        x_ticks = date_ticks if scene.dataset.x_is_date else fitting_ticks
        self.x_ticks = x_ticks(*scene.domain, first_column.width, letters)
        most_numbers = max(2, first_column.width // NUMBER_WIDTH)
        numbers = even_ticks(1, scene.most_values, most_numbers)
        self.number_ticks = _whole(numbers)
        return [
            *self._derivative_labels(),
            *self.principal_ticks.labels,
            *self.singular_ticks.labels,
        ]

    def _ticks_of_column(self, limits: Sequence[Range]) -> list[Ticks]:
        """The ticks of y of the rows of derivatives, which have these limits in a column."""
        ticks = []
        line = self.sheet.scale.line
        for ends, box in zip(limits, self.derivatives, strict=True):
            ticks.append(panel_ticks(ends, box.height, line))
        return ticks

    def _derivative_labels(self) -> list[str]:
        labels: list[str] = []
        for column in self.derivative_ticks:
            for ticks in column:
                labels += ticks.labels
        return labels

    def _feature_names(self) -> Ticks:
        """The names of the principal features, as many as have room."""
        top = self.scene.top
        ticks = principal_ticks(top)
        room = max(self.principal.height / (top + 1), 1.0)
        letter = 0.9 * self.sheet.scale.text
        # Rounded up, but for a tenth, by which letters may be higher than their room.
        every = max(1, round(letter / room + 0.4))
        labels = [""] * top
        labels[::every] = ticks.labels[::every]
        return Ticks(ticks.places, tuple(labels))

    # Drawing

    def draw(self) -> list[Part]:
        """Draw what never changes, and give the parts that change."""
        sheet = self.sheet
        sheet.write_title(self.title)
        for box, entries in zip(self.derivative_words, self.captions, strict=True):
            draw_legend(sheet, box, entries)
        self._write_principal_words()
        draw_legend(sheet, self.spectrum_words, self.legend)
        parts: list[Part] = []
        for number in range(len(self.scene.columns)):
            parts += self._draw_column(number)
        return parts

    def _write_principal_words(self) -> None:
        """What the lines and the ticks of the principal features are."""
        sheet = self.sheet
        box = self.principal_words
        middle_of_line = box.top - 0.5 * sheet.scale.line
        points = counted(len(self.scene.dataset.x_train), "training point")
        sheet.text(
            box.left,
            middle_of_line,
            f"principal features, each on a scale of its own; ticks: {points}",
            pixels=0.93 * sheet.scale.text,
            va="center_baseline",
        )

    def _draw_column(self, number: int) -> list[Part]:
        """All panels of a column, and the numbers over them."""
        parts: list[Part] = [self._draw_head(number)]
        first_family = 0
        for row, families in enumerate(self.scene.rows):
            parts.append(self._draw_derivatives(number, row, first_family))
            first_family += len(families)
        parts.append(self._draw_principal(number))
        parts.append(self._draw_spectrum(number))
        return parts

    def _draw_derivatives(self, number: int, row: int, first_family: int) -> Part:
        """The derivatives of a row in a column. first_family: its number among all."""
        scene = self.scene
        boxes = self._columns(self.derivatives[row])
        return DerivativePanel(
            self.sheet,
            boxes[number],
            scene.columns[number].views,
            scene.rows[row],
            first_family,
            x_limits(scene.domain),
            self.limits[number][row],
            self.x_ticks.unlabelled(),
            self.derivative_ticks[number][row],
            scene.unit,
        )

    def _draw_principal(self, number: int) -> Part:
        """The principal features of a column; those of the first have their names beside them."""
        sheet = self.sheet
        scene = self.scene
        dataset = scene.dataset
        box = self._columns(self.principal)[number]
        names = self.principal_ticks if number == 0 else self.principal_ticks.unlabelled()
        panel = PrincipalPanel(
            sheet,
            box,
            scene.columns[number].views,
            scene.top,
            dataset.scaling.x_to_original(dataset.x_train),
            x_limits(scene.domain),
            self.x_ticks,
            names,
        )
        sheet.name_x(box, dataset.x_name, room=box.width)
        return panel

    def _draw_spectrum(self, number: int) -> Part:
        """The singular values of a column; those of the start behind all but the start's own."""
        sheet = self.sheet
        scene = self.scene
        box = self._columns(self.spectrum)[number]
        is_first = number == 0
        is_alone = len(scene.columns) == 1
        # The first of several columns is the start itself.
        shows_later = is_alone or not is_first
        behind = None
        if scene.start is not None and shows_later:
            _, behind = scene.start
        sheet.name_x(box, "number of the direction, k", room=box.width)
        margin = 0.02 * scene.most_values
        number_limits = (1 - margin, scene.most_values + margin)
        ticks = self.singular_ticks if is_first else self.singular_ticks.unlabelled()
        return SpectrumPanel(
            sheet,
            box,
            scene.columns[number].views,
            scene.spectrum_names,
            self.axis,
            number_limits,
            self.number_ticks,
            ticks,
            behind,
        )

    def _draw_head(self, number: int) -> Header:
        """When it is, and the numbers of the snapshot."""
        box = self._columns(self.heads)[number]
        options = self.scene.columns[number].head(self.sheet.scale.text)
        fitting = first_fitting(options, box.width)
        return Header(self.sheet, box, fitting)


def _whole(ticks: Ticks) -> Ticks:
    """Those ticks that stand at whole numbers from 1 on."""
    places: list[float] = []
    labels: list[str] = []
    for place in ticks.places:
        is_whole = place == round(place)
        if is_whole and place >= 1:
            places.append(place)
            labels.append(f"{place:,.0f}")
    return Ticks(tuple(places), tuple(labels))
