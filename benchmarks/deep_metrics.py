"""What the metrics of a snapshot of a deep network cost, in forward passes over the same points.

    python benchmarks/deep_metrics.py

Processor milliseconds on one core, as medians over rounds, both sides of a ratio measured in turn.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
from threadpoolctl import threadpool_limits

import relusgd
from relusgd.diagnostics.snapshot_metrics import SnapshotMetrics
from relusgd.training import prepare

NETWORKS = ([40, 40], [100, 100, 100], [20, 20, 20, 20, 20, 20])
ROUNDS, CALLS = 15, 10


def milliseconds(work: Callable[[], object]) -> float:
    """How long a call takes."""
    start = time.process_time()
    for _ in range(CALLS):
        work()
    return (time.process_time() - start) / CALLS * 1e3


def measure(hidden: list[int]) -> tuple[float, float]:
    """Milliseconds of a forward pass over all points, and of all metrics over it."""
    config = relusgd.load_config({"network": {"hidden": hidden}})
    plan = prepare(config)
    network, data = plan.initial, plan.dataset
    vector = network.parameters()
    metrics = SnapshotMetrics(data, hidden)
    x = np.concatenate([data.x_train, data.x_test])
    metrics(vector)
    passes, ratios = [], []
    for _ in range(ROUNDS):
        one_pass = milliseconds(lambda: network(x))
        passes.append(one_pass)
        ratios.append(milliseconds(lambda: metrics(vector)) / one_pass)
    return statistics.median(passes), statistics.median(ratios)


def main() -> None:
    print("| network | forward pass over 1,400 points | all metrics, in forward passes |")
    print("|---|---|---|")
    with threadpool_limits(1):
        for hidden in NETWORKS:
            one_pass, ratio = measure(hidden)
            print(f"| {hidden} | {one_pass:.2f} ms | {ratio:.2f} |")


if __name__ == "__main__":
    main()
