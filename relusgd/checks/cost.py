"""What a gradient costs: by backpropagation, by central differences and, with one input, by running sums.

The loss of two layers of width d, ℓ = ½|W_2 Φ(W_1 x + b) − y|², takes about 4d² operations, and so does about twice that its
gradient by backpropagation: the cheap gradient principle (Baur & Strassen 1983; Griewank & Walther 2008, section 4.6). Central differences
evaluate ℓ twice for each of the 2d² + d parameters: about 16 d⁴.

With one input, H units and B = H points, 2 of the differences for each of 3H + 1 parameters make O(H³), backpropagation is
O(B H) = O(H²), and running sums are O(B + H log B).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from relusgd.checks.counting import operations
from relusgd.checks.running_sums import gradient_by_running_sums
from relusgd.gradients.backprop import backprop
from relusgd.gradients.dense import dense_kernel
from relusgd.gradients.prefix_sums import prefix_sum_kernel
from relusgd.graphs.sheet_functions import two_layers
from relusgd.model.network import Array, forward, split_parameters

WIDTHS = (8, 16, 32, 64, 128, 256, 512)
SECONDS = 0.02
"""A quick piece of work is repeated until it has taken so long."""


@dataclass(frozen=True)
class Line:
    """One way to a gradient over growing width: operations and seconds, one per width, and the exponent that theory gives."""

    name: str
    theory: float
    operations: tuple[int, ...]
    seconds: tuple[float, ...]


@dataclass(frozen=True)
class Cost:
    """title: of what; letter: of the width; lines: the ways, the dearest first."""

    title: str
    letter: str
    widths: tuple[int, ...]
    lines: tuple[Line, ...]


def exponent(widths: Sequence[int], costs: Sequence[float]) -> float:
    """The slope of log cost over log width by least squares, over the larger half of the widths, where the highest power rules."""
    half = len(widths) // 2
    return float(np.polyfit(np.log(widths[half:]), np.log(costs[half:]), 1)[0])


def measure_costs(
    widths: Sequence[int] = WIDTHS, progress: Callable[[str], object] = lambda _: None
) -> tuple[Cost, Cost]:
    """The costs of the two losses; progress is called with what is measured next."""
    costs = []
    with threadpool_limits(1), np.errstate(all="ignore"):
        for title, letter, make in (
            ("½|W₂ Φ(W₁ x + b) − y|² with d × d matrices", "d", layered_ways),
            ("one input, H units, B = H points", "H", line_ways),
        ):
            rows = []
            for width in widths:
                progress(f"{title}: {letter} = {width}")
                rows.append([(way.operations(), way.seconds()) for way in make(width)])
            ways = make(widths[0])
            lines = [
                Line(
                    way.name,
                    way.theory,
                    tuple(row[i][0] for row in rows),
                    tuple(row[i][1] for row in rows),
                )
                for i, way in enumerate(ways)
            ]
            costs.append(Cost(title, letter, tuple(widths), tuple(lines)))
    return costs[0], costs[1]


@dataclass(frozen=True)
class CostedWay:
    """One way to the gradient at one width: how its operations are counted, and what is to be timed, and how often in full."""

    name: str
    theory: float
    operations: Callable[[], int]
    work: Callable[[], object]
    times: int = 1

    def seconds(self) -> float:
        """Of the whole gradient: the quickest of three times `work`, times `times`."""
        self.work()
        repeats, best = 1, np.inf
        for _ in range(3):
            start = time.perf_counter()
            for _ in range(repeats):
                self.work()
            taken = time.perf_counter() - start
            best = min(best, taken / repeats)
            repeats = max(1, min(10_000, round(SECONDS / max(best, 1e-9))))
        return float(best) * self.times


def layered_ways(d: int) -> list[CostedWay]:
    """The two ways to the gradient of two layers of width d, evaluated node by node."""
    arrays = random_layers(d)
    parameters = 2 * d * d + d

    def loss(*given: Array) -> object:
        return two_layers(*given).evaluate().values["loss"]

    def gradient(*given: Array) -> object:
        return two_layers(*given).evaluate().derivatives

    return [
        CostedWay(
            "central differences",
            4,
            lambda: count_differences(loss, parameters, arrays),
            partial(loss, *arrays),
            2 * parameters,
        ),
        CostedWay(
            "backpropagation", 2, lambda: operations(gradient, *arrays), partial(gradient, *arrays)
        ),
    ]


def random_layers(d: int) -> tuple[Array, Array, Array, Array, Array]:
    """W_1, x, b, W_2, y."""
    generator = np.random.RandomState(d)
    shapes = (d, d), (d,), (d,), (d, d), (d,)
    W1, x, b, W2, y = (generator.standard_normal(shape) for shape in shapes)
    return W1, x, b, W2, y


def count_differences(loss: Callable[..., object], parameters: int, arrays: Sequence[Array]) -> int:
    """Operations of central differences along all parameters: of one evaluation, counted, as often as they evaluate.

    (ℓ(θ + h e_i) − ℓ(θ − h e_i)) / 2h is two evaluations, two moves, a difference and a quotient for every parameter.
    """
    return parameters * (2 * operations(loss, *arrays) + 4)


def line_ways(H: int) -> list[CostedWay]:
    """The three ways to the gradient of one hidden layer of H units on H points."""
    vector, x, y = random_line(H)
    parameters = 3 * H + 1
    dense_gradient, sum_gradient = np.zeros_like(vector), np.zeros_like(vector)
    dense, sums = (
        dense_kernel(vector, dense_gradient, H, H),
        prefix_sum_kernel(vector, sum_gradient, H, fixed_x=True),
    )

    def loss(theta: Array, points: Array, wanted: Array) -> object:
        r = forward(*split_parameters(theta, (H,)), points[:, None]).f[:, 0] - wanted
        return r @ r / len(wanted)

    def gradient(theta: Array, points: Array, wanted: Array) -> object:
        return backprop(*split_parameters(theta, (H,)), points[:, None], wanted[:, None])

    return [
        CostedWay(
            "central differences",
            3,
            lambda: count_differences(loss, parameters, (vector, x, y)),
            partial(loss, vector, x, y),
            2 * parameters,
        ),
        CostedWay(
            "backpropagation", 2, lambda: operations(gradient, vector, x, y), partial(dense, x, y)
        ),
        CostedWay(
            "prefix sums",
            1,
            lambda: operations(gradient_by_running_sums, vector, x, y),
            partial(sums, x, y),
        ),
    ]


def random_line(H: int) -> tuple[Array, Array, Array]:
    """Parameters (3 H + 1,), sorted x and y (H,): elbows among the points."""
    generator = np.random.RandomState(H)
    x = np.sort(generator.random_sample(H))
    w = generator.standard_normal(H)
    vector = np.concatenate(
        [w, -generator.random_sample(H) * w, generator.standard_normal(H) / np.sqrt(H), [0.1]]
    )
    return vector, x, np.sin(6 * x)
