"""relusgd compare by its words: tables, JSON, CSV and pictures out; sentences and exit codes for
what is wrong.
"""

import csv
import io
import json
import os
import pty
import subprocess
import sys

import numpy as np
import pytest
from command import run
from PIL import Image
from small import COMPARABLE_SWEEP

import relusgd
from relusgd.words import number


def compare(*arguments):
    return run("compare", *arguments)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return small_sweep(tmp_path_factory.mktemp("compare") / "small").folder


def small_sweep(folder):
    config = relusgd.load_config(COMPARABLE_SWEEP, {"training.epochs": 12, "sweep.repeat": 2})
    return relusgd.run_sweep(config, folder)


def test_the_table_has_a_line_per_row_the_best_one_marked_and_noise_beside(folder):
    result = compare(folder)
    assert result.exit_code == 0, result.stderr
    lines = [line.split() for line in result.stdout.splitlines()]
    comparison = relusgd.compare(folder)
    rows = [
        line for line in lines if len(line) > 2 and {"all", "output", "ridge"} & {line[1], line[2]}
    ][: len(comparison.groups)]
    for line, group in zip(rows, comparison.groups, strict=True):
        cells = line[1:] if line[0] == "●" else line
        assert (line[0] == "●") == (group is comparison.best)
        assert cells[0] == group.words["hidden"]
        assert cells[2:4] == [
            number(group.spreads[name].median) for name in ("train_mse", "test_mse")
        ]
    assert ["noise²", "0.01", "0"] in lines


def test_json_has_the_documented_keys(folder):
    printed = json.loads(compare(folder, "--json").stdout)
    assert list(printed) == [
        "runs", "differ_in", "error", "noise_squared", "best", "groups",
        "solvers", "optima", "findings", "damaged", "failures",
    ]  # fmt: skip
    assert printed["runs"] == 12
    assert [group["label"] for group in printed["groups"]] == list(
        relusgd.compare(folder).table["label"]
    )
    group = printed["groups"][0]
    assert group["test_mse"]["median"] == np.median(
        [member["test_mse"] for member in group["members"]]
    )
    assert group["keys"]["network.hidden"] == [4]
    assert [group["keys"]["training.layers"] for group in printed["groups"][:3]] == [
        "all",
        "output",
        None,
    ]
    assert len(printed["solvers"]) == 2
    assert {"topic", "text"} == set(printed["findings"][0])


def test_csv_is_the_table_in_full_precision(folder):
    rows = list(csv.DictReader(io.StringIO(compare(folder, "--csv").stdout)))
    table = relusgd.compare(folder).table
    assert list(rows[0]) == list(table)
    assert [float(row["test_mse_median"]) for row in rows] == table["test_mse_median"].tolist()
    assert [row["label"] for row in rows] == table["label"].tolist()


def test_cells_that_a_spreadsheet_would_take_for_formulas_are_written_as_text(tmp_path):
    values = {
        "data": {"samples": 10, "test_samples": 5},
        "training": {"epochs": 1, "batch_size": 5},
    }
    for place, target in enumerate(("-x", "x")):
        relusgd.record(relusgd.load_config(values, {"data.target": target}), tmp_path / str(place))
    rows = list(
        csv.DictReader(io.StringIO(compare(tmp_path / "0", tmp_path / "1", "--csv").stdout))
    )
    assert [row["data.target"] for row in rows] == ["'-x", "x"]
    assert [row["label"] for row in rows] == ["'-x", "x"]


