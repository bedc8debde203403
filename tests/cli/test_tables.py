"""export and predict: tables on stdout or in a file, in original or network units."""

import csv
import io

import numpy as np
import pytest
from command import run

from relusgd.runs.find import load_run


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def flow(here):
    """A trained run whose x and y are standardised."""
    lines = "".join(f"{1900 + i},{100 * (i * i % 7)}\n" for i in range(20))
    (here / "flow.csv").write_text(f"year,flow\n{lines}")
    (here / "flow.yaml").write_text(
        "data: {kind: csv, path: flow.csv, x: year, y: flow}\n"
        "network: {hidden: 5}\ntraining: {epochs: 3}\n"
    )
    return load_run(here / run("train", "flow.yaml", "-q").stdout.strip())


@pytest.fixture
def small(here):
    return load_run(here / run("train", "small.yaml", "-q").stdout.strip())


def test_export_without_a_file_prints_what_it_would_write(small):
    printed = run("export", "outputs/small")
    assert (printed.exit_code, printed.stderr) == (0, "")
    run("export", "outputs/small", "--out", "elbows.csv")
    assert printed.stdout == (small.folder.parents[1] / "elbows.csv").read_text()
    assert run("export", "outputs/small", "--out", "-").stdout == printed.stdout


def test_export_of_a_sweep_is_one_table_with_what_varies(here):
    grid = ["--grid", "network.hidden=3,[2,2]", "--repeat", "2", "--set", "training.epochs=2"]
    folder = run("sweep", "small.yaml", *grid, "-q", "--workers", "1").stdout.strip()
    result = run("export", folder)
    assert (result.exit_code, result.stderr) == (0, "")
    rows = rows_of(result.stdout)
    assert list(rows[0])[:4] == ["run", "network.hidden", "seed", "epoch"]
    assert {row["network.hidden"] for row in rows} == {"3", "2x2"}
    name = "network.hidden=3,seed=1"
    own = rows_of(run("export", f"{folder}/{name}").stdout)
    assert [{**row, "run": name, "network.hidden": "3", "seed": "1"} for row in own] == [
        row for row in rows if row["run"] == name
    ]


def test_export_of_a_sweep_leaves_out_what_is_damaged_and_says_so(here):
    folder = run("sweep", "small.yaml", "--repeat", "2", "-q", "--workers", "1").stdout.strip()
    (here / folder / "seed=0/metrics.csv").write_text("nonsense\n")
    result = run("export", folder)
    assert "note: left out: " in result.stderr
    assert {row["run"] for row in rows_of(result.stdout)} == {"seed=1"}


def test_predict_gives_f_at_positions_in_original_units(flow):
    x = [1900, 1911.5, 1950]
    result = run("predict", "outputs/flow", "--at", "1900, 1911.5,1950")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("x,f(x)\n1900.0,")
    values = [float(row["f(x)"]) for row in rows_of(result.stdout)]
    np.testing.assert_array_equal(values, flow.predict(x))
    expected = flow.scaling.network_to_original(flow.network())(np.array(x))
    np.testing.assert_allclose(values, expected, rtol=1e-12)


def test_predict_takes_the_column_of_a_csv_by_default_that_of_the_run(flow, here):
    (here / "new.csv").write_text("year,other\n1901,1\n1902.25,2\n")
    rows = rows_of(run("predict", "outputs/flow", "--csv", "new.csv", "--epoch", "2").stdout)
    assert [float(row["x"]) for row in rows] == [1901, 1902.25]
    np.testing.assert_array_equal(
        [float(row["f(x)"]) for row in rows], flow.predict([1901, 1902.25], 2)
    )
    named = run("predict", "outputs/flow", "--csv", "new.csv", "--column", "other")
    assert [row["x"] for row in rows_of(named.stdout)] == ["1.0", "2.0"]


def test_a_grid_covers_the_domain_and_is_the_same_in_parts(small, monkeypatch):
    whole = run("predict", "outputs/small", "--grid", "101").stdout
    rows = rows_of(whole)
    np.testing.assert_allclose([float(row["x"]) for row in rows], np.linspace(0, 1, 101))
    assert (rows[0]["x"], rows[-1]["x"]) == ("0.0", "1.0")
    monkeypatch.setattr("relusgd.runs.predict.LARGEST_PART", 70)
    parted = rows_of(run("predict", "outputs/small", "--grid", "101").stdout)
    assert [row["x"] for row in parted] == [row["x"] for row in rows]
    both = [[float(row["f(x)"]) for row in table] for table in (parted, rows)]
    np.testing.assert_allclose(*both, rtol=1e-13, atol=1e-15)


def test_predict_writes_a_file_and_prints_it(small, here):
    result = run("predict", "outputs/small", "--grid", "5", "--out", "f.csv")
    assert result.stdout == "f.csv\n"
    assert (here / "f.csv").read_text() == run("predict", "outputs/small", "--grid", "5").stdout


def test_a_deep_run_is_predicted(here):
    folder = run("train", "small.yaml", "-q", "--set", "network.hidden=[4,3]").stdout.strip()
    rows = rows_of(run("predict", folder, "--at", "0.3").stdout)
    assert float(rows[0]["f(x)"]) == load_run(here / folder).predict(0.3)


def test_a_diverged_run_is_predicted_with_a_word_about_it(here):
    run("train", "small.yaml", "-q", "--set", "training.learning_rate=1e3", "--out", "far")
    result = run("predict", "far", "--at", "0.3")
    assert result.exit_code == 0
    assert result.stderr.startswith("note: this run has diverged; f is that of epoch ")
    assert run("predict", "far", "--at", "0.3", "--epoch", "0").stderr == ""


@pytest.mark.parametrize(
    ("arguments", "phrase"),
    [
        ([], "positions come from one of --at, --csv and --grid; none is given"),
        (["--at", "1", "--grid", "3"], "--at and --grid are given"),
        (["--at", "1;2"], "--at 1;2: '1;2' is not a number"),
        (["--at", "nan"], "nan is not finite"),
        (["--at", "1", "--column", "x"], "--column names a column of --csv FILE"),
        (["--csv", "no.csv"], "there is no file no.csv"),
        (["--csv", "bad.csv"], "there is no column 'x'; did you mean 'X'?"),
        (["--csv", "bad.csv", "--column", "X"], "bad.csv:3: "),
        (["--at", "1", "--epoch", "99"], "no snapshot was recorded at epoch 99"),
        (["--at", "1", "--out", "f.txt"], "ends in .csv"),
    ],
)
def test_wrong_positions_are_refused(arguments, phrase, small, here):
    (here / "bad.csv").write_text("X,y\n1,2\none,2\n")
    result = run("predict", "outputs/small", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert phrase in result.stderr
