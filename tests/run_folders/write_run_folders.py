"""Write small run folders of every kind with the present code.

    python tests/run_folders/write_run_folders.py NAME

They are in `tests/run_folders/NAME/ENGINE/KIND`, and the sweep in `tests/run_folders/NAME/sweep`.
Once committed they are never written again: `tests/runs/test_old_formats.py` reads, confirms and
continues each of them with later code. Beside the interrupted run is `complete`, the same run
without an interruption.
"""

import os
import signal
import sys
from pathlib import Path

import relusgd

HERE = Path(__file__).parent
SMALL = {
    "data": {"samples": 8, "test_samples": 5},
    "network": {"hidden": [3]},
    "training": {"epochs": 20, "batch_size": 3, "momentum": 0.5},
}
WIDER = {"data": {"samples": 30, "test_samples": 5}, "network": {"hidden": [12]}}
KINDS = {
    "complete": SMALL,
    "csv": SMALL | {"data": {"kind": "csv", "path": "levels.csv", "x": "year", "y": "level"}},
    "points": SMALL
    | {"data": {"kind": "points", "x": [-0.75, -0.5, 0.125, 0.5], "y": [1.1, 0.1, 0.8, 0.3]}},
    "shuffled": SMALL
    | {
        "training": {
            "epochs": 6,
            "batch_size": 3,
            "sampling": "shuffle",
            "schedule": {"kind": "cosine"},
        }
    },
    "full_batch": WIDER
    | {
        "training": {
            "epochs": 12,
            "batch_size": "full",
            "momentum": 0.9,
            "nesterov": True,
            "weight_decay": 1e-3,
        }
    },
    "output_layer": WIDER | {"training": {"epochs": 6, "batch_size": 10, "layers": "output"}},
    "prefix_sums": {
        "data": {"samples": 400, "test_samples": 5},
        "network": {"hidden": [100]},
        "training": {"epochs": 3, "batch_size": 400, "learning_rate": 1e-3},
    },
    "diverged": SMALL
    | {
        "training": {"epochs": 400, "batch_size": 3, "learning_rate": 20},
        "snapshots": {"every": 100},
    },
}
NUMPY_KINDS = {
    "deep": SMALL | {"network": {"hidden": [4, 3]}},
    "ridge": SMALL | {"training": {"method": "ridge"}},
}
SWEEP = {
    "data": {"samples": 8, "test_samples": 5},
    "training": {"epochs": 6, "batch_size": 3},
    "snapshots": {"every": 2},
    "engine": "numpy",
    "sweep": {
        "grid": {"network.hidden": [3, 5]},
        "cases": {"all": {}, "ridge": {"training.method": "ridge"}},
        "repeat": 2,
    },
}


class StopAfterFirstBlock:
    """An observer that asks to stop once the block behind epoch 0 is on disk, after 16 steps."""

    command = "relusgd train"

    def __init__(self):
        self.blocks = 0

    def begins(self, plan, folder, found): ...

    def block(self, plan, block):
        self.blocks += 1

    def signal(self):
        return signal.SIGINT if self.blocks else None


def write_run(config, folder, observer=None):
    from relusgd.runs.record import record

    try:
        record(relusgd.load_config(config), out=folder, observer=observer)
    except relusgd.RelusgdError as error:
        print(f"{folder}: {error}")


def write_csv(path):
    values = [f"{1990 + i},{(i * 37) % 11}.5" for i in range(12)]
    path.write_text("\n".join(["year,level", *values]) + "\n")


def main(name):
    home = HERE / name
    home.mkdir(parents=True)
    os.chdir(home)  # so that the path of the CSV is relative
    write_csv(Path("levels.csv"))
    for engine in ("numpy", "compiled"):
        kinds = KINDS | NUMPY_KINDS if engine == "numpy" else KINDS
        for kind, config in kinds.items():
            write_run(config | {"engine": engine}, home / engine / kind)
        write_run(SMALL | {"engine": engine}, home / engine / "interrupted", StopAfterFirstBlock())
    relusgd.run_sweep(relusgd.load_config(SWEEP), out=home / "sweep")


if __name__ == "__main__":
    main(sys.argv[1])
