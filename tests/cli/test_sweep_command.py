"""`relusgd sweep` by its words: argv in; exit code, phrases and files out."""

import csv
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from command import run
from patience import PATIENCE, hears, wait_until

from relusgd.sweeps.sweep import load_sweep

SMALL = """
data: {samples: 12, test_samples: 9}
network: {hidden: 3}
training: {epochs: 20, batch_size: 4}
engine: numpy
sweep:
  cases:
    all: {training.layers: all}
    ridge: {training.method: ridge}
  repeat: 2
"""


@pytest.fixture
def here(here):
    (here / "small.yaml").write_text(SMALL)
    return here


def names(folder):
    return sorted(path.name for path in Path(folder).iterdir() if path.is_dir())


def test_sweep_prints_the_sweep_folder_and_nothing_else(here):
    result = run("sweep", "small.yaml", "--workers", "1")
    assert (result.exit_code, result.stdout) == (0, "outputs/small\n")
    assert "4 runs in outputs/small" in result.stderr
    assert "4 complete in " in result.stderr
    assert names("outputs/small") == [
        "case=all,seed=0",
        "case=all,seed=1",
        "case=ridge,seed=0",
        "case=ridge,seed=1",
    ]
    again = run("sweep", "small.yaml")
    assert (again.exit_code, again.stdout) == (0, "outputs/small\n")
    assert "4 runs in outputs/small, 4 ended already, nothing to do" in again.stderr


def test_quiet_is_quiet(here):
    assert run("sweep", "small.yaml", "--workers", "1", "-q").stderr == ""


def test_overrides_name_the_folder_and_grids_do_not(here):
    arguments = (
        "small.yaml",
        "--set",
        "training.epochs=5",
        "--grid",
        "network.hidden=2,[3,3]",
        "--repeat",
        "1",
        "--workers",
        "1",
    )
    result = run("sweep", *arguments)
    assert result.stdout == "outputs/small,training.epochs=5\n"
    assert names("outputs/small,training.epochs=5") == [
        "network.hidden=2,case=all,seed=0",
        "network.hidden=2,case=ridge,seed=0",
        "network.hidden=3x3,case=all,seed=0",
        "network.hidden=3x3,case=ridge,seed=0",
    ]


def test_a_grid_of_seeds_takes_the_place_of_repeat(here):
    result = run("sweep", "small.yaml", "--set", "sweep.cases={}", "--grid", "seed=5..7", "--list")
    assert result.stdout.split() == [f"outputs/small/seed={seed}" for seed in (5, 6, 7)]


def test_list_prints_the_run_folders_and_trains_nothing(here):
    result = run("sweep", "small.yaml", "--list", "--out", "x")
    assert result.stdout.split() == [
        f"x/case={case},seed={seed}" for case in ("all", "ridge") for seed in (0, 1)
    ]
    assert not Path("x").exists()
    shards = [
        run("sweep", "small.yaml", "--list", "--shard", f"{k}/3", "--out", "x").stdout.split()
        for k in (1, 2, 3)
    ]
    assert sorted(name for shard in shards for name in shard) == sorted(result.stdout.split())


def test_a_shard_writes_run_folders_alone(here):
    result = run("sweep", "small.yaml", "--shard", "1/2", "--workers", "1")
    assert (result.exit_code, result.stdout) == (0, "outputs/small\n")
    assert sorted(path.name for path in Path("outputs/small").iterdir()) == [
        "case=all,seed=0",
        "case=ridge,seed=0",
    ]


def test_units_that_never_learn_are_warned_of_once(here):
    placed = ["--set", "network.elbows=[0.1, 5]", "--set", "network.slopes=1"]
    grid = ["--grid", "network.slopes=1,2,3", "--set", "network.hidden=2"]
    result = run("sweep", "small.yaml", *placed, *grid, "-q", "--workers", "1")
    assert result.exit_code == 0, result.stderr
    assert result.stderr.count("never learning") == 1


def test_a_diverged_run_is_a_result(here):
    result = run("sweep", "small.yaml", "--set", "training.learning_rate=1e9", "--workers", "1")
    assert result.exit_code == 0
    assert "2 complete, 2 diverged" in result.stderr or "2 diverged, 2 complete" in result.stderr


