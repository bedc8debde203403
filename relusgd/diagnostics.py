"""What a network does on a dataset: errors, dead units, breakpoints in the domain, sharpness. Pure functions of the two.

The dataset is in the units that the network sees. `SnapshotMetrics` gives the metrics of a snapshot fast enough for every epoch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from relusgd.gradients.backprop import hessian_vector
from relusgd.gradients.prefix_sums import hessian_product
from relusgd.model.breakpoints import breakpoints, sorted_elbows, values_by_running_sums
from relusgd.model.network import (
    Array,
    Booleans,
    Integers,
    Network,
    learning_parameters,
    parameter_count,
    split_parameters,
)
from relusgd.model.points import Dataset

Metrics = tuple[float, float, int, int, int]
"""train_mse, test_mse, dead_units, always_on_units, breakpoints."""

CHUNK_NUMBERS = 2**22
"""Points × units that are held at once: 32 MB of float64."""

ROWS_NUMBERS = 2**16
"""Numbers of the snapshots that are measured at once: arrays that stay in the processor's cache."""

DENSE_PARAMETERS = 40
"""Up to here the Hessian is formed whole; beyond, Lanczos asks for its products with vectors."""

LANCZOS_STEPS = 200

BASIS_NUMBERS = 2**25
"""Numbers in the basis of Lanczos, at least 10 vectors: 256 MB of float64."""


def train_mse(network: Network, dataset: Dataset) -> float:
    """Mean squared error over the training points."""
    return _mse(network, dataset.x_train, dataset.y_train)


def test_mse(network: Network, dataset: Dataset) -> float:
    """Mean squared error over the test points; nan when there are none."""
    return _mse(network, dataset.x_test, dataset.y_test)


def dead_units(network: Network, dataset: Dataset) -> list[Integers]:
    """Per hidden layer the indices of the units that are active on no training point."""
    return [np.flatnonzero(~anywhere) for anywhere, _ in _activity(network, dataset)]


def dead_in_first_layer(network: Network, dataset: Dataset) -> Integers:
    """The first of `dead_units`, in O(units) at any depth."""
    with np.errstate(all="ignore"):
        return np.flatnonzero(
            ~_first_layer_activity(network.slope, network.bias, _ends(dataset.x_train))[0]
        )


def always_on_units(network: Network, dataset: Dataset) -> list[Integers]:
    """Per hidden layer the indices of the units that are active on every training point."""
    return [np.flatnonzero(everywhere) for _, everywhere in _activity(network, dataset)]


def breakpoints_inside(network: Network, dataset: Dataset) -> int:
    """How many breakpoints lie strictly inside the domain."""
    return len(breakpoints(network).between(*network_domain(dataset)))


def network_domain(dataset: Dataset) -> tuple[float, float]:
    """The dataset's domain in network units."""
    low, high = dataset.scaling.x_to_network(np.array(dataset.domain))
    return float(low), float(high)


def _mse(network: Network, x: Array, y: Array) -> float:
    if not len(x):
        return float("nan")
    with np.errstate(all="ignore"):
        total = sum(
            float(np.sum(np.square(network(x[part]) - y[part])))
            for part in _chunks(len(x), network.hidden)
        )
    return total / len(x)


