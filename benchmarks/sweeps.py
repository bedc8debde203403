"""Sweeps: the notebook's whole experiment, a thousand small runs, shards, and what workers cost and
save.

    python benchmarks/sweeps.py [course] [small] [workers] [shards]

Ratios are of measurements made in turn in one call.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import relusgd
from relusgd.config import planned_runs

COURSE = Path(__file__).parents[1] / "configs" / "course.yaml"
SMALL = {"training": {"epochs": 40}, "snapshots": {"every": 10}}
"""A run of 200 steps at the notebook's sizes."""


def seconds(work: Callable[[], object]) -> float:
    """How long the work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def small(runs: int, **changes: object) -> relusgd.Config:
    return relusgd.load_config({**SMALL, **changes, "sweep": {"repeat": runs}})


def command(*arguments: str, folder: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "relusgd", "sweep", *arguments, "-q"],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def course(folder: Path) -> None:
    """The command a person types, start-up and picture included, on all cores."""
    for engine in ("auto", "numpy"):
        command(
            str(COURSE), "--set", "training.epochs=10", "--set", f"engine={engine}", folder=folder
        )  # warms caches
        took = seconds(
            lambda engine=engine: command(str(COURSE), "--set", f"engine={engine}", folder=folder)
        )  # type: ignore[misc]
        print(f"course.yaml, 45 runs, engine {engine}: {took:.1f} s")
        shutil.rmtree(folder / "outputs")


def overhead(folder: Path, runs: int = 1000) -> None:
    """What a run of 200 steps costs in a sweep beyond training it in memory, on one worker,
    start-up included.
    """
    for engine in ("auto", "numpy"):
        config = small(runs, engine=engine)
        plans = [run.config for run in planned_runs(config)]
        list(relusgd.train(plans[0]))
        alone = seconds(lambda plans=plans: [list(relusgd.train(plan)) for plan in plans]) / runs  # type: ignore[misc]
        swept = (
            seconds(
                lambda config=config, engine=engine: relusgd.run_sweep(
                    config, folder / engine, workers=1
                )
            )
            / runs
        )  # type: ignore[misc]
        print(
            f"{runs:,} runs of 200 steps, engine {engine}: {1e3 * swept:.2f} ms a run, training "
            f"{1e3 * alone:.2f} ms, "
            f"overhead {1e3 * (swept - alone):.2f} ms"
        )
    again = seconds(lambda: relusgd.run_sweep(small(runs, engine="numpy"), folder / "numpy"))
    loading = seconds(lambda: relusgd.load_sweep(folder / "numpy"))
    print(
        f"the same call again: {1e3 * again / runs:.2f} ms a run; load_sweep: "
        f"{1e3 * loading / runs:.2f} ms a run"
    )


def workers(folder: Path) -> None:
    """Two workers over one, each sweep whole, in turn."""
    tenth = relusgd.load_config(COURSE, {"training.epochs": 3000, "engine": "numpy"})
    for name, config in (
        ("2,000 runs of 200 steps", small(2000, engine="numpy")),
        ("course.yaml, NumPy, a tenth of the epochs", tenth),
    ):
        ratios = []
        for turn in range(3):
            one = seconds(lambda: relusgd.run_sweep(config, folder / f"{turn}-1", workers=1))  # noqa: B023
            two = seconds(lambda: relusgd.run_sweep(config, folder / f"{turn}-2", workers=2))  # noqa: B023
            ratios.append(one / two)
            for number in (1, 2):
                shutil.rmtree(folder / f"{turn}-{number}")
        print(
            f"two workers over one, {name}: {statistics.median(ratios):.2f} times "
            f"({', '.join(f'{ratio:.2f}' for ratio in ratios)})"
        )


def shards(folder: Path, runs: int = 5000, count: int = 100) -> None:
    """So many runs in so many shards, two at a time, then the summary; and the memory of the
    largest process.
    """
    (folder / "small.yaml").write_text(
        "training: {epochs: 40}\nsnapshots: {every: 10}\nengine: numpy\n"
    )

    def shard(number: int) -> None:
        command(
            "small.yaml",
            "--repeat",
            str(runs),
            "--shard",
            f"{number}/{count}",
            "--workers",
            "1",
            folder=folder,
        )

    with ThreadPoolExecutor(2) as pool:
        took = seconds(lambda: list(pool.map(shard, range(1, count + 1))))
    summing = seconds(lambda: command("small.yaml", "--repeat", str(runs), folder=folder))
    lines = (folder / "outputs/small/summary.csv").read_text().count("\n") - 1
    print(
        f"{runs:,} runs in {count} shards, two at a time: {took:.1f} s; then the summary of "
        f"{lines:,}: {summing:.1f} s"
    )


def memory(folder: Path) -> None:
    """The largest resident set of the parent and of any worker, for few and for many runs, each in
    a process of its own.
    """
    code = (
        "import relusgd, resource, sys; n = int(sys.argv[1]);"
        "relusgd.run_sweep(relusgd.load_config({'training': {'epochs': 40}, 'snapshots': "
        "{'every': 10}, 'engine': 'numpy',"
        "'sweep': {'repeat': n}}), sys.argv[2], workers=2);"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    for runs in (200, 1000, 5000):
        done = subprocess.run(
            [sys.executable, "-c", code, str(runs), str(folder / str(runs))],
            capture_output=True,
            text=True,
            check=True,
        )
        print(f"{runs:,} runs: the sweep's own process takes at most {done.stdout.strip()} MB")


PARTS: dict[str, Callable[[Path], None]] = {
    "course": course,
    "small": overhead,
    "workers": workers,
    "shards": shards,
    "memory": memory,
}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "parts",
        nargs="*",
        choices=[*PARTS, []],
        metavar="PART",
        help=f"of {', '.join(PARTS)}; default: all of them",
    )
    for name in parser.parse_args().parts or PARTS:
        with tempfile.TemporaryDirectory() as folder:
            PARTS[name](Path(folder))
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"largest process that this one waited for: {children} MB")


if __name__ == "__main__":
    main()
