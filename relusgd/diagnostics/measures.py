"""Errors, dead and always-on units, and breakpoints in the domain, each by its definition."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from relusgd.errors import InputError
from relusgd.model.breakpoints import breakpoints, vertices
from relusgd.model.network import Array, Booleans, Integers, Network, Range
from relusgd.model.points import Dataset
from relusgd.words import shown

CHUNK_NUMBERS = 2**22
"""Points × units that are held at once: 32 MB of float64."""


def train_mse(network: Network, dataset: Dataset) -> float:
    """Mean squared error over the training points."""
    return _mse(network, dataset.x_train, dataset.y_train)


def test_mse(network: Network, dataset: Dataset) -> float:
    """Mean squared error over the test points; nan when there are none."""
    return _mse(network, dataset.x_test, dataset.y_test)


def _mse(network: Network, x: Array, y: Array) -> float:
    if not len(x):
        return float("nan")
    total = 0.0
    with np.errstate(all="ignore"):
        for part in point_chunks(len(x), network.hidden):
            residual = network(x[part]) - y[part]
            total += float(np.sum(np.square(residual)))
    return total / len(x)


def point_chunks(points: int, hidden: Sequence[int]) -> Iterator[slice]:
    """Slices of range(points), short enough that points × width stays below CHUNK_NUMBERS."""
    size = max(1, CHUNK_NUMBERS // max(hidden))
    for start in range(0, points, size):
        yield slice(start, start + size)


def dead_units(network: Network, dataset: Dataset) -> list[Integers]:
    """Per hidden layer the indices of the units that are active on no training point."""
    layers = activity(network, dataset)
    return [np.flatnonzero(~anywhere) for anywhere, _ in layers]


def dead_in_first_layer(network: Network, dataset: Dataset) -> Integers:
    """The first of `dead_units`, in O(units) at any depth."""
    anywhere, _ = first_layer_activity(network.slope, network.bias, dataset.x_train)
    return np.flatnonzero(~anywhere)


def always_on_units(network: Network, dataset: Dataset) -> list[Integers]:
    """Per hidden layer the indices of the units that are active on every training point."""
    layers = activity(network, dataset)
    return [np.flatnonzero(everywhere) for _, everywhere in layers]


def activity(network: Network, dataset: Dataset) -> list[tuple[Booleans, Booleans]]:
    """Per hidden layer, shape (width,) each: active on some, active on every training point."""
    x = dataset.x_train
    first = first_layer_activity(network.slope, network.bias, x)
    if len(network.hidden) == 1:
        return [first]
    return [first, *_deeper_activity(network, x)]


def first_layer_activity(slope: Array, bias: Array, x: Array) -> tuple[Booleans, Booleans]:
    """Active on some, active on every one of the sorted points x, for units of the first layer.

    slope, bias and results: shape (…, H). The float64 value of slope·x + bias is monotone in x, so
    the first and the last point decide. It is positive exactly where slope·x > −bias, because a
    rounded sum has the sign of the sum.
    """
    with np.errstate(all="ignore"):
        on_first = slope * x[0] > -bias
        on_last = slope * x[-1] > -bias
    return on_first | on_last, on_first & on_last


def _deeper_activity(network: Network, x: Array) -> list[tuple[Booleans, Booleans]]:
    """As `activity`, for the layers behind the first one, on the points x."""
    widths = network.hidden[1:]
    anywhere = [np.zeros(width, dtype=bool) for width in widths]
    everywhere = [np.ones(width, dtype=bool) for width in widths]
    with np.errstate(all="ignore"):
        for part in point_chunks(len(x), network.hidden):
            _, *deeper = network.activations(x[part])
            for k, a in enumerate(deeper):
                active = a > 0
                anywhere[k] |= active.any(axis=0)
                everywhere[k] &= active.all(axis=0)
    return list(zip(anywhere, everywhere, strict=True))


def total_variation(network: Network, domain: Sequence[float]) -> float:
    """∫ |f′(x)| dx over domain, (low, high) in network units: how far f goes up and down in all.

    Exact: the sum of |f| differences between neighbouring breakpoints. Raises InputError unless
    low < high and both are finite.
    """
    ends = np.asarray(domain, dtype=np.float64)
    is_domain = ends.shape == (2,) and np.isfinite(ends).all() and ends[0] < ends[1]
    if not is_domain:
        raise InputError(
            f"a domain is two numbers (low, high) with low < high, not {shown(ends.tolist())}"
        )
    _, f = vertices(network, *ends.tolist())
    changes = np.abs(np.diff(f))
    return float(np.sum(changes))


def breakpoints_inside(network: Network, dataset: Dataset) -> int:
    """How many breakpoints lie strictly inside the domain."""
    low, high = network_domain(dataset)
    return len(breakpoints(network).between(low, high))


def network_domain(dataset: Dataset) -> Range:
    """The dataset's domain in network units."""
    ends = np.array(dataset.domain)
    low, high = dataset.scaling.x_to_network(ends).tolist()
    return low, high
