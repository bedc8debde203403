"""A matplotlib figure that is addressed in pixels: axes in boxes, texts and legend entries at places."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Text
from matplotlib.ticker import NullLocator

from relusgd.pictures.axis import Ticks
from relusgd.pictures.fonts import DPI, font
from relusgd.pictures.layout import Box, Scale
from relusgd.pictures.look import Look
from relusgd.pictures.wording import text_width

MOVING = 5
"""The z-order of what moves; everything that never changes lies below, so that it can be drawn once."""

STYLE: Any = {
    "text.usetex": False,
    "path.sketch": None,
    "path.effects": [],
    "axes.xmargin": 0.0,
    "axes.ymargin": 0.0,
    "figure.autolayout": False,
    "figure.constrained_layout.use": False,
}
"""Settings of a user's matplotlibrc that would show although every colour, size and font is given."""


class Sheet:
    """A figure of look.size pixels with the colours of its theme."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.colours = look.colours
        self.scale = Scale.of(look.size)
        self.width, self.height = look.size
        inches = (self.width / DPI, self.height / DPI)
        self.figure = Figure(
            figsize=inches, dpi=DPI, facecolor=self.colours.paper, edgecolor="none"
        )
        self.canvas: Any = FigureCanvasAgg(self.figure)

    def finer(self, lines: float, text: float = 1.0) -> Sheet:
        """The same figure to be drawn on with thinner lines and smaller letters, by these factors."""
        finer = copy(self)
        letters = max(10.0, text * self.scale.text)
        finer.scale = Scale(
            letters, 1.45 * letters, round(1.55 * letters), lines * self.scale.thick
        )
        return finer

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
        self, axes: Axes, which: str, ticks: Ticks, *, labels: bool = True, grid: bool = True
    ) -> None:
        """Ticks and their labels along the x or the y axis."""
        axis = axes.xaxis if which == "x" else axes.yaxis
        axis.set_ticks(ticks.places, labels=ticks.labels if labels else [""] * len(ticks.places))
        axis.set_tick_params(
            length=self.points(4) if labels else 0,
            width=self.points(0.9),
            color=self.colours.faint,
            pad=self.points(3),
        )
        for label in axis.get_ticklabels():
            label.set(
                fontproperties=font(self.scale.text * 0.93),
                color=self.colours.ink,
                parse_math=False,
            )
        if grid:
            axes.grid(
                True,
                axis="x" if which == "x" else "y",
                color=self.colours.grid,
                linewidth=self.points(0.9),
                linestyle="-",
            )

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
        **options: Any,
    ) -> Text:
        """Words at pixel (x, y); by default from the left, on the baseline. A dollar sign is a dollar sign."""
        bold = options.pop("bold", False)
        options |= {
            "fontproperties": font(pixels, bold=bold, text=words),
            "color": colour or self.colours.ink,
        }
        return self.figure.text(x / self.width, y / self.height, words, parse_math=False, **options)

    def entry(self, x: float, y: float, look: dict[str, Any], words: str, *, pixels: float) -> None:
        """An entry of a legend from pixel (x, y): a sample of a line or a point drawn like `look`, then words."""
        length = 2.0 * pixels
        if look.get("linestyle") != "":
            self._sample([x, x + length], y, {**look, "marker": ""})
        if look.get("marker"):
            self._sample([x + length / 2], y, {**look, "linestyle": ""})
        self.text(x + length + 0.5 * pixels, y, words, pixels=pixels, va="center_baseline")

    def _sample(self, x: Sequence[float], y: float, look: dict[str, Any]) -> None:
        places = [place / self.width for place in x]
        self.figure.add_artist(
            Line2D(
                places, [y / self.height] * len(places), transform=self.figure.transFigure, **look
            )
        )


def entry_width(words: str, pixels: float) -> float:
    """The pixels that a legend's entry takes."""
    return 2.5 * pixels + text_width(words, pixels)
