"""One SGD step by ConvNetJS in Node.js, in turn with ours.

    npm install --prefix /tmp/convnetjs convnetjs
    NODE_PATH=/tmp/convnetjs/node_modules python benchmarks/convnetjs.py

Every round measures everyone once; the figures are medians. Both take the same 20 steps first, and
the largest difference between their parameters is told.
"""

from __future__ import annotations

import json
import statistics
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from competitors import Contestant, Problem, make_problem, ours
from steps import in_turn

SIZES = [(40, 10), (40, 20), (40, 40)]
ROUNDS = 15
CHECKED = 20


def by_convnetjs(problem: Problem) -> tuple[Contestant, Callable[[], np.ndarray]]:
    """ConvNetJS in a process of its own, and what it has learned after the first batches."""
    H = problem.width
    w, b, v = problem.parameters[:-1].reshape(3, H).tolist()
    script = str(Path(__file__).with_suffix(".cjs"))
    node = subprocess.Popen(
        ["node", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    given: dict[str, Any] = {
        "width": H,
        "batch": problem.batch_size,
        "rate": problem.rate,
        "x": problem.x.tolist(),
        "y": problem.y.tolist(),
        "slope": w,
        "bias": b,
        "output": v,
        "offset": float(problem.parameters[-1]),
    }

    def ask(request: dict[str, Any]) -> Any:
        assert node.stdin is not None
        assert node.stdout is not None
        node.stdin.write(json.dumps(request) + "\n")
        node.stdin.flush()
        return json.loads(node.stdout.readline())

    def learned() -> np.ndarray:
        assert problem.indices is not None
        batches = problem.indices[:CHECKED].tolist()
        return np.array(ask({"steps": CHECKED, "batches": batches, "wanted": True}))

    ask({"problem": given, "steps": 1})
    return Contestant(lambda count: ask({"steps": count}), learned), learned


def main() -> None:
    for batch_size, width in SIZES:
        problem = make_problem(batch_size, width, CHECKED)
        engines = {engine: ours(problem, engine) for engine in ("numpy", "compiled")}
        theirs, learned = by_convnetjs(problem)
        engines["numpy"].take(CHECKED)
        mine = engines["numpy"].parameters()
        moved = np.abs(mine - problem.parameters).max()
        difference = np.abs(learned() - mine).max() / moved
        found = in_turn({**engines, "ConvNetJS": theirs}, ROUNDS)
        times = {name: 1e6 * statistics.median(seconds) for name, seconds in found.items()}
        told = ", ".join(f"{name} {microseconds:.3g} µs" for name, microseconds in times.items())
        print(f"({batch_size}, {width}): {told}; difference {difference:.0e}", flush=True)


if __name__ == "__main__":
    main()
