"""The engine of a sweep with `engine: auto`: one for all runs, by all of their steps."""

import pytest
from small import SWEEP

from relusgd.config import load_config
from relusgd.sweeps.fork_server import (
    PRELOAD,
    PRELOAD_DEEP,
    PRELOAD_ONE_LAYER,
    preloaded_modules,
)
from relusgd.sweeps.loading_kernels import DEEP, DENSE, PREFIX_SUMS, compiled_config
from relusgd.sweeps.survey import survey
from relusgd.sweeps.worker import record_group
from relusgd.training import prepare
from relusgd.training.auto_engine import compiled_saving

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
    assert survey(load_config(SHORT), tmp_path).kernels == {"dense"}
    deep = load_config(SHORT, {"network.hidden": [5, 5], "sweep.grid": {}, "engine": "compiled"})
    assert survey(deep, tmp_path / "deep").kernels == {"tiles"}


def test_workers_are_forked_from_a_process_that_has_the_kernels_they_use():
    assert preloaded_modules([]) == [PRELOAD]
    assert preloaded_modules(["dense"]) == [PRELOAD, PRELOAD_ONE_LAYER]
    assert preloaded_modules(["tiles"]) == [PRELOAD, PRELOAD_DEEP]
    assert preloaded_modules(["tiles", "prefix_sums"]) == [PRELOAD, PRELOAD_ONE_LAYER, PRELOAD_DEEP]


@pytest.mark.parametrize(
    ("training", "kernel"), [(DENSE, "dense"), (PREFIX_SUMS, "prefix_sums"), (DEEP, "tiles")]
)
def test_each_kernel_is_loaded_by_a_training_that_takes_it(training, kernel):
    assert prepare(load_config(compiled_config(training))).kernel == kernel
