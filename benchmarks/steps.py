"""Time per SGD step: relusgd's engines against PyTorch, jax, scikit-learn and C, on one core.

    pip install --group bench '.[fast]'
    python benchmarks/steps.py               # everything, about ten minutes, then the report
    python benchmarks/steps.py small growth  # some parts; the figures of the others are kept
    python benchmarks/steps.py report        # the figures again: docs/performance.png, and the
                                             # tables of docs/performance.md

Ours and theirs are measured in turn, and ratios are medians over rounds, five at least. Figures are
kept in steps.json beside this file.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # before any library counts the cores

import report
from competitors import (
    COMPETITORS,
    OURS,
    C,
    Contestant,
    Problem,
    check,
    make_problem,
    notebook_loop,
    ours,
)
from threadpoolctl import threadpool_limits

from relusgd.training.kept_batches import KeptBatches

FIGURES = Path(__file__).with_name("steps.json")
SMALL, MEDIUM, LARGE = (
    [(40, 10), (40, 20), (40, 40)],
    [(200, 1_000), (1_000, 1_000)],
    [(10_000, 10_000)],
)
CURVES = [10, 30, 100, 300, 3_000]
ALONE = [10, 30, 100, 300, 1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
KERNELS = [
    (8, 200),
    (40, 40),
    (40, 200),
    (200, 200),
    (40, 1_000),
    (200, 1_000),
    (1_000, 1_000),
    (100, 10_000),
    (1_000, 10_000),
]
WIDTHS = [10, 20, 40, 60, 100, 200, 400]
DRAWN = 20_000
KEPT_BYTES = 2**26
Record = dict[str, Any]


def seconds_per_step(contestant: Contestant, count: int) -> float:
    """Time of one step, from `count` in a row."""
    start = time.perf_counter()
    taken = contestant.take(count)
    return (time.perf_counter() - start) / taken


def enough(contestant: Contestant, most: int = DRAWN, wanted: float = 0.05) -> int:
    """How many steps take long enough to be timed; each number of them is tried once before, since
    jax compiles for every one.
    """
    count = 1
    while True:
        contestant.take(count)
        if count == most or seconds_per_step(contestant, count) * count >= wanted:
            return count
        count = min(8 * count, most)


def in_turn(
    contestants: dict[str, Contestant], rounds: int, wanted: float = 0.05
) -> dict[str, list[float]]:
    """Seconds a step of everyone, in rounds in which everyone is measured once."""
    counts = {name: enough(contestant, wanted=wanted) for name, contestant in contestants.items()}
    found: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            found[name].append(seconds_per_step(contestant, counts[name]))
    return found


def against(problem: Problem, rounds: int) -> list[Record]:
    """Both of our engines and one competitor after the other."""
    records = []
    for name, factory in COMPETITORS.items():
        mine = {engine: make(problem) for engine, make in OURS.items()}
        found = in_turn({**mine, "theirs": factory(problem)}, rounds)
        records.append({"B": problem.batch_size, "H": problem.width, "against": name, **found})
        print(report.line(records[-1]), flush=True)
    return records


def table(sizes: list[tuple[int, int]], rounds: int) -> list[Record]:
    return [record for B, H in sizes for record in against(make_problem(B, H, DRAWN), rounds)]


def drawn_before() -> list[Record]:
    """The compiled step of batches that were drawn before, as the C loop has them."""
    records = []
    for B, H in SMALL:
        problem = make_problem(B, H, DRAWN)
        kept = KeptBatches(KEPT_BYTES)
        mine = ours(problem, "compiled", source=kept.batches)
        found = in_turn({"compiled": mine, "theirs": COMPETITORS[C](problem)}, 15)
        records.append({"B": B, "H": H, "against": C, **found})
        print(report.line(records[-1]), flush=True)
    return records


def curves() -> list[Record]:
    """Everybody's full-batch step at as many points as units."""
    return [
        record for size in CURVES for record in against(make_problem(size, size, 1, points=size), 5)
    ]


def growth() -> list[Record]:
    """Our full-batch step alone, as many in a row as in a block of a training."""
    records = []
    for size in ALONE:
        problem = make_problem(size, size, 1, points=size)
        found = in_turn({engine: make(problem) for engine, make in OURS.items()}, 7, wanted=0.3)
        records.append({"B": size, "H": size, **found})
        print(report.line(records[-1]), flush=True)
    return records


def checks() -> list[Record]:
    """Everyone's parameters after 20 steps from the same start on the same batches: the largest
    differences from ours.
    """
    return [
        {"B": B, "H": H, "differences": check(B, H)} for B, H in (SMALL[0], SMALL[-1], MEDIUM[0])
    ]


KERNEL_NAMES = {
    "numpy": ("dense", "prefix_sums"),
    "compiled": ("dense", "comparisons", "prefix_sums"),
}


def kernels() -> list[Record]:
    """All kernels of both engines."""
    records = []
    for (B, n), H in ((sizes, H) for sizes in KERNELS for H in WIDTHS):
        problem = make_problem(B, H, 1, points=n)
        for engine in OURS:
            names = KERNEL_NAMES[engine]
            contestants = {kernel: ours(problem, engine, kernel) for kernel in names}
            found = in_turn(contestants, 5, wanted=0.01)
            records.append({"B": B, "H": H, "n": n, "engine": engine, **found})
    return records


