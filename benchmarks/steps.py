"""Time per SGD step: relusgd's engines against PyTorch, jax, scikit-learn and C, on one core.

    pip install --group bench '.[fast]'
    python benchmarks/steps.py [--quick]

Every ratio comes from pairs measured in turn, ours and theirs; the table shows medians of at least five. Also the growth of our
step with the size, and the notebook's six trainings in one process. Writes benchmarks/steps.png, a log-log plot of time against size.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # before any library counts the cores

import numpy as np
from competitors import COMPETITORS, Problem, Steps, make_problem
from threadpoolctl import threadpool_limits

from relusgd.training.engines import choose_kernel
from relusgd.training.sgd import Descent, Schedule, advance
from relusgd.training.streams import BatchOrder

SIZES = [(40, 10), (40, 20), (40, 40), (200, 1_000), (1_000, 1_000), (10_000, 10_000)]
ALONE = [(1_000, 1_000), (10_000, 10_000), (100_000, 100_000), (1_000_000, 1_000_000)]
DENSE_LIMIT = 10**7
"""Above so many points × units a step of the others is measured once per round."""


def ours(problem: Problem, engine: str) -> Steps:
    """Our steps by one engine, with the kernel that it chooses at this size; drawing the batches is part of the time."""
    full = problem.indices is None
    order = BatchOrder(0, len(problem.x), problem.batch_size, "full" if full else "replacement")
    kernel = choose_kernel(engine, problem.batch_size, problem.width, len(problem.x))  # type: ignore[arg-type]
    descent = Descent(problem.x, problem.y, (problem.width,), order, Schedule(problem.rate), engine=engine, kernel=kernel)  # type: ignore[arg-type]
    start, nothing = descent.start(problem.parameters), np.zeros(0, dtype=np.int64)
    return lambda count: advance(descent, start, count, nothing)


def seconds_per_step(steps: Steps, count: int) -> float:
    """Time of one step, from `count` in a row."""
    start = time.perf_counter()
    steps(count)
    return (time.perf_counter() - start) / count


def enough(steps: Steps, most: int, wanted: float = 0.1) -> int:
    """How many steps take about a tenth of a second; the first call warms up."""
    steps(1)
    count = 1
    while count < most and seconds_per_step(steps, count) * count < wanted / 4:
        count *= 4
    return min(count, most)


def compare(mine: Steps, other: Steps, rounds: int, most: int) -> tuple[float, float, float]:
    """Medians: our seconds a step, theirs, and the ratio theirs/ours of pairs measured in turn."""
    my_count, other_count = enough(mine, most), enough(other, most)
    pairs = [(seconds_per_step(mine, my_count), seconds_per_step(other, other_count)) for _ in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs), statistics.median(b / a for a, b in pairs)


def table(rounds: int, sizes: list[tuple[int, int]]) -> dict[tuple[str, int, int], float]:
    """Print the table of ratios; seconds per step by (engine, B, H)."""
    found = {}
    print("| B × H | engine | µs a step | against | their µs | ratio |\n|---|---|---|---|---|---|")
    for B, H in sizes:
        most = 200_000 if B * H < DENSE_LIMIT else 200
        problem = make_problem(B, H, 20_000 if B * H < DENSE_LIMIT else 1)
        for engine in ("numpy", "compiled"):
            mine = ours(problem, engine)
            for name, factory in COMPETITORS.items():
                theirs = factory(problem)
                a, b, ratio = compare(mine, theirs, rounds if B * H < DENSE_LIMIT else min(rounds, 5), min(most, 20_000))
                found[engine, B, H] = a
                print(f"| {B:,} × {H:,} | {engine} | {a * 1e6:,.2f} | {name} | {b * 1e6:,.2f} | {ratio:,.2f} |", flush=True)
    return found


def growth(rounds: int) -> dict[tuple[str, int, int], float]:
    """Our full-batch step alone at growing sizes, and the fitted exponent in B + H."""
    found = {}
    for engine in ("numpy", "compiled"):
        for B, H in ALONE:
            steps = ours(make_problem(B, H, 1), engine)
            count = enough(steps, 10_000)
            found[engine, B, H] = statistics.median(seconds_per_step(steps, count) for _ in range(rounds))
            print(f"{engine:8} {B:>9,} × {H:>9,}: {found[engine, B, H] * 1e3:10.3f} ms a step", flush=True)
        sizes = np.log([B + H for B, H in ALONE])
        exponent = np.polyfit(sizes, np.log([found[engine, B, H] for B, H in ALONE]), 1)[0]
        print(f"{engine:8} grows with exponent {exponent:.2f} in B + H")
    return found


NOTEBOOK = """
import relusgd
for width in (10, 20, 40):
    for keys in ({"training.learning_rate": 0.02}, {"training.layers": "output", "training.learning_rate": 0.2}):
        config = relusgd.load_config({"seed": 0}, {"network.hidden": width, "snapshots.every": 200, "engine": "ENGINE", **keys})
        for block in relusgd.train(config):
            pass
"""


def notebook_seconds(engine: str) -> float:
    """The six trainings of the notebook, 150,000 steps each, errors at every thousandth step, start-up included."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", NOTEBOOK.replace("ENGINE", engine)], check=True)
    return time.perf_counter() - start


def notebook(rounds: int) -> None:
    """The six trainings against the time that the PyTorch loop would take for their 900,000 steps."""
    notebook_seconds("compiled")  # fills the cache of compiled kernels
    for engine in ("compiled", "numpy"):
        ratios, own = [], []
        for _ in range(rounds):
            own.append(notebook_seconds(engine))
            theirs = sum(
                150_000 * seconds_per_step(COMPETITORS["PyTorch, the notebook's loop"](make_problem(40, H, 1)), 500)
                for H in (10, 10, 20, 20, 40, 40)
            )
            ratios.append(theirs / own[-1])
        times = f"{statistics.median(own):.2f} s, {statistics.median(ratios):.0f} times the PyTorch loop's speed"
        print(f"the notebook's six trainings, {engine}: {times}")


def plot(found: dict[tuple[str, int, int], float], path: Path) -> None:
    """Time per step against size, log-log, with fitted exponents."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.add_subplot(xscale="log", yscale="log", xlabel="B + H (points and units)", ylabel="seconds a step")
    for engine, colour in (("numpy", "#0072b2"), ("compiled", "#009e73")):
        sizes = np.array([B + H for B, H in ALONE])
        times = np.array([found[engine, B, H] for B, H in ALONE])
        exponent, offset = np.polyfit(np.log(sizes), np.log(times), 1)
        axes.plot(sizes, times, "o", color=colour)
        axes.plot(sizes, np.exp(offset) * sizes**exponent, color=colour, label=f"{engine}, exponent {exponent:.2f}")
    axes.legend(frameon=False)
    figure.savefig(path, dpi=120)


def timed(title: str, work: Callable[[], object]) -> object:
    print(f"\n## {title}\n", flush=True)
    return work()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="leave out 10⁴ × 10⁴ against the others, which takes minutes")
    quick = parser.parse_args().quick
    print(f"{platform.processor() or platform.machine()}, one core, Python {platform.python_version()}, NumPy {np.__version__}")
    with threadpool_limits(1):
        timed("Against the others", lambda: table(5, SIZES[:-1] if quick else SIZES))
        found = timed("Growth", lambda: growth(5))
        plot(found, Path(__file__).with_name("steps.png"))  # type: ignore[arg-type]
        timed("The notebook", lambda: notebook(5))


if __name__ == "__main__":
    main()
