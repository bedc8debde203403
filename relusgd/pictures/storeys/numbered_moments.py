"""A run from start to end in one still: its functions at numbered moments, and under them the paths
of the elbows with a line across at each moment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from relusgd.diagnostics.events import Event
from relusgd.pictures.kit.contrast import blend
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.number_text import error_text
from relusgd.pictures.kit.parts import kept_near
from relusgd.pictures.kit.plain_matplotlib import Line2D
from relusgd.pictures.kit.sheet import MOVING, Box, Sheet
from relusgd.pictures.kit.spread_apart import spread_apart
from relusgd.pictures.kit.stills import draw_sheet, write_figure
from relusgd.pictures.kit.text_fit import shortened, text_width, wrapped
from relusgd.pictures.kit.ticks import Ticks
from relusgd.pictures.moments.key_moments import key_moments
from relusgd.pictures.moments.named_moments import names_of_moments
from relusgd.pictures.moments.script import Script
from relusgd.pictures.panels.marks import x_limits
from relusgd.pictures.scenes.scales import errors_of
from relusgd.pictures.scenes.view import View
from relusgd.pictures.storeys.bare_axes import STEMS, bare_axes
from relusgd.pictures.storeys.layout import CAPTION_LETTERS
from relusgd.pictures.storeys.lower import MARGIN
from relusgd.pictures.storeys.one_run import OneRunBuilder
from relusgd.pictures.storeys.run_storeys import FunctionOnStems
from relusgd.pictures.storeys.upper import UpperStorey

MOMENTS = 6
"""Snapshots whose function is drawn."""

COLUMN = 0.24
"""The room for words at the right, as a share of the picture's width."""

LEAST_COLUMN = 13.0
"""A narrower room than this, in heights of a letter, has numbers alone."""

NUMBERS_ALONE = 2.6
"""The room for these, in heights of a letter."""

CIRCLE = 1.5
"""The height of a number in its circle, in heights of a letter."""

WORD_LETTERS = 0.9
"""The height of the words beside a number, in heights of a letter."""

MOST_LINES = 2
"""Lines that are said of a moment, at most."""

THINNEST = 1.2
"""The width of the first function, in pixels."""

THICKEST = 2.4
"""The width of the last function but one, in pixels."""

Colour = tuple[float, float, float]
"""Red, green and blue, from 0 to 1."""


def save_moments(
    view: View, path: Path, look: Look | None = None, events: Sequence[Event] = ()
) -> None:
    """Write the picture as .png, .svg or .pdf. Raises as `write_figure` does."""
    write_figure(draw_moments(view, look, events), path)


def draw_moments(view: View, look: Look | None = None, events: Sequence[Event] = ()) -> Sheet:
    """The picture as a figure. events: of the run, which name the moments that show them."""
    return draw_sheet(lambda sheet: MomentsBuilder(sheet, view, events).draw_still(), look)


