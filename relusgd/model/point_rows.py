"""Points as the rows of data.csv, from which they come back to the last bit."""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable, Iterator

import numpy as np

from relusgd.errors import InputError
from relusgd.model.network import Array
from relusgd.model.points import Dataset, range_of, sorted_by_x
from relusgd.model.scaling import Scaling

Row = tuple[str, float, float]


def dataset_rows(dataset: Dataset) -> Iterator[Row]:
    """The rows of data.csv, columns split, x and y, in original units.

    `repr` of the numbers keeps every bit in a file.
    """
    x_train, y_train, x_test, y_test = dataset.in_original_units.columns
    for x, y in zip(x_train.tolist(), y_train.tolist(), strict=True):
        yield "train", x, y
    for x, y in zip(x_test.tolist(), y_test.tolist(), strict=True):
        yield "test", x, y


def dataset_from_rows(rows: Iterable[Row], scaling: Scaling) -> Dataset:
    """The dataset whose rows `dataset_rows` gave, to the last bit.

    What rows do not say (target, names, …) is left open.

    The domain is the range of all x. Raises InputError, naming the line of data.csv, for a row that
    is not a point.
    """
    points = {"train": array("d"), "test": array("d")}
    for line, (split, x, y) in enumerate(rows, start=2):
        is_finite = math.isfinite(x) and math.isfinite(y)
        if split not in points or not is_finite:
            row = f"{split},{x},{y}"[:60]
            raise InputError(
                f"data.csv, line {line}: train or test and two finite numbers are expected, "
                f"not {row!r}"
            )
        points[split].extend((x, y))
    if not points["train"]:
        raise InputError("data.csv has no training points")
    x_train, y_train = _sorted_pairs(points["train"])
    x_test, y_test = _sorted_pairs(points["test"])
    domain = range_of(np.concatenate([x_train, x_test]))
    dataset = Dataset(x_train, y_train, x_test, y_test, domain)
    if scaling == Scaling():
        return dataset
    return dataset.standardized(scaling)


def _sorted_pairs(points: array[float]) -> tuple[Array, Array]:
    """The points x_1, y_1, x_2, y_2, …, sorted by x."""
    table = np.array(points).reshape(-1, 2)
    return sorted_by_x(table[:, 0], table[:, 1])