def test_a_failed_run_is_reported_and_gives_exit_code_1(here):
    run("sweep", "small.yaml", "--workers", "1")
    metrics = here / "outputs/small/case=all,seed=1/checkpoint.npz"
    metrics.write_bytes(b"")
    facts = here / "outputs/small/case=all,seed=1/run.json"
    facts.write_text(facts.read_text().replace('"complete"', '"interrupted"'))
    result = run("sweep", "small.yaml", "--workers", "1")
    assert result.exit_code == 1
    assert result.stdout == "outputs/small\n"
    assert "1 run failed; the same command tries again:\n  case=all,seed=1: " in result.stderr
    assert "cannot be read as a checkpoint" in result.stderr
    with Path("outputs/small/summary.csv").open(newline="") as file:
        assert [line["status"] for line in csv.DictReader(file)] == [
            "complete",
            "failed",
            "complete",
            "complete",
        ]
    assert load_sweep("outputs/small").summary["status"].tolist() == [
        "complete",
        "failed",
        "complete",
        "complete",
    ]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere.yaml"], "nowhere.yaml"),
        (["small.yaml", "--shard", "3"], "--shard 3: expected K/N"),
        (["small.yaml", "--shard", "3/2"], "there is no such shard"),
        (["small.yaml", "--shard", "0/2"], "there is no such shard"),
        (["small.yaml", "--shard", "0/0"], "shards go from 1/1 to 1/1"),
        (["small.yaml", "--shard", "1/" + "9" * 5000], "expected K/N"),
        (["small.yaml", "--grid", "network.hiden=3"], "did you mean network.hidden"),
        (
            ["small.yaml", "--grid", "network.hidden=0,3"],
            "--grid network.hidden: must be a whole number from 1",
        ),
        (["small.yaml", "--grid", "training.layers=all"], "is in the grid too"),
        (["small.yaml", "--repeat", "0"], "--repeat: must be a whole number from 1"),
        (["small.yaml", "--set", "sweep=null"], "small.yaml describes no sweep"),
        (
            [
                "small.yaml",
                "--grid",
                "training.batch_size=4,13",
                "--set",
                "training.sampling=shuffle",
            ],
            "13 is larger than the 12 training",
        ),
        (
            ["small.yaml", "--dask", "nowhere"],
            "neither the address of a scheduler, which has a port, nor a file",
        ),
        (["small.yaml", "--dask", "tcp://127.0.0.1:1", "--workers", "2"], "leave one of them out"),
        (["small.yaml", "--out", "small.yaml"], "small.yaml is not a folder"),
    ],
)
def test_what_is_wrong_is_reported_before_anything_is_trained(arguments, words, here):
    result = run("sweep", *arguments)
    assert result.exit_code == 2, result.stderr
    assert words in result.stderr
    assert "Traceback" not in result.stderr
    assert [path.name for path in here.iterdir()] == ["small.yaml"]


def test_train_refuses_a_sweep_says_how_many_runs_it_has_and_takes_a_case(here):
    result = run("train", "small.yaml")
    assert result.exit_code == 2
    assert "small.yaml describes a sweep of 4 runs, and train makes one" in result.stderr
    assert "relusgd sweep small.yaml; take one case of it (--case all|ridge)" in result.stderr
    assert (
        run("train", "small.yaml", "--case", "ridge", "-q").stdout == "outputs/small,case=ridge\n"
    )
    assert run("train", "small.yaml", "--set", "sweep=null", "-q").stdout == "outputs/small\n"


def has_ended(name):
    """Whether a run came to its end. On a slow machine one may take so long that it is recorded
    while it trains, and is interrupted.
    """
    facts = json.loads(Path("outputs/small", name, "run.json").read_text())
    return facts["status"] == "complete"


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_keeps_everything_that_has_ended(number, code, here):
    command = [
        sys.executable,
        "-m",
        "relusgd",
        "sweep",
        "small.yaml",
        "--repeat",
        "3000",
        "--workers",
        "2",
    ]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=hears(number),
    )
    wait_until(Path("outputs/small/summary.csv").exists, process)
    os.killpg(process.pid, number)  # as a terminal does: workers hear it too
    out, words = process.communicate(timeout=PATIENCE)
    assert (process.returncode, out) == (code, ""), words
    assert (
        "of 6,000 runs to go; everything that has ended is in outputs/small\nthe same command "
        "does the rest" in words
    )
    assert "Traceback" not in words
    assert "leaked" not in words
    with Path("outputs/small/summary.csv").open(newline="") as file:
        listed = {line["run"] for line in csv.DictReader(file)}
    assert listed == {name for name in names("outputs/small") if has_ended(name)}
    assert 0 < len(listed) < 6000


@pytest.mark.parametrize(
    ("error", "told"), [("FileNotFoundError", False), ("EOFError", False), ("ValueError", True)]
)
def test_a_worker_whose_command_has_ended_dies_without_a_traceback(error, told):
    born = [sys.executable, "-c", f"import relusgd.sweeps.preload\nraise {error}('gone')"]
    assert (
        "Traceback" in subprocess.run(born, capture_output=True, text=True, check=False).stderr
    ) == told


def test_a_machine_that_cannot_start_processes_is_reported_once_and_no_run_fails(here):
    long = here / ("t" * 120)
    long.mkdir()
    line = [sys.executable, "-m", "relusgd", "sweep", "small.yaml", "--workers", "1", "-q"]
    ended = subprocess.run(
        line, capture_output=True, text=True, env={**os.environ, "TMPDIR": str(long)}, check=False
    )
    if ended.returncode == 0:
        pytest.skip("this Python finds a shorter folder by itself")
    assert ended.returncode == 1
    assert ended.stderr.splitlines() == [
        "error: no process could be started that trains: AF_UNIX path too long",
        "set TMPDIR to a folder with a shorter name",
    ]
    assert run("sweep", "small.yaml", "--workers", "1", "-q").exit_code == 0