class MomentsBuilder(OneRunBuilder):
    """The picture while it is put together. moments: the snapshots whose function is drawn."""

    def __init__(self, sheet: Sheet, view: View, events: Sequence[Event]) -> None:
        text = sheet.scale.text
        self.has_words = COLUMN * sheet.width >= LEAST_COLUMN * text and "units" in sheet.look.show
        column = COLUMN * sheet.width if self.has_words else NUMBERS_ALONE * text
        self.moments: list[int] = []
        last = Script(np.array([len(view) - 1]))
        super().__init__(sheet, view, last, aside=round(column))
        self.names = names_of_moments(view, self.moments, events)

    def _time_labels(self) -> list[str]:
        """The steps of the moments, which are chosen by the room that the lower storey has."""
        box = self.boxes.lower or self.boxes.upper
        lines = MOST_LINES * WORD_LETTERS * 1.25 if self.has_words else CIRCLE
        apart = lines * self.sheet.scale.text / box.height * (1 + 2 * MARGIN)
        self.moments = key_moments(self.view, MOMENTS, apart)
        steps = self.view.history.step[self.moments]
        labels = [f"{step:,}" for step in steps]
        labels[0] = f"step {labels[0]}"
        self.time_ticks = Ticks(tuple(self.time.place(steps).tolist()), tuple(labels))
        return labels

    def draw_still(self) -> None:
        """Draw everything."""
        parts, rows = self.draw_storeys()
        for part in parts:
            part.show(len(self.view) - 1)
        (function,) = [part for part in parts if isinstance(part, FunctionOnStems)]
        self._draw_functions(function.upper)
        if self.boxes.lower:
            self._draw_lines(self.boxes.lower)
        self._write_head()
        self.name_axes()
        self.words(rows, others=self.moments[:-1])

    def _write_head(self) -> None:
        sheet, head = self.sheet, self.boxes.head
        sheet.write_title(self.boxes.title)
        bends = "breakpoints" if self.view.deep else "elbows"
        moments = f"{len(self.moments)} moments" if len(self.moments) > 1 else "one moment"
        said = f"The function at {moments}, and where its {bends} went"
        text = sheet.scale.text
        taken = text_width(said, CAPTION_LETTERS * text, bold=True)
        pixels = max(text, CAPTION_LETTERS * text * min(1.0, head.width / taken))
        words = shortened(said, pixels, head.width, bold=True)
        baseline = head.bottom + 0.28 * head.height
        sheet.text(head.left, baseline, words, pixels=pixels, bold=True)

    # The functions

    def _draw_functions(self, upper: UpperStorey) -> None:
        """The functions of all moments, later ones over earlier ones, and their numbers."""
        sheet, count = self.sheet, len(self.moments)
        box, limits = self.boxes.upper, self.scales.y
        ends = []
        for number, row in enumerate(self.moments):
            curve = self.view.curve(row)
            y = kept_near(np.nan_to_num(curve.y), limits)
            ends.append((y[-1] - limits[0]) / (limits[1] - limits[0]) * box.height)
            if number == count - 1:
                continue
            share = number / max(count - 2, 1)
            upper.front.plot(
                curve.x,
                y,
                color=self._shade(number),
                linewidth=sheet.points(THINNEST + (THICKEST - THINNEST) * share),
                solid_joinstyle="round",
                zorder=MOVING + 0.1 + number / 100,
            )
        heights = np.clip(np.array(ends), 0.0, self._highest_end(box))
        apart = CIRCLE * sheet.scale.text
        # The lowest circle keeps clear of the first one of the lower storey.
        foot = 0.5 * apart
        places = foot + spread_apart(heights - foot, apart, box.height - foot)
        for number, (end, place) in enumerate(zip(heights, places, strict=True)):
            self._lead_to_number(number, box.bottom + end, box.bottom + place)

    def _highest_end(self, box: Box) -> float:
        """The highest place of a function's end over the foot of its storey, under the errors."""
        corner = self.corner
        if corner is None or corner.right < box.right:
            return float(box.height)
        return corner.bottom - box.bottom - 0.5 * CIRCLE * self.sheet.scale.text

    def _shade(self, number: int) -> Colour:
        """The colour of a function: the paler the earlier, as pale as may be for the first."""
        sheet = self.sheet
        colour, last = sheet.colours.learned, max(len(self.moments) - 1, 1)
        least = sheet.least_opacity(colour)
        red, green, blue = blend(colour, sheet.colours.paper, least + (1 - least) * number / last)
        return float(red), float(green), float(blue)

    def _lead_to_number(self, number: int, end: float, height: float) -> None:
        """A thin line from the end of a function to its number."""
        sheet, box = self.sheet, self.boxes.upper
        low, high = x_limits(self.scales.x)
        right = box.left + (self.view.high - low) / (high - low) * box.width
        middle = self._number_place(box)
        places = [right, box.right, middle - 0.5 * CIRCLE * sheet.scale.text]
        self._figure_line(places, [end, end, height], self._shade(number))
        self._write_number(number, middle, height)

    def _number_place(self, box: Box) -> float:
        """The middle of the circles, which stand one under the other at the right of a storey."""
        return box.right + 1.6 * self.sheet.scale.text

    def _figure_line(self, x: Sequence[float], y: Sequence[float], colour: Colour) -> None:
        """A thin line through these pixels of the picture, over all axes."""
        sheet = self.sheet
        line = Line2D(
            [place / sheet.width for place in x],
            [height / sheet.height for height in y],
            transform=sheet.figure.transFigure,
            color=colour,
            linewidth=sheet.points(0.9),
            zorder=MOVING,
        )
        sheet.figure.add_artist(line)

    def _write_number(self, number: int, x: float, y: float) -> None:
        """The number of a moment in a circle around pixel (x, y)."""
        sheet = self.sheet
        circle = {
            "boxstyle": "circle,pad=0.2",
            "facecolor": sheet.colours.paper,
            "edgecolor": sheet.colours.ink,
            "linewidth": sheet.points(1.0),
        }
        sheet.text(
            x,
            y,
            f"{number + 1}",
            pixels=0.85 * sheet.scale.text,
            bold=True,
            ha="center",
            va="center_baseline",
            bbox=circle,
            zorder=MOVING + 1,
        )

    # The moments on the paths

    def _draw_lines(self, box: Box) -> None:
        """A line across the paths at each moment, its number, and what is said of it."""
        sheet = self.sheet
        first, last = self.time.limits(MARGIN)
        axes = bare_axes(sheet, box, (0.0, 1.0), (last, first), order=STEMS)
        middle = self._number_place(box)
        for number, place in enumerate(self.time_ticks.places):
            axes.plot(
                [0.0, 1.0],
                [place, place],
                color=sheet.colours.ink,
                linewidth=sheet.points(0.8),
                linestyle=(0, (2, 3)),
            )
            height = box.top - (place - first) / (last - first) * box.height
            self._write_number(number, middle, height)
            if self.has_words:
                self._say(number, middle + CIRCLE * sheet.scale.text, height)

    def _say(self, number: int, left: float, height: float) -> None:
        """What is said of a moment, in up to two lines around a height."""
        sheet = self.sheet
        pixels = WORD_LETTERS * sheet.scale.text
        room = sheet.width - left - 0.6 * sheet.scale.text
        name = self.names[number]
        lines = wrapped(name or self._error_of(number), pixels, room, MOST_LINES)
        colour = sheet.colours.ink if name else sheet.colours.faint
        top = height + 0.62 * pixels * (len(lines) - 1)
        for index, line in enumerate(lines):
            sheet.text(
                left,
                top - 1.24 * pixels * index,
                line,
                pixels=pixels,
                colour=colour,
                va="center_baseline",
            )

    def _error_of(self, number: int) -> str:
        errors = errors_of(self.view)
        name = "test" if "test" in errors else "train"
        return f"{name} error {error_text(float(errors[name][self.moments[number]]))}"
