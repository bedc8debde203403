"""The errors as small curves in an upper corner of the function's storey that is free of data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array, Range
from relusgd.pictures.kit.axis import ErrorAxis, TimeAxis
from relusgd.pictures.kit.band import Band, summarise
from relusgd.pictures.kit.changing_number import PastedNumber, changing_number
from relusgd.pictures.kit.number_text import error_text
from relusgd.pictures.kit.parts import moving_line
from relusgd.pictures.kit.plain_matplotlib import Artist, Axes, Line2D, Text
from relusgd.pictures.kit.sheet import TICK_LETTERS, Box, Sheet
from relusgd.pictures.kit.text_fit import steady_width, text_width
from relusgd.pictures.panels.marks import looks_of, original, x_limits
from relusgd.pictures.scenes.scales import Scales, errors_of, noise_level
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.bare_axes import CORNER, GROUND, bare_axes, pixel_height

WIDTH = 0.2
"""The corner's width, as a share of the storey's."""

HEIGHT = 0.24
"""The corner's height, as a share of the storey's."""

BEFORE_NUMBER = 0.3
"""Free paper between the name of an error and its number, in heights of their letters."""

USUAL_NUMBER = "0.00888"
"""No error between 0.001 and 1,000 has a wider number."""

LEAST_HEIGHT = 4.0
"""Its least height, in heights of a letter."""

NOISE = "noise"
OVER_REFERENCES = GROUND + 0.5
"""The order of the names of errors: over what stays, and under what moves."""

NOISE_LETTERS = 0.85
"""The height of this word, in heights of a letter."""

NAME_LINE = 1.35
"""The height of a line with the name of an error, in heights of a letter."""

AT_ENDS = 0.03
"""Free paper before the first and after the last moment, as a share of the time shown."""

CLEAR = 0.04
"""Free paper between the corner and what is under it, as a share of the storey's height."""


@dataclass(frozen=True)
class Corner:
    """Where the errors stand. at_right: in which corner; limits: of y, with room for it."""

    at_right: bool
    limits: Range

    @classmethod
    def free(cls, view: View, box: Box, scales: Scales, width: float, height: float) -> Corner:
        """The upper corner under which points, truth and functions lie lower over the whole film.

        The limits of y are widened upwards until nothing is in it.
        width, height: of the corner in pixels.
        """
        first, last = x_limits(scales.x)
        reach = (last - first) * (width / box.width + CLEAR)
        low, high = scales.y
        highest_at_left = _highest(view, first, first + reach, scales.y)
        highest_at_right = _highest(view, last - reach, last, scales.y)
        at_right = highest_at_right <= highest_at_left
        highest_below = min(highest_at_left, highest_at_right)
        share_below = 1 - height / box.height - CLEAR
        needed = low + (highest_below - low) / share_below
        return cls(at_right, (low, max(high, needed)))

    def box(self, storey: Box, width: float, height: float) -> Box:
        """The place of the corner in the storey."""
        pixels_across, pixels_up = round(width), round(height)
        left = storey.right - pixels_across if self.at_right else storey.left
        return Box(left, storey.top - pixels_up, pixels_across, pixels_up)


def corner_size(sheet: Sheet, storey: Box, view: View) -> tuple[float, float]:
    """Width and height of the corner in pixels, with room for the names and numbers of a run."""
    text = sheet.scale.text
    width = max(WIDTH * storey.width, _width_of_texts(view, TICK_LETTERS * text))
    height = max(HEIGHT * storey.height, LEAST_HEIGHT * text)
    return width, height


def _width_of_texts(view: View, pixels: float) -> float:
    """How wide the name of an error and its widest number are, in letters of this height."""
    numbers = [USUAL_NUMBER]
    for errors in errors_of(view).values():
        finite = errors[np.isfinite(errors)]
        if len(finite):
            numbers += [error_text(float(finite.min())), error_text(float(finite.max()))]
    widest = max(steady_width(number, pixels) for number in numbers)
    return _before_number(pixels) + widest


def _before_number(pixels: float) -> float:
    """Where the number of an error begins, in pixels from the left edge of the corner."""
    return text_width("train error ", pixels) + BEFORE_NUMBER * pixels


def _highest(view: View, start: float, stop: float, limits: Range) -> float:
    """The highest that anything ever is between two places of x, within the limits of y."""
    dataset = view.dataset
    drawn = [original(view, dataset.x_train, dataset.y_train)]
    if view.shows_test_points:
        drawn.append(original(view, dataset.x_test, dataset.y_test))
    if view.truth is not None:
        drawn.append(view.truth)
    for curve in view.sampled_curves:
        drawn.append((curve.x, curve.y))
    highest, _ = limits
    for x, y in drawn:
        is_between = (x >= start) & (x <= stop) & np.isfinite(y)
        at_ends = np.interp([start, stop], x, np.nan_to_num(y))
        heights = np.concatenate([y[is_between], at_ends])
        highest = max(highest, heights.max())
    return float(np.clip(highest, *limits))


