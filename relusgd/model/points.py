"""Training and test points, in the units that the network sees and always sorted by x.

`target_points`, `given_points` and `csv_points` make them.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np

from relusgd.errors import InputError
from relusgd.model.network import Array, Integers, Range
from relusgd.model.scaling import Scaling, is_usable_deviation
from relusgd.words import and_list, counted

Function = Callable[[Array], Array]
Columns = tuple[Array, Array, Array, Array]


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Points sorted by x.

    x_train, y_train: shape (n_train,); x_test, y_test: shape (n_test,), n_test may be 0.
    They are in network units; scaling leads back to the original ones. domain: the interval of x on
    which pictures are drawn and breakpoints counted, in original units. train_domain: the part of
    it that training x were drawn from, where that is known to be less. target: the noise-free
    function in original units, where it is known. noise: the standard deviation of the noise on the
    training y in original units, where it is known. x_is_date: whether x were dates, and are years
    with fractions. digest: SHA-256 of the CSV that they came from.
    notes: what a person should know of how the CSV was read, a sentence each.
    original: x_train, y_train, x_test and y_test in original units where these differ, kept because
    rescaling back loses the last bit.
    """

    x_train: Array
    y_train: Array
    x_test: Array
    y_test: Array
    domain: Range
    scaling: Scaling = field(default_factory=Scaling)
    train_domain: Range | None = None
    target: Function | None = None
    noise: float | None = None
    x_name: str = "x"
    y_name: str = "y"
    x_is_date: bool = False
    digest: str | None = None
    notes: tuple[str, ...] = ()
    original: Columns | None = None

    def __repr__(self) -> str:
        training = len(self.x_train)
        test_points = counted(len(self.x_test), "test point")
        return f"<Dataset: {training:,} training and {test_points} on {list(self.domain)}>"

    @property
    def columns(self) -> Columns:
        """x_train, y_train, x_test, y_test."""
        return self.x_train, self.y_train, self.x_test, self.y_test

    @property
    def in_original_units(self) -> Dataset:
        """These points in original units, with a scaling that changes nothing."""
        if self.scaling == Scaling():
            return self
        columns = self.original
        if columns is None:
            to_x, to_y = self.scaling.x_to_original, self.scaling.y_to_original
            columns = _rescaled(self.columns, to_x, to_y)
        return self._with(columns, Scaling(), None)

    def standardized(self, scaling: Scaling) -> Dataset:
        """These points, which are in original units, in those of a network under this scaling."""
        columns = _rescaled(self.columns, scaling.x_to_network, scaling.y_to_network)
        return self._with(columns, scaling, self.columns)

    def _with(self, columns: Columns, scaling: Scaling, original: Columns | None) -> Dataset:
        x_train, y_train, x_test, y_test = columns
        return replace(
            self,
            x_train=x_train,
            y_train=y_train,
            x_test=x_test,
            y_test=y_test,
            scaling=scaling,
            original=original,
        )


def _rescaled(columns: Columns, to_x: Function, to_y: Function) -> Columns:
    x_train, y_train, x_test, y_test = columns
    return to_x(x_train), to_y(y_train), to_x(x_test), to_y(y_test)


def standardize(dataset: Dataset) -> Dataset:
    """The points with training x and y of mean 0 and deviation 1; the test points go along.

    A constant column keeps its deviation. Raises InputError, naming the columns, where doubles
    cannot hold the result.
    """
    with np.errstate(all="ignore"):
        scaling = Scaling.of(dataset.x_train, dataset.y_train)
        standardized = dataset.standardized(scaling)
    x_train, y_train, x_test, y_test = standardized.columns
    refused = []
    if not _is_standardized(scaling.x_deviation, x_train, x_test):
        refused.append(repr(dataset.x_name))
    if not _is_standardized(scaling.y_deviation, y_train, y_test):
        refused.append(repr(dataset.y_name))
    if refused:
        raise InputError(
            f"the values of {and_list(refused)} cannot be standardized in double precision; "
            "use other units"
        )
    return standardized


def _is_standardized(deviation: float, train: Array, test: Array) -> bool:
    """Whether double precision could hold the result of one column."""
    is_finite = np.isfinite(train).all() and np.isfinite(test).all()
    return bool(is_finite) and is_usable_deviation(deviation)


def resampled(dataset: Dataset, indices: Integers) -> Dataset:
    """The dataset whose training points are those of these indices, which do not decrease.

    The test points stay. The domain stays where a target has one; else it is the range of all x,
    as that of a dataset from its rows.
    """
    x_train = dataset.x_train[indices]
    y_train = dataset.y_train[indices]
    domain = dataset.domain
    if dataset.target is None:
        domain = range_of(np.concatenate([x_train, dataset.x_test]))
    return replace(dataset, x_train=x_train, y_train=y_train, domain=domain)


def check_finite(x: Array, values: Array, what: str) -> None:
    """Raise InputError, naming the first x, when a value at x is not finite. Shapes (n_points,)."""
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        first = wrong[0]
        place = float(x[first])
        value = float(values[first])
        raise InputError(f"{what} is not finite at x = {place!r}: {value!r}")


def range_of(x: Array) -> Range:
    """The range of x, shape (n_points,); a single point is widened to both sides."""
    low = float(x.min())
    high = float(x.max())
    if not math.isfinite(high - low):
        raise InputError(f"x runs from {low!r} to {high!r}, which is too wide for double precision")
    if low < high:
        return low, high
    margin = max(0.5, 1e-6 * abs(low))
    return low - margin, high + margin


def sorted_by_x(x: Array, y: Array) -> tuple[Array, Array]:
    order = np.argsort(x, kind="stable")
    return x[order], y[order]
