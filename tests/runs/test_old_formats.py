"""The format promise: a small run folder of every released version stays readable, drawable and can be continued."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from command import run

from relusgd.runs.run import load_run
from relusgd.runs.summary import summarize

FOLDERS = sorted(path.parent for path in (Path(__file__).parents[1] / "run_folders").glob("*/*/run.json"))


@pytest.fixture(params=FOLDERS, ids=lambda path: "/".join(path.parts[-2:]))
def folder(request, tmp_path):
    return Path(shutil.copytree(request.param, tmp_path / "run"))


def relusgd(*arguments):
    result = run(*arguments)
    assert result.exit_code == 0, result.stderr
    return result.stdout


def test_there_are_old_folders_of_every_kind():
    assert {path.name for path in FOLDERS} >= {"target", "csv", "deep", "ridge"}


def test_an_old_folder_is_read(folder):
    run = load_run(folder)
    assert run.status == "complete"
    assert summarize(run)["snapshots"] == len(run.history)
    assert np.isfinite(run.network()(run.data.x_train)).all()


def test_the_metrics_of_an_old_folder_are_those_of_its_networks(folder):
    run = load_run(folder)
    errors = [np.mean((run.history.network(i)(run.data.x_train) - run.data.y_train) ** 2) for i in range(len(run.history))]
    np.testing.assert_allclose(errors, run.metrics["train_mse"], rtol=1e-9)


def test_an_old_folder_is_confirmed_and_goes_on(folder):
    assert relusgd("train", folder, "-q") == f"{folder}\n"
    if load_run(folder).config.training.method != "ridge":
        relusgd("train", folder, "--set", "training.epochs=6", "-q")
        assert load_run(folder).metrics["epoch"].tolist() == list(range(7))


def test_an_old_folder_is_drawn_and_exported(folder):
    relusgd("plot", folder, "--size", "480x360")
    relusgd("export", folder, "--out", folder / "units.csv")
    cells = (folder / "units.csv").read_text().split()[1:]
    assert all(cell == "" or np.isfinite(float(cell)) or cell == "nan" for line in cells for cell in line.split(","))