def test_a_picture_is_drawn_beside_the_table(folder, tmp_path):
    result = compare(folder, "--out", tmp_path / "small.png", "--size", "640x480")
    assert result.exit_code == 0, result.stderr
    assert f"picture: {tmp_path / 'small.png'}" in result.stderr
    assert "small.png" not in result.stdout
    with Image.open(tmp_path / "small.png") as picture:
        assert picture.size == (640, 480)


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        (["nowhere"], "nowhere does not exist"),
        (["empty"], "empty is neither a run nor a sweep"),
        (["file.yaml"], "a run was expected"),
        (["{sweep}", "--json", "--csv"], "give --json or --csv"),
        (["{sweep}", "--out", "film.gif"], ".png"),
        (["{sweep}", "--out", "nowhere/picture.png"], "there is no folder nowhere"),
        (["{sweep}", "--size", "huge"], "WIDTHxHEIGHT"),
        ([], "Missing argument"),
    ],
)
def test_wrong_commands_are_exit_2_with_a_sentence(
    arguments, phrase, folder, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    (tmp_path / "file.yaml").write_text("seed: 0\n")
    result = compare(*(argument.replace("{sweep}", str(folder)) for argument in arguments))
    assert result.exit_code == 2, result.stderr
    assert phrase in " ".join(result.stderr.split())
    assert result.stdout == ""


def test_a_damaged_run_of_a_sweep_is_named_and_the_others_are_compared(tmp_path):
    sweep = small_sweep(tmp_path / "small")
    (sweep.runs[0].folder / "metrics.csv").write_text("nonsense\n")
    result = compare(sweep.folder)
    assert result.exit_code == 0
    assert "11 runs" in result.stdout
    assert "damaged" in result.stderr
    assert sweep.runs[0].folder.name in result.stderr


def test_on_a_terminal_of_80_columns_no_line_is_longer(folder):
    command = [sys.executable, "-m", "relusgd", "compare", str(folder)]
    parent, child = pty.openpty()
    environment = {**os.environ, "COLUMNS": "80", "TERM": "dumb"}
    subprocess.run(command, stdout=child, stdin=child, env=environment, check=True)
    os.close(child)
    printed = b""
    while True:
        try:
            part = os.read(parent, 65536)
        except OSError:
            break
        if not part:
            break
        printed += part
    os.close(parent)
    lines = printed.decode().splitlines()
    assert max(len(line) for line in lines) <= 80
    assert any("ridge" in line and "…" not in line for line in lines)
    assert not any("…" in line for line in lines)


def test_over_steps_prints_medians_and_bands_and_why_no_mean(folder):
    result = compare(folder, "--over", "steps")
    assert result.exit_code == 0, result.stderr
    course = relusgd.compare(folder).over("steps").courses.courses[0]
    end = course.at("test_mse", 50, "steps", course.steps[-1])
    assert number(end) in result.stdout
    assert "test MSE" in result.stdout
    assert "train MSE" in result.stdout
    assert "step 0" in result.stdout
    assert "need several seeds" in result.stdout or "Median or mean?" in result.stdout


def test_over_has_json_csv_and_a_picture(folder, tmp_path):
    result = compare(folder, "--over", "epochs", "--band", "10,90", "--json")
    printed = json.loads(result.stdout)
    assert (printed["over"], printed["band"], printed["runs"]) == ("epochs", [10, 90], 12)
    group = printed["groups"][0]
    assert list(group) == [
        "label", "keys", "runs", "diverged", "epoch", "step", "test_mse", "train_mse",
    ]  # fmt: skip
    assert list(group["test_mse"]) == ["lower", "median", "upper", "mean"]
    rows = list(csv.DictReader(io.StringIO(compare(folder, "--over", "epochs", "--csv").stdout)))
    assert len(rows) == sum(len(group["step"]) for group in printed["groups"])
    assert float(rows[0]["test_mse_median"]) == group["test_mse"]["median"][0]
    out = tmp_path / "over.png"
    result = compare(folder, "--over", "steps", "--out", out, "--size", "500x400")
    assert f"picture: {out}" in result.stderr
    with Image.open(out) as picture:
        assert picture.size == (500, 400)


def test_functions_have_a_table_json_csv_and_a_picture(folder, tmp_path):
    result = compare(folder, "--functions")
    assert result.exit_code == 0, result.stderr
    assert "bias²" in result.stdout
    assert "Their sum is the mean error of the runs." in result.stdout
    out = tmp_path / "functions.png"
    result = compare(folder, "--functions", "--with", "line", "--out", out, "--size", "500x400")
    assert f"picture: {out}" in result.stderr
    assert "line" in result.stdout
    with Image.open(out) as picture:
        assert picture.size == (500, 400)
    printed = json.loads(compare(folder, "--functions", "--band", "0,100", "--json").stdout)
    assert printed["band"] == [0, 100]
    group = printed["groups"][0]
    assert group["bias_squared"] + group["variance"] + 0.01 == pytest.approx(group["total"])
    rows = list(csv.DictReader(io.StringIO(compare(folder, "--functions", "--csv").stdout)))
    assert len(rows) == len(printed["groups"]) * len(group["x"])
    assert float(rows[3]["mean"]) == group["mean"][3]


def test_quantities_have_a_table_json_csv_and_a_picture(folder, tmp_path):
    result = compare(folder, "--measure", "path_norm,relative_move")
    assert result.exit_code == 0, result.stderr
    assert "path norm: Σ over paths of |product|." in result.stdout
    printed = json.loads(compare(folder, "--measure", "path_norm", "--json").stdout)
    group = printed["groups"][0]
    assert group["path_norm"]["median"] == pytest.approx(np.median(group["path_norm"]["values"]))
    text = compare(folder, "--measure", "path_norm", "--csv").stdout
    rows = list(csv.DictReader(io.StringIO(text)))
    assert float(rows[0]["path_norm_median"]) == group["path_norm"]["median"]
    out = tmp_path / "norm.png"
    result = compare(folder, "--measure", "path_norm", "--out", out, "--size", "500x400")
    assert f"picture: {out}" in result.stderr
    with Image.open(out) as picture:
        assert picture.size == (500, 400)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--measure", "path_nrom"], "did you mean path_norm"),
        (["--measure", "path_norm", "--functions"], "leave one out"),
        (["--measure", "path_norm,sharpness", "--out", "x.png"], "a picture shows one quantity"),
        (["--functions", "--over", "steps"], "leave one out"),
        (["--with", "kernel"], "add --functions --with kernel"),
        (["--functions", "--with", "krenel"], "did you mean kernel"),
        (["--band", "25,75"], "--over steps --band 25,75 shows it over the steps"),
        (["--over", "steps", "--band", "75,25"], "around the median, not 75,25"),
        (["--over", "steps", "--band", "all"], "--band takes two quantiles in percent, not 'all'"),
        (["--over", "time"], "'epochs', 'steps'"),
    ],
)
def test_a_band_or_a_time_that_is_none_is_an_error_of_the_command(folder, options, sentence):
    result = compare(folder, *options)
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.replace("│", "").split())
