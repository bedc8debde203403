"""Two charts on logarithmic axes: errors of differences over their step, costs over widths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from relusgd.checks.cost import Cost, exponent
from relusgd.checks.step_sizes import StepSize
from relusgd.model.network import Array, Range
from relusgd.pictures.kit.look import Look
from relusgd.pictures.kit.plain_matplotlib import plain_style
from relusgd.pictures.kit.sheet import Box, LineLook, Sheet, entry_width
from relusgd.pictures.kit.stills import check_still, write_figure
from relusgd.pictures.kit.ticks import Ticks
from relusgd.words import superscript

STEP_SIZES_SIZE = (1000, 640)
"""Pixels of the picture of step sizes, where no size is asked for."""

COSTS_SIZE = (1000, 620)
"""Pixels of the picture of costs, where no size is asked for."""

LOWEST = 1e-16
"""Errors below this are drawn here; 0 has no logarithm."""


@dataclass(frozen=True)
class LogCurve:
    """A curve of a chart: points (x, y), its name in the legend, and its line's properties."""

    x: Array
    y: Array
    words: str
    look: LineLook


def draw_step_sizes(
    errors: Sequence[StepSize],
    path: Path,
    theme: str = "light",
    size: tuple[int, int] | None = None,
) -> None:
    """Write the errors over h as .png, .svg or .pdf.

    size: in pixels; None is STEP_SIZES_SIZE. Raises as `write_figure` does.
    """
    check_still(path)
    size = size or STEP_SIZES_SIZE
    unit = _unit(size, STEP_SIZES_SIZE)
    width = size[0] / unit
    height = size[1] / unit
    with plain_style:
        sheet = Sheet(Look(size=size, theme=theme))
        curves = _error_curves(sheet, errors)
        box = _box(unit, 90, 70, width - 120, height - 130)
        _draw_panel(sheet, box, curves)
        _name_axes(sheet, box, "step h", "relative error of the gradient")
        left = 90 * unit
        line = (height - 32) * unit
        pixels = 14 * unit
        for curve in curves:
            sheet.entry(left, line, curve.look, curve.words, pixels=pixels)
            left += entry_width(curve.words, pixels) + 26 * unit
        write_figure(sheet, path)


def _unit(size: tuple[int, int], usual: tuple[int, int]) -> float:
    """By how much larger than usual a picture of this size is drawn."""
    width, height = size
    usual_width, usual_height = usual
    return min(width / usual_width, height / usual_height)


def _box(
    unit: float,
    left: float,
    bottom: float,
    width: float,
    height: float,
) -> Box:
    """A box in pixels from its sides in those of a picture of the usual size."""
    sides = (round(side * unit) for side in (left, bottom, width, height))
    return Box(*sides)


def _error_curves(sheet: Sheet, errors: Sequence[StepSize]) -> list[LogCurve]:
    colours = sheet.colours
    steps = np.array([error.step for error in errors])
    forward = np.array([error.smooth_forward for error in errors])
    central = np.array([error.central for error in errors])
    smooth = np.array([error.smooth_central for error in errors])
    squares = _line(sheet, colours.train, marker="s", style="--")

    def curve(values: Array, words: str, look: LineLook) -> LogCurve:
        return LogCurve(steps, np.maximum(values, LOWEST), words, look)

    return [
        curve(forward, "forward differences", squares),
        curve(central, "central differences, every entry", _line(sheet, colours.negative)),
        curve(smooth, "central, no elbow crossed", _line(sheet, colours.learned)),
    ]


def draw_costs(
    costs: Sequence[Cost],
    path: Path,
    theme: str = "light",
    size: tuple[int, int] | None = None,
) -> None:
    """Write the operations over the width, and the exponents, as .png, .svg or .pdf.

    One panel for each loss. size: in pixels; None is COSTS_SIZE. Raises as `write_figure` does.
    """
    check_still(path)
    size = size or COSTS_SIZE
    unit = _unit(size, COSTS_SIZE)
    width = size[0] / unit
    height = size[1] / unit
    panel = width / len(costs) - 100
    with plain_style:
        sheet = Sheet(Look(size=size, theme=theme))
        for number, cost in enumerate(costs):
            left = 90 + (panel + 90) * number
            box = _box(unit, left, 70, panel, height - 200)
            curves = _cost_curves(sheet, cost)
            _draw_panel(sheet, box, curves)
            quantity = "operations of one gradient" if number == 0 else ""
            _name_axes(sheet, box, f"width {cost.letter}", quantity)
            top = (height - 30) * unit
            sheet.text(box.left, top, cost.title, pixels=14 * unit, bold=True, va="center_baseline")
            for row, curve in enumerate(curves):
                line = top - (28 + 26 * row) * unit
                sheet.entry(box.left, line, curve.look, curve.words, pixels=13 * unit)
        write_figure(sheet, path)


