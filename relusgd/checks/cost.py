"""What a gradient costs: by backpropagation, by differences and, with one input, by prefix sums.

The loss of two layers of width d, ℓ = ½|W_2 Φ(W_1 x + b) − y|², takes about 4d² operations, and its
gradient by backpropagation about twice that: the cheap gradient principle (Baur & Strassen 1983;
Griewank & Walther 2008, section 4.6). Central differences evaluate ℓ twice for each of the 2d² + d
parameters: about 16 d⁴.

With one input, H units and B = H points, central differences for 3H + 1 parameters take O(H³),
backpropagation O(B H) = O(H²), and prefix sums O(B + H log B).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from relusgd.checks.operation_counts import count_operations
from relusgd.checks.running_sums import gradient_by_running_sums
from relusgd.gradients.backprop import backprop
from relusgd.gradients.dense import dense_kernel
from relusgd.gradients.prefix_sums import prefix_sum_kernel
from relusgd.graphs.sheet_functions import two_layers
from relusgd.model.network import Array, forward, split_parameters
from relusgd.one_thread import one_thread

WIDTHS = (8, 16, 32, 64, 128, 256, 512)
SECONDS = 0.02
"""Quick work is repeated until it has taken this long."""


@dataclass(frozen=True)
class WayCost:
    """What one way to a gradient costs at growing width.

    theory: the exponent of its growth by theory. operations, seconds: one number for each width.
    """

    name: str
    theory: float
    operations: tuple[int, ...]
    seconds: tuple[float, ...]


@dataclass(frozen=True)
class Cost:
    """What the gradient of one loss costs.

    letter: the symbol of the width. lines: one for each way, the most expensive first.
    """

    title: str
    letter: str
    widths: tuple[int, ...]
    lines: tuple[WayCost, ...]


def exponent(widths: Sequence[int], costs: Sequence[float]) -> float:
    """The slope of log cost over log width, by least squares.

    Only the larger half of the widths counts: there the highest power dominates.
    """
    half = len(widths) // 2
    log_widths = np.log(widths[half:])
    log_costs = np.log(costs[half:])
    slope, _ = np.polyfit(log_widths, log_costs, 1)
    return float(slope)


def measure_costs(
    widths: Sequence[int] = WIDTHS,
    progress: Callable[[str], object] = lambda _: None,
) -> tuple[Cost, Cost]:
    """The costs of the two losses; progress is called with what is measured next."""
    layers = "½|W₂ Φ(W₁ x + b) − y|² with d × d matrices"
    line = "one input, H units, B = H points"
    with one_thread(), np.errstate(all="ignore"):
        return (
            _measure_cost(layers, "d", layered_ways, widths, progress),
            _measure_cost(line, "H", line_ways, widths, progress),
        )


def _measure_cost(
    title: str,
    letter: str,
    ways_at: Callable[[int], list[CostedWay]],
    widths: Sequence[int],
    progress: Callable[[str], object],
) -> Cost:
    """The cost of every way at every width.

    letter: the symbol of the width. ways_at: the ways at one width, always in the same order.
    """
    theory: dict[str, float] = {}
    operations: dict[str, list[int]] = {}
    seconds: dict[str, list[float]] = {}
    for width in widths:
        progress(f"{title}: {letter} = {width}")
        for way in ways_at(width):
            theory[way.name] = way.theory
            operations.setdefault(way.name, []).append(way.operations())
            seconds.setdefault(way.name, []).append(way.seconds())
    lines = []
    for name, growth in theory.items():
        lines.append(WayCost(name, growth, tuple(operations[name]), tuple(seconds[name])))
    return Cost(title, letter, tuple(widths), tuple(lines))


@dataclass(frozen=True)
class CostedWay:
    """One way to the gradient at one width.

    operations: counts the operations of the whole gradient. work: what is timed. times: how many
    repetitions of `work` take as long as the whole gradient.
    """

    name: str
    theory: float
    operations: Callable[[], int]
    work: Callable[[], object]
    times: int = 1

    def seconds(self) -> float:
        """The seconds of the whole gradient: the fastest of three measurements, times `times`."""
        self.work()
        repeats = 1
        best = np.inf
        for _ in range(3):
            start = time.perf_counter()
            for _ in range(repeats):
                self.work()
            passed = time.perf_counter() - start
            best = min(best, passed / repeats)
            wanted = round(SECONDS / max(best, 1e-9))
            repeats = int(np.clip(wanted, 1, 10_000))
        return float(best) * self.times


def difference_way(
    loss: Callable[..., object],
    parameters: int,
    arrays: Sequence[Array],
    *,
    theory: float,
) -> CostedWay:
    """Central differences: two evaluations for every parameter; only one evaluation is timed."""
    return CostedWay(
        "central differences",
        theory,
        operations=lambda: count_differences(loss, parameters, arrays),
        work=partial(loss, *arrays),
        times=2 * parameters,
    )


def count_differences(loss: Callable[..., object], parameters: int, arrays: Sequence[Array]) -> int:
    """Operations of central differences along all parameters; one evaluation is counted.

    (ℓ(θ + h e_i) − ℓ(θ − h e_i)) / 2h is two evaluations, two moves, a difference and a quotient.
    """
    of_one_evaluation = count_operations(loss, *arrays)
    of_one_parameter = 2 * of_one_evaluation + 4
    return parameters * of_one_parameter


def layered_ways(d: int) -> list[CostedWay]:
    """The two ways to the gradient of two layers of width d, evaluated node by node."""
    arrays = random_layers(d)

    def loss(*inputs: Array) -> object:
        return two_layers(*inputs).evaluate().values["loss"]

    def gradient(*inputs: Array) -> object:
        return two_layers(*inputs).evaluate().derivatives

    return [
        difference_way(loss, 2 * d * d + d, arrays, theory=4),
        CostedWay(
            "backpropagation",
            theory=2,
            operations=lambda: count_operations(gradient, *arrays),
            work=partial(gradient, *arrays),
        ),
    ]


def random_layers(d: int) -> tuple[Array, Array, Array, Array, Array]:
    """W_1, x, b, W_2, y."""
    generator = np.random.RandomState(d)
    W1 = generator.standard_normal((d, d))
    x = generator.standard_normal(d)
    b = generator.standard_normal(d)
    W2 = generator.standard_normal((d, d))
    y = generator.standard_normal(d)
    return W1, x, b, W2, y


def line_ways(H: int) -> list[CostedWay]:
    """The three ways to the gradient of one hidden layer of H units on H points."""
    vector, x, y = random_line(H)
    dense = dense_kernel(vector, np.zeros_like(vector), H, H)
    prefix_sums = prefix_sum_kernel(vector, np.zeros_like(vector), H, fixed_x=True)

    def loss(theta: Array, points: Array, wanted: Array) -> object:
        weights, biases = split_parameters(theta, (H,))
        f = forward(weights, biases, points[:, None]).f[:, 0]
        r = f - wanted
        return r @ r / len(wanted)

    def gradient(theta: Array, points: Array, wanted: Array) -> object:
        weights, biases = split_parameters(theta, (H,))
        return backprop(weights, biases, points[:, None], wanted[:, None])

    return [
        difference_way(loss, len(vector), (vector, x, y), theory=3),
        CostedWay(
            "backpropagation",
            theory=2,
            operations=lambda: count_operations(gradient, vector, x, y),
            work=partial(dense, x, y),
        ),
        CostedWay(
            "prefix sums",
            theory=1,
            operations=lambda: count_operations(gradient_by_running_sums, vector, x, y),
            work=partial(prefix_sums, x, y),
        ),
    ]


def random_line(H: int) -> tuple[Array, Array, Array]:
    """Parameters, shape (3 H + 1,), and sorted x and y, shape (H,); elbows lie among the points."""
    generator = np.random.RandomState(H)
    x = np.sort(generator.random_sample(H))
    w = generator.standard_normal(H)
    b = -generator.random_sample(H) * w
    v = generator.standard_normal(H) / np.sqrt(H)
    output_bias = [0.1]
    y = np.sin(6 * x)
    return np.concatenate([w, b, v, output_bias]), x, y