def _noise_on(axis: ErrorAxis, view: View) -> float | None:
    """noise², if it is known and on the axis."""
    noise = noise_level(view)
    if noise is None:
        return None
    low, high = axis.limits
    is_on_axis = low < np.log10(noise) < high
    return noise if is_on_axis else None


@dataclass(frozen=True, eq=False)
class _ErrorCurve:
    """One error: its line, the dot at the end, and its number.

    band: the line's points. y: the places of the errors on the axis, shape (S,).
    """

    curve: Line2D
    dot: Line2D
    band: Band
    y: Array
    errors: Array
    number: PastedNumber | Text


class ErrorCorner:
    """Errors until the moment that is shown, on a logarithmic axis, with their names and values."""

    def __init__(
        self,
        sheet: Sheet,
        box: Box,
        view: View,
        time: TimeAxis,
        clock: Array,
        axis: ErrorAxis,
    ) -> None:
        self._sheet = sheet
        self._axis = axis
        self._limits = time.limits(AT_ENDS), axis.limits
        self._moments = time.place(clock)
        errors = errors_of(view)
        noise = _noise_on(axis, view)
        self._line = round(NAME_LINE * sheet.scale.text)
        plot = self._plot_box(box, names=len(errors), says_noise=noise is not None)
        axes = bare_axes(sheet, plot, *self._limits, order=CORNER)
        if noise is not None:
            self._draw_noise(plot, time, noise)
        colours = {"train": sheet.colours.train, "test": sheet.colours.test}
        self._curves: list[_ErrorCurve] = []
        for order, (name, values) in enumerate(errors.items()):
            curve, dot = self._make_curve(axes, order, colours[name])
            y = axis.place(values)
            band = summarise(self._moments, y, plot.width)
            top = box.top - order * self._line
            number = self._write_name(box, top, f"{name} error", colours[name])
            self._curves.append(_ErrorCurve(curve, dot, band, y, values, number))
        self.moving: list[Artist] = []
        for one in self._curves:
            self.moving += [one.curve, one.dot]
        self.moving += [one.number for one in self._curves]

    def _plot_box(self, box: Box, names: int, *, says_noise: bool) -> Box:
        """The place of the curves: under the names, and left of the word for the noise."""
        beside = 0
        if says_noise:
            word = text_width(NOISE, NOISE_LETTERS * self._sheet.scale.text)
            beside = round(word + 6)
        return Box(box.left, box.bottom, box.width - beside, box.height - names * self._line)

    def _draw_noise(self, plot: Box, time: TimeAxis, noise: float) -> None:
        """A line at the error of the truth itself, under the curves, and its name."""
        height = np.log10(noise)
        ground = bare_axes(self._sheet, plot, *self._limits, order=GROUND)
        look = looks_of(self._sheet, None)["noise"]
        ground.plot(time.limits(0), [height, height], **look)
        self._name_noise(plot, noise)

    def _make_curve(self, axes: Axes, order: int, colour: str) -> tuple[Line2D, Line2D]:
        """The line of an error until now, and the dot at its end."""
        points = self._sheet.points
        curve = moving_line(
            axes,
            order / 10,
            color=colour,
            linewidth=points(1.8),
            solid_joinstyle="round",
        )
        dot = moving_line(
            axes,
            order / 10 + 0.5,
            color=colour,
            marker="o",
            markersize=points(6),
            markeredgewidth=0,
        )
        return curve, dot

    def _name_noise(self, plot: Box, noise: float) -> None:
        """Say at the right end of its line what the error of the truth itself is."""
        height = pixel_height(plot, np.log10(noise), self._axis.limits)
        pixels = NOISE_LETTERS * self._sheet.scale.text
        self._sheet.text(
            plot.right + 4,
            # No part of the word hangs below the corner.
            max(height, plot.bottom + 0.6 * pixels),
            NOISE,
            pixels=pixels,
            colour=self._sheet.colours.faint,
            va="center_baseline",
        )

    def _write_name(self, box: Box, top: int, words: str, colour: str) -> PastedNumber | Text:
        """Write the name of an error under `top`; gives the artist of the number after it."""
        pixels = TICK_LETTERS * self._sheet.scale.text
        baseline = round(top - pixels)
        # References may cross the corner: a spline swings anywhere.
        self._sheet.text_over_lines(
            box.left, baseline, words, pixels=pixels, colour=colour, zorder=OVER_REFERENCES
        )
        x = round(box.left + _before_number(pixels))
        return changing_number(self._sheet, pixels, x, baseline, colour=colour, over_lines=True)

    def show(self, index: int) -> None:
        now = float(self._moments[index])
        for one in self._curves:
            one.curve.set_data(*one.band.until(now))
            one.dot.set_data([now], [one.y[index]])
            one.number.set_text(error_text(float(one.errors[index])))
