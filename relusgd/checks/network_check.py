"""The gradient check of a network, for every engine and kernel.

All are compared with the same central differences of the mean squared error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from relusgd.checks.differences import take_differences
from relusgd.checks.gradcheck import STEP, GradientCheck, Precision, compare
from relusgd.checks.parameter_layout import ParameterLayout
from relusgd.evenly_chosen import evenly_chosen
from relusgd.gradients.backprop import backprop
from relusgd.gradients.dense import Kernel, dense_kernel
from relusgd.gradients.prefix_sums import centre_of, prefix_sum_kernel
from relusgd.model.network import Array, Network, forward, parameter_count, split_parameters
from relusgd.model.points import Dataset
from relusgd.one_thread import one_thread
from relusgd.training.engines import numba_is_installed

MOST_POINTS = 200
"""The most training points at which a network is checked."""

MOST_ENTRIES = 500
"""The most entries of an array that are checked."""

MOST_TERMS = 2_000_000
"""The most points times parameters of one pass; wider networks are checked on fewer points."""

MOST_TERMS_OF_ALL = 2_000_000_000
"""The most points times parameters of all passes together, which then take seconds; larger networks
are checked at fewer entries, down to FEWEST_ENTRIES."""

FEWEST_ENTRIES = 20

ROUNDED = 8.0
"""How many roundings of the sum of absolute terms a loss may be off by."""

GradientFunction = Callable[[Array, Array, Array], Array]
"""From a parameter vector and points x, y (sorted by x), shape (n,), to the gradient of the mean
squared error."""

EngineAndKernel = tuple[str, str]


@dataclass(frozen=True, eq=False)
class Problem:
    """What is checked: parameters, hidden widths, and points x, y, shape (n,), sorted by x."""

    vector: Array
    hidden: tuple[int, ...]
    x: Array
    y: Array

    @classmethod
    def of(cls, network: Network, dataset: Dataset) -> Problem:
        """The network on its training points, or on evenly chosen ones of them: on at most
        MOST_POINTS, and on fewer where the network is wide.
        """
        size = parameter_count(network.hidden)
        count = len(dataset.x_train)
        most = min(MOST_POINTS, max(2, MOST_TERMS // size))
        chosen = evenly_chosen(count, most)
        return cls(
            network.parameters(),
            network.hidden,
            dataset.x_train[chosen],
            dataset.y_train[chosen],
        )

    @property
    def layout(self) -> ParameterLayout:
        """weight_1, bias_1, …, as in a run folder."""
        layers = zip(*split_parameters(self.vector, self.hidden), strict=True)
        arrays = {}
        for k, (weight, bias) in enumerate(layers, start=1):
            arrays[f"weight_{k}"] = weight
            arrays[f"bias_{k}"] = bias
        return ParameterLayout.of(arrays)

    @property
    def most_entries(self) -> int:
        """The most entries of every array that are checked."""
        terms_of_pass = len(self.x) * len(self.vector)
        passes = 2 * len(self.layout.names)  # for an entry of every array
        affordable = MOST_TERMS_OF_ALL // (terms_of_pass * passes)
        return int(np.clip(affordable, FEWEST_ENTRIES, MOST_ENTRIES))

    @np.errstate(all="ignore")  # parameters of a run that diverges may leave the range of floats
    def rounding(self, step: float) -> float:
        """The absolute error of the loss near θ, ε 2/n Σ (|r_i| + h m_i) m_i.

        m_i is the sum of the absolute terms of f(x_i) − y_i.
        """
        weights, biases = split_parameters(self.vector, self.hidden)
        x = self.x[:, None]
        r = forward(weights, biases, x).f[:, 0] - self.y
        absolute_weights = [abs(W) for W in weights]
        absolute_biases = [abs(b) for b in biases]
        absolute_terms = forward(absolute_weights, absolute_biases, abs(x)).f[:, 0]
        m = absolute_terms + abs(self.y)
        epsilon = np.finfo(np.float64).eps
        return float(ROUNDED * epsilon * np.mean(2 * (abs(r) + step * m) * m))

    def loss_and_pattern(self, vector: Array) -> tuple[float, Array]:
        """The loss at this parameter vector, and which units are active at which points."""
        weights, biases = split_parameters(vector, self.hidden)
        a, f = forward(weights, biases, self.x[:, None])
        r = f[:, 0] - self.y
        loss = float(r @ r) / len(self.y)
        pattern: Array = np.hstack([layer > 0 for layer in a[1:]])
        return loss, pattern


def check_network(
    problem: Problem,
    gradients: Mapping[EngineAndKernel, GradientFunction] | None = None,
    *,
    step: float = STEP,
) -> dict[EngineAndKernel, GradientCheck]:
    """The check of every gradient function, by default those of `gradient_functions`.

    step: of the differences.
    """
    if gradients is None:
        gradients = gradient_functions(problem.hidden)
    vector = problem.vector
    layout = problem.layout
    entries = layout.choose(problem.most_entries)
    precision = Precision(step, rounding=problem.rounding(step))
    checks = {}
    with one_thread(), np.errstate(all="ignore"):
        differences = take_differences(problem.loss_and_pattern, vector, entries, step)
        for way, gradient in gradients.items():
            flat_gradient = gradient(vector.copy(), problem.x, problem.y)
            checks[way] = compare(layout, flat_gradient, vector, entries, differences, precision)
    return checks


def gradient_functions(hidden: tuple[int, ...]) -> dict[EngineAndKernel, GradientFunction]:
    """All that can compute the gradient of a network of these widths, by engine and kernel."""

    def reference(vector: Array, x: Array, y: Array) -> Array:
        return by_backprop(vector, hidden, x, y)

    is_deep = len(hidden) > 1
    functions: dict[EngineAndKernel, GradientFunction] = {("numpy", "backprop"): reference}
    if not is_deep:
        functions |= _numpy_kernels(*hidden)
    if numba_is_installed():
        functions |= _deep_compiled_kernels(hidden) if is_deep else _compiled_kernels(*hidden)
    return functions


def _numpy_kernels(H: int) -> dict[EngineAndKernel, GradientFunction]:
    """The kernels of NumPy for one hidden layer of H units."""
    return {
        ("numpy", "dense"): _by_kernel(lambda theta, g, x: dense_kernel(theta, g, H, len(x))),
        ("numpy", "prefix_sums"): _by_kernel(
            lambda theta, g, x: prefix_sum_kernel(theta, g, H, centre=centre_of(x))
        ),
    }


def _compiled_kernels(H: int) -> dict[EngineAndKernel, GradientFunction]:
    """The compiled kernels for one hidden layer of H units."""
    from relusgd.gradients import compiled

    return {
        ("compiled", "dense"): _by_kernel(
            lambda theta, g, x: compiled.dense_kernel(theta, g, H, len(x))
        ),
        ("compiled", "comparisons"): _by_kernel(
            lambda theta, g, x: compiled.comparison_kernel(theta, g, H, len(x))
        ),
        ("compiled", "prefix_sums"): _by_kernel(
            lambda theta, g, x: compiled.prefix_sum_kernel(theta, g, H, centre=centre_of(x))
        ),
    }


def _deep_compiled_kernels(hidden: tuple[int, ...]) -> dict[EngineAndKernel, GradientFunction]:
    """The compiled kernels for several hidden layers."""
    from relusgd.gradients.compiled import deep_kernel

    return {
        ("compiled", "tiles"): _by_kernel(lambda theta, g, _: deep_kernel(theta, g, hidden)),
    }


def by_backprop(vector: Array, hidden: tuple[int, ...], x: Array, y: Array) -> Array:
    """The reference, as one vector."""
    weights, biases = split_parameters(vector, hidden)
    result = backprop(weights, biases, x[:, None], y[:, None])
    return Network(result.weights, result.biases).parameters()


def _by_kernel(make: Callable[[Array, Array, Array], Kernel]) -> GradientFunction:
    """Kernels give the gradient of ½ Σ r²; the loss is 1/n Σ r²."""

    def gradient(vector: Array, x: Array, y: Array) -> Array:
        half_sum = np.zeros_like(vector)
        kernel = make(vector, half_sum, x)  # which writes there
        kernel(x, y)
        return 2.0 / len(x) * half_sum

    return gradient
