"""A matplotlib figure that is addressed in pixels: axes in boxes, words and legends at places."""

from __future__ import annotations

import math
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Literal

from relusgd.pictures.kit.contrast import least_opacity
from relusgd.pictures.kit.drawn_figure import DrawnFigure
from relusgd.pictures.kit.fonts import DPI, font
from relusgd.pictures.kit.haloed_text import RIM, HaloedText
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.plain_matplotlib import (
    Axes,
    FigureCanvasAgg,
    Line2D,
    NullLocator,
    Text,
)
from relusgd.pictures.kit.text_fit import shortened, text_width
from relusgd.pictures.kit.ticks import Ticks

MOVING = 5
"""The z-order of what moves; what never changes lies below, so that it can be drawn once."""

UPRIGHT, MOST_UPRIGHT = 1.2, 1.4
"""A picture that is more than so many times as high as wide has larger letters and thicker lines,
at most by the second factor."""

LineLook = dict[str, Any]
"""How a line or a point is drawn: keywords of matplotlib's Line2D."""

TICK_LETTERS = 0.93
TITLE_LETTERS = 1.2
"""Heights of the letters of ticks and of the title, in parts of those of plain words."""


@dataclass(frozen=True)
class Box:
    """A rectangle in whole pixels; bottom is counted from the picture's lower edge."""

    left: int
    bottom: int
    width: int
    height: int

    @property
    def top(self) -> int:
        return self.bottom + self.height

    @property
    def right(self) -> int:
        return self.left + self.width

    @property
    def centre_x(self) -> float:
        return self.left + self.width / 2

    @property
    def centre_y(self) -> float:
        return self.bottom + self.height / 2


@dataclass(frozen=True)
class SheetScale:
    """Sizes in pixels that grow with the picture.

    text, large: heights of the font, of plain words and of the clock; line: the distance between
    two lines of plain words;
    thick: the width of a line that is 1 pixel wide in a picture of 1000 × 700.
    """

    text: float
    large: float
    line: int
    thick: float

    @classmethod
    def of(cls, size: tuple[int, int]) -> SheetScale:
        width, height = size
        factor = min(width / 1000, height / 700)
        # By the width alone, letters of a picture for a phone held upright would be too small.
        factor *= min(max(height / width / UPRIGHT, 1.0), MOST_UPRIGHT)
        return cls.with_text(max(10.5, 14.0 * factor), max(0.75, factor))

    @classmethod
    def with_text(cls, text: float, thick: float) -> SheetScale:
        return cls(text, 1.45 * text, round(1.55 * text), thick)


