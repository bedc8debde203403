"""The panels of a picture of features: derivatives over x, principal features, singular values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from relusgd.evenly_chosen import evenly_chosen
from relusgd.model.network import Array, Range
from relusgd.pictures.features.view import OUTPUT_LAYER, FamilyRow, FeatureView, Kind
from relusgd.pictures.kit.axis import ErrorAxis
from relusgd.pictures.kit.parts import moving_dots, moving_line
from relusgd.pictures.kit.plain_matplotlib import Artist, Axes, Line2D, LineCollection
from relusgd.pictures.kit.sheet import MOVING, Box, LineLook, Sheet
from relusgd.pictures.kit.ticks import Ticks

Views = Callable[[int], FeatureView]
"""From the number of a moment to what is shown at it."""

FEW_CURVES = 12
"""Up to so many curves are drawn with lines of full width."""

ROW_SHARE = 0.46
"""The largest size of a principal feature, as a share of the room that it has."""

MOST_RUG = 2000
"""Of more training points, so many ticks are drawn, evenly chosen."""

RUG_HEIGHT = 0.028
"""The height of these ticks, as a share of the panel."""

HIDDEN_LAYER_COLOURS = (2, 5, 3, 6)
"""The colours of the spectra of hidden layers among those of runs: no kind of parameters has
them."""

MOST_MARKED = 150
"""Of more singular values, lines have no marks."""


def family_colour(sheet: Sheet, kind: Kind) -> str:
    """The colour of the derivatives by one kind of parameters."""
    colours = sheet.colours
    by_kind = {
        "weight": colours.neutral,
        "bias": colours.train,
        "output weight": colours.learned,
    }
    return by_kind[kind]


class DerivativePanel:
    """The derivatives of f by the parameters of one row of families, as functions of x.

    first: the number of the first family among all. unit: whose curve is drawn thick, if any.
    """

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        views: Views,
        row: FamilyRow,
        first: int,
        x_limits: Range,
        y_limits: Range,
        x_ticks: Ticks,
        y_ticks: Ticks,
        unit: int | None,
    ) -> None:
        self._views = views
        self._first = first
        self._axes = feature_axes(sheet, box, x_limits, y_limits, x_ticks, y_ticks)
        self._axes.axhline(0.0, color=sheet.colours.faint, linewidth=sheet.points(0.8), zorder=1.6)
        self._lines: list[Any] = []
        for order, family in enumerate(row):
            look = curve_look(sheet, family.kind, len(family.drawn))
            lines = LineCollection([], zorder=MOVING + 0.1 * order, **look)
            self._axes.add_collection(lines, autolim=False)
            self._lines.append(lines)
        self._thick = self._make_thick(sheet, row, unit)
        self.moving: list[Artist] = [*self._lines, *self._thick.values()]

    def _make_thick(self, sheet: Sheet, row: FamilyRow, unit: int | None) -> dict[int, Line2D]:
        """The thick line of the unit, by the place of its curve in the first family."""
        family = row[0]
        place = None if unit is None else family.place_of(unit)
        if place is None:
            return {}
        thick = {"linewidth": sheet.points(3.2), "alpha": 1.0}
        look = {**curve_look(sheet, family.kind, 1), **thick}
        return {place: moving_line(self._axes, 0.5, **look)}

    def show(self, index: int) -> None:
        view = self._views(index)
        for number, lines in enumerate(self._lines):
            curves = view.curves[self._first + number]
            lines.set_segments([np.column_stack([view.x, curve]) for curve in curves])
        first_family = view.curves[self._first]
        for place, line in self._thick.items():
            line.set_data(view.x, first_family[place])


def curve_look(sheet: Sheet, kind: Kind, count: int) -> LineLook:
    """How the derivatives by so many parameters of a kind are drawn: of many, thinner and paler."""
    colour = family_colour(sheet, kind)
    if count <= FEW_CURVES:
        return {"color": colour, "linewidth": sheet.points(1.8), "alpha": 0.9}
    crowd = (FEW_CURVES / count) ** 0.5
    return {
        "color": colour,
        "linewidth": sheet.points(1.0 + 0.5 * crowd),
        "alpha": sheet.least_opacity(colour),
    }


class PrincipalPanel:
    """ψ_1 … ψ_K over x, one under the other, each on its own scale; training points as ticks."""

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        views: Views,
        count: int,
        training_x: Array,
        x_limits: Range,
        x_ticks: Ticks,
        y_ticks: Ticks,
    ) -> None:
        self._views = views
        limits = principal_limits(count)
        axes = feature_axes(sheet, box, x_limits, limits, x_ticks, y_ticks)
        draw_rug(sheet, axes, training_x, limits)
        self._lines: list[Line2D] = []
        for k in range(count):
            line = moving_line(
                axes,
                0.01 * k,
                color=sheet.colours.ink,
                linewidth=sheet.points(1.7),
            )
            self._lines.append(line)
        self.moving: list[Artist] = [*self._lines]

    def show(self, index: int) -> None:
        view = self._views(index)
        for k, line in enumerate(self._lines):
            if k < len(view.principal):
                line.set_data(view.x, -k + ROW_SHARE * view.principal[k])


def principal_limits(count: int) -> Range:
    """The limits of y with room for so many features, and for ticks under the last one.

    Feature k has its line of zero at −k and a height of 1.
    """
    last = -(count - 1)
    for_ticks = 0.035 * count
    return last - 0.6 - for_ticks, 0.6


def principal_ticks(count: int) -> Ticks:
    """The names of the features at their lines of zero, from the top."""
    places = [float(-k) for k in range(count)]
    names = [f"ψ{subscript(k + 1)}" for k in range(count)]
    return Ticks(tuple(places), tuple(names))


def subscript(number: int) -> str:
    """A whole number in lowered digits: ₁₂."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def draw_rug(sheet: Sheet, axes: Axes, x: Array, limits: Range) -> None:
    """A tick at the lower edge for every training point."""
    chosen = evenly_chosen(len(x), MOST_RUG)
    low, high = limits
    top = low + RUG_HEIGHT * (high - low)
    ticks = LineCollection(
        [[(place, low), (place, top)] for place in x[chosen].tolist()],
        zorder=2.0,
        color=sheet.colours.data,
        linewidth=sheet.points(0.8),
    )
    axes.add_collection(ticks, autolim=False)


