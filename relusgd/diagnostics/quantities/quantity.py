"""A quantity: a number that every snapshot has, with its name, its formula and what it costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal

import numpy as np

from relusgd.diagnostics.quantities.series import SnapshotSeries
from relusgd.model.network import Array
from relusgd.model.scaling import Scaling

Measure = Callable[[SnapshotSeries], Array]
"""What computes a quantity: snapshots → its values, shape (S,)."""

Subject = Literal["units", "function", "weights", "signals", "curvature", "features", "fit"]
SUBJECTS: tuple[Subject, ...] = (
    "units",
    "function",
    "weights",
    "signals",
    "curvature",
    "features",
    "fit",
)

Unit = Literal["", "x", "y", "y/x"]


class Effort(Enum):
    """How long a quantity takes."""

    SMALL = "small enough for every snapshot of a run"
    SMALL_IF_SHALLOW = "small for one hidden layer, large for several"
    LARGE = "measured at chosen snapshots"


@dataclass(frozen=True)
class Quantity:
    """name: in Python, JSON and recipes. title and formula: in tables and pictures.

    unit: what the values are multiples of; "" for pure numbers and for those that belong to the
    training, in network units. only_shallow: defined for one hidden layer; nan for others.
    """

    name: str
    title: str
    formula: str
    subject: Subject
    measure: Measure
    effort: Effort = Effort.LARGE
    unit: Unit = ""
    only_shallow: bool = False
    is_count: bool = False

    def __call__(self, snapshots: SnapshotSeries) -> Array:
        """The values of all snapshots, shape (S,), in network units."""
        if self.only_shallow and not snapshots.is_shallow:
            return np.full(len(snapshots), np.nan)
        with np.errstate(all="ignore"):
            return snapshots.once(self.name, self.measure)

    def takes_long(self, hidden: tuple[int, ...]) -> bool:
        """Whether it is measured at chosen snapshots alone, for networks of these widths."""
        if self.effort is Effort.SMALL_IF_SHALLOW:
            return len(hidden) > 1
        return self.effort is Effort.LARGE

    def to_original(self, values: Array, scaling: Scaling) -> Array:
        """The values in the units of the data."""
        factors = {
            "": 1.0,
            "x": scaling.x_deviation,
            "y": scaling.y_deviation,
            "y/x": scaling.y_deviation / scaling.x_deviation,
        }
        with np.errstate(all="ignore"):
            return values * factors[self.unit]


REGISTERED: dict[str, Quantity] = {}
"""The quantities of all modules that were imported so far, by name."""


def quantity(
    title: str,
    formula: str,
    subject: Subject,
    *,
    effort: Effort = Effort.LARGE,
    unit: Unit = "",
    only_shallow: bool = False,
    is_count: bool = False,
) -> Callable[[Measure], Quantity]:
    """Make a function of snapshots a quantity; its name is the function's."""

    def register(measure: Measure) -> Quantity:
        name = measure.__name__
        registered = Quantity(
            name,
            title,
            formula,
            subject,
            measure,
            effort,
            unit,
            only_shallow,
            is_count,
        )
        REGISTERED[name] = registered
        return registered

    return register
