"""The format promise: a small run folder of every kind and released version stays readable,
drawable and can be continued.
"""

import shutil
from pathlib import Path

import numpy as np
import pytest
from command import run
from runs.harness import every_byte

from relusgd.runs.find import load_run
from relusgd.runs.processor import CODE_FOR_ANOTHER
from relusgd.runs.summary import summarize

HOME = Path(__file__).parents[1] / "run_folders"
FOLDERS = sorted(path.parent for path in HOME.rglob("run.json"))
ENDED = [path for path in FOLDERS if path.name not in ("diverged", "interrupted")]
INTERRUPTED = [path for path in FOLDERS if path.name == "interrupted"]
DIVERGED = [path for path in FOLDERS if path.name == "diverged"]
NEW = "0.1.0-11"


def name_of(path):
    return str(path.relative_to(HOME))


def copied(path, tmp_path):
    return Path(shutil.copytree(path, tmp_path / "run"))


@pytest.fixture(params=FOLDERS, ids=name_of)
def folder(request, tmp_path):
    return copied(request.param, tmp_path)


@pytest.fixture(params=ENDED, ids=name_of)
def complete(request, tmp_path):
    return copied(request.param, tmp_path)


def relusgd(*arguments, exit_code=0):
    result = run(*arguments)
    assert result.exit_code == exit_code, result.stderr
    return result.stdout


def test_there_are_old_folders_of_every_kind():
    first = {path.name for path in FOLDERS if path.parent.name == "0.1.0"}
    assert first == {"target", "csv", "deep", "ridge"}
    both = {
        "complete",
        "interrupted",
        "diverged",
        "csv",
        "points",
        "shuffled",
        "full_batch",
        "output_layer",
        "prefix_sums",
    }
    assert {path.name for path in FOLDERS if path.parents[0] == HOME / NEW / "compiled"} == both
    assert {path.name for path in FOLDERS if path.parents[0] == HOME / NEW / "numpy"} == both | {
        "deep",
        "ridge",
    }
    assert len([path for path in FOLDERS if path.parents[0] == HOME / NEW / "sweep"]) == 8


def test_an_old_folder_is_read(folder, request):
    loaded = load_run(folder)
    assert summarize(loaded)["snapshots"] == len(loaded.history)
    assert np.isfinite(loaded.network()(loaded.data.x_train)).all()


def test_nothing_is_said_about_variables_that_an_old_folder_could_not_record(folder, monkeypatch):
    before = run("show", folder).stderr
    for name in CODE_FOR_ANOTHER:
        monkeypatch.setenv(name, "generic")
    assert run("show", folder).stderr == before


def test_the_metrics_of_an_old_folder_are_those_of_its_networks(folder):
    loaded = load_run(folder)
    networks = [loaded.history.network(i) for i in range(len(loaded.history))]
    errors = [
        np.mean((network(loaded.data.x_train) - loaded.data.y_train) ** 2) for network in networks
    ]
    np.testing.assert_allclose(errors, loaded.metrics["train_mse"], rtol=1e-9)


def test_an_old_complete_folder_is_the_same_run_and_nothing_in_it_changes(complete):
    before = every_byte(complete)
    assert load_run(complete).status == "complete"
    assert relusgd("train", complete, "-q") == f"{complete}\n"
    assert {name: data for name, data in every_byte(complete).items() if name != ".lock"} == before


def test_an_old_complete_folder_goes_on(complete):
    config = load_run(complete).config
    if (
        config.training.method == "ridge"
        or getattr(config.training.schedule, "kind", None) == "cosine"
    ):
        pytest.skip("cannot be longer")
    epochs = config.training.epochs + 2
    relusgd("train", complete, "--set", f"training.epochs={epochs}", "-q")
    assert load_run(complete).metrics["epoch"].tolist() == list(
        range(0, epochs + 1, config.snapshots.every)
    )


@pytest.mark.parametrize("path", INTERRUPTED, ids=name_of)
def test_an_old_interrupted_folder_becomes_the_run_that_was_not_interrupted(path, tmp_path):
    folder = copied(path, tmp_path)
    assert load_run(folder).status == "interrupted"
    relusgd("train", folder, "-q")
    resumed, whole = load_run(folder), load_run(path.parent / "complete")
    assert resumed.status == "complete"
    assert resumed.metrics["epoch"].tolist() == whole.metrics["epoch"].tolist()
    for name in ("weight_1", "bias_1", "weight_2", "bias_2"):
        # Equal bytes are promised for one kind of processor only.
        ours, theirs = (
            np.load(place / "snapshots" / f"{name}.npy")
            for place in (folder, path.parent / "complete")
        )
        np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("path", DIVERGED, ids=name_of)
def test_an_old_diverged_folder_says_so_again(path, tmp_path):
    folder = copied(path, tmp_path)
    before = every_byte(folder)
    relusgd("train", folder, "-q", exit_code=3)
    assert {name: data for name, data in every_byte(folder).items() if name != ".lock"} == before


def test_an_old_sweep_is_compared_and_nothing_is_trained_again(tmp_path):
    sweep = Path(shutil.copytree(HOME / NEW / "sweep", tmp_path / "sweep"))
    table = relusgd("compare", sweep, "--csv")
    assert len(table.splitlines()) == 5


def test_an_old_folder_is_drawn_and_exported(folder):
    relusgd("plot", folder, "--size", "480x360")
    relusgd("export", folder, "--out", folder / "units.csv")
    cells = (folder / "units.csv").read_text().split()[1:]
    assert all(
        cell == "" or np.isfinite(float(cell)) or cell == "nan"
        for line in cells
        for cell in line.split(",")
    )
