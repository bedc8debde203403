"""A small sweep that was really trained: two widths × three ways of training × three seeds."""

from contextlib import suppress

import pytest

import relusgd

SWEEP = {
    "data": {"samples": 30, "test_samples": 20},
    "training": {"epochs": 20, "batch_size": 10},
    "snapshots": {"every": 4},
    "sweep": {
        "grid": {"network.hidden": [4, 6]},
        "cases": {
            "all": {"training.layers": "all", "training.learning_rate": 0.02},
            "output": {"training.layers": "output", "training.learning_rate": 0.2},
            "ridge": {"training.method": "ridge"},
        },
        "repeat": 3,
    },
}


@pytest.fixture(scope="session")
def sweep(tmp_path_factory):
    return relusgd.run_sweep(relusgd.load_config(SWEEP), tmp_path_factory.mktemp("sweep") / "small")


@pytest.fixture(scope="session")
def penalties(tmp_path_factory):
    values = {
        "data": {"samples": 30, "test_samples": 20},
        "training": {"method": "ridge"},
        "sweep": {
            "grid": {"network.hidden": [4, 6], "training.penalty": [0, 1e-6, 1e-3, 1, 100]},
            "repeat": 3,
        },
    }
    return relusgd.run_sweep(
        relusgd.load_config(values), tmp_path_factory.mktemp("sweep") / "penalties"
    )


@pytest.fixture(scope="session")
def make_run(tmp_path_factory):
    """Record a short run; keyword arguments are keys with __ for dots."""

    def make(seed=0, **keys):
        values = {
            "seed": seed,
            "data": {"samples": 30, "test_samples": 20},
            "network": {"hidden": 5},
        }
        short = {"training.epochs": 10, "training.batch_size": 10}
        config = relusgd.load_config(
            values, {**short, **{key.replace("__", "."): value for key, value in keys.items()}}
        )
        folder = tmp_path_factory.mktemp("runs") / "run"
        with suppress(relusgd.DivergedError):
            relusgd.record(config, folder)
        return relusgd.load_run(folder)

    return make
