"""What makes reading thousands of runs quick changes nothing that is read."""

import shutil

import numpy as np
import pytest
from small import tiny

import relusgd
from relusgd.config.checks.check import CHECKS
from relusgd.errors import RelusgdError
from relusgd.run_files import metrics_table, number_lines
from relusgd.run_files.run_config import read_config
from relusgd.runs.find import find_runs
from relusgd.runs.run import Run
from relusgd.runs.summary import summarize


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    return relusgd.record(tiny(), tmp_path_factory.mktemp("runs") / "run").folder


@pytest.fixture
def copy(recorded, tmp_path):
    return shutil.copytree(recorded, tmp_path / "copy")


def with_config(folder, old, new):
    text = (folder / "config.yaml").read_text()
    assert old in text
    (folder / "config.yaml").write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("seed", [0, 7, 10**18, 2**64 - 1])
def test_a_config_known_but_for_its_seed_is_the_one_that_its_file_loads_as(copy, seed):
    read_config(copy)
    with_config(copy, "seed: 0\n", f"seed: {seed}\n")
    config, loaded = read_config(copy), relusgd.load_config(copy / "config.yaml")
    assert config == loaded
    assert config.seed == seed
    assert config.origin == loaded.origin
    place = config.origin.fault("training.epochs", "is odd").partition(" ")[0]
    assert place.startswith(f"{copy}/config.yaml:")
    line = int(place.rstrip(":").rpartition(":")[2])
    assert (copy / "config.yaml").read_text().splitlines()[line - 1] == "  epochs: 8"


def test_no_check_reads_the_seed_so_that_it_may_be_changed_alone():
    assert not [check for check in CHECKS if ("seed",) in check.keys]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("seed: 0\n", f"seed: {2**64}\n", "seed must be a whole number"),
        ("seed: 0\n", "seed: -1\n", "seed must be a whole number"),
        ("epochs: 8\n", "epochs: eight\n", "training.epochs"),
        ("engine: auto\n", "engine: auto\nengines: 3\n", "engines is not a known key"),
    ],
)
def test_a_fault_beside_a_known_config_is_told_as_ever(copy, old, new, problem):
    read_config(copy)
    with_config(copy, old, new)
    with pytest.raises(RelusgdError, match=problem):
        read_config(copy)


def test_runs_are_found_in_the_order_of_their_numbers_and_not_among_arrays(recorded, tmp_path):
    for name in ("seed=10", "seed=9", "seed=9/inner", "other/seed=1", ".hidden/seed=1"):
        shutil.copytree(recorded, tmp_path / name, dirs_exist_ok=True)
    shutil.copytree(recorded, tmp_path / "seed=9" / "snapshots" / "run")
    (tmp_path / "link").symlink_to(tmp_path / "other")
    found = [run.folder.relative_to(tmp_path).as_posix() for run in find_runs(tmp_path)]
    assert found == ["other/seed=1", "seed=9", "seed=9/inner", "seed=10"]


def test_a_run_is_found_where_it_is_looked_for(recorded):
    assert [run.folder for run in find_runs(recorded)] == [recorded]


def test_a_table_is_the_same_by_blocks_as_in_one(recorded, monkeypatch):
    whole = metrics_table.read_metrics(recorded)
    for size in (1, 7, 50, 100):
        monkeypatch.setattr(number_lines, "BLOCK_BYTES", size)
        parts = metrics_table.read_metrics(recorded)
        assert list(parts) == list(whole)
        for name, column in whole.items():
            assert np.array_equal(parts[name], column, equal_nan=True)
            assert parts[name].dtype == column.dtype


def test_the_moments_of_snapshots_are_the_columns_of_the_whole_table(recorded, monkeypatch):
    whole = metrics_table.read_metrics(recorded)
    for size in (1, 50, 2**19):
        monkeypatch.setattr(number_lines, "BLOCK_BYTES", size)
        moments = Run(recorded).moments
        assert list(moments) == ["epoch", "step"]
        for name, column in moments.items():
            assert np.array_equal(column, whole[name])
            assert column.dtype == whole[name].dtype


@pytest.mark.parametrize("tail", [b"9,27,0.0", b"\0\0\0", b"\0\n9,27,0.02,1,1,0,0,3\n"])
def test_a_torn_line_and_all_behind_zeros_count_in_no_block(copy, tail, monkeypatch):
    whole = metrics_table.read_metrics(copy)
    with (copy / "metrics.csv").open("ab") as file:
        file.write(tail)
    for size in (1, 7, 2**19):
        monkeypatch.setattr(number_lines, "BLOCK_BYTES", size)
        assert len(metrics_table.read_metrics(copy)["step"]) == len(whole["step"])


@pytest.mark.parametrize("name", ["epoch", "elbow", "weight_2"])
def test_an_array_that_is_cut_or_gone_is_damage_in_a_summary(copy, name):
    assert summarize(Run(copy))["bytes"] == sum(
        path.stat().st_size for path in (copy / "snapshots").iterdir()
    )
    path = copy / "snapshots" / f"{name}.npy"
    content = path.read_bytes()
    path.write_bytes(content[:-8])
    with pytest.raises(RelusgdError, match=rf"{name}\.npy: claims 9 rows and holds 8"):
        summarize(Run(copy))
    path.unlink()
    with pytest.raises(RelusgdError, match=rf"{name}\.npy: missing"):
        summarize(Run(copy))
