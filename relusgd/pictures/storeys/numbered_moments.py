"""A run from start to end in one still: its functions at numbered moments, and under them the paths
of the elbows with a line across at each moment."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from relusgd.diagnostics.events import Event
from relusgd.model.network import Array
from relusgd.pictures.kit.circled_number import write_circled
from relusgd.pictures.kit.contrast import blend
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.number_text import error_text
from relusgd.pictures.kit.parts import kept_near
from relusgd.pictures.kit.plain_matplotlib import Axes, Line2D
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
from relusgd.pictures.storeys.bare_axes import STEMS, bare_axes, pixel_across
from relusgd.pictures.storeys.layout import CAPTION_LETTERS, RIGHT
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

NUMBER_GAP = 1.6
"""How far right of a storey the circles have their middles, in heights of a letter."""

WORD_LETTERS = 0.9
"""The height of the words beside a number, in heights of a letter."""

MOST_LINES = 2
"""Lines that are said of a moment, at most."""

WORD_LINE = 1.12
"""The distance of two of these lines, in heights of their letters."""

ROOM_OF_WORDS = 1.25
"""The room of a line between two moments, in heights of its letters: more than within words."""

RIGHT_OF_WORDS = 0.6
"""The free paper at the right edge of the picture, in heights of a letter."""

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
        column = COLUMN * sheet.width
        self.has_words = column >= LEAST_COLUMN * text and "units" in sheet.look.show
        if not self.has_words:
            column = NUMBERS_ALONE * text
        self.moments: list[int] = []
        last = Script(np.array([len(view) - 1]))
        most_aside = round(column)
        super().__init__(sheet, view, last, aside=most_aside)
        self.names = names_of_moments(view, self.moments, events)
        if self.has_words:
            # Short words leave the storeys more room.
            aside = min(most_aside, self._needed_column())
            super().__init__(sheet, view, last, aside=aside)

    def _time_labels(self) -> list[str]:
        """The steps of the moments, which are chosen by the room that the lower storey has."""
        box = self.boxes.lower or self.boxes.upper
        letters_of_words = MOST_LINES * WORD_LETTERS * ROOM_OF_WORDS
        letters_apart = letters_of_words if self.has_words else CIRCLE
        share_of_box = letters_apart * self.sheet.scale.text / box.height
        axis_length = 1 + 2 * MARGIN
        apart = share_of_box * axis_length
        self.moments = key_moments(self.view, MOMENTS, apart)
        steps = self.view.history.step[self.moments]
        labels = [f"{step:,}" for step in steps]
        labels[0] = f"step {labels[0]}"
        places = self.time.place(steps).tolist()
        self.time_ticks = Ticks(tuple(places), tuple(labels))
        return labels

    def draw_still(self) -> None:
        """Draw everything."""
        parts, rows = self.draw_storeys()
        last = len(self.view) - 1
        for part in parts:
            part.show(last)
        (function,) = [part for part in parts if isinstance(part, FunctionOnStems)]
        self._draw_functions(function.upper)
        if self.boxes.lower:
            self._draw_lines(self.boxes.lower)
        self._write_head()
        self.name_axes()
        self.words(rows, others=self.moments[:-1])

    def _write_head(self) -> None:
        """The title, and a sentence on the picture in letters as large as its line allows."""
        sheet = self.sheet
        head = self.boxes.head
        sheet.write_title(self.boxes.title)
        bends = "breakpoints" if self.view.deep else "elbows"
        moments = f"{len(self.moments)} moments" if len(self.moments) > 1 else "one moment"
        said = f"The function at {moments}, and where its {bends} went"
        smallest = sheet.scale.text
        usual = CAPTION_LETTERS * sheet.scale.text
        taken = text_width(said, usual, bold=True)
        shrunk = min(1.0, head.width / taken)
        pixels = max(smallest, usual * shrunk)
        words = shortened(said, pixels, head.width, bold=True)
        baseline = head.bottom + 0.28 * head.height
        sheet.text(head.left, baseline, words, pixels=pixels, bold=True)

    # The functions

    def _draw_functions(self, upper: UpperStorey) -> None:
        """The functions of all moments, later ones over earlier ones, and their numbers.

        That of the last moment is drawn already.
        """
        low, high = self.scales.y
        box = self.boxes.upper
        ends = []
        for number, row in enumerate(self.moments):
            curve = self.view.curve(row)
            y = kept_near(np.nan_to_num(curve.y), self.scales.y)
            share_of_height = (y[-1] - low) / (high - low)
            ends.append(share_of_height * box.height)
            if number < len(self.moments) - 1:
                self._draw_function(upper.front, number, curve.x, y)
        heights = np.clip(np.array(ends), 0.0, self._highest_end(box))
        apart = CIRCLE * self.sheet.scale.text
        # The lowest circle keeps clear of the first one of the lower storey.
        foot = 0.5 * apart
        places = foot + spread_apart(heights - foot, apart, box.height - foot)
        for number, (end, place) in enumerate(zip(heights, places, strict=True)):
            self._lead_to_number(number, box.bottom + end, box.bottom + place)

    def _draw_function(self, axes: Axes, number: int, x: Array, y: Array) -> None:
        """The function at a moment before the last: the later, the thicker."""
        last = max(len(self.moments) - 2, 1)
        width = THINNEST + (THICKEST - THINNEST) * (number / last)
        axes.plot(
            x,
            y,
            color=self._shade(number),
            linewidth=self.sheet.points(width),
            solid_joinstyle="round",
            zorder=MOVING + 0.1 + number / 100,
        )

    def _highest_end(self, box: Box) -> float:
        """The highest place of a function's end over the foot of its storey, under the errors."""
        corner = self.corner
        if corner is None or corner.right < box.right:
            return float(box.height)
        half_circle = 0.5 * CIRCLE * self.sheet.scale.text
        return corner.bottom - box.bottom - half_circle

    def _shade(self, number: int) -> Colour:
        """The colour of a function: the paler the earlier, as pale as may be for the first."""
        colours = self.sheet.colours
        last = max(len(self.moments) - 1, 1)
        palest = self.sheet.least_opacity(colours.learned)
        opacity = palest + (1 - palest) * number / last
        red, green, blue = blend(colours.learned, colours.paper, opacity)
        return float(red), float(green), float(blue)

    def _lead_to_number(self, number: int, end: float, height: float) -> None:
        """A thin line from the end of a function to its number."""
        box = self.boxes.upper
        end_of_function = pixel_across(box, self.view.high, x_limits(self.scales.x))
        middle = self._number_place(box)
        edge_of_circle = middle - 0.5 * CIRCLE * self.sheet.scale.text
        x = [end_of_function, box.right, edge_of_circle]
        y = [end, end, height]
        self._figure_line(x, y, self._shade(number))
        self._write_number(number, middle, height)

    def _number_place(self, box: Box) -> float:
        """The middle of the circles, which stand one under the other at the right of a storey."""
        return box.right + NUMBER_GAP * self.sheet.scale.text

    def _figure_line(self, x: Sequence[float], y: Sequence[float], colour: Colour) -> None:
        """A thin line through these pixels of the picture, over all axes."""
        sheet = self.sheet
        shares_across = [place / sheet.width for place in x]
        shares_up = [height / sheet.height for height in y]
        line = Line2D(
            shares_across,
            shares_up,
            transform=sheet.figure.transFigure,
            color=colour,
            linewidth=sheet.points(0.9),
            zorder=MOVING,
        )
        sheet.figure.add_artist(line)

    def _write_number(self, number: int, x: float, y: float) -> None:
        """The number of a moment, counted from 1, in a circle around pixel (x, y)."""
        pixels = 0.85 * self.sheet.scale.text
        write_circled(self.sheet, number + 1, x, y, pixels=pixels)

    # The moments on the paths

    def _draw_lines(self, box: Box) -> None:
        """A line across the paths at each moment, its number, and what is said of it."""
        sheet = self.sheet
        first, last = self.time.limits(MARGIN)
        axes = bare_axes(sheet, box, (0.0, 1.0), (last, first), order=STEMS)
        middle = self._number_place(box)
        beside = self._words_place(box)
        for number, place in enumerate(self.time_ticks.places):
            axes.plot(
                [0.0, 1.0],
                [place, place],
                color=sheet.colours.ink,
                linewidth=sheet.points(0.8),
                linestyle=(0, (2, 3)),
            )
            share_down = (place - first) / (last - first)
            height = box.top - share_down * box.height
            self._write_number(number, middle, height)
            if self.has_words:
                self._say(number, beside, height)

    def _needed_column(self) -> int:
        """The pixels at the right of the storeys that numbers and words take."""
        text = self.sheet.scale.text
        lowest = self.boxes.lowest
        before = self._words_place(lowest) - lowest.right
        widest = 0.0
        for number in range(len(self.moments)):
            for line in self._lines_of(number):
                width = text_width(line, WORD_LETTERS * text)
                widest = max(widest, width)
        beyond_storeys = before + widest + RIGHT_OF_WORDS * text
        # The storeys keep some paper at their right in any picture.
        return math.ceil(beyond_storeys - (RIGHT - 0.1) * text)

    def _words_place(self, box: Box) -> float:
        """Where what is said of a moment begins, right of its number."""
        return self._number_place(box) + CIRCLE * self.sheet.scale.text

    def _lines_of(self, number: int) -> list[str]:
        """What is said of a moment: its event, or else its error."""
        text = self.sheet.scale.text
        left = self._words_place(self.boxes.lowest)
        right = self.sheet.width - RIGHT_OF_WORDS * text
        words = self.names[number] or self._error_of(number)
        return wrapped(words, WORD_LETTERS * text, right - left, MOST_LINES)

    def _say(self, number: int, left: float, height: float) -> None:
        """What is said of a moment, in up to two lines around a height."""
        sheet = self.sheet
        pixels = WORD_LETTERS * sheet.scale.text
        has_event = bool(self.names[number])
        colour = sheet.colours.ink if has_event else sheet.colours.faint
        lines = self._lines_of(number)
        line_distance = WORD_LINE * pixels
        top = height + 0.5 * line_distance * (len(lines) - 1)
        for index, line in enumerate(lines):
            sheet.text(
                left,
                top - line_distance * index,
                line,
                pixels=pixels,
                colour=colour,
                va="center_baseline",
            )

    def _error_of(self, number: int) -> str:
        """The compared error at a moment, in words."""
        errors = errors_of(self.view)
        name = "test" if "test" in errors else "train"
        row = self.moments[number]
        error = error_text(float(errors[name][row]))
        return f"{name} error {error}"
