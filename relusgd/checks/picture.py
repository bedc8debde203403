"""Two charts on logarithmic axes: the error of differences over their step, and the cost of gradients over the width."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np

from relusgd.checks.cost import Cost, exponent
from relusgd.checks.step_sizes import StepSize
from relusgd.graphs.operations import superscript
from relusgd.model.network import Array
from relusgd.pictures.axis import Ticks
from relusgd.pictures.look import Look
from relusgd.pictures.sheet import STYLE, Box, Sheet, entry_width
from relusgd.pictures.stills import check_still, write_figure

LOWEST = 1e-16
"""An error below this, or 0, is drawn here."""


@dataclass(frozen=True)
class Curve:
    """A line of a chart, points (x, y), and how it looks and is called."""

    x: Array
    y: Array
    words: str
    look: dict[str, Any]


def draw_step_sizes(errors: Sequence[StepSize], path: Path, theme: str = "light") -> None:
    """Write the errors over h as .png, .svg or .pdf. Raises as `write_figure` does."""
    check_still(path)
    with matplotlib.rc_context(STYLE):
        sheet = Sheet(Look(size=(1000, 640), theme=theme))
        colours, steps = sheet.colours, np.array([error.step for error in errors])
        columns = (
            (
                "forward differences",
                [error.smooth_forward for error in errors],
                colours.data,
                "s",
                "--",
            ),
            (
                "central differences, every entry",
                [error.central for error in errors],
                colours.negative,
                "o",
                "-",
            ),
            (
                "central, no elbow crossed",
                [error.smooth_central for error in errors],
                colours.learned,
                "o",
                "-",
            ),
        )
        curves = [
            Curve(steps, np.maximum(values, LOWEST), words, _line(sheet, colour, marker, style))
            for words, values, colour, marker, style in columns
        ]
        _panel(sheet, Box(90, 70, 880, 510), curves, ("step h", "relative error of the gradient"))
        _legend(sheet, 90, 608, curves)
        write_figure(sheet, path)


def draw_costs(costs: Sequence[Cost], path: Path, theme: str = "light") -> None:
    """Write the operations over the width, and the exponents, one panel for each loss; as .png, .svg or .pdf."""
    check_still(path)
    with matplotlib.rc_context(STYLE):
        sheet = Sheet(Look(size=(1000, 620), theme=theme))
        for number, cost in enumerate(costs):
            left = 90 + 490 * number
            curves = _cost_curves(sheet, cost)
            _panel(
                sheet,
                Box(left, 70, 400, 420),
                curves,
                (f"width {cost.letter}", "operations of one gradient" if number == 0 else ""),
            )
            sheet.text(left, 590, cost.title, pixels=14, bold=True, va="center_baseline")
            for row, curve in enumerate(curves):
                sheet.entry(left, 562 - 26 * row, curve.look, curve.words, pixels=13)
        write_figure(sheet, path)


def _cost_curves(sheet: Sheet, cost: Cost) -> list[Curve]:
    colours = (sheet.colours.negative, sheet.colours.learned, sheet.colours.test)
    widths = np.array(cost.widths, dtype=np.float64)
    curves = []
    for line, colour in zip(cost.lines, colours, strict=False):
        fitted = exponent(cost.widths, line.operations)
        power = superscript(int(line.theory)) if line.theory > 1 else f" log {cost.letter}"
        words = f"{line.name}: exponent {fitted:.2f}, by theory {cost.letter}{power}"
        curves.append(
            Curve(
                widths,
                np.array(line.operations, dtype=np.float64),
                words,
                _line(sheet, colour, "o", "-"),
            )
        )
    return curves


def _line(sheet: Sheet, colour: str, marker: str, style: str) -> dict[str, Any]:
    return {
        "color": colour,
        "marker": marker,
        "markersize": sheet.points(6),
        "linewidth": sheet.points(2),
        "linestyle": style,
    }


def _panel(sheet: Sheet, box: Box, curves: Sequence[Curve], names: tuple[str, str]) -> None:
    """Axes with the curves in logarithms."""
    axes = sheet.axes(box)
    x_limits, y_limits = (
        _limits(np.concatenate([getattr(curve, side) for curve in curves])) for side in ("x", "y")
    )
    axes.set_xlim(*x_limits)
    axes.set_ylim(*y_limits)
    sheet.set_ticks(axes, "x", decade_ticks(*x_limits, 12))
    sheet.set_ticks(axes, "y", decade_ticks(*y_limits, 9))
    for curve in curves:
        axes.plot(np.log10(curve.x), np.log10(curve.y), clip_on=False, zorder=3, **curve.look)
    text = sheet.scale.text
    sheet.text(
        box.left + box.width / 2,
        box.bottom - 3.2 * text,
        names[0],
        pixels=text,
        ha="center",
        va="center_baseline",
    )
    sheet.text(
        box.left - 4.6 * text,
        box.bottom + box.height / 2,
        names[1],
        pixels=text,
        rotation=90,
        ha="center",
        va="center",
    )


def _limits(values: Array) -> tuple[float, float]:
    logs = np.log10(values[np.isfinite(values) & (values > 0)])
    low, high = (float(np.min(logs)), float(np.max(logs))) if len(logs) else (-1.0, 0.0)
    margin = 0.04 * (high - low) + 0.02
    return low - margin, high + margin


def decade_ticks(low: float, high: float, most: int) -> Ticks:
    """Powers of ten between two logarithms, every so many that at most `most` are left; 1, 2 and 5 times them in short ranges."""
    powers = list(range(math.ceil(low), math.floor(high) + 1))
    if len(powers) >= 3:
        chosen = powers[:: -(-len(powers) // most)]
        return Ticks(
            tuple(float(power) for power in chosen), tuple(power_of_ten(power) for power in chosen)
        )
    values = [
        factor * 10.0**power
        for power in range(math.floor(low), math.ceil(high) + 1)
        for factor in (1, 2, 5)
    ]
    inside = [value for value in values if low <= math.log10(value) <= high]
    return Ticks(
        tuple(math.log10(value) for value in inside), tuple(f"{value:g}" for value in inside)
    )


def power_of_ten(power: int) -> str:
    return f"10{'⁻' if power < 0 else ''}{superscript(abs(power))}"


def _legend(sheet: Sheet, x: float, y: float, curves: Sequence[Curve]) -> None:
    for curve in curves:
        sheet.entry(x, y, curve.look, curve.words, pixels=14)
        x += entry_width(curve.words, 14) + 26
