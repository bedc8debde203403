"""Limits and scales that hold for every frame of a film, and for every panel of several runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from relusgd.model.network import Array
from relusgd.pictures.axis import ErrorAxis, TimeAxis
from relusgd.pictures.view import View


@dataclass(frozen=True)
class Scales:
    """x: the domain shown; y: its limits. unit, kink, bend: the strengths that are drawn full."""

    x: tuple[float, float]
    y: tuple[float, float]
    unit: float
    kink: float
    bend: float

    @classmethod
    def of(cls, views: Sequence[View]) -> Scales:
        """The scales that views share. Limits hold all; strengths are the middle ones, so that one run cannot hide the others."""
        narrow, wide = (
            [view for view in views if not view.wide],
            [view for view in views if view.wide],
        )
        return cls(
            (min(view.low for view in views), max(view.high for view in views)),
            (min(view.y_limits[0] for view in views), max(view.y_limits[1] for view in views)),
            median([view.unit_scale for view in narrow] or [1.0]),
            median(view.kink_scale for view in views),
            median([view.bend_scale for view in wide] or [1.0]),
        )


def errors_of(view: View) -> dict[str, Array]:
    """The errors that there are, in the square of the original unit of y."""
    columns = {
        name: view.dataset.scaling.mse_to_original(np.asarray(view.history.metrics[f"{name}_mse"]))
        for name in ("train", "test")
    }
    return {
        name: column
        for name, column in columns.items()
        if np.isfinite(column).any() or name == "train"
    }


def noise_level(view: View) -> float | None:
    """noise², the error of the truth itself on the training points, where it is known and above 0."""
    return view.dataset.noise**2 if view.dataset.noise else None


def step_axis(view: View) -> TimeAxis:
    return TimeAxis(float(view.history.step[0]), float(view.history.step[-1]))


def error_axis(view: View) -> ErrorAxis:
    return ErrorAxis.around(list(errors_of(view).values()), noise_level(view))
