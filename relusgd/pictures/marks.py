"""What of a view is shown, and how each kind of line and point is drawn, in the panels and in the legends alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.axis import Ticks
from relusgd.pictures.sheet import Sheet
from relusgd.pictures.view import View

MARGIN = 0.015
"""Free paper at either end of an x axis, as a share of its length, so that points at the ends are whole."""


BENDS_ALPHA = 0.5
"""The opacity of the density of bends, under which the data can still be seen."""


def x_limits(domain: tuple[float, float]) -> tuple[float, float]:
    margin = MARGIN * (domain[1] - domain[0])
    return domain[0] - margin, domain[1] + margin


def original(view: View, x: Array, y: Array) -> tuple[Array, Array]:
    return view.dataset.scaling.x_to_original(x), view.dataset.scaling.y_to_original(y)


def active_ticks(view: View) -> Ticks:
    most = sum(view.history.hidden)
    return Ticks((0.0, float(most)), ("0", f"{most:,}"))


def looks_of(sheet: Sheet, view: View | None) -> dict[str, dict[str, Any]]:
    """How each kind of line and point is drawn, in the panels and in the legend."""
    colours, points = sheet.colours, sheet.points
    crowd = len(view.dataset.x_train) if view else 200
    dot = points(float(np.clip(6.5 * (200 / crowd) ** 0.25, 2.0, 9.0)))
    patch = {
        "linestyle": "",
        "marker": "s",
        "markersize": points(9.0),
        "markeredgewidth": 0,
        "alpha": BENDS_ALPHA,
    }
    kink = {
        "linestyle": "",
        "marker": "o",
        "markersize": points(8.5),
        "markeredgecolor": colours.paper,
        "markeredgewidth": points(1.0),
    }
    ring = {
        "markerfacecolor": "none",
        "markeredgecolor": colours.data,
        "markeredgewidth": points(1.2),
    }
    return {
        "data": {
            "linestyle": "",
            "marker": "o",
            "color": colours.data,
            "markersize": dot,
            "markeredgewidth": 0,
            "alpha": 0.85,
        },
        "test data": {"linestyle": "", "marker": "o", "markersize": dot, **ring},
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
        "up": {**patch, "color": colours.positive},
        "down": {**patch, "color": colours.negative},
        "bends": {**patch, "color": colours.neutral},
        **{
            f"layer {layer}": {**kink, "markerfacecolor": colour}
            for layer, colour in enumerate(colours.layers, 1)
        },
        "train": {"color": colours.data, "linewidth": points(2.2)},
        "test": {"color": colours.test, "linewidth": points(2.2)},
        "noise": {"color": colours.ink, "linewidth": points(1.0), "linestyle": (0, (5, 3))},
    }