class SpectrumPanel:
    """Singular values over their number, on a logarithmic axis: of all parameters, and by layer.

    Directions that are learned to more than a half have filled marks. start: those of another
    snapshot, drawn faint behind.
    """

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        views: Views,
        names: Sequence[str],
        axis: ErrorAxis,
        x_limits: Range,
        x_ticks: Ticks,
        y_ticks: Ticks,
        start: Array | None,
    ) -> None:
        self._views = views
        self._axis = axis
        self._ink, self._paper = sheet.colours.ink, sheet.colours.paper
        axes = feature_axes(sheet, box, x_limits, axis.limits, x_ticks, y_ticks)
        if start is not None:
            axes.plot(_numbers(start), axis.place(start), zorder=2.0, **start_look(sheet))
        of_all, *layers = names
        self._layers: dict[str, Line2D] = {}
        for order, name in enumerate(layers, start=1):
            look = spectrum_look(sheet, name, order)
            self._layers[name] = moving_line(axes, 0.01 * order, **look)
        self._line = moving_line(axes, 0.2, **spectrum_look(sheet, of_all, 0))
        self._dots = moving_dots(axes, 0.3, edgecolors=self._ink, linewidths=sheet.points(1.1))
        self._size = sheet.points(4.6) ** 2
        self.moving: list[Artist] = [*self._layers.values(), self._line, self._dots]

    def show(self, index: int) -> None:
        view = self._views(index)
        for name, line in self._layers.items():
            of_layer = view.spectra[name]
            line.set_data(_numbers(of_layer), self._axis.place(of_layer))
        values = view.spectra["all"]
        numbers, places = _numbers(values), self._axis.place(values)
        self._line.set_data(numbers, places)
        marked = min(len(values), MOST_MARKED)
        self._dots.set_offsets(np.column_stack([numbers, places])[:marked])
        self._dots.set_sizes(np.full(marked, self._size))
        self._dots.set_facecolor(self._faces(view, marked))

    def _faces(self, view: FeatureView, count: int) -> list[str]:
        """The colours within the first marks: empty ones have that of paper."""
        if view.is_learned is None:
            return [self._ink] * count
        faces = [self._ink if learned else self._paper for learned in view.is_learned[:count]]
        # Matplotlib takes no empty list of colours.
        return faces or [self._ink]


def spectrum_look(sheet: Sheet, name: str, order: int) -> LineLook:
    """The line of the singular values of all parameters, order 0, or of a layer."""
    if order == 0:
        colour = sheet.colours.ink
    elif name == OUTPUT_LAYER:
        colour = family_colour(sheet, "output weight")
    else:
        number = HIDDEN_LAYER_COLOURS[(order - 1) % len(HIDDEN_LAYER_COLOURS)]
        colour = sheet.colours.runs[number]
    return {"color": colour, "linewidth": sheet.points(1.4)}


def start_look(sheet: Sheet) -> LineLook:
    """The line of the singular values of the first snapshot, behind those of later ones."""
    return {
        "color": sheet.colours.faint,
        "linewidth": sheet.points(1.4),
        "linestyle": (0, (4, 2)),
    }


def _numbers(values: Array) -> Array:
    """1, 2, … for as many values."""
    return np.arange(1.0, len(values) + 1)


def feature_axes(
    sheet: Sheet,
    box: Box,
    x_limits: Range,
    y_limits: Range,
    x_ticks: Ticks,
    y_ticks: Ticks,
) -> Axes:
    """Axes in the box with these limits and ticks."""
    axes = sheet.axes(box)
    axes.set(xlim=x_limits, ylim=y_limits)
    sheet.set_ticks(axes, "x", x_ticks)
    sheet.set_ticks(axes, "y", y_ticks)
    return axes
