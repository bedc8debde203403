"""Time per SGD step of deep networks: relusgd's engines against jax and a loop in C, on one core.

    pip install --group bench '.[fast]'
    python benchmarks/deep_steps.py

All take their steps in turn, on the same batches of 40 out of 200 points, and relusgd draws them
within the step. Prints a table of medians over rounds, in processor time, so that other programs
count little. Before it stands the largest difference of anybody's parameters from those of the
NumPy engine after 20 steps, divided by the largest distance that any of them moved. Raises
AssertionError when that is more than rounding.
"""

from __future__ import annotations

import ctypes
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # before any library counts the cores

import numpy as np
from threadpoolctl import threadpool_limits

from relusgd.model.network import layer_shapes, parameter_count, split_parameters
from relusgd.training.descent import Descent, Schedule
from relusgd.training.engines import DEEP_KERNELS, advance
from relusgd.training.streams import BatchOrder

NETWORKS = [(10, 10), (20, 20), (40, 40), (20, 20, 20, 20, 20, 20), (100, 100), (100, 100, 100)]
POINTS, BATCH_SIZE = 200, 40
RATE = 1e-3
ROUNDS, STEPS = 15, 400
CHECKED_STEPS = 20

Steps = Callable[[int], np.ndarray]
"""steps(count) takes so many steps from the start and gives the parameters after them."""


@dataclass(frozen=True, eq=False)
class Problem:
    """Points, the start, and the batches of STEPS steps, shape (STEPS, BATCH_SIZE)."""

    hidden: tuple[int, ...]
    x: np.ndarray
    y: np.ndarray
    start: np.ndarray
    order: BatchOrder
    indices: np.ndarray


def make_problem(hidden: tuple[int, ...]) -> Problem:
    """A sine with noise, and weights of the size that keeps the sums of a layer as they are."""
    generator = np.random.default_rng(0)
    x = np.sort(generator.random(POINTS))
    y = np.sin(20 * x) + 0.1 * generator.normal(size=POINTS)
    start = generator.normal(size=parameter_count(hidden))
    weights, _ = split_parameters(start, hidden)
    for weight in weights:
        weight *= np.sqrt(2 / len(weight))
    order = BatchOrder(0, POINTS, BATCH_SIZE, "replacement")
    drawn = np.concatenate([batches.indices for batches in order.batches(0, STEPS)])
    return Problem(hidden, x, y, start, order, drawn.reshape(STEPS, BATCH_SIZE))


def by_engine(problem: Problem, engine: str) -> Steps:
    """Our steps, drawing included."""
    descent = Descent(
        problem.x,
        problem.y,
        problem.hidden,
        problem.order,
        Schedule(RATE),
        engine=engine,
        kernel=DEEP_KERNELS[engine],
    )
    start, nothing = descent.start(problem.start), np.zeros(0, dtype=np.int64)
    return lambda count: advance(descent, start, count, nothing)[0].parameters


def by_jax(problem: Problem) -> Steps:
    """jax.jit of lax.scan over the steps, gradients by jax.grad, in float64."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp

    x, y, indices = (jnp.asarray(array) for array in (problem.x, problem.y, problem.indices))
    start = jnp.asarray(problem.start)

    def loss(theta, x, y):  # type: ignore[no-untyped-def]
        *hidden, output = zip(*split_parameters(theta, problem.hidden), strict=True)
        a = x[:, None]
        for W, b in hidden:
            a = jax.nn.relu(a @ W + b)
        W, b = output
        return jnp.mean(((a @ W + b)[:, 0] - y) ** 2)

    def step(theta, rows):  # type: ignore[no-untyped-def]
        return theta - RATE * jax.grad(loss)(theta, x[rows], y[rows]), None

    scan = jax.jit(lambda theta, indices: jax.lax.scan(step, theta, indices)[0])
    return lambda count: np.asarray(scan(start, indices[:count]))


def by_c(problem: Problem) -> Steps:
    """The loop of deep_loop.c, compiled for this machine with fast math."""
    source, library = Path(__file__).with_name("deep_loop.c"), tempfile.mkdtemp() + "/deep_loop.so"
    options = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
    subprocess.run(["gcc", *options, source, "-o", library], check=True)
    function = ctypes.CDLL(library).deep_sgd
    widths = np.array([1, *problem.hidden, 1])
    widest = int(widths.max())
    scratch = np.zeros(BATCH_SIZE * (4 * widest + int(widths.sum())) + widest**2)
    layers = len(layer_shapes(problem.hidden))

    def steps(count: int) -> np.ndarray:
        theta = problem.start.copy()
        arrays = (widths, problem.indices, problem.x, problem.y, theta)
        pointers = [ctypes.c_void_p(array.ctypes.data) for array in arrays]
        sizes = [ctypes.c_int64(size) for size in (count, BATCH_SIZE, layers)]
        memory = ctypes.c_void_p(scratch.ctypes.data)
        function(*sizes, *pointers, ctypes.c_double(RATE), memory)
        return theta

    return steps


def contestants(problem: Problem) -> dict[str, Steps]:
    """Everybody by name, NumPy first."""
    return {
        "numpy": by_engine(problem, "numpy"),
        "compiled": by_engine(problem, "compiled"),
        "jax": by_jax(problem),
        "C": by_c(problem),
    }


def largest_difference(problem: Problem, everybody: dict[str, Steps]) -> float:
    """Of anybody's parameters from those of NumPy after a few steps."""
    first, *others = (steps(CHECKED_STEPS) for steps in everybody.values())
    moved = np.abs(first - problem.start).max()
    return float(max(np.abs(other - first).max() / moved for other in others))


def measure(everybody: dict[str, Steps]) -> dict[str, float]:
    """Processor microseconds a step: the median over rounds in which all are measured once."""
    times: dict[str, list[float]] = {name: [] for name in everybody}
    for steps in everybody.values():
        steps(STEPS)
    for _ in range(ROUNDS):
        for name, steps in everybody.items():
            begin = time.process_time()
            steps(STEPS)
            times[name].append((time.process_time() - begin) / STEPS * 1e6)
    return {name: statistics.median(found) for name, found in times.items()}


def row(hidden: tuple[int, ...], found: dict[str, float]) -> str:
    """A line of the table."""
    cells = " | ".join(f"{found[name]:.3g}" for name in ("numpy", "compiled", "jax", "C"))
    ratios = " | ".join(f"{found[name] / found['compiled']:.2g}" for name in ("numpy", "jax", "C"))
    return f"| {list(hidden)} | {cells} | {ratios} |"


def main() -> None:
    problems = [make_problem(hidden) for hidden in NETWORKS]
    with threadpool_limits(1):
        everybody = [contestants(problem) for problem in problems]
        pairs = list(zip(problems, everybody, strict=True))
        difference = max(largest_difference(*pair) for pair in pairs)
        assert difference < 1e-10, f"somebody learns something else: {difference:.1e}"
        print(f"largest difference after {CHECKED_STEPS} steps: {difference:.0e}\n")
        print("| network | NumPy | compiled | jax | C | NumPy ÷ ours | jax ÷ ours | C ÷ ours |")
        print("|---|---|---|---|---|---|---|---|")
        for problem, steps in pairs:
            print(row(problem.hidden, measure(steps)), flush=True)


if __name__ == "__main__":
    main()