class Sheet:
    """A figure of look.size pixels with the colours of its theme.

    pasted_numbers: whether numbers that change are pasted from pictures of their characters, which
    is fast and only for films; otherwise they are texts, which any file format can hold.
    """

    def __init__(self, look: Look, *, pasted_numbers: bool = False) -> None:
        self.look = look
        self.pasted_numbers = pasted_numbers
        self.colours = look.colours
        self.scale = SheetScale.of(look.size)
        self.width, self.height = look.size
        inches = (self.width / DPI, self.height / DPI)
        self.figure = DrawnFigure(
            figsize=inches, dpi=DPI, facecolor=self.colours.paper, edgecolor="none"
        )
        self.canvas: Any = FigureCanvasAgg(self.figure)

    def finer(self, lines: float, text: float = 0.93) -> Sheet:
        """The same figure, drawn on with thinner lines and smaller letters, by these factors."""
        finer = copy(self)
        letters = max(10.0, text * self.scale.text)
        finer.scale = SheetScale.with_text(letters, lines * self.scale.thick)
        return finer

    def lines(self, count: float) -> int:
        """The height of this many lines of text, in whole pixels."""
        return round(count * self.scale.line)

    def run_colour(self, number: int) -> str:
        """The colour of the learned function of a run or group with this number; colours repeat."""
        return self.colours.runs[number % len(self.colours.runs)]

    def least_opacity(self, colour: str) -> float:
        """The opacity from which on this colour can be told from the paper."""
        return least_opacity(colour, self.colours.paper)

    def axes(self, box: Box) -> Axes:
        """Empty axes in the box, with a thin frame, a faint grid and no ticks."""
        place = (
            box.left / self.width,
            box.bottom / self.height,
            box.width / self.width,
            box.height / self.height,
        )
        axes = self.figure.add_axes(place, facecolor=self.colours.paper)
        axes.xaxis.set_major_locator(NullLocator())
        axes.yaxis.set_major_locator(NullLocator())
        axes.set_axisbelow(True)
        for spine in axes.spines.values():
            spine.set(color=self.colours.faint, linewidth=self.points(0.9))
        return axes

    def set_ticks(
        self, axes: Axes, which: Literal["x", "y"], ticks: Ticks, *, grid: bool = True
    ) -> None:
        """Ticks with their labels along an axis; without any label, the lines of the grid alone."""
        axis = axes.xaxis if which == "x" else axes.yaxis
        axis.set_ticks(ticks.places, labels=ticks.labels)
        axis.set_tick_params(
            length=self.points(4) if any(ticks.labels) else 0,
            width=self.points(0.9),
            color=self.colours.faint,
            pad=self.points(3),
        )
        for label in axis.get_ticklabels():
            label.set(
                fontproperties=font(TICK_LETTERS * self.scale.text),
                color=self.colours.ink,
                parse_math=False,
            )
        if grid:
            axes.grid(
                True,
                axis=which,
                color=self.colours.grid,
                linewidth=self.points(0.9),
                linestyle="-",
            )

    def calm(self, axes: Axes) -> None:
        """Leave out the frame, the grid and the marks at ticks, so that what is drawn stands out.

        Ticks are set before.
        """
        for spine in axes.spines.values():
            spine.set_visible(False)
        axes.grid(False)
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_tick_params(length=0, pad=self.points(7))
            for label in axis.get_ticklabels():
                label.set_color(self.colours.faint)

    def points(self, pixels: float) -> float:
        """Pixels of a picture 1000 wide as matplotlib's points at this size."""
        return pixels * self.scale.thick * 72 / DPI

    def text(
        self,
        x: float,
        y: float,
        words: str,
        *,
        pixels: float,
        colour: str | None = None,
        bold: bool = False,
        **options: Any,
    ) -> Text:
        """Words at pixel (x, y); by default from the left, on the baseline.

        A dollar sign is a dollar sign.
        """
        return self.figure.text(
            x / self.width,
            y / self.height,
            words,
            parse_math=False,
            fontproperties=font(pixels, bold=bold, text=words),
            color=colour or self.colours.ink,
            **options,
        )

    def text_over_lines(
        self,
        x: float,
        y: float,
        words: str,
        *,
        pixels: float,
        colour: str,
        zorder: float,
        ha: str = "left",
    ) -> Text:
        """Words from pixel (x, y) on, with a rim of paper between them and what they cross."""
        text = HaloedText(
            x / self.width,
            y / self.height,
            words,
            parse_math=False,
            fontproperties=font(pixels, text=words),
            color=colour,
            zorder=zorder,
            ha=ha,
            transform=self.figure.transFigure,
            paper=self.colours.paper,
            rim=RIM * self.scale.thick,
        )
        self.figure.add_artist(text)
        return text

    def write_title(self, box: Box | None) -> None:
        """The user's title, cut to the box; nothing without a box or a title."""
        if box is None or not self.look.title:
            return
        pixels = TITLE_LETTERS * self.scale.text
        title = shortened(self.look.title, pixels, box.width, bold=True)
        self.text(box.left, box.bottom + 0.3 * self.scale.text, title, pixels=pixels, bold=True)

    def x_name_height(self, axes: Box) -> float:
        """The middle of the line in which the name of x stands under these axes."""
        return axes.bottom - 1.65 * self.scale.line

    def name_x(self, axes: Box, name: str, *, room: float = math.inf) -> None:
        """The name of the x axis under its middle, cut to `room` pixels."""
        pixels = self.scale.text
        words = shortened(name, pixels, room)
        height = self.x_name_height(axes)
        self.text(axes.centre_x, height, words, pixels=pixels, ha="center", va="center_baseline")

    def name_y(self, axes: Box, name: str, *, room: float = math.inf, letters: float = 1.0) -> None:
        """The name of the y axis, upright at the left edge of the picture, cut to `room` pixels.

        letters: their height, in parts of that of plain words.
        """
        x, pixels = 0.9 * self.scale.text, letters * self.scale.text
        words = shortened(name, pixels, room)
        self.text(x, axes.centre_y, words, pixels=pixels, rotation=90, ha="center", va="center")

    def entry(self, x: float, y: float, look: LineLook, words: str, *, pixels: float) -> None:
        """An entry of a legend from pixel (x, y): a sample of a line or a point drawn like `look`,
        then words."""
        length = 2.0 * pixels
        if look.get("linestyle") != "":
            self._sample([x, x + length], y, {**look, "marker": ""})
        if look.get("marker"):
            self._sample([x + length / 2], y, {**look, "linestyle": ""})
        self.text(x + length + 0.5 * pixels, y, words, pixels=pixels, va="center_baseline")

    def _sample(self, x: Sequence[float], y: float, look: LineLook) -> None:
        xs = [place / self.width for place in x]
        ys = [y / self.height] * len(x)
        self.figure.add_artist(Line2D(xs, ys, transform=self.figure.transFigure, **look))


def entry_width(words: str, pixels: float) -> float:
    """The pixels that a legend's entry takes."""
    return 2.5 * pixels + text_width(words, pixels)
