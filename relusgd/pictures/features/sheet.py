"""The picture of features: a column per snapshot, with derivatives, principal features and singular
values one under the other.
"""

from __future__ import annotations

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
from relusgd.pictures.features.view import FamilyRow
from relusgd.pictures.kit.date_ticks import date_ticks
from relusgd.pictures.kit.parts import Part
from relusgd.pictures.kit.sheet import TICK_LETTERS, Box, Sheet
from relusgd.pictures.kit.stack import X_LABELS, Stack, panel_ticks, settle, widest
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
        self.limits: list[list[tuple[float, float]]] = []
        for column in scene.columns:
            self.limits.append([scene.derivative_limits(column, row) for row in rows])
        self.captions = [self._family_entries(row) for row in scene.rows]
        self.legend = self._spectrum_entries()
        self.label_width = 0.0
        settle(sheet, self._lay_out)

    # Words

    def _family_entries(self, row: FamilyRow) -> list[Entry]:
        """What the lines of a row of derivatives are."""
        entries: list[Entry] = []
        for family in row:
            colour = family_colour(self.sheet, family.kind)
            look = {"color": colour, "linewidth": self.sheet.points(2.2)}
            entries.append(Entry(look, family.caption, family.symbol))
        unit = self.scene.unit
        if unit is not None and row is self.scene.rows[0] and row[0].place_of(unit) is not None:
            look = {"color": entries[0].look["color"], "linewidth": self.sheet.points(3.4)}
            words = f"thick, as below: unit {unit + 1}, which bends f most in the end"
            entries.append(Entry(look, words, f"unit {unit + 1}"))
        return entries

    def _spectrum_entries(self) -> list[Entry]:
        """What the lines and marks of the singular values are."""
        sheet, scene = self.sheet, self.scene
        ink, paper = sheet.colours.ink, sheet.colours.paper
        mark = {
            "linestyle": "",
            "marker": "o",
            "markersize": sheet.points(6.5),
            "markeredgecolor": ink,
            "markeredgewidth": sheet.points(1.1),
        }
        first = {**spectrum_look(sheet, "all", 0)}
        entries = [Entry(first, "singular values of J = ∂f/∂θ", "singular values of J")]
        for order, name in enumerate(scene.spectrum_names):
            if order:
                entries.append(Entry(spectrum_look(sheet, name, order), f"of {name}", name))
        if scene.samples[0].is_learned is not None:
            entries.append(
                Entry({**mark, "markerfacecolor": ink}, "learned to more than a half", "learned")
            )
            entries.append(Entry({**mark, "markerfacecolor": paper}, "to less", "not"))
        if scene.start is not None:
            entries.append(Entry(start_look(sheet), f"at {scene.start[0]}", scene.start[0]))
        return entries

    # Places

    def _lay_out(self, stack: Stack) -> list[str]:
        """Words from the top, singular values from the bottom, and the curves in the rest."""
        sheet, scene = self.sheet, self.scene
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
        self.derivative_words, self.derivatives = [], []
        for _ in scene.rows:
            stack.skip_top(SKIP)
            self.derivative_words.append(stack.take_top(sheet.lines(CAPTION)))
            self.derivatives.append(stack.take_top(round(room)))
        stack.skip_top(SKIP)
        self.principal_words = stack.take_top(sheet.lines(CAPTION))
        self.principal = stack.rest()
        return self._choose_ticks()

    def _room_of_panels(self, stack: Stack, legend_lines: int) -> float:
        """The height of one row of derivatives."""
        sheet, scene = self.sheet, self.scene
        captions = sheet.lines(CAPTION + SKIP) * (len(scene.rows) + 1)
        words = captions + sheet.lines(legend_lines + 0.2)
        free = stack.rest().height - words - sheet.lines(X_LABELS)
        parts = len(scene.rows) + SPECTRUM + FEATURE * (scene.top + 2)
        return max(free / parts, 10.0)

    def _columns(self, box: Box) -> list[Box]:
        """The parts of a row that belong to the columns, with room for labels between them."""
        count = len(self.scene.columns)
        gap = self.label_width + 1.6 * self.sheet.scale.text
        width = (box.width - gap * (count - 1)) / count
        lefts = [round(box.left + number * (width + gap)) for number in range(count)]
        return [Box(left, box.bottom, round(width), box.height) for left in lefts]

    def _choose_ticks(self) -> list[str]:
        """Choose the ticks of all axes; gives the labels of y."""
        sheet, scene = self.sheet, self.scene
        line, letters = sheet.scale.line, sheet.scale.text
        self.derivative_ticks: list[list[Ticks]] = []
        for limits in self.limits:
            rows = zip(limits, self.derivatives, strict=True)
            self.derivative_ticks.append(
                [panel_ticks(ends, box.height, line) for ends, box in rows]
            )
        self.label_width = widest(self._derivative_labels(), TICK_LETTERS * letters)
        self.principal_ticks = self._feature_names()
        self.singular_ticks = self.axis.ticks(max(2, int(self.spectrum.height / (1.4 * line))))
        width = self._columns(self.spectrum)[0].width
        if scene.dataset.x_is_date:
            self.x_ticks = date_ticks(*scene.domain, width, letters)
        else:
            self.x_ticks = fitting_ticks(*scene.domain, width, letters)
        self.number_ticks = _whole(even_ticks(1, scene.most_values, max(2, width // 70)))
        return [
            *self._derivative_labels(),
            *self.principal_ticks.labels,
            *self.singular_ticks.labels,
        ]

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
        room = self.principal.height / (top + 1)
        every = max(1, round(0.9 * self.sheet.scale.text / max(room, 1.0) + 0.4))
        labels = [label if k % every == 0 else "" for k, label in enumerate(ticks.labels)]
        return Ticks(ticks.places, tuple(labels))

    # Drawing

    def draw(self) -> list[Part]:
        sheet, scene = self.sheet, self.scene
        sheet.write_title(self.title)
        for box, entries in zip(self.derivative_words, self.captions, strict=True):
            draw_legend(sheet, box, entries)
        points = counted(len(scene.dataset.x_train), "training point")
        words = f"principal features, each on a scale of its own; ticks: {points}"
        box = self.principal_words
        height = box.top - 0.5 * sheet.scale.line
        sheet.text(box.left, height, words, pixels=0.93 * sheet.scale.text, va="center_baseline")
        draw_legend(sheet, self.spectrum_words, self.legend)
        return [part for number in range(len(scene.columns)) for part in self._draw_column(number)]

    def _draw_column(self, number: int) -> list[Part]:
        """All panels of a column, and the numbers over them."""
        sheet, scene, column = self.sheet, self.scene, self.scene.columns[number]
        limits = x_limits(scene.domain)
        is_first = number == 0
        parts: list[Part] = [self._draw_head(number)]
        families = 0
        for row, box in enumerate(self.derivatives):
            parts.append(
                DerivativePanel(
                    sheet,
                    self._columns(box)[number],
                    column.views,
                    scene.rows[row],
                    families,
                    limits,
                    self.limits[number][row],
                    self.x_ticks.unlabelled(),
                    self.derivative_ticks[number][row],
                    scene.unit,
                )
            )
            families += len(scene.rows[row])
        principal = self._columns(self.principal)[number]
        names = self.principal_ticks if is_first else self.principal_ticks.unlabelled()
        training_x = scene.dataset.scaling.x_to_original(scene.dataset.x_train)
        parts.append(
            PrincipalPanel(
                sheet, principal, column.views, scene.top, training_x, limits, self.x_ticks, names
            )
        )
        sheet.name_x(principal, scene.dataset.x_name, room=principal.width)
        parts.append(self._draw_spectrum(number))
        return parts

    def _draw_spectrum(self, number: int) -> Part:
        sheet, scene = self.sheet, self.scene
        box = self._columns(self.spectrum)[number]
        is_first = number == 0
        shows_start = scene.start is not None and (not is_first or len(scene.columns) == 1)
        sheet.name_x(box, "number of the direction, k", room=box.width)
        margin = 0.02 * scene.most_values
        return SpectrumPanel(
            sheet,
            box,
            scene.columns[number].views,
            scene.spectrum_names,
            self.axis,
            (1 - margin, scene.most_values + margin),
            self.number_ticks,
            self.singular_ticks if is_first else self.singular_ticks.unlabelled(),
            scene.start[1] if shows_start and scene.start else None,
        )

    def _draw_head(self, number: int) -> Header:
        """When it is, and the numbers of the snapshot."""
        box = self._columns(self.heads)[number]
        options = self.scene.columns[number].head(self.sheet.scale.text)
        return Header(self.sheet, box, first_fitting(options, box.width))


def _whole(ticks: Ticks) -> Ticks:
    """Those ticks that stand at whole numbers."""
    places = tuple(place for place in ticks.places if place >= 1 and place == round(place))
    labels = tuple(f"{place:,.0f}" for place in places)
    return Ticks(places, labels)