NOTEBOOK = """
import relusgd
for width in (10, 20, 40):
    for layers, rate in (("all", 0.02), ("output", 0.2)):
        keys = {"network.hidden": width, "snapshots.every": 200, "engine": "ENGINE"}
        keys |= {"training.layers": layers, "training.learning_rate": rate}
        config = relusgd.load_config({"seed": 0}, keys)
        for block in relusgd.train(config):
            pass
"""


def notebook_seconds(engine: str) -> float:
    """The six trainings of the notebook, 150,000 steps each, errors at every thousandth step,
    start-up included.
    """
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", NOTEBOOK.replace("ENGINE", engine)], check=True)
    return time.perf_counter() - start


def notebook() -> Record:
    """The six trainings, against 2,000 steps of each by the PyTorch loop, which records nothing,
    times 75.
    """
    notebook_seconds("compiled")  # fills the cache of compiled kernels
    found: dict[str, list[float]] = {"numpy": [], "compiled": [], "theirs": []}
    for _ in range(7):
        for engine in OURS:
            found[engine].append(notebook_seconds(engine))
        loops = [
            notebook_loop(make_problem(40, H, 1), layers=layers)
            for H in (10, 20, 40)
            for layers in ("all", "output")
        ]
        found["theirs"].append(sum(150_000 * seconds_per_step(loop, 2_000) for loop in loops))
    print(report.line({"B": 40, "H": 40, **found}), flush=True)
    return found


MILLIONS = {
    "million.yaml": [],
    "a million points, too, 20 epochs": [
        "--set=data.samples=1000000",
        "--set=training.epochs=20",
        "--set=training.learning_rate=1e-6",
    ],
}


def memory() -> list[Record]:
    """Whole `relusgd train` commands with a million units: seconds and the peak of memory."""
    records = []
    config = Path(__file__).parents[1] / "configs" / "million.yaml"
    for name, changes in MILLIONS.items():
        for engine in OURS:
            with tempfile.TemporaryDirectory() as folder:
                command = [
                    sys.executable,
                    "-m",
                    "relusgd",
                    "train",
                    config,
                    "-q",
                    "--out",
                    f"{folder}/run",
                    "--set",
                    f"engine={engine}",
                ]
                words = [*map(str, command), *changes]
                script = "import resource, subprocess\n"
                script += f"subprocess.run({words!r}, check=True)\n"
                script += "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
                start = time.perf_counter()
                done = subprocess.run(
                    [sys.executable, "-c", script], check=True, capture_output=True, text=True
                )
                peak = int(done.stdout.split()[-1]) * 1024
                records.append(
                    {
                        "name": name,
                        "engine": engine,
                        "seconds": time.perf_counter() - start,
                        "peak": peak,
                    }
                )
                print(records[-1], flush=True)
    return records


PARTS: dict[str, Callable[[], Any]] = {
    "check": checks,
    "small": lambda: table(SMALL, 15),
    "drawn": drawn_before,
    "medium": lambda: table(MEDIUM, 7),
    "large": lambda: table(LARGE, 5),
    "curves": curves,
    "growth": growth,
    "kernels": kernels,
    "notebook": notebook,
    "memory": memory,
}


def machine() -> Record:
    """What the figures were measured on."""
    lines = (
        Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        if Path("/proc/cpuinfo").exists()
        else []
    )
    facts = {
        key.strip(): value.strip() for key, _, value in (line.partition(":") for line in lines)
    }
    family = (
        f" (family {facts['cpu family']}, model {facts['model']})" if "cpu family" in facts else ""
    )
    vectors = ", AVX-512" if "avx512f" in facts.get("flags", "").split() else ""
    libraries = ("numpy", "numba", "torch", "jax", "scikit-learn")
    return {
        "processor": facts.get("model name", platform.processor() or platform.machine())
        + family
        + vectors,
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "versions": {name: version(name) for name in libraries},
        "gcc": subprocess.run(
            ["gcc", "-dumpfullversion"], capture_output=True, text=True
        ).stdout.strip(),
        "date": date.today().isoformat(),
    }


def save(figures: Record) -> None:
    """As JSON, a line for every record, times to five digits."""
    short = json.loads(json.dumps(figures), parse_float=lambda text: float(f"{float(text):.5g}"))
    parts = []
    for name, records in short.items():
        lines = (
            ",\n".join(json.dumps(record) for record in records)
            if isinstance(records, list)
            else json.dumps(records)
        )
        parts.append(
            f"{json.dumps(name)}: [\n{lines}\n]"
            if isinstance(records, list)
            else f"{json.dumps(name)}: {lines}"
        )
    FIGURES.write_text("{\n" + ",\n".join(parts) + "\n}\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "parts",
        nargs="*",
        choices=[*PARTS, "report", []],
        help="default: all of them, and the report",
    )
    parts = parser.parse_args().parts or [*PARTS, "report"]
    figures = json.loads(FIGURES.read_text(encoding="utf-8")) if FIGURES.exists() else {}
    with threadpool_limits(1):
        for part in (name for name in parts if name != "report"):
            print(f"\n## {part}\n", flush=True)
            figures.update({part: PARTS[part](), "machine": machine()})
            save(figures)
    if "report" in parts:
        report.write(json.loads(FIGURES.read_text(encoding="utf-8")))


if __name__ == "__main__":
    main()
