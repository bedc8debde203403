"""The course notebook's experiment: three widths, three ways of training, five seeds; final test
errors as a table.

    python benchmarks/experiment.py

Prints the table of docs/experiment.md. Nothing is recorded on disk.
"""

from __future__ import annotations

import statistics
from concurrent.futures import ProcessPoolExecutor

import relusgd

WIDTHS, SEEDS = (10, 20, 40), range(5)
WAYS = {
    "all layers": {"training.learning_rate": 0.02},
    "output layer only": {"training.layers": "output", "training.learning_rate": 0.2},
    "ridge": {"training.method": "ridge"},
}


def final_test_error(width: int, way: str, seed: int) -> float:
    """The test error after 150,000 steps."""
    keys = {
        "seed": seed,
        "network.hidden": width,
        "snapshots.every": 30_000,
        "engine": "numpy",
        **WAYS[way],
    }
    *_, last = relusgd.train(relusgd.load_config({"seed": 0}, keys))
    return float(last.history.metrics["test_mse"][-1])


def main() -> None:
    cells = [(way, width) for way in WAYS for width in WIDTHS]
    jobs = [(width, way, seed) for way, width in cells for seed in SEEDS]
    with ProcessPoolExecutor(2) as pool:
        errors = list(pool.map(final_test_error, *zip(*jobs, strict=True)))
    print("| way of training | width | lowest | median | highest |\n|---|---|---|---|---|")
    for cell, (way, width) in enumerate(cells):
        values = errors[cell * len(SEEDS) : (cell + 1) * len(SEEDS)]
        print(
            f"| {way} | {width} | {min(values):.4f} | {statistics.median(values):.4f} | "
            f"{max(values):.4f} |"
        )


if __name__ == "__main__":
    main()
