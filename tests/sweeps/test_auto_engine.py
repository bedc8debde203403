"""The engine of a sweep with `engine: auto`: one for all runs, by all of their steps."""

import sys
from importlib import import_module
from typing import get_args

import pytest
from small import SWEEP

from relusgd.config import load_config
from relusgd.sweeps.fork_server import PRELOAD, preloaded_modules
from relusgd.sweeps.survey import survey
from relusgd.sweeps.worker import record_group
from relusgd.training.auto_engine import compiled_saving
from relusgd.training.descent import KernelName

compiled_steps = pytest.importorskip("relusgd.training.compiled_steps")

SHORT = {**SWEEP, "engine": "auto"}


@pytest.fixture(autouse=True)
def _with_numba():
    pytest.importorskip("numba")


def engines(config, folder, shard=None):
    """What `auto` stands for in each run of a sweep."""
    return [run.auto for run in survey(config, folder, shard).runs]


def saving():
    """What compiling saves in one run of the widest networks."""
    return compiled_saving(load_config(SHORT, {"network.hidden": 5, "sweep": None}), 12)


def test_a_sweep_decides_once_by_all_of_its_steps(tmp_path, monkeypatch):
    sweep = load_config(SHORT)
    assert engines(sweep, tmp_path) == ["numpy"] * 12
    # more than one run saves and less than all six that take steps
    monkeypatch.setattr("relusgd.training.auto_engine.LOADING_NANOSECONDS", 4 * saving())
    assert engines(sweep, tmp_path) == ["compiled"] * 12
    assert engines(sweep, tmp_path, (1, 4)) == ["compiled"] * 3
    assert engines(load_config(SHORT, {"sweep.repeat": 1}), tmp_path) == ["numpy"] * 4


def test_runs_take_the_engine_of_their_sweep_and_keep_it(tmp_path, monkeypatch):
    monkeypatch.setattr("relusgd.training.auto_engine.LOADING_NANOSECONDS", 4 * saving())
    runs = survey(load_config(SHORT), tmp_path).runs
    rows, _ = record_group(tmp_path, runs)
    by_case = {(row.varied["case"], row.engine) for row in rows}
    assert by_case == {("all", "compiled"), ("ridge", "numpy")}
    monkeypatch.undo()
    found = survey(load_config(SHORT, {"sweep.repeat": 4}), tmp_path)
    assert {row.engine for row in found.ended if row.varied["case"] == "all"} == {"compiled"}
    assert len(found.jobs) == 4


def test_the_preparation_for_workers_knows_the_engine(tmp_path, monkeypatch):
    assert not survey(load_config(SHORT), tmp_path).kernels
    monkeypatch.setattr("relusgd.training.auto_engine.LOADING_NANOSECONDS", 4 * saving())
    assert survey(load_config(SHORT), tmp_path).kernels == {"comparisons"}
    deep = load_config(SHORT, {"network.hidden": [5, 5], "sweep.grid": {}, "engine": "compiled"})
    assert survey(deep, tmp_path / "deep").kernels == {"tiles"}


def test_workers_are_forked_from_a_process_that_has_the_kernels_they_use():
    assert preloaded_modules([]) == [PRELOAD]
    assert preloaded_modules({"dense"}) == [PRELOAD, "relusgd.sweeps.preload_dense"]
    assert preloaded_modules({"tiles", "comparisons"}) == [
        PRELOAD,
        "relusgd.sweeps.preload_comparisons",
        "relusgd.sweeps.preload_tiles",
    ]


STEPS = {
    "dense": "descend_dense",
    "comparisons": "descend_by_comparisons",
    "prefix_sums": "descend_by_prefix_sums",
    "tiles": "descend_deep",
}


@pytest.mark.parametrize("kernel", get_args(KernelName))
def test_a_kernel_is_loaded_by_taking_its_steps(monkeypatch, kernel):
    taken = []
    for name in STEPS.values():
        monkeypatch.setattr(compiled_steps, name, lambda *_, name=name: taken.append(name))
    _, module = preloaded_modules({kernel})
    sys.modules.pop(module, None)
    import_module(module)
    assert set(taken) == {STEPS[kernel]}
