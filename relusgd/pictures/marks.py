"""What of a view is shown, and how each kind of line and point is drawn, in the panels and in the legends alike."""

from __future__ import annotations

from typing import Any

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.axis import ErrorAxis, StepAxis, Ticks
from relusgd.pictures.sheet import Sheet
from relusgd.pictures.view import View

MARGIN = 0.015
"""Free paper at either end of an x axis, as a share of its length, so that points at the ends are whole."""


def x_limits(view: View) -> tuple[float, float]:
    margin = MARGIN * (view.high - view.low)
    return view.low - margin, view.high + margin


def original(view: View, x: Array, y: Array) -> tuple[Array, Array]:
    return view.dataset.scaling.x_to_original(x), view.dataset.scaling.y_to_original(y)


def test_points_shown(view: View) -> bool:
    """Held-out measurements are shown; the many points of a known target would hide it."""
    return view.dataset.target is None and len(view.dataset.x_test) > 0


def errors_of(view: View) -> dict[str, Array]:
    """The errors that there are, in the square of the original unit of y."""
    columns = {name: view.dataset.scaling.mse_to_original(np.asarray(view.history.metrics[f"{name}_mse"])) for name in ("train", "test")}
    return {name: column for name, column in columns.items() if np.isfinite(column).any() or name == "train"}


def noise_level(view: View) -> float | None:
    """noise², the error of the truth itself on the training points, where it is known and above 0."""
    return view.dataset.noise**2 if view.dataset.noise else None


def step_axis(view: View) -> StepAxis:
    return StepAxis(float(view.history.step[0]), float(view.history.step[-1]))


def error_axis(view: View) -> ErrorAxis:
    return ErrorAxis.around(list(errors_of(view).values()), noise_level(view))


def active_ticks(view: View) -> Ticks:
    most = sum(view.history.hidden)
    return Ticks((0.0, float(most)), ("0", f"{most:,}"))


def looks_of(sheet: Sheet, view: View) -> dict[str, dict[str, Any]]:
    """How each kind of line and point is drawn, in the panels and in the legend."""
    colours, points = sheet.colours, sheet.points
    crowd = len(view.dataset.x_train)
    dot = points(float(np.clip(6.5 * (200 / crowd) ** 0.25, 2.0, 9.0)))
    ring = {"markerfacecolor": "none", "markeredgecolor": colours.data, "markeredgewidth": points(1.2)}
    return {
        "data": {"linestyle": "", "marker": "o", "color": colours.data, "markersize": dot, "markeredgewidth": 0, "alpha": 0.85},
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
        "train": {"color": colours.data, "linewidth": points(2.2)},
        "test": {"color": colours.test, "linewidth": points(2.2)},
        "noise": {"color": colours.ink, "linewidth": points(1.0), "linestyle": (0, (5, 3))},
    }
