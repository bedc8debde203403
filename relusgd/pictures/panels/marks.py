"""How each kind of line and point is drawn, in the panels and in the legends alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.model.network import Array, Range
from relusgd.pictures.kit.plain_matplotlib import to_rgba_array
from relusgd.pictures.kit.sheet import LineLook, Sheet
from relusgd.pictures.kit.ticks import Ticks
from relusgd.pictures.scenes.scales import Scales
from relusgd.pictures.scenes.view import View

MARGIN = 0.015
"""Free paper at either end of an x axis, as a share of its length: points at the ends are whole."""

FIRST_DASHED = 5
"""From this run on, colours alone are too alike."""

USUAL_CROWD = 200
"""The number of training points whose dots have the usual size; of more they are smaller."""


def x_limits(domain: Range) -> Range:
    """The ends of an x axis that shows this domain."""
    low, high = domain
    margin = MARGIN * (high - low)
    return low - margin, high + margin


def original(view: View, x: Array, y: Array) -> tuple[Array, Array]:
    """Points of a view in the units of its data."""
    scaling = view.dataset.scaling
    return scaling.x_to_original(x), scaling.y_to_original(y)


def active_ticks(view: View) -> Ticks:
    """Ticks at no unit and at all units."""
    most = sum(view.history.hidden)
    return Ticks((0.0, float(most)), ("0", f"{most:,}"))


def looks_of(sheet: Sheet, view: View | None) -> dict[str, LineLook]:
    """How each kind of line and point is drawn, in the panels and in the legend."""
    colours, points = sheet.colours, sheet.points
    crowd = len(view.dataset.x_train) if view else USUAL_CROWD
    size = 6.5 * (USUAL_CROWD / crowd) ** 0.25
    dot = points(float(np.clip(size, 2.0, 9.0)))
    patch = {
        "linestyle": "",
        "marker": "s",
        "markersize": points(9.0),
        "markeredgewidth": 0,
    }
    kink = {
        "linestyle": "",
        "marker": "o",
        "markersize": points(8.5),
        "markeredgecolor": colours.paper,
        "markeredgewidth": points(1.0),
    }
    looks: dict[str, LineLook] = {
        "data": {
            "linestyle": "",
            "marker": "o",
            "color": colours.data,
            "markersize": dot,
            "markeredgewidth": 0,
            "alpha": 0.85,
        },
        "test data": {
            "linestyle": "",
            "marker": "o",
            "markersize": dot,
            "markerfacecolor": "none",
            "markeredgecolor": colours.data,
            "markeredgewidth": points(1.2),
        },
        "truth": {"color": colours.truth, "linewidth": points(1.8), "linestyle": (0, (4, 2))},
        "learned": {
            "color": colours.learned,
            "linewidth": points(3.4),
            "marker": "o",
            "markersize": points(6.5),
            "markerfacecolor": colours.paper,
            "markeredgewidth": points(1.6),
        },
        "positive": {"color": colours.positive, "linewidth": points(2.2)},
        "negative": {"color": colours.negative, "linewidth": points(2.2)},
        "neutral": {"color": colours.neutral, "linewidth": points(2.2)},
        "output bias": {
            "color": colours.ink,
            "linewidth": points(1.3),
            "linestyle": (0, (1, 1.5)),
        },
        "up": {**patch, **pale(sheet, colours.positive)},
        "down": {**patch, **pale(sheet, colours.negative)},
        "bends": {**patch, **pale(sheet, colours.neutral)},
        "train": {"color": colours.train, "linewidth": points(2.2)},
        "test": {"color": colours.test, "linewidth": points(2.2)},
        "noise": {"color": colours.ink, "linewidth": points(1.0), "linestyle": (0, (5, 3))},
    }
    for layer, colour in enumerate(colours.layers, 1):
        looks[f"layer {layer}"] = {**kink, "markerfacecolor": colour}
    return looks


def pale(sheet: Sheet, colour: str) -> LineLook:
    """A colour, as pale as it may be to be told from the paper."""
    return {"color": colour, "alpha": sheet.least_opacity(colour)}


def run_look(sheet: Sheet, number: int) -> LineLook:
    """How the line of a run or group with this number is drawn: over its panel, and in charts."""
    return {
        "color": sheet.run_colour(number),
        "linewidth": sheet.points(3.0),
        "linestyle": run_dash(number),
    }


def run_dash(number: int) -> Any:
    """The line style of a run with this number."""
    return "-" if number < FIRST_DASHED else (0, (4, 1.2))


def relative(strength: Array, full: float) -> Array:
    """Strengths between 0 and 1; square roots, so that the weaker half can be told apart."""
    with np.errstate(all="ignore"):
        share = np.nan_to_num(strength / full, nan=0.0, posinf=1.0)
        return np.sqrt(np.clip(share, 0.0, 1.0))


def bar_heights(amount: Array, scales: Scales, full: float) -> Array:
    """How high bars of bends are, on the axis of y. full: a full bar, as a share of this axis."""
    low, high = scales.y
    share = np.nan_to_num(amount / scales.bend, nan=0.0, posinf=1.0)
    return full * (high - low) * np.minimum(share, 1.0)


def sign_colours(sheet: Sheet, sign: Array, strength: Array) -> Array:
    """Colours (n, 4) for output weights below, at and above 0, or without one sign.

    The opacity grows with the strength, shape (n,) from 0 to 1; at 0 a colour can be told from the
    paper just so.
    """
    colours = sheet.colours
    by_sign = [colours.negative, colours.neutral, colours.positive]
    number = np.sign(sign).astype(int) + 1
    palest = np.array([sheet.least_opacity(name) for name in by_sign])[number]
    opacity = palest + (1 - palest) * strength
    opaque = to_rgba_array(by_sign)[:, :3]
    return np.column_stack([opaque[number], opacity])
