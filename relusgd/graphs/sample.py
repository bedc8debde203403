"""The sample at which a network's graph is drawn: one of the training points, or any other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from relusgd.errors import InputError
from relusgd.graphs.text import number_text
from relusgd.model.points import Dataset


@dataclass(frozen=True)
class Sample:
    """x, y: in network units. words: what it is, in original units."""

    x: float
    y: float
    words: str


def choose_sample(dataset: Dataset, at: Sequence[float] | None = None) -> Sample:
    """The training point nearest to at = (x,), the sample at = (x, y) itself, or without `at` the training point in the middle.

    at: in original units. Raises InputError for another count of numbers.
    """
    if at is not None and len(at) not in (1, 2):
        raise InputError(
            f"--at gives {len(at)} numbers; a network takes x, or x and y",
            "write --at 0.5 or --at 0.5,1.2",
        )
    scaling = dataset.scaling
    if at is not None and len(at) == 2:
        x, y = scaling.x_to_network(np.array(at[0])), scaling.y_to_network(np.array(at[1]))
        return Sample(
            float(x),
            float(y),
            f"the sample x = {number_text(at[0], 6)}, y = {number_text(at[1], 6)}",
        )
    i = len(dataset.x_train) // 2
    if at is not None:
        i = int(np.argmin(np.abs(dataset.x_train - scaling.x_to_network(np.array(at[0])))))
    x, y = dataset.x_train[i], dataset.y_train[i]
    original = f"x = {number_text(float(scaling.x_to_original(x)), 6)}, y = {number_text(float(scaling.y_to_original(y)), 6)}"
    return Sample(
        float(x), float(y), f"training point {i + 1:,} of {len(dataset.x_train):,}, {original}"
    )
