"""Ways of training: the compiled step of each against SGD's, Adam against torch.optim.Adam's loop,
and the sweep of configs/optimizers.yaml.

    pip install --group bench '.[fast]'
    python benchmarks/optimizers.py               # all of it, some minutes
    python benchmarks/optimizers.py steps torch   # some parts: steps, torch, sweep

Contestants are measured in turn, by the processor's seconds, so that other programs on the machine
change little. Ratios are medians over rounds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from competitors import Contestant, Problem, make_problem, notebook_loop, ours
from threadpoolctl import threadpool_limits

import relusgd
from relusgd.config.training_section import Training
from relusgd.training.optimizers import Optimizer, make_optimizer

CONFIG = Path(__file__).parents[1] / "configs" / "optimizers.yaml"
SIZES = [(40, 10), (40, 20), (40, 40)]
"""Points in a batch, out of 200, and units."""

ROUNDS = 41
OUR_STEPS = 20_000
"""How many of our steps are timed in a row; drawing their batches is part of their time."""

TORCH_STEPS = 300

WAYS: dict[str, Optimizer] = {
    "SGD": make_optimizer(Training()),
    "momentum": make_optimizer(Training(momentum=0.9)),
    "Adam": make_optimizer(Training(method="adam")),
    "AdamW": make_optimizer(Training(method="adamw", weight_decay=0.01)),
    "RMSprop": make_optimizer(Training(method="rmsprop")),
    "sign": make_optimizer(Training(method="sign")),
}


def seconds_per_step(contestant: Contestant, steps: int) -> float:
    """Processor seconds of one step, from so many in a row."""
    start = time.process_time()
    taken = contestant.take(steps)
    return (time.process_time() - start) / taken


def in_turn(contestants: dict[str, tuple[Contestant, int]]) -> dict[str, list[float]]:
    """Seconds a step of everyone, in ROUNDS in which everyone is measured once.

    contestants: name → who, and how many steps in a row.
    """
    for contestant, steps in contestants.values():
        contestant.take(steps)  # compiles and fills caches
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(ROUNDS):
        for name, (contestant, steps) in contestants.items():
            found[name].append(seconds_per_step(contestant, steps))
    return found


def ratio(numerators: list[float], denominators: list[float]) -> float:
    """The median over the rounds of the ratio in each."""
    pairs = zip(numerators, denominators, strict=True)
    return statistics.median(above / below for above, below in pairs)


def our_ways(problem: Problem, engine: str) -> dict[str, tuple[Contestant, int]]:
    """All ways of training by an engine, with the kernel that it takes."""
    steps = OUR_STEPS if engine == "compiled" else OUR_STEPS // 20
    return {name: (ours(problem, engine, None, way), steps) for name, way in WAYS.items()}


def step_times() -> None:
    """A line for each size and engine: microseconds of SGD's step, and the others' over it."""
    print("\na step: SGD in µs, the others in multiples of it")
    print(f"{'size':>9} {'engine':>9} " + " ".join(f"{name:>9}" for name in WAYS))
    for engine in ("compiled", "numpy"):
        for batch_size, width in SIZES:
            found = in_turn(our_ways(make_problem(batch_size, width, 1), engine))
            micros = 1e6 * statistics.median(found["SGD"])
            others = [ratio(found[name], found["SGD"]) for name in list(WAYS)[1:]]
            numbers = f"{micros:9.3f} " + " ".join(f"{one:9.2f}" for one in others)
            size = f"({batch_size}, {width})"
            print(f"{size:>9} {engine:>9} {numbers}", flush=True)


def against_torch() -> None:
    """Adam against the loop that people write with torch.optim.Adam; SGD likewise."""
    print("\nPyTorch's loop, autograd and torch.optim, over ours: times as long a step")
    print(f"{'size':>9} {'method':>9} {'PyTorch µs':>11} {'compiled':>9} {'numpy':>9}")
    for batch_size, width in SIZES:
        problem = make_problem(batch_size, width, 1)
        for method in ("SGD", "Adam"):
            contestants = {
                "torch": (notebook_loop(problem, method=method), TORCH_STEPS),
                "compiled": (ours(problem, "compiled", None, WAYS[method]), OUR_STEPS),
                "numpy": (ours(problem, "numpy", None, WAYS[method]), OUR_STEPS // 20),
            }
            found = in_turn(contestants)
            theirs = 1e6 * statistics.median(found["torch"])
            times = [ratio(found["torch"], found[engine]) for engine in ("compiled", "numpy")]
            size = f"({batch_size}, {width})"
            print(
                f"{size:>9} {method:>9} {theirs:11.1f} {times[0]:9.0f} {times[1]:9.1f}", flush=True
            )


def whole_sweep() -> None:
    """The command a person types, start-up and picture included, by both engines."""
    cores = os.cpu_count() or 1
    print(f"\nrelusgd sweep configs/optimizers.yaml, 270 trainings of 30,000 steps, {cores} cores")
    for engine in ("compiled", "numpy"):
        with tempfile.TemporaryDirectory() as folder:
            command = [
                sys.executable,
                "-m",
                "relusgd",
                "sweep",
                str(CONFIG),
                "-q",
                "--out",
                "sweep",
            ]
            command += ["--set", f"engine={engine}", "--workers", str(cores)]
            start = time.perf_counter()
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
            wall = time.perf_counter() - start
            own = relusgd.load_sweep(Path(folder) / "sweep").summary["seconds"].sum()
        print(f"{engine:>9}: {wall:.1f} s; the trainings' own seconds add up to {own:.1f}")


PARTS: dict[str, Callable[[], None]] = {
    "steps": step_times,
    "torch": against_torch,
    "sweep": whole_sweep,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="default: all of them")
    with threadpool_limits(1):
        for part in parser.parse_args().parts or PARTS:
            PARTS[part]()


if __name__ == "__main__":
    main()
