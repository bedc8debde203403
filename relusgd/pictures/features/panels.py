"""The panels of a picture of features: derivatives over x, principal features, singular values."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from relusgd.evenly_chosen import evenly_chosen
from relusgd.model.network import Array
from relusgd.pictures.features.view import OUTPUT_LAYER, FamilyRow, FeatureView, Kind
from relusgd.pictures.kit.axis import ErrorAxis
from relusgd.pictures.kit.parts import moving_dots, moving_line
from relusgd.pictures.kit.plain_matplotlib import Artist, Axes, Line2D, LineCollection
from relusgd.pictures.kit.sheet import MOVING, Box, Sheet
from relusgd.pictures.kit.ticks import Ticks

Views = Callable[[int], FeatureView]
"""From the number of a moment to what is shown at it."""

FEW_CURVES = 12
"""Up to so many curves are drawn with lines of full width."""

ROW_SHARE = 0.46
"""The largest size of a principal feature, as a share of the room that it has."""

MOST_RUG = 2000
"""Of more training points, so many ticks are drawn, evenly chosen."""

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
        x_limits: tuple[float, float],
        y_limits: tuple[float, float],
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
        place = None if unit is None else row[0].place_of(unit)
        if place is None:
            return {}
        look = {**curve_look(sheet, row[0].kind, 1), "linewidth": sheet.points(3.2), "alpha": 1.0}
        return {place: moving_line(self._axes, 0.5, **look)}

    def show(self, index: int) -> None:
        view = self._views(index)
        for number, lines in enumerate(self._lines):
            curves = view.curves[self._first + number]
            lines.set_segments([np.column_stack([view.x, curve]) for curve in curves])
        for place, line in self._thick.items():
            line.set_data(view.x, view.curves[self._first][place])


def curve_look(sheet: Sheet, kind: Kind, count: int) -> dict[str, Any]:
    """How the derivatives by so many parameters of a kind are drawn: of many, thinner and paler."""
    colour = family_colour(sheet, kind)
    if count <= FEW_CURVES:
        return {"color": colour, "linewidth": sheet.points(1.8), "alpha": 0.9}
    crowd = (FEW_CURVES / count) ** 0.5
    opacity = sheet.least_opacity(colour)
    return {"color": colour, "linewidth": sheet.points(1.0 + 0.5 * crowd), "alpha": opacity}


class PrincipalPanel:
    """ψ_1 … ψ_K over x, one under the other, each on its own scale; training points as ticks."""

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        views: Views,
        count: int,
        training_x: Array,
        x_limits: tuple[float, float],
        x_ticks: Ticks,
        y_ticks: Ticks,
    ) -> None:
        self._views = views
        limits = principal_limits(count)
        axes = feature_axes(sheet, box, x_limits, limits, x_ticks, y_ticks)
        draw_rug(sheet, axes, training_x, limits)
        look: dict[str, Any] = {"color": sheet.colours.ink, "linewidth": sheet.points(1.7)}
        self._lines = [moving_line(axes, 0.01 * k, **look) for k in range(count)]
        self.moving: list[Artist] = [*self._lines]

    def show(self, index: int) -> None:
        view = self._views(index)
        for k, line in enumerate(self._lines):
            if k < len(view.principal):
                line.set_data(view.x, -k + ROW_SHARE * view.principal[k])


def principal_limits(count: int) -> tuple[float, float]:
    """The limits of y with room for so many features, and for ticks under the last one."""
    return -(count - 1) - 0.6 - 0.035 * count, 0.6


def principal_ticks(count: int) -> Ticks:
    """The names of the features at their lines of zero, from the top: at most all, else some."""
    places = tuple(float(-k) for k in range(count))
    return Ticks(places, tuple(f"ψ{subscript(k + 1)}" for k in range(count)))


def subscript(number: int) -> str:
    """A whole number in lowered digits: ₁₂."""
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def draw_rug(sheet: Sheet, axes: Axes, x: Array, limits: tuple[float, float]) -> None:
    """A tick at the lower edge for every training point."""
    chosen = evenly_chosen(len(x), MOST_RUG)
    low, high = limits
    top = low + 0.028 * (high - low)
    ticks = [[(place, low), (place, top)] for place in x[chosen].tolist()]
    look: dict[str, Any] = {"color": sheet.colours.data, "linewidth": sheet.points(0.8)}
    axes.add_collection(LineCollection(ticks, zorder=2.0, **look), autolim=False)


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
        x_limits: tuple[float, float],
        x_ticks: Ticks,
        y_ticks: Ticks,
        start: Array | None,
    ) -> None:
        self._views = views
        self._axis = axis
        axes = feature_axes(sheet, box, x_limits, axis.limits, x_ticks, y_ticks)
        if start is not None:
            look = start_look(sheet)
            axes.plot(_numbers(start), axis.place(start), zorder=2.0, **look)
        self._layers = {
            name: moving_line(axes, 0.01 * order, **spectrum_look(sheet, name, order))
            for order, name in enumerate(names)
            if order
        }
        self._line = moving_line(axes, 0.2, **spectrum_look(sheet, names[0], 0))
        ink, paper = sheet.colours.ink, sheet.colours.paper
        self._ink, self._paper = ink, paper
        self._dots = moving_dots(axes, 0.3, edgecolors=ink, linewidths=sheet.points(1.1))
        self._size = sheet.points(4.6) ** 2
        self.moving: list[Artist] = [*self._layers.values(), self._line, self._dots]

    def show(self, index: int) -> None:
        view = self._views(index)
        for name, line in self._layers.items():
            line.set_data(_numbers(view.spectra[name]), self._axis.place(view.spectra[name]))
        values = view.spectra["all"]
        place = self._axis.place(values)
        self._line.set_data(_numbers(values), place)
        marked = min(len(values), MOST_MARKED)
        self._dots.set_offsets(np.column_stack([_numbers(values), place])[:marked])
        self._dots.set_sizes(np.full(marked, self._size))
        if view.is_learned is None:
            self._dots.set_facecolor([self._ink] * marked)
            return
        faces = [self._ink if learned else self._paper for learned in view.is_learned[:marked]]
        self._dots.set_facecolor(faces or [self._ink])


def spectrum_look(sheet: Sheet, name: str, order: int) -> dict[str, Any]:
    """The line of the singular values of all parameters, order 0, or of a layer."""
    width = sheet.points(1.4)
    if order == 0:
        return {"color": sheet.colours.ink, "linewidth": width}
    if name == OUTPUT_LAYER:
        return {"color": family_colour(sheet, "output weight"), "linewidth": width}
    runs = sheet.colours.runs
    colours = [runs[number] for number in HIDDEN_LAYER_COLOURS]
    return {"color": colours[(order - 1) % len(colours)], "linewidth": width}


def start_look(sheet: Sheet) -> dict[str, Any]:
    """The line of the singular values of the first snapshot, behind those of later ones."""
    return {
        "color": sheet.colours.faint,
        "linewidth": sheet.points(1.4),
        "linestyle": (0, (4, 2)),
    }


def _numbers(values: Array) -> Array:
    return np.arange(1.0, len(values) + 1)


def feature_axes(
    sheet: Sheet,
    box: Box,
    x_limits: tuple[float, float],
    y_limits: tuple[float, float],
    x_ticks: Ticks,
    y_ticks: Ticks,
) -> Axes:
    """Axes in the box with these limits and ticks."""
    axes = sheet.axes(box)
    axes.set(xlim=x_limits, ylim=y_limits)
    sheet.set_ticks(axes, "x", x_ticks)
    sheet.set_ticks(axes, "y", y_ticks)
    return axes