def _cost_curves(sheet: Sheet, cost: Cost) -> list[LogCurve]:
    colours = (sheet.colours.negative, sheet.colours.learned, sheet.colours.test)
    widths = np.array(cost.widths, dtype=np.float64)
    curves = []
    for way, colour in zip(cost.lines, colours, strict=False):
        operations = np.array(way.operations, dtype=np.float64)
        fitted = exponent(cost.widths, way.operations)
        growth = f"{cost.letter} log {cost.letter}"
        if way.theory > 1:
            growth = f"{cost.letter}{superscript(int(way.theory))}"
        words = f"{way.name}: exponent {fitted:.2f}, by theory {growth}"
        curves.append(LogCurve(widths, operations, words, _line(sheet, colour)))
    return curves


def _line(
    sheet: Sheet,
    colour: str,
    *,
    marker: str = "o",
    style: str = "-",
) -> LineLook:
    return {
        "color": colour,
        "marker": marker,
        "markersize": sheet.points(6),
        "linewidth": sheet.points(2),
        "linestyle": style,
    }


def _draw_panel(sheet: Sheet, box: Box, curves: Sequence[LogCurve]) -> None:
    """Axes with the curves in logarithms."""
    axes = sheet.axes(box)
    all_x = np.concatenate([curve.x for curve in curves])
    all_y = np.concatenate([curve.y for curve in curves])
    left, right = _limits(all_x)
    bottom, top = _limits(all_y)
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    sheet.set_ticks(axes, "x", decade_ticks(left, right, 12))
    sheet.set_ticks(axes, "y", decade_ticks(bottom, top, 9))
    sheet.calm(axes)
    for curve in curves:
        axes.plot(np.log10(curve.x), np.log10(curve.y), clip_on=False, zorder=3, **curve.look)


def _name_axes(sheet: Sheet, box: Box, x_name: str, y_name: str) -> None:
    text = sheet.scale.text
    sheet.text(
        box.left + box.width / 2,
        box.bottom - 3.2 * text,
        x_name,
        pixels=text,
        ha="center",
        va="center_baseline",
    )
    sheet.text(
        box.left - 4.6 * text,
        box.bottom + box.height / 2,
        y_name,
        pixels=text,
        rotation=90,
        ha="center",
        va="center",
    )


def _limits(values: Array) -> Range:
    """The range of the logarithms, with a margin."""
    is_drawn = np.isfinite(values) & (values > 0)
    logarithms = np.log10(values[is_drawn])
    low = -1.0
    high = 0.0
    if len(logarithms):
        low = float(logarithms.min())
        high = float(logarithms.max())
    margin = 0.04 * (high - low) + 0.02
    return low - margin, high + margin


def decade_ticks(low: float, high: float, most: int) -> Ticks:
    """Ticks between two logarithms: powers of ten, thinned evenly to at most `most`.

    A range of fewer than three powers of ten has 1, 2 and 5 times them.
    """
    powers = range(math.ceil(low), math.floor(high) + 1)
    if len(powers) >= 3:
        chosen = powers[:: math.ceil(len(powers) / most)]
        positions = [float(power) for power in chosen]
        texts = [f"10{superscript(power)}" for power in chosen]
        return Ticks(tuple(positions), tuple(texts))
    positions = []
    texts = []
    for power in range(math.floor(low), math.ceil(high) + 1):
        for factor in (1, 2, 5):
            value = factor * 10.0**power
            position = math.log10(value)
            if low <= position <= high:
                positions.append(position)
                texts.append(f"{value:g}")
    return Ticks(tuple(positions), tuple(texts))
