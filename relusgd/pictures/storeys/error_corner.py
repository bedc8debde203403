"""The errors as small curves in an upper corner of the function's storey that is free of data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.kit.axis import ErrorAxis, TimeAxis
from relusgd.pictures.kit.number_text import error_text
from relusgd.pictures.kit.parts import moving_line
from relusgd.pictures.kit.plain_matplotlib import Artist, Text
from relusgd.pictures.kit.sheet import TICK_LETTERS, Box, Sheet
from relusgd.pictures.kit.text_fit import text_width
from relusgd.pictures.panels.error_panel import summarise
from relusgd.pictures.panels.header import PastedNumber, changing_number
from relusgd.pictures.panels.marks import looks_of, x_limits
from relusgd.pictures.scenes.scales import Scales, errors_of, noise_level
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.bare_axes import CORNER, GROUND, bare_axes

WIDTH, HEIGHT = 0.2, 0.24
"""The corner's size, as shares of the storey's."""

LEAST_WIDTH = 8.5
"""Its least width, in heights of a letter: words and numbers have room."""

NOISE = "noise"

CLEAR = 0.04
"""Free paper between the corner and what is under it, as a share of the storey's height."""


@dataclass(frozen=True)
class Corner:
    """Where the errors stand. at_right: in which corner; limits: of y, with room for it."""

    at_right: bool
    limits: tuple[float, float]

    @classmethod
    def free(cls, view: View, box: Box, scales: Scales, width: float, height: float) -> Corner:
        """The upper corner under which points, truth and functions lie lower over the whole film.

        The limits of y are widened upwards until nothing is in it.
        width, height: of the corner in pixels.
        """
        first, last = x_limits(scales.x)
        reach = (last - first) * (width / box.width + CLEAR)
        low, high = scales.y
        left = _highest(view, first, first + reach, scales.y)
        right = _highest(view, last - reach, last, scales.y)
        at_right = right <= left
        free_below = 1 - height / box.height - CLEAR
        needed = low + (min(left, right) - low) / free_below
        return cls(at_right, (low, max(high, needed)))

    def box(self, storey: Box, width: float, height: float) -> Box:
        """The place of the corner in the storey."""
        left = storey.right - round(width) if self.at_right else storey.left
        return Box(left, storey.top - round(height), round(width), round(height))


def corner_size(sheet: Sheet, storey: Box) -> tuple[float, float]:
    """Width and height of the corner in pixels."""
    text = sheet.scale.text
    width = max(WIDTH * storey.width, LEAST_WIDTH * text)
    return width, max(HEIGHT * storey.height, 4.0 * text)


def _highest(view: View, start: float, stop: float, limits: tuple[float, float]) -> float:
    """The highest that anything ever is between two places of x, within the limits of y."""
    scaling, dataset = view.dataset.scaling, view.dataset
    found = [limits[0]]

    def look(x: Array, y: Array) -> None:
        inside = (x >= start) & (x <= stop) & np.isfinite(y)
        at_ends = np.interp([start, stop], x, np.nan_to_num(y))
        found.extend([*y[inside], *at_ends])

    look(scaling.x_to_original(dataset.x_train), scaling.y_to_original(dataset.y_train))
    if view.shows_test_points:
        look(scaling.x_to_original(dataset.x_test), scaling.y_to_original(dataset.y_test))
    if view.truth is not None:
        look(*view.truth)
    for curve in view.sampled_curves:
        look(curve.x, curve.y)
    return float(np.clip(max(found), *limits))


def _noise_on(axis: ErrorAxis, view: View) -> float | None:
    """noise², if it is known and on the axis."""
    noise = noise_level(view)
    low, high = axis.limits
    return noise if noise is not None and low < np.log10(noise) < high else None


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
        self._errors = errors_of(view)
        self._moments = time.place(clock)
        line = round(1.35 * sheet.scale.text)
        words = len(self._errors) * line
        noise = _noise_on(axis, view)
        beside = 0 if noise is None else round(text_width(NOISE, 0.85 * sheet.scale.text) + 6)
        plot = Box(box.left, box.bottom, box.width - beside, box.height - words)
        limits = time.limits(0.03), axis.limits
        axes = bare_axes(sheet, plot, *limits, order=CORNER)
        if noise is not None:
            ground = bare_axes(sheet, plot, *limits, order=GROUND)
            ground.plot(time.limits(0), [np.log10(noise)] * 2, **looks_of(sheet, None)["noise"])
            self._name_noise(plot, axis, noise)
        colours = {"train": sheet.colours.train, "test": sheet.colours.test}
        self._curves = []
        self.moving: list[Artist] = []
        for order, (name, errors) in enumerate(self._errors.items()):
            y = axis.place(errors)
            band = summarise(self._moments, y, plot.width)
            curve = moving_line(
                axes,
                order / 10,
                color=colours[name],
                linewidth=sheet.points(1.8),
                solid_joinstyle="round",
            )
            dot = moving_line(
                axes,
                order / 10 + 0.5,
                color=colours[name],
                marker="o",
                markersize=sheet.points(6),
                markeredgewidth=0,
            )
            top = box.top - order * line
            number = self._write_words(box, top, f"{name} error", colours[name])
            self._curves.append((curve, dot, band, y, errors, number))
            self.moving += [curve, dot]
        self.moving += [entry[-1] for entry in self._curves]

    def _name_noise(self, plot: Box, axis: ErrorAxis, noise: float) -> None:
        """Say at the right end of its line what the error of the truth itself is."""
        low, high = axis.limits
        height = plot.bottom + (np.log10(noise) - low) / (high - low) * plot.height
        self._sheet.text(
            plot.right + 4,
            height,
            NOISE,
            pixels=0.85 * self._sheet.scale.text,
            colour=self._sheet.colours.faint,
            va="center_baseline",
        )

    def _write_words(self, box: Box, top: int, words: str, colour: str) -> PastedNumber | Text:
        pixels = TICK_LETTERS * self._sheet.scale.text
        baseline = round(top - pixels)
        self._sheet.text(box.left, baseline, words, pixels=pixels, colour=colour)
        x = round(box.left + text_width("train error ", pixels) + 0.3 * pixels)
        return changing_number(self._sheet, pixels, x, baseline, colour=colour)

    def show_nothing(self) -> None:
        """Leave only the words, of which the numbers come later."""
        for curve, dot, *_, number in self._curves:
            curve.set_data([], [])
            dot.set_data([], [])
            number.set_text("")

    def show(self, index: int) -> None:
        now = float(self._moments[index])
        for curve, dot, band, y, errors, number in self._curves:
            count = int(np.searchsorted(band.x, now, side="right"))
            reached = band.middle[max(count, 1) - 1]
            curve.set_data(np.append(band.x[:count], now), np.append(band.middle[:count], reached))
            dot.set_data([now], [y[index]])
            number.set_text(error_text(float(errors[index])))
