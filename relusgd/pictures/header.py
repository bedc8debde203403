"""The lines above the picture: words drawn once, numbers that change with every frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.text import Text
from numpy.typing import NDArray

from relusgd.pictures.fonts import DPI, font
from relusgd.pictures.layout import Box, Scale, flow
from relusgd.pictures.scales import errors_of
from relusgd.pictures.sheet import Sheet
from relusgd.pictures.view import View
from relusgd.pictures.wording import error_text, text_width

CHARACTERS = "0123456789.,/−e–"
"""All that the numbers of a header are made of."""


@dataclass(frozen=True)
class Field:
    """A word and the number after it. number: the text for a snapshot; widest: a text as wide as any of them."""

    word: str
    number: Callable[[int], str]
    widest: str
    pixels: float


SHORT = {
    "train MSE": "train",
    "test MSE": "test",
    "elbows inside": "elbows",
    "first-layer elbows inside": "elbows",
}
"""Words for narrow pictures."""


def fitting_fields(view: View, scale: Scale, room: float) -> list[Field]:
    """The fields in the largest letters and longest words with which they stand on one line of `room` pixels, if any do."""
    for large, short in (
        (scale.large, False),
        (1.2 * scale.text, False),
        (1.2 * scale.text, True),
        (scale.text, True),
    ):
        listed = fields(view, scale.text, large, short=short)
        if len(header_lines(listed, room)) == 1:
            break
    return listed


def fields(view: View, text: float, large: float, *, short: bool = False) -> list[Field]:
    """What the header says of a snapshot: where training stands, the errors, and how the units fare."""
    history = view.history
    last, units = len(history) - 1, history.elbow.shape[1]
    inside = "first-layer elbows inside" if view.deep else "elbows inside"
    listed = [
        Field(
            "epoch", lambda index: f"{history.epoch[index]:,}", f"{history.epoch[last]:,}", large
        ),
        Field("step", lambda index: f"{history.step[index]:,}", f"{history.step[last]:,}", large),
        *(_error(view, name, text) for name in errors_of(view)),
        Field(
            inside,
            lambda index: f"{view.elbows_inside(index):,}/{units:,}",
            f"{units:,}/{units:,}",
            text,
        ),
        *([_count(view, "breakpoints", text)] if view.deep else []),
        _count(view, "dead_units", text),
    ]
    return (
        [replace(field, word=SHORT.get(field.word, field.word)) for field in listed]
        if short
        else listed
    )


def _error(view: View, name: str, pixels: float) -> Field:
    errors = errors_of(view)[name]
    widest = max((error_text(float(value)) for value in _extremes(errors)), key=len, default="")
    return Field(f"{name} MSE", lambda index: error_text(float(errors[index])), widest, pixels)


def _count(view: View, name: str, pixels: float) -> Field:
    column = view.history.metrics[name]
    return Field(
        name.split("_")[0],
        lambda index: f"{int(column[index]):,}",
        f"{int(np.max(column)):,}",
        pixels,
    )


def _extremes(column: NDArray[np.generic]) -> NDArray[np.float64]:
    """A few hundred values of a column with its smallest and largest."""
    values = np.asarray(column, dtype=np.float64)
    values = values[np.isfinite(values)]
    return np.concatenate(
        [values[:: max(1, len(values) // 300)], [values.min(), values.max()] if len(values) else []]
    )


def header_lines(listed: Sequence[Field], room: float) -> list[list[int]]:
    """Which fields stand on which line."""
    return flow([_width(field) for field in listed], room, 1.4 * listed[-1].pixels)


def _width(field: Field) -> float:
    return (
        text_width(field.word, field.pixels)
        + 0.45 * field.pixels
        + text_width(field.widest, field.pixels)
    )


def header_width(listed: Sequence[Field]) -> float:
    """The pixels that fields on one line take."""
    return sum(_width(field) for field in listed) + 1.4 * listed[-1].pixels * (len(listed) - 1)


class Header:
    """The fields of a view, set into a box. cells: for films, numbers are pasted from pre-drawn characters; else they are texts."""

    def __init__(self, sheet: Sheet, box: Box, listed: Sequence[Field], *, cells: bool) -> None:
        self._numbers: list[tuple[Field, Readout | Text]] = []
        lines = header_lines(listed, box.width)
        for number, line in enumerate(lines):
            baseline = round(box.top - (number + 0.75) * box.height / len(lines))
            x = float(box.left)
            for field in (listed[item] for item in line):
                sheet.text(
                    round(x), baseline, field.word, pixels=field.pixels, colour=sheet.colours.faint
                )
                at = round(x + text_width(field.word, field.pixels) + 0.45 * field.pixels)
                self._numbers.append((field, _readout(sheet, at, baseline, field, cells=cells)))
                x += _width(field) + 1.4 * listed[-1].pixels
        self.moving: list[Artist] = [artist for _, artist in self._numbers]

    def show(self, index: int) -> None:
        for field, artist in self._numbers:
            artist.set_text(field.number(index))


def _readout(sheet: Sheet, x: int, baseline: int, field: Field, *, cells: bool) -> Readout | Text:
    if not cells:
        return sheet.text(x, baseline, "", pixels=field.pixels)
    readout = Readout(x, baseline, draw_cells(field.pixels, sheet.colours.ink, sheet.colours.paper))
    sheet.figure.add_artist(readout)
    return readout


@dataclass(frozen=True, eq=False)
class Cells:
    """Pictures of single characters, all of one height; below: pixels under the baseline."""

    pictures: dict[str, NDArray[np.uint8]]
    below: int


@cache
def draw_cells(pixels: float, ink: str, paper: str) -> Cells:
    """Each of CHARACTERS in a font of this size, as wide as it advances; drawn side by side and cut apart."""
    height, below = round(1.5 * pixels), round(0.4 * pixels)
    advances = [
        text_width(character * 20, pixels) - text_width(character * 10, pixels)
        for character in CHARACTERS
    ]
    ends = np.cumsum([max(1, round(advance / 10)) for advance in advances]).tolist()
    figure = Figure(figsize=(ends[-1] / DPI, height / DPI), dpi=DPI, facecolor=paper)
    canvas: Any = FigureCanvasAgg(figure)
    for character, start in zip(CHARACTERS, [0, *ends], strict=False):
        figure.text(
            start / ends[-1],
            below / height,
            character,
            fontproperties=font(pixels),
            color=ink,
            parse_math=False,
        )
    canvas.draw()
    strip = np.array(canvas.buffer_rgba(), dtype=np.uint8)
    pictures = (strip[:, start:end] for start, end in zip([0, *ends], ends, strict=False))
    return Cells(dict(zip(CHARACTERS, pictures, strict=True)), below)


class Readout(Artist):
    """A number made of cells; matplotlib's own text takes a hundred times as long to set."""

    def __init__(self, x: int, baseline: int, cells: Cells) -> None:
        super().__init__()
        self._x, self._y, self._cells = x, baseline - cells.below, cells
        self._picture: NDArray[np.uint8] | None = None

    def set_text(self, text: str) -> None:
        pictures = [self._cells.pictures[character] for character in text]
        self._picture = np.concatenate(pictures, axis=1) if pictures else None
        self.stale = True

    def draw(self, renderer: RendererBase) -> None:
        if self._picture is None or not self.get_visible():
            return
        context = renderer.new_gc()
        renderer.draw_image(context, self._x, self._y, self._picture[::-1])
        context.restore()
