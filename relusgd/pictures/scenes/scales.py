"""Limits and scales that hold for every frame of a film, and for every panel of several runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np

from relusgd.model.network import Array, Range
from relusgd.pictures.kit.axis import ErrorAxis, TimeAxis
from relusgd.pictures.kit.date_ticks import date_ticks
from relusgd.pictures.kit.ticks import Ticks, fitting_ticks
from relusgd.pictures.scenes.view import View


@dataclass(frozen=True)
class Scales:
    """x: the domain shown; y: its limits. unit, kink, bend: the strengths that are drawn full, in
    network units.
    """

    x: Range
    y: Range
    unit: float
    kink: float
    bend: float

    @classmethod
    def of(cls, views: Sequence[View]) -> Scales:
        """The scales that views share: limits that hold all, and middle strengths.

        One run with strong units then cannot make those of the others invisible.
        """
        low = min(view.y_limits[0] for view in views)
        high = max(view.y_limits[1] for view in views)
        unit_scales = [view.unit_scale for view in views if not view.wide]
        bend_scales = [view.bend_scale for view in views if view.wide]
        return cls(
            x=shared_domain(views),
            y=(low, high),
            unit=median(unit_scales or [1.0]),
            kink=median(view.kink_scale for view in views),
            bend=median(bend_scales or [1.0]),
        )


def shared_domain(views: Sequence[View]) -> Range:
    """The domain that holds those of all views."""
    return min(view.low for view in views), max(view.high for view in views)


def shared_function_limits(views: Sequence[View]) -> Range:
    """The limits of y that hold those of the functions of all views."""
    low = min(view.function_limits[0] for view in views)
    high = max(view.function_limits[1] for view in views)
    return low, high


def position_ticks(views: Sequence[View], domain: Range, room: float, pixels: float) -> Ticks:
    """Ticks of x along `room` pixels, with labels that stay apart in letters of this height.

    Where the x of all views were dates, these are whole years, months or days.
    """
    if all(view.dataset.x_is_date for view in views):
        return date_ticks(*domain, room, pixels)
    return fitting_ticks(*domain, room, pixels)


def axis_names(views: Sequence[View]) -> tuple[str, str]:
    """What x and y are called in these views, each name once."""
    x_names = dict.fromkeys(view.dataset.x_name for view in views)
    y_names = dict.fromkeys(view.dataset.y_name for view in views)
    return ", ".join(x_names), ", ".join(y_names)


def errors_of(view: View) -> dict[str, Array]:
    """The errors train and, if measured, test, shape (S,), in the square of the data's unit."""
    errors = {}
    for name in ("train", "test"):
        column = np.asarray(view.history.metrics[f"{name}_mse"], dtype=np.float64)
        error = view.dataset.scaling.mse_to_original(column)
        if name == "train" or np.isfinite(error).any():
            errors[name] = error
    return errors


def noise_level(view: View) -> float | None:
    """noise², the error of the truth itself on the training points, if it is known and above 0."""
    noise = view.dataset.noise
    return noise**2 if noise else None


def step_axis(view: View) -> TimeAxis:
    return TimeAxis(float(view.history.step[0]), float(view.history.step[-1]))


def error_axis(view: View) -> ErrorAxis:
    return ErrorAxis.around(list(errors_of(view).values()), noise_level(view))
