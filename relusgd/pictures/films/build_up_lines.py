"""The lines of a build-up: single units, all the others, and their sum, from moment to moment."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import compress
from typing import Any

import numpy as np

from relusgd.model.network import Array, Integers, Network, Range
from relusgd.pictures.films.build_up_units import domain_of
from relusgd.pictures.kit.parts import kept_near, moving_dots, moving_line
from relusgd.pictures.kit.plain_matplotlib import Artist, Line2D, LineCollection
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

ABOVE_OTHERS, ABOVE_UNITS, ABOVE_THE_SUM = 0.1, 0.2, 0.3
"""Which lies over which: the single units over all others, their sum over them, the elbows on
top."""


def begin_of(interval: Range) -> float:
    """When something begins to come, as a share of the build-up."""
    begin, _ = interval
    return begin


def shares_passed(count: int) -> Array:
    """How much of the build-up has passed in each frame."""
    return (np.arange(count) + 1) / count


class BuildUp:
    """The lines of units and their sum, frame by frame. units: those shown one by one."""

    def __init__(
        self,
        sheet: Sheet,
        upper: UpperStorey,
        view: View,
        row: int,
        units: Sequence[int] | Integers,
        count: int,
    ) -> None:
        self._shares = shares_passed(count)
        self._scaling = view.dataset.scaling
        self._limits = upper.front.get_ylim()
        network = view.history.network(row)
        chosen = list(units)
        self.shown = len(chosen)
        # The lines, in network units.
        low, high = domain_of(view)
        self._elbow = network.elbow[chosen]
        is_inside = (self._elbow > low) & (self._elbow < high)
        inside = self._elbow[is_inside]
        self.has_elbow = len(inside) > 0
        even_steps = np.linspace(low, high, POINTS + 1)
        self._x = np.union1d(even_steps, inside)
        self._output = self._outputs(network, chosen)
        self._weight = network.output_weight[chosen]
        self._level = float(network.output_bias)
        self._function = network(self._x)
        # How much larger they are drawn.
        terms = self._weight[:, None] * self._output
        sum_of_terms = self._level + terms.sum(axis=0)
        self.first_factor = self._factor_for(self._output[0])
        self.factor = self._factor_for(terms, sum_of_terms, self._function)
        self._weighted = False
        others = self._lines_of_others(network, chosen)
        self._make_artists(sheet, upper, others)

    def _outputs(self, network: Network, units: Sequence[int] | Integers) -> Array:
        """The outputs of units along x, shape (units, points)."""
        shape = (len(units), len(self._x))
        x_of_every_unit = np.broadcast_to(self._x, shape)
        return unit_outputs(network.slope[units], network.bias[units], x_of_every_unit)

    def _lines_of_others(self, network: Network, chosen: list[int]) -> list[Array]:
        """The terms of the other units that are seen, those that bend most."""
        seen = strongest(bending(network), MOST_UNITS)
        others = np.setdiff1d(seen, chosen)
        weight = network.output_weight[others]
        outputs = self._outputs(network, others)
        terms = self.factor * weight[:, None] * outputs
        return [self._line(self._x, term) for term in terms]

    def _factor_for(self, *terms: Array) -> int:
        """The largest factor with which none of these stands higher than TALL."""
        low, high = self._limits
        heights = [float(np.abs(term).max()) for term in terms]
        highest = max(heights) * self._scaling.y_deviation
        allowed = TALL * (high - low)
        fitting = [factor for factor in FACTORS if factor * highest <= allowed]
        return max(fitting, default=1)

    def _line(self, x: Array, y: Array) -> Array:
        """Network units as points of a line in those of the data, shape (n, 2)."""
        places = self._scaling.x_to_original(x)
        heights = self._scaling.y_to_original(y)
        drawable = kept_near(heights, self._limits)
        return np.column_stack([places, drawable])

    def _make_artists(self, sheet: Sheet, upper: UpperStorey, others: list[Array]) -> None:
        """The lines of all others, of the units shown, and of their sum, and dots at elbows."""
        colours = sheet.colours
        axes = upper.front
        self._ink = colours.ink
        self._others: Any = LineCollection(
            others,
            colors=colours.faint,
            linewidths=sheet.points(PALE_LINE),
            zorder=MOVING,
        )
        axes.add_collection(self._others, autolim=False)
        self._colours: list[str] = []
        self._lines: list[Line2D] = []
        for weight in self._weight:
            colour = colours.positive if weight > 0 else colours.negative
            line = moving_line(
                axes,
                ABOVE_OTHERS,
                linewidth=sheet.points(UNIT_LINE),
                color=colour,
            )
            self._colours.append(colour)
            self._lines.append(line)
        self._curve = moving_line(
            axes,
            ABOVE_UNITS,
            linewidth=sheet.points(LINE),
            color=colours.learned,
        )
        self._elbows = moving_dots(
            axes,
            ABOVE_THE_SUM,
            s=sheet.points(ELBOW) ** 2,
            edgecolors=colours.paper,
            linewidths=sheet.points(1.0),
        )
        self.moving: list[Artist] = [self._others, *self._lines, self._curve, self._elbows]

    def show(self, index: int) -> None:
        share = float(self._shares[index])
        intervals = [FIRST, *OTHERS][: len(self._lines)]
        self._weighted = grown(share, WEIGHTED) > 0
        have_begun: list[bool] = []
        for unit, interval in enumerate(intervals):
            come = grown(share, interval)
            self._show_unit(unit, share, come)
            have_begun.append(come > 0)
        self._show_elbows(have_begun)
        self._show_sum(share)

    def _show_unit(self, unit: int, share: float, come: float) -> None:
        """The line of a unit as far as it has come; the first one comes before its weight."""
        x, output = self._until(unit, come)
        height = self._height_factor(unit, share) * output
        places, heights = self._line(x, height).T
        line = self._lines[unit]
        line.set_data(places, heights)
        has_colour = unit > 0 or self._weighted
        line.set_color(self._colours[unit] if has_colour else self._ink)

    def _height_factor(self, unit: int, share: float) -> float:
        """By what a unit's output is multiplied: at first its weight, drawn larger, and in the end
        the weight alone."""
        factor = self.factor * self._weight[unit]
        if unit == 0:
            weighted = grown(share, WEIGHTED)
            factor = self.first_factor + weighted * (factor - self.first_factor)
        true_height = grown(share, TRUE_HEIGHT)
        shrunk = 1 + true_height * (1 / self.factor - 1)
        return float(factor * shrunk)

    def _until(self, unit: int, come: float) -> tuple[Array, Array]:
        """A unit's output as far as it has come: from its elbow to both sides."""
        if come == 0:
            return np.empty(0), np.empty(0)
        low, high = self._x[0], self._x[-1]
        elbow = float(np.clip(self._elbow[unit], low, high))
        first = elbow - come * (elbow - low)
        last = elbow + come * (high - elbow)
        has_come = (self._x >= first) & (self._x <= last)
        return self._x[has_come], self._output[unit][has_come]

    def _show_elbows(self, is_seen: list[bool]) -> None:
        """A dot at the elbow of every unit that has begun to come."""
        at_zero = np.zeros(len(self._elbow))
        dots = self._line(self._elbow, at_zero)
        self._elbows.set_offsets(dots[is_seen])
        first, *others = self._colours
        # The first unit has no colour before its weight, whose sign the colour is.
        colours = [first if self._weighted else self._ink, *others]
        seen = list(compress(colours, is_seen))
        self._elbows.set_facecolor(seen or "none")

    def _show_sum(self, share: float) -> None:
        """The sum of the first units, which rises from 0, and then takes all others in."""
        of_first = grown(share, SUM)
        of_all = grown(share, ALL)
        true_height = grown(share, TRUE_HEIGHT)
        self._others.set_alpha(PALE * of_all * (1 - true_height))
        if of_first == 0:
            self._curve.set_data([], [])
            return
        sum_of_first = self._level + self._weight @ self._output
        all_others = self._function - sum_of_first
        height = of_first * sum_of_first + of_all * all_others
        factor = self.factor + true_height * (1 - self.factor)
        places, heights = self._line(self._x, factor * height).T
        self._curve.set_data(places, heights)
