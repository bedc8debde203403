"""The lines of a build-up: single units, all the others, and their sum, from moment to moment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from relusgd.model.network import Array, Network
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


WELL_INSIDE = 0.08
"""Units are chosen whose elbows are so far from the ends of the domain, as a share of it."""

LEAST_APART = 0.12
"""And whose elbows are so far from each other."""

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


def begin_of(interval: tuple[float, float]) -> float:
    """When something begins to come, as a share of the build-up."""
    begin, _ = interval
    return begin


def shares_passed(count: int) -> Array:
    """How much of the build-up has passed in each frame."""
    return (np.arange(count) + 1) / count


def chosen_units(network: Network, view: View) -> NDArray[np.int64]:
    """Up to three units whose elbows are well inside the domain: those that bend most, apart from
    each other. If there are none, the unit that adds most."""
    low, high = view.dataset.scaling.x_to_network(np.array([view.low, view.high]))
    place = (network.elbow - low) / (high - low)
    strength = np.nan_to_num(bending(network), nan=-1.0)
    is_inside = (place > WELL_INSIDE) & (place < 1 - WELL_INSIDE) & (strength >= 0)
    sign = np.sign(network.output_weight)
    chosen: list[int] = []
    # One of each sign, if there are, and then any.
    for is_wanted in (sign >= 0, sign < 0, is_inside):
        is_apart = np.ones(len(place), dtype=bool)
        for other in chosen:
            is_apart &= np.abs(place - place[other]) > LEAST_APART
        candidates = np.flatnonzero(is_inside & is_wanted & is_apart)
        if len(candidates):
            strongest_one = np.argmax(strength[candidates])
            chosen.append(int(candidates[strongest_one]))
    if not chosen:
        chosen = [_largest_term(network, low, high)]
    return np.array(chosen, dtype=np.int64)


def _largest_term(network: Network, low: float, high: float) -> int:
    """The unit whose term is largest at an end of the domain, in network units."""
    ends = np.tile([low, high], (len(network.slope), 1))
    outputs = unit_outputs(network.slope, network.bias, ends)
    most_added = np.abs(network.output_weight) * outputs.max(axis=1)
    return int(np.argmax(most_added))


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
        chosen = list(units)
        low, high = self._scaling.x_to_network(np.array([view.low, view.high]))
        self._elbow = network.elbow[chosen]
        inside = self._elbow[(self._elbow > low) & (self._elbow < high)]
        self._x = np.union1d(np.linspace(low, high, POINTS + 1), inside)
        self._output = self._outputs(network, chosen)
        self._weight = network.output_weight[chosen]
        self._level = float(network.output_bias)
        self._function = network(self._x)
        self.shown = len(chosen)
        self.has_elbow = len(inside) > 0
        terms = self._weight[:, None] * self._output
        sum_of_terms = self._level + terms.sum(axis=0)
        self.first_factor = self._factor_for(self._output[0])
        self.factor = self._factor_for(terms, sum_of_terms, self._function)
        self._weighted = False
        self._make_artists(sheet, upper, self._lines_of_others(network, chosen))

    def _outputs(self, network: Network, units: Sequence[int] | NDArray[np.int64]) -> Array:
        """The outputs of units along x, shape (units, points)."""
        along = np.broadcast_to(self._x, (len(units), len(self._x)))
        return unit_outputs(network.slope[units], network.bias[units], along)

    def _lines_of_others(self, network: Network, chosen: list[int]) -> list[Array]:
        """The terms of the other units that are seen, those that bend most."""
        seen = strongest(bending(network), MOST_UNITS)
        others = np.setdiff1d(seen, chosen)
        weight = network.output_weight[others][:, None]
        terms = self.factor * weight * self._outputs(network, others)
        return [self._line(self._x, term) for term in terms]

    def _factor_for(self, *terms: Array) -> int:
        """The largest factor with which none of these stands higher than TALL."""
        low, high = self._limits
        in_network_units = max(float(np.abs(term).max()) for term in terms)
        highest = in_network_units * self._scaling.y_deviation
        allowed = TALL * (high - low)
        fitting = [factor for factor in FACTORS if factor * highest <= allowed]
        return max(fitting, default=1)

    def _line(self, x: Array, y: Array) -> Array:
        """Network units as points of a line in those of the data, shape (n, 2)."""
        places = self._scaling.x_to_original(x)
        heights = kept_near(self._scaling.y_to_original(y), self._limits)
        return np.column_stack([places, heights])

    def _make_artists(self, sheet: Sheet, upper: UpperStorey, others: list[Array]) -> None:
        colours, axes = sheet.colours, upper.front
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
            line = moving_line(axes, 0.1, linewidth=sheet.points(UNIT_LINE), color=colour)
            self._colours.append(colour)
            self._lines.append(line)
        self._curve = moving_line(
            axes,
            0.2,
            linewidth=sheet.points(LINE),
            color=colours.learned,
        )
        self._elbows = moving_dots(
            axes,
            0.3,
            s=sheet.points(ELBOW) ** 2,
            edgecolors=colours.paper,
            linewidths=sheet.points(1.0),
        )
        self.moving: list[Artist] = [self._others, *self._lines, self._curve, self._elbows]

    def show(self, index: int) -> None:
        share = float(self._shares[index])
        comes = [FIRST, *OTHERS][: len(self._lines)]
        self._weighted = grown(share, WEIGHTED) > 0
        for unit, interval in enumerate(comes):
            self._show_unit(unit, share, grown(share, interval))
        self._show_elbows([grown(share, interval) > 0 for interval in comes])
        self._show_sum(share)

    def _show_unit(self, unit: int, share: float, come: float) -> None:
        """The line of a unit as far as it has come; the first one comes before its weight."""
        factor = self.factor * self._weight[unit]
        if unit == 0:
            weighted = grown(share, WEIGHTED)
            factor = self.first_factor + weighted * (factor - self.first_factor)
        to_true_height = 1 + grown(share, TRUE_HEIGHT) * (1 / self.factor - 1)
        factor *= to_true_height
        x, y = self._until(unit, come)
        line = self._lines[unit]
        line.set_data(*self._line(x, factor * y).T)
        has_colour = unit > 0 or self._weighted
        line.set_color(self._colours[unit] if has_colour else self._ink)

    def _until(self, unit: int, come: float) -> tuple[Array, Array]:
        """A unit's output as far as it has come: from its elbow to both sides."""
        if come == 0:
            return np.empty(0), np.empty(0)
        low, high = self._x[0], self._x[-1]
        elbow = float(np.clip(self._elbow[unit], low, high))
        first = elbow - come * (elbow - low)
        last = elbow + come * (high - elbow)
        x = self._x[(self._x >= first) & (self._x <= last)]
        y = np.interp(x, self._x, self._output[unit])
        return x, y

    def _show_elbows(self, is_seen: list[bool]) -> None:
        """A dot at the elbow of every unit that has begun to come."""
        at_zero = np.zeros(len(self._elbow))
        places = self._line(self._elbow, at_zero)[is_seen]
        self._elbows.set_offsets(places.reshape(-1, 2))
        first, *others = self._colours
        colours = [first if self._weighted else self._ink, *others]
        chosen = [colour for colour, seen in zip(colours, is_seen, strict=True) if seen]
        self._elbows.set_facecolor(chosen or "none")

    def _show_sum(self, share: float) -> None:
        """The sum of the first units, which rises from 0, and then takes all others in."""
        of_first, of_all = grown(share, SUM), grown(share, ALL)
        true_height = grown(share, TRUE_HEIGHT)
        self._others.set_alpha(PALE * of_all * (1 - true_height))
        if of_first == 0:
            self._curve.set_data([], [])
            return
        first = self._level + self._weight @ self._output
        height = of_first * first + of_all * (self._function - first)
        height = height * (self.factor + true_height * (1 - self.factor))
        self._curve.set_data(*self._line(self._x, height).T)
