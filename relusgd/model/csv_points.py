"""Points from two columns of a file, some of them held out to test."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from relusgd.errors import ConfigError
from relusgd.model.data_file.columns import DataColumns
from relusgd.model.network import Integers
from relusgd.model.points import Dataset, range_of, sorted_by_x

SplitOrder = Callable[[int], Integers]


def csv_dataset(
    path: Path,
    columns: DataColumns,
    *,
    test_fraction: float,
    split_order: SplitOrder,
) -> Dataset:
    """Points from two columns of a CSV file; the domain is the range of all its x.

    path: of the file, for messages. split_order: n → a permutation of range(n), whose first
    round(test_fraction · n) rows become test points. Raises ConfigError for a split without
    training or test points, InputError where x is too wide.
    """
    x_all, y_all = columns.x, columns.y
    n = len(x_all)
    n_test = _test_count(path, n, test_fraction)
    held_out = split_order(n)[:n_test]
    is_test = np.zeros(n, dtype=bool)
    is_test[held_out] = True
    x_train, y_train = sorted_by_x(x_all[~is_test], y_all[~is_test])
    x_test, y_test = sorted_by_x(x_all[is_test], y_all[is_test])
    domain = range_of(x_all)
    return Dataset(
        x_train,
        y_train,
        x_test,
        y_test,
        domain,
        x_name=columns.x_name,
        y_name=columns.y_name,
        x_is_date=columns.is_dated,
        digest=columns.digest,
        notes=columns.notes,
    )


def _test_count(path: Path, n: int, test_fraction: float) -> int:
    """How many of n points become test points."""
    n_test = round(test_fraction * n)
    share = f"{path}: a test_fraction of {test_fraction} of its {n} points"
    if test_fraction > 0 and n_test == 0:
        advice = "give 0"
        if n > 1:
            advice = f"give at least {1 / n:.3g}, or 0 for no test points"
        raise ConfigError([f"{share} holds out none; {advice}"])
    if n_test >= n:
        raise ConfigError([f"{share} leaves none to train on; give less"])
    return n_test
