"""The gradient check of a network: every engine and kernel against the same central differences of the mean squared error."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from relusgd.checks.differences import Entries, Measure, take_differences
from relusgd.checks.form import Form
from relusgd.checks.gradcheck import STEP, GradientCheck, Precision, compare
from relusgd.gradients.backprop import backprop
from relusgd.gradients.dense import Kernel, dense_kernel
from relusgd.gradients.prefix_sums import centre_of, prefix_sum_kernel
from relusgd.model.network import Array, Network, forward, parameter_count, split_parameters
from relusgd.model.points import Dataset
from relusgd.training.engines import numba_is_installed

MOST_POINTS, MOST_ENTRIES = 200, 500
"""Of more training points and of larger arrays a part is checked."""

MOST_TERMS = 2_000_000
"""Points times parameters of a pass; wider networks are checked on fewer points, and at fewer entries."""

FEWEST_ENTRIES = 20

ROUNDED = 8.0
"""How many roundings of the sum of absolute terms a loss may be off by."""

GradientFunction = Callable[[Array, Array, Array], Array]
"""From a parameter vector and points x, y (sorted by x), shape (n,), to the gradient of the mean squared error."""

Way = tuple[str, str]
"""Engine and kernel."""


@dataclass(frozen=True, eq=False)
class Problem:
    """What is checked: a network's parameter vector, its widths, the points x, y, shape (n,), sorted by x."""

    vector: Array
    hidden: tuple[int, ...]
    x: Array
    y: Array

    @classmethod
    def of(cls, network: Network, dataset: Dataset) -> Problem:
        """The network on its training points, or on evenly chosen ones when they are many."""
        size = parameter_count(network.hidden)
        points = min(len(dataset.x_train), MOST_POINTS, max(2, MOST_TERMS // size))
        chosen = np.linspace(0, len(dataset.x_train) - 1, points).round().astype(int)
        return cls(
            network.parameters(), network.hidden, dataset.x_train[chosen], dataset.y_train[chosen]
        )

    @property
    def form(self) -> Form:
        """weight_1, bias_1, …, as in a run folder."""
        weights, biases = split_parameters(self.vector, self.hidden)
        named = [
            (f"{kind}_{k}", part.shape)
            for k, pair in enumerate(zip(weights, biases, strict=True), 1)
            for kind, part in named_pair(pair)
        ]
        return Form(dict, tuple(name for name, _ in named), tuple(shape for _, shape in named))

    @property
    def most_entries(self) -> int:
        """So many entries of every array, that the check takes seconds at any size."""
        terms = len(self.x) * len(self.vector) * 2 * len(self.form.names)
        return int(np.clip(2_000_000_000 // terms, FEWEST_ENTRIES, MOST_ENTRIES))

    @np.errstate(all="ignore")  # parameters of a run that diverges may leave the range of floats
    def rounding(self, step: float) -> float:
        """The absolute error of the loss near θ: ε 2/n Σ (|r_i| + h m_i) m_i, m_i being the sum of the absolute terms of f(x_i) − y_i."""
        weights, biases = split_parameters(self.vector, self.hidden)
        r = forward(weights, biases, self.x[:, None]).f[:, 0] - self.y
        m = forward([abs(W) for W in weights], [abs(b) for b in biases], abs(self.x[:, None])).f[
            :, 0
        ] + abs(self.y)
        return float(ROUNDED * np.finfo(np.float64).eps * np.mean(2 * (abs(r) + step * m) * m))

    def measure(self) -> Measure:
        """The loss, and which units are active at which points."""
        x, y, hidden = self.x[:, None], self.y, self.hidden

        def loss_and_pattern(vector: Array) -> tuple[float, Array]:
            a, f = forward(*split_parameters(vector, hidden), x)
            r = f[:, 0] - y
            return float(r @ r) / len(y), np.hstack([layer > 0 for layer in a[1:]])

        return loss_and_pattern


def named_pair(pair: tuple[Array, Array]) -> tuple[tuple[str, Array], tuple[str, Array]]:
    return ("weight", pair[0]), ("bias", pair[1])


def check_network(
    problem: Problem, ways: Mapping[Way, GradientFunction] | None = None, *, step: float = STEP
) -> dict[Way, GradientCheck]:
    """The check of every way to compute the gradient, by default `gradient_functions`. step: of the differences."""
    precision, form = Precision(step, rounding=problem.rounding(step)), problem.form
    with threadpool_limits(1), np.errstate(all="ignore"):
        entries = form.choose(problem.most_entries)
        found = take_differences(problem.measure(), problem.vector, entries, precision.step)
        return {
            way: compare(
                form,
                gradient(problem.vector.copy(), problem.x, problem.y),
                problem.vector,
                entries,
                found,
                precision,
            )
            for way, gradient in (ways or gradient_functions(problem.hidden)).items()
        }


def checked_entries(problem: Problem) -> Entries:
    """The entries of the parameter vector that are checked."""
    return problem.form.choose(problem.most_entries)


def gradient_functions(hidden: tuple[int, ...]) -> dict[Way, GradientFunction]:
    """All that can compute the gradient of a network of these widths, by engine and kernel."""
    ways: dict[Way, GradientFunction] = {
        ("numpy", "backprop"): lambda vector, x, y: by_backprop(vector, hidden, x, y)
    }
    if len(hidden) > 1:
        return ways
    ways["numpy", "dense"] = _by_kernel(
        lambda theta, g, x: dense_kernel(theta, g, hidden[0], len(x))
    )
    ways["numpy", "prefix_sums"] = _by_kernel(
        lambda theta, g, x: prefix_sum_kernel(theta, g, hidden[0], centre=centre_of(x))
    )
    if numba_is_installed():
        from relusgd.gradients import compiled

        ways["compiled", "dense"] = _by_kernel(
            lambda theta, g, x: compiled.dense_kernel(theta, g, hidden[0], len(x))
        )
        ways["compiled", "prefix_sums"] = _by_kernel(
            lambda theta, g, x: compiled.prefix_sum_kernel(theta, g, hidden[0], centre=centre_of(x))
        )
    return ways


def by_backprop(vector: Array, hidden: tuple[int, ...], x: Array, y: Array) -> Array:
    """The reference, as one vector."""
    result = backprop(*split_parameters(vector, hidden), x[:, None], y[:, None])
    return Network(result.weights, result.biases).parameters()


def _by_kernel(make: Callable[[Array, Array, Array], Kernel]) -> GradientFunction:
    """Kernels give the gradient of ½ Σ r²; the loss is 1/n Σ r²."""

    def gradient(vector: Array, x: Array, y: Array) -> Array:
        half_sum = np.zeros_like(vector)
        make(vector, half_sum, x)(x, y)
        return 2.0 / len(x) * half_sum

    return gradient
