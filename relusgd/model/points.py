"""Training and test points, sampled, given, or read from a CSV.

They are in the units that the network sees and always sorted by x.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from relusgd.errors import ConfigError, InputError
from relusgd.model.data_file.columns import DataColumns
from relusgd.model.network import Array, Integers, Network
from relusgd.model.targets import Target
from relusgd.words import and_list, counted

Function = Callable[[Array], Array]
FloatOrArray = TypeVar("FloatOrArray", float, Array)
Columns = tuple[Array, Array, Array, Array]
Row = tuple[str, float, float]
SplitOrder = Callable[[int], NDArray[np.int64]]


_NO_WARNINGS = np.errstate(over="ignore", invalid="ignore")
"""Beyond the range of floats a value in other units becomes inf or nan, without a warning."""


@dataclass(frozen=True)
class Scaling:
    """original = mean + deviation · network, for x and for y: standardisation and its inverse."""

    x_mean: float = 0.0
    x_deviation: float = 1.0
    y_mean: float = 0.0
    y_deviation: float = 1.0

    @classmethod
    def of(cls, x: Array, y: Array) -> Scaling:
        """The scaling that gives these points mean 0 and deviation 1.

        x, y: shape (n_points,). A constant column keeps deviation 1.
        """
        return cls(*_mean_and_deviation(x), *_mean_and_deviation(y))

    def x_to_network(self, x: Array) -> Array:
        return (x - self.x_mean) / self.x_deviation

    def y_to_network(self, y: Array) -> Array:
        return (y - self.y_mean) / self.y_deviation

    @_NO_WARNINGS
    def x_to_original(self, x: Array) -> Array:
        return x * self.x_deviation + self.x_mean

    @_NO_WARNINGS
    def y_to_original(self, y: Array) -> Array:
        return y * self.y_deviation + self.y_mean

    @_NO_WARNINGS
    def mse_to_original(self, mse: FloatOrArray) -> FloatOrArray:
        """Mean squared errors scale with the square of the deviation of y."""
        return mse * self.y_deviation**2

    @_NO_WARNINGS
    def network_to_original(self, network: Network) -> Network:
        """The network that takes x and gives f in original units and computes the same function."""
        weights, biases = list(network.weights), list(network.biases)
        weights[0] = weights[0] / self.x_deviation
        biases[0] = biases[0] - self.x_mean * weights[0][0]
        weights[-1] = weights[-1] * self.y_deviation
        biases[-1] = biases[-1] * self.y_deviation + self.y_mean
        return Network(tuple(weights), tuple(biases))

    @_NO_WARNINGS
    def network_from_original(self, network: Network) -> Network:
        """The inverse of `network_to_original`."""
        weights, biases = list(network.weights), list(network.biases)
        biases[0] = biases[0] + self.x_mean * weights[0][0]
        weights[0] = weights[0] * self.x_deviation
        weights[-1] = weights[-1] / self.y_deviation
        biases[-1] = (biases[-1] - self.y_mean) / self.y_deviation
        return Network(tuple(weights), tuple(biases))


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
    domain: tuple[float, float]
    scaling: Scaling = field(default_factory=Scaling)
    train_domain: tuple[float, float] | None = None
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
        to_x, to_y = self.scaling.x_to_original, self.scaling.y_to_original
        columns = self.original or _rescaled(self.columns, to_x, to_y)
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


def sample_dataset(
    target: Target,
    *,
    domain: tuple[float, float],
    samples: int,
    positions: Literal["random", "even"],
    noise: float,
    test_samples: int,
    seed: int,
    train_domain: tuple[float, float] | None = None,
) -> Dataset:
    """Points of a target: y = target(x) + noise · N(0, 1), x uniform or evenly spaced.

    Drawn from numpy.random.RandomState in the order of the course notebook: first x =
    sort(rand(samples)), unless they are even, then randn(samples). Test points, noise-free:
    test_samples evenly spaced ones joined with the training x. seed: 0 … 2^64 − 1. train_domain:
    where training x lie; None is the domain. Raises InputError, naming the x, where the target is
    not finite on a point.
    """
    low, high = train_domain or domain
    for interval in (domain, (low, high)):
        _check_width(interval)
    generator = _generator(seed)
    if positions == "even":
        x_train = np.linspace(low, high, samples)
    else:
        x_train = low + (high - low) * np.sort(generator.rand(samples))
    even_x = np.linspace(*domain, test_samples)
    x_test = np.sort(np.concatenate([even_x, x_train]))
    y_test = target(x_test)
    check_finite(x_test, y_test, f"the target {target.text}")
    with np.errstate(over="ignore", invalid="ignore"):
        y_train = target(x_train) + noise * generator.randn(samples)
    check_finite(x_train, y_train, f"the target {target.text} with noise {noise}")
    return Dataset(
        x_train,
        y_train,
        x_test,
        y_test,
        domain,
        train_domain=train_domain,
        target=target,
        noise=noise,
    )


def points_dataset(
    x: ArrayLike, y: ArrayLike, test_x: ArrayLike = (), test_y: ArrayLike = ()
) -> Dataset:
    """Given points, sorted by x (equal x in the order given).

    x, y: of the training points, shape (n_points,); test_x, test_y: of the test points, which may
    be none. The domain is the range of all x. Raises InputError unless they are finite, equally
    many, and at least one to train on.
    """
    train, test = _given(x, y), _given(test_x, test_y)
    if not len(train[0]):
        raise InputError("points need as many y as x, at least one; there are 0 x and 0 y")
    domain = _range(np.concatenate([train[0], test[0]]))
    return Dataset(*_sorted(*train), *_sorted(*test), domain)


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


def csv_dataset(
    path: Path, columns: DataColumns, *, test_fraction: float, split_order: SplitOrder
) -> Dataset:
    """Points from two columns of a CSV file; the domain is the range of all its x.

    path: of the file, for messages. split_order: n → a permutation of range(n), whose first
    round(test_fraction · n) rows become test points. Raises ConfigError for a split without
    training or test points, InputError where x is too wide.
    """
    x_all, y_all = columns.x, columns.y
    n_test = _test_count(path, len(x_all), test_fraction)
    is_test = np.zeros(len(x_all), dtype=bool)
    is_test[split_order(len(x_all))[:n_test]] = True
    x_train, y_train = _sorted(x_all[~is_test], y_all[~is_test])
    x_test, y_test = _sorted(x_all[is_test], y_all[is_test])
    domain = _range(x_all)
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


def standardize(dataset: Dataset) -> Dataset:
    """The points with training x and y of mean 0 and deviation 1; the test points go along.

    A constant column keeps its deviation. Raises InputError, naming the columns, where doubles
    cannot hold the result.
    """
    with np.errstate(all="ignore"):
        scaling = Scaling.of(dataset.x_train, dataset.y_train)
        standardized = dataset.standardized(scaling)
    x_train, y_train, x_test, y_test = standardized.columns
    columns = {
        dataset.x_name: (scaling.x_deviation, x_train, x_test),
        dataset.y_name: (scaling.y_deviation, y_train, y_test),
    }
    refused = [
        repr(name)
        for name, (deviation, train, test) in columns.items()
        if not (is_usable_deviation(deviation) and _all_finite(train) and _all_finite(test))
    ]
    if refused:
        raise InputError(
            f"the values of {and_list(refused)} cannot be standardized in double precision; "
            "use other units"
        )
    return standardized


def is_usable_deviation(deviation: float) -> bool:
    """Whether values can be divided by it, and errors by its square, in double precision."""
    return 1e-150 < deviation < 1e150


def _all_finite(values: Array) -> bool:
    return bool(np.isfinite(values).all())


def resampled(dataset: Dataset, indices: Integers) -> Dataset:
    """The dataset whose training points are those of these indices, which do not decrease.

    The test points stay. The domain stays where a target has one; else it is the range of all x,
    as that of a dataset from its rows.
    """
    x_train, y_train = dataset.x_train[indices], dataset.y_train[indices]
    domain = dataset.domain
    if dataset.target is None:
        domain = _range(np.concatenate([x_train, dataset.x_test]))
    return replace(dataset, x_train=x_train, y_train=y_train, domain=domain)


def dataset_rows(dataset: Dataset) -> Iterator[Row]:
    """The rows of data.csv, columns split, x and y, in original units.

    `repr` of the numbers keeps every bit in a file.
    """
    x_train, y_train, x_test, y_test = dataset.in_original_units.columns
    for split, x, y in (("train", x_train, y_train), ("test", x_test, y_test)):
        for x_value, y_value in zip(x.tolist(), y.tolist(), strict=True):
            yield split, x_value, y_value


def dataset_from_rows(rows: Iterable[Row], scaling: Scaling) -> Dataset:
    """The dataset whose rows `dataset_rows` gave, to the last bit.

    What rows do not say (target, names, …) is left open.

    The domain is the range of all x. Raises InputError, naming the line of data.csv, for a row that
    is not a point.
    """
    points = {"train": array("d"), "test": array("d")}
    for line, (split, x, y) in enumerate(rows, start=2):
        if split not in points or not math.isfinite(x) or not math.isfinite(y):
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
    domain = _range(np.concatenate([x_train, x_test]))
    dataset = Dataset(x_train, y_train, x_test, y_test, domain)
    return dataset if scaling == Scaling() else dataset.standardized(scaling)


def check_finite(x: Array, values: Array, what: str) -> None:
    """Raise InputError, naming the first x, when a value at x is not finite. Shapes (n_points,)."""
    wrong = np.flatnonzero(~np.isfinite(values))
    if len(wrong):
        place, value = float(x[wrong[0]]), float(values[wrong[0]])
        raise InputError(f"{what} is not finite at x = {place!r}: {value!r}")


def _mean_and_deviation(values: Array) -> tuple[float, float]:
    # The mean of equal numbers may differ from them in the last bit, and their deviation be 1e-17
    # in place of 0.
    if values.min() == values.max():
        return float(values[0]), 1.0
    return float(np.mean(values)), float(np.std(values)) or 1.0


def _generator(seed: int) -> np.random.RandomState:
    """RandomState takes 32 bits, so a larger seed is given as two, the lower one first."""
    if seed < 2**32:
        return np.random.RandomState(seed)
    return np.random.RandomState(np.array([seed % 2**32, seed >> 32], dtype=np.uint32))


def _check_width(domain: tuple[float, float]) -> None:
    low, high = domain
    if not (low < high and math.isfinite(high - low)):
        raise InputError(
            "the domain must be [low, high] with low below high and a finite width, "
            f"not [{low!r}, {high!r}]"
        )


def _range(x: Array) -> tuple[float, float]:
    """The range of x, shape (n_points,); a single point is widened to both sides."""
    low, high = float(x.min()), float(x.max())
    if not math.isfinite(high - low):
        raise InputError(f"x runs from {low!r} to {high!r}, which is too wide for double precision")
    if low < high:
        return low, high
    margin = max(0.5, 1e-6 * abs(low))
    return low - margin, high + margin


def _sorted(x: Array, y: Array) -> tuple[Array, Array]:
    order = np.argsort(x, kind="stable")
    return x[order], y[order]


def _sorted_pairs(points: array[float]) -> tuple[Array, Array]:
    """The points x_1, y_1, x_2, y_2, …, sorted by x."""
    table = np.array(points).reshape(-1, 2)
    return _sorted(table[:, 0], table[:, 1])


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
