"""Quantities: numbers that every snapshot of a training has, one function each, by subject.

`QUANTITIES` has them by name. Adding one is a function with `@quantity` in the module of its
subject; tables, pictures and JSON then have it.
"""

from relusgd.diagnostics.quantities import (
    curvature,
    features,
    fit,
    function,
    signals,
    units,
    weights,
)
from relusgd.diagnostics.quantities.quantity import (
    REGISTERED,
    SUBJECTS,
    Effort,
    Quantity,
    quantity,
)
from relusgd.diagnostics.quantities.series import SnapshotSeries

__all__ = [
    "QUANTITIES",
    "SUBJECTS",
    "Effort",
    "Quantity",
    "SnapshotSeries",
    "curvature",
    "features",
    "fit",
    "function",
    "quantity",
    "signals",
    "units",
    "weights",
]

QUANTITIES: dict[str, Quantity] = dict(
    sorted(REGISTERED.items(), key=lambda item: SUBJECTS.index(item[1].subject))
)
"""All quantities by name, subject after subject."""