def _chunks(points: int, hidden: Sequence[int]) -> Iterator[slice]:
    """Slices of range(points), short enough that points × width stays below CHUNK_NUMBERS."""
    size = max(1, CHUNK_NUMBERS // max(hidden))
    return (slice(start, start + size) for start in range(0, points, size))


def _activity(network: Network, dataset: Dataset) -> list[tuple[Booleans, Booleans]]:
    """Per hidden layer, shape (width,) each: active on some, active on every training point."""
    with np.errstate(all="ignore"):
        first = _first_layer_activity(network.slope, network.bias, _ends(dataset.x_train))
        return [first, *_deep_activity(network, dataset.x_train)]


def _ends(x: Array) -> Array:
    """The first and the last of sorted points, shape (2, 1)."""
    return np.array([[x[0]], [x[-1]]])


def _first_layer_activity(slope: Array, bias: Array, ends: Array) -> tuple[Booleans, Booleans]:
    """The float64 value of slope·x + bias is monotone in x, so the first and the last of the sorted points decide.

    A rounded sum is positive exactly where the sum is, so that slope·x > −bias asks the same.
    """
    on_first, on_last = slope * ends > -bias
    return on_first | on_last, on_first & on_last


def _deep_activity(network: Network, x: Array) -> list[tuple[Booleans, Booleans]]:
    widths = network.hidden[1:]
    anywhere, everywhere = (
        [np.zeros(n, dtype=bool) for n in widths],
        [np.ones(n, dtype=bool) for n in widths],
    )
    for part in _chunks(len(x), network.hidden) if widths else ():
        for k, values in enumerate(network.activations(x[part])[1:]):
            anywhere[k] |= (values > 0).any(axis=0)
            everywhere[k] &= (values > 0).all(axis=0)
    return list(zip(anywhere, everywhere, strict=True))


def sharpness(
    network: Network, dataset: Dataset, layers: str = "all", *, output_bias: bool = True
) -> float:
    """The largest eigenvalue of the Hessian of the training error over the parameters that learn.

    layers: all, output or hidden; without output_bias the output bias is frozen. Gradient descent on all points is stable
    near a minimum while its learning rate stays below 2/sharpness (Cohen et al. 2021). nan when the Hessian is not finite.
    """
    hessian = _Hessian(
        network, dataset, learning_parameters(network.hidden, layers, output_bias=output_bias)
    )
    with np.errstate(all="ignore"):
        if hessian.size <= DENSE_PARAMETERS:
            return _largest_eigenvalue(np.array([hessian(row) for row in np.eye(hessian.size)]))
        return _lanczos(hessian)


class _Hessian:
    """The Hessian of the training error over the learning parameters, as a function: vector → Hessian times vector, (size,)."""

    def __init__(self, network: Network, dataset: Dataset, learning: slice) -> None:
        self.size = learning.stop - learning.start
        self._network, self._learning = network, learning
        self._x, self._y = dataset.x_train[:, None], dataset.y_train[:, None]
        self._shallow: Callable[[Array], Array] | None = None
        if len(network.hidden) == 1:
            with np.errstate(all="ignore"):
                self._shallow = hessian_product(
                    network.parameters(), network.hidden[0], dataset.x_train, dataset.y_train
                )

    def __call__(self, direction: Array) -> Array:
        full = np.zeros(parameter_count(self._network.hidden))
        full[self._learning] = direction
        if self._shallow:
            return self._shallow(full)[self._learning]
        V, c = split_parameters(full, self._network.hidden)
        product = np.zeros(self.size)
        for part in _chunks(len(self._x), self._network.hidden):
            x, y = self._x[part], self._y[part]
            weights, biases = hessian_vector(
                self._network.weights, self._network.biases, x, y, V, c
            )
            product += len(x) / len(self._x) * Network(weights, biases).parameters()[self._learning]
        return product


def _lanczos(hessian: _Hessian) -> float:
    """The largest eigenvalue by Lanczos with full reorthogonalisation (Golub & Van Loan, section 10.3).

        u = H q_j,   α_j = q_jᵀ u,   u ← u − Q Qᵀ u,   β_j = |u|,   q_{j+1} = u/β_j,   Q = [q_1 … q_j]

    from a fixed random q_1, until the largest eigenvalue θ of T = Qᵀ H Q, tridiagonal with α and β, has a residual
    |H Q s − θ Q s| = β_j |s_j| below 1e-8 |T|, where T s = θ s; the error of θ is of the order of its square.
    """
    steps = min(hessian.size, LANCZOS_STEPS, max(10, BASIS_NUMBERS // hessian.size))
    Q = np.empty((steps, hessian.size))  # rows are the q
    T = np.zeros((steps + 1, steps + 1))
    u = np.random.RandomState(0).randn(hessian.size)
    theta, beta = float("nan"), float(np.linalg.norm(u))
    for j in range(steps):
        Q[j] = u / beta
        u = hessian(Q[j])
        T[j, j] = Q[j] @ u
        for _ in range(2):  # the second time removes what the rounding of the first left
            u -= Q[: j + 1].T @ (Q[: j + 1] @ u)
        beta = T[j, j + 1] = T[j + 1, j] = float(np.linalg.norm(u))
        if not np.isfinite(T[j]).all():
            return float("nan")
        values, vectors = np.linalg.eigh(T[: j + 1, : j + 1])
        theta = float(values[-1])
        if beta * abs(vectors[-1, -1]) <= 1e-8 * np.abs(values).max():
            break
    return theta


def _largest_eigenvalue(matrix: Array) -> float:
    """Of a matrix that is symmetric up to rounding; nan when it is not finite."""
    if not np.isfinite(matrix).all():
        return float("nan")
    return float(np.linalg.eigvalsh(0.5 * (matrix + matrix.T))[-1])


class SnapshotMetrics:
    """The metrics of snapshots, given as vectors of parameters in the order of `split_parameters`.

    Made once per training. What a snapshot gets depends on its vector alone, to the last bit, however many are asked for at
    once; parameters that are not finite give errors that are not finite, and never a warning. With one hidden layer it goes
    through the sorted elbows, O(points + H log H) a snapshot.
    """

    def __init__(self, dataset: Dataset, hidden: Sequence[int]) -> None:
        self._dataset, self._hidden = dataset, tuple(hidden)
        self._x = np.unique(np.concatenate([dataset.x_train, dataset.x_test]))
        self._middle = float(np.mean(dataset.x_train))
        self._x_centred = self._x - self._middle
        self._train, self._test = self._places(dataset.x_train), self._places(dataset.x_test)
        self._low, self._high = network_domain(dataset)
        self._ends = _ends(dataset.x_train)

    def __call__(self, vector: Array) -> Metrics:
        """train_mse, test_mse (nan without test points), dead_units, always_on_units, breakpoints in the domain."""
        return self.rows(vector[None])[0]

    def rows(self, vectors: Array) -> list[Metrics]:
        """The metrics of every snapshot of vectors, shape (S, parameter_count)."""
        size = max(1, ROWS_NUMBERS // (max(self._hidden) + len(self._x)))
        with np.errstate(all="ignore"):
            return [
                row
                for start in range(0, len(vectors), size)
                for row in self._some(vectors[start : start + size])
            ]

    def _some(self, vectors: Array) -> Iterator[Metrics]:
        measure = self._shallow if len(self._hidden) == 1 else self._deep
        train, test, dead, always_on, breaks = measure(vectors)
        finite = np.isfinite(vectors).all(axis=1)
        errors = (np.where(finite, error, np.nan).tolist() for error in (train, test))
        counts = (count.tolist() for count in (dead, always_on, np.where(finite, breaks, 0)))
        return zip(*errors, *counts, strict=True)

    def _places(self, x: Array) -> Integers | None:
        """Where x lies among all points, or None when it is all of them."""
        return None if np.array_equal(x, self._x) else np.searchsorted(self._x, x)

    def _shallow(self, vectors: Array) -> tuple[Array, Array, Integers, Integers, Integers]:
        (H,) = self._hidden
        w, b = vectors[:, :H], vectors[:, H : 2 * H]
        order, elbow = sorted_elbows(w, b)
        f = values_by_running_sums(vectors, order, elbow, self._x, self._x_centred, self._middle)
        on_first, on_last = (w * end > -b for end in self._ends[:, 0])
        dead, always_on = (
            np.count_nonzero(~(on_first | on_last), axis=1),
            np.count_nonzero(on_first & on_last, axis=1),
        )
        return *self._errors(f), dead, always_on, self._count_breakpoints(vectors, order, elbow)

    def _deep(self, vectors: Array) -> tuple[Array, Array, Integers, Integers, Integers]:
        networks = [Network.from_parameters(vector, self._hidden) for vector in vectors]
        activity = [_activity(network, self._dataset) for network in networks]
        dead = [sum(np.count_nonzero(~anywhere) for anywhere, _ in layers) for layers in activity]
        always_on = [
            sum(np.count_nonzero(everywhere) for _, everywhere in layers) for layers in activity
        ]
        breaks = [breakpoints_inside(network, self._dataset) for network in networks]
        f = np.stack([network(self._x) for network in networks])
        return *self._errors(f), np.array(dead), np.array(always_on), np.array(breaks)

    def _errors(self, f: Array) -> tuple[Array, Array]:
        """train_mse and test_mse, shape (S,) each, of the values f at all points, shape (S, n)."""
        pairs = ((self._train, self._dataset.y_train), (self._test, self._dataset.y_test))
        train, test = (
            np.square((f if places is None else f.take(places, axis=1)) - y) for places, y in pairs
        )
        no_points = np.full(len(f), np.nan)
        return np.add.reduce(train, axis=1) / train.shape[1], np.add.reduce(
            test, axis=1
        ) / test.shape[1] if test.size else no_points

    def _count_breakpoints(self, vectors: Array, order: Integers, elbow: Array) -> Integers:
        """The elbows in the domain, where they are distinct and f′ changes at each; otherwise those where it does."""
        (H,) = self._hidden
        inside = (elbow > self._low) & (elbow < self._high)
        change = np.take_along_axis(vectors[:, 2 * H : 3 * H] * vectors[:, :H], order, axis=1)
        unclear = inside & ((change == 0) | ~np.isfinite(change))
        unclear[:, 1:] |= inside[:, 1:] & (elbow[:, 1:] == elbow[:, :-1])
        counts: Integers = np.count_nonzero(inside, axis=1)
        for row in np.flatnonzero(unclear.any(axis=1) & np.isfinite(vectors).all(axis=1)):
            counts[row] = breakpoints_inside(
                Network.from_parameters(vectors[row], self._hidden), self._dataset
            )
        return counts
