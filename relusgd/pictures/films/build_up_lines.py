"""The lines of a build-up: single units, all the others, and their sum, from moment to moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array, Network
from relusgd.pictures.kit.parts import kept_near, moving_dots, moving_line
from relusgd.pictures.kit.plain_matplotlib import Artist, LineCollection
from relusgd.pictures.kit.sheet import MOVING, Sheet
from relusgd.pictures.moments.easing import grown
from relusgd.pictures.scenes.contributions import unit_outputs
from relusgd.pictures.scenes.snapshot_view import MOST_UNITS, bending, strongest
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.upper import LINE, UpperStorey

FIRST = (0.0, 0.14)
WEIGHTED = (0.19, 0.33)
OTHERS = ((0.46, 0.54), (0.54, 0.62))
SUM = (0.68, 0.78)
ALL = (0.83, 0.91)
TRUE_HEIGHT = (0.92, 1.0)
"""From when to when each thing comes, as shares of the build-up.

What a caption adds at each of them can be read until the next one comes.
"""


def shares_passed(count: int) -> Array:
    """How much of the build-up has passed in each frame."""
    return (np.arange(count) + 1) / count


def chosen_units(network: Network, view: View) -> NDArray[np.int64]:
    """Up to three units whose elbows are well inside the domain: those that bend most, apart from
    each other. If there are none, the unit that adds most."""
    low, high = view.dataset.scaling.x_to_network(np.array([view.low, view.high]))
    place = (network.elbow - low) / (high - low)
    strength = np.where((place > 0.08) & (place < 0.92), bending(network), -1.0)
    strength = np.nan_to_num(strength, nan=-1.0)
    inside = strength >= 0
    sign = np.sign(network.output_weight)
    chosen: list[int] = []
    # One of each sign, if there are, and then any.
    for wanted in (sign >= 0, sign < 0, inside):
        apart = np.ones(len(place), dtype=bool)
        for other in chosen:
            apart &= np.abs(place - place[other]) > 0.12
        left = np.flatnonzero(inside & wanted & apart)
        if len(left):
            chosen.append(int(left[np.argmax(strength[left])]))
    if not chosen:
        ends = np.tile([low, high], (len(place), 1))
        outputs = unit_outputs(network.slope, network.bias, ends)
        most_added = np.abs(network.output_weight) * outputs.max(axis=1)
        chosen = [int(np.argmax(most_added))]
    return np.array(chosen, dtype=np.int64)


TALL = 0.4
"""Small terms are drawn larger: the largest is at least so high, as a share of the storey, before
heights become true."""


FACTORS = (1, 2, 5, 10, 20, 50, 100)
"""By how much they may be larger."""


POINTS = 480
"""Even steps along x in which lines are drawn, beside their elbows."""


UNIT_LINE = 2.6
"""The width of the line of a single unit, in pixels."""


PALE_LINE = 1.2
"""The width of the lines of all the others."""


PALE = 0.4
"""The opacity of these."""


ELBOW = 8.0
"""The size of the dot at an elbow, in pixels."""


class BuildUp:
    """The lines of units and their sum, frame by frame. units: those shown one by one."""

    def __init__(
        self,
        sheet: Sheet,
        upper: UpperStorey,
        view: View,
        row: int,
        units: Sequence[int] | NDArray[np.int64],
        count: int,
    ) -> None:
        self._shares = shares_passed(count)
        self._scaling = view.dataset.scaling
        self._limits = upper.front.get_ylim()
        network = view.history.network(row)
        low, high = self._scaling.x_to_network(np.array([view.low, view.high]))
        elbows = network.elbow[list(units)]
        inside = elbows[(elbows > low) & (elbows < high)]
        self._x = np.union1d(np.linspace(low, high, POINTS + 1), inside)
        along = np.broadcast_to(self._x, (len(units), len(self._x)))
        chosen = list(units)
        self._output = unit_outputs(network.slope[chosen], network.bias[chosen], along)
        self._weight = network.output_weight[chosen]
        self._elbow = elbows
        self._level = float(network.output_bias)
        self._function = network(self._x)
        self.shown = len(chosen)
        self.has_elbow = len(inside) > 0
        terms = self._weight[:, None] * self._output
        self.first_factor = self._factor_for(self._output[0])
        self.factor = self._factor_for(terms, self._level + terms.sum(axis=0), self._function)
        self._weighted = False
        self._make_artists(sheet, upper, self._lines_of_others(network, chosen))

    def _lines_of_others(self, network: Network, chosen: list[int]) -> list[Array]:
        """The terms of the other units that are seen, those that bend most."""
        others = np.setdiff1d(strongest(bending(network), MOST_UNITS), chosen)
        x = np.broadcast_to(self._x, (len(others), len(self._x)))
        terms = unit_outputs(network.slope[others], network.bias[others], x)
        terms = self.factor * network.output_weight[others][:, None] * terms
        return [self._line(self._x, term) for term in terms]

    def _factor_for(self, *terms: Array) -> int:
        """The largest factor with which none of these stands higher than TALL."""
        low, high = self._limits
        highest = max(float(np.abs(term).max()) for term in terms) * self._scaling.y_deviation
        fitting = [factor for factor in FACTORS if factor * highest <= TALL * (high - low)]
        return max(fitting, default=1)

    def _line(self, x: Array, y: Array) -> Array:
        """Network units as points of a line in those of the data."""
        heights = kept_near(self._scaling.y_to_original(y), self._limits)
        return np.column_stack([self._scaling.x_to_original(x), heights])

    def _make_artists(self, sheet: Sheet, upper: UpperStorey, others: list[Array]) -> None:
        colours = sheet.colours
        self._ink = colours.ink
        self._colours = [
            colours.positive if weight > 0 else colours.negative for weight in self._weight
        ]
        self._others: Any = LineCollection(
            others, colors=colours.faint, linewidths=sheet.points(PALE_LINE), zorder=MOVING
        )
        upper.front.add_collection(self._others, autolim=False)
        width = sheet.points(UNIT_LINE)
        self._lines = [
            moving_line(upper.front, 0.1, linewidth=width, color=colour) for colour in self._colours
        ]
        self._curve = moving_line(
            upper.front, 0.2, linewidth=sheet.points(LINE), color=colours.learned
        )
        edge = {"edgecolors": colours.paper, "linewidths": sheet.points(1.0)}
        self._elbows = moving_dots(upper.front, 0.3, s=sheet.points(ELBOW) ** 2, **edge)
        self.moving: list[Artist] = [self._others, *self._lines, self._curve, self._elbows]

    def show(self, index: int) -> None:
        share = float(self._shares[index])
        comes = [FIRST, *OTHERS][: len(self._lines)]
        weighted = grown(share, WEIGHTED)
        to_true_height = 1 + grown(share, TRUE_HEIGHT) * (1 / self.factor - 1)
        for unit, (line, interval) in enumerate(zip(self._lines, comes, strict=True)):
            factor = self.factor * self._weight[unit]
            if unit == 0:
                factor = self.first_factor + weighted * (factor - self.first_factor)
            factor *= to_true_height
            x, y = self._until(unit, grown(share, interval))
            line.set_data(*self._line(x, factor * y).T)
            line.set_color(self._colours[unit] if unit or weighted else self._ink)
        self._weighted = weighted > 0
        self._show_elbows([grown(share, interval) > 0 for interval in comes])
        self._show_sum(share)

    def _until(self, unit: int, come: float) -> tuple[Array, Array]:
        """A unit's output as far as it has come: from its elbow to both sides."""
        elbow = float(np.clip(self._elbow[unit], self._x[0], self._x[-1]))
        first = elbow - come * (elbow - self._x[0])
        last = elbow + come * (self._x[-1] - elbow)
        x = self._x[(self._x >= first) & (self._x <= last)]
        y = np.interp(x, self._x, self._output[unit])
        return (x, y) if come > 0 else (np.empty(0), np.empty(0))

    def _show_elbows(self, seen: list[bool]) -> None:
        places = self._line(self._elbow, np.zeros(len(self._elbow)))[seen]
        self._elbows.set_offsets(places.reshape(-1, 2))
        colours = [self._ink, *self._colours[1:]] if not self._weighted else self._colours
        chosen = [colour for colour, is_seen in zip(colours, seen, strict=True) if is_seen]
        self._elbows.set_facecolor(chosen or "none")

    def _show_sum(self, share: float) -> None:
        """The sum of the first units, which rises from 0, and then takes all others in."""
        of_first, of_all = grown(share, SUM), grown(share, ALL)
        self._others.set_alpha(PALE * of_all * (1 - grown(share, TRUE_HEIGHT)))
        if of_first == 0:
            self._curve.set_data([], [])
            return
        first = self._level + self._weight @ self._output
        height = of_first * first + of_all * (self._function - first)
        height = height * (self.factor + grown(share, TRUE_HEIGHT) * (1 - self.factor))
        self._curve.set_data(*self._line(self._x, height).T)
