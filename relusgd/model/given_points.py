"""Points that a person gives, number by number."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from relusgd.errors import InputError
from relusgd.model.network import Array
from relusgd.model.points import Dataset, check_finite, range_of, sorted_by_x


def points_dataset(
    x: ArrayLike,
    y: ArrayLike,
    test_x: ArrayLike = (),
    test_y: ArrayLike = (),
) -> Dataset:
    """Given points, sorted by x (equal x in the order given).

    x, y: of the training points, shape (n_points,); test_x, test_y: of the test points, which may
    be none. The domain is the range of all x. Raises InputError unless they are finite, equally
    many, and at least one to train on.
    """
    given_x, given_y = _given(x, y)
    given_test_x, given_test_y = _given(test_x, test_y)
    if not len(given_x):
        raise InputError("points need as many y as x, at least one; there are 0 x and 0 y")
    domain = range_of(np.concatenate([given_x, given_test_x]))
    x_train, y_train = sorted_by_x(given_x, given_y)
    x_test, y_test = sorted_by_x(given_test_x, given_test_y)
    return Dataset(x_train, y_train, x_test, y_test, domain)


def _given(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    """x and y as arrays of finite numbers, equally many. Raises InputError."""
    x_all = np.array(x, dtype=np.float64)
    y_all = np.array(y, dtype=np.float64)
    if x_all.shape != y_all.shape or x_all.ndim != 1:
        raise InputError(
            f"points need as many y as x, at least one; there are {x_all.size} x and {y_all.size} y"
        )
    check_finite(x_all, x_all, "x")
    check_finite(x_all, y_all, "y")
    return x_all, y_all
