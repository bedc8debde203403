"""Points of an unusual size: initial networks and learning rates are made for one of about 1."""

from __future__ import annotations

import numpy as np

from relusgd.model.network import Array
from relusgd.model.points import Dataset
from relusgd.words import number

USUAL_SIZE = 4.0
"""Initial networks and learning rates are made for x and y of a size of about 1; up to here they
mostly do.
"""

USUAL_SPREAD = 0.1
"""The least standard deviation of x, and of y, for which they are made."""

USUAL_OFFSET = 4.0
"""The largest mean of x, in standard deviations, for which they are made."""


def unusual_sizes(dataset: Dataset) -> str:
    """What is unusual in the size, the spread and the offset of x and y; empty if nothing is.

    In the units that the network sees, which are those of the data where nothing is standardised.
    """
    unusual = [
        *_unusual_size("x", dataset.x_train),
        *_unusual_size("y", dataset.y_train),
    ]
    return " and ".join(unusual)


def _unusual_size(name: str, values: Array) -> list[str]:
    size = float(np.abs(values).max())
    mean, deviation = float(values.mean()), float(values.std())
    if size > USUAL_SIZE:
        return [f"{name} reaches {number(float(values[np.abs(values).argmax()]))}"]
    if 0 < deviation < USUAL_SPREAD:
        return [f"the standard deviation of {name} is {number(deviation)}"]
    if deviation and abs(mean) > USUAL_OFFSET * deviation:
        return [
            f"{name} lies around {number(mean)} with a standard deviation of {number(deviation)}"
        ]
    return []
