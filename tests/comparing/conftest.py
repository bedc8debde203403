"""A small sweep that was really trained: two widths × three ways of training × three seeds."""

from contextlib import suppress

import pytest
from small import COMPARABLE_SWEEP, small

import relusgd


@pytest.fixture(scope="session")
def sweep(tmp_path_factory):
    config = relusgd.load_config(COMPARABLE_SWEEP)
    return relusgd.run_sweep(config, tmp_path_factory.mktemp("sweep") / "small")


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
    """Record a short run; keyword arguments are those of `small`."""

    def make(seed=0, **keys):
        short = {"network__hidden": 5, "training__epochs": 10, "training__batch_size": 10}
        config = small(**(short | keys), seed=seed)
        folder = tmp_path_factory.mktemp("runs") / "run"
        with suppress(relusgd.DivergedError):
            relusgd.record(config, folder)
        return relusgd.load_run(folder)

    return make
