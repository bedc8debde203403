"""How a training ended, as its folder keeps it: in run.json, in Python, in sweeps and comparisons,
and for folders that do not say it.
"""

import json
import shlex
import shutil
from pathlib import Path

import numpy as np
import pytest
from command import run as relusgd
from runs.harness import StopsAfter, content
from small import tiny

from relusgd.comparing.compare import compare
from relusgd.config import load_config
from relusgd.errors import DivergedError, StoppedError
from relusgd.runs.find import load_run
from relusgd.runs.record import record
from relusgd.sweeps.running import run_sweep

SHIPPED = Path(__file__).parents[2] / "configs"

EXPLODING = {
    "data": {"target": "x", "domain": [0, 100], "samples": 40, "test_samples": 5},
    "training": {"epochs": 12},
    "engine": "numpy",
}
"""Ends at finite numbers, far above where it began."""

FLAT = {
    "data": {"kind": "points", "x": [32, 53, 61, 47, 59], "y": [31, 68, 62, 71, 87]},
    "training": {"epochs": 1000},
    "snapshots": {"every": 500},
    "engine": "numpy",
}
"""All units die."""

LEARNING = {
    "data": {"samples": 30, "test_samples": 5},
    "training": {"epochs": 200, "learning_rate": 0.2},
    "snapshots": {"every": 100},
    "engine": "numpy",
}


def recorded(config, folder):
    try:
        return record(load_config(config), folder)
    except DivergedError:
        return load_run(folder)


def without_ending(folder):
    """Make run.json what earlier versions wrote for a run that ended at finite numbers."""
    path = folder / "run.json"
    facts = json.loads(path.read_text())
    for key in ("outcome", "reason", "advice", "tried"):
        facts.pop(key, None)
    facts["status"] = "complete"
    path.write_text(json.dumps(facts))


@pytest.mark.parametrize(
    ("config", "status", "outcome"),
    [
        (LEARNING, "complete", "learned"),
        (FLAT, "complete", "nothing"),
        (EXPLODING, "diverged", "diverged"),
    ],
    ids=["learning", "flat", "exploding"],
)
def test_the_outcome_is_in_run_json_and_in_python_and_derived_for_older_folders(
    config, status, outcome, tmp_path
):
    run = recorded(config, tmp_path / "run")
    facts = json.loads((run.folder / "run.json").read_text())
    assert (facts["status"], facts["outcome"]) == (status, outcome)
    assert (run.status, run.result.outcome) == (status, outcome)
    assert run.result.reason == facts.get("reason", "")
    assert bool(run.result.reason) == (outcome != "learned")
    without_ending(run.folder)
    older = load_run(run.folder)
    assert (older.status, older.result.outcome) == (status, outcome)
    assert bool(older.result.reason) == (outcome != "learned")


def test_an_interrupted_run_has_no_outcome_and_the_resumed_one_is_as_if_never_stopped(tmp_path):
    for name, config in (("exploding", EXPLODING), ("flat", FLAT)):
        whole, stopped = tmp_path / name, tmp_path / f"{name}-stopped"
        recorded(config, whole)
        with pytest.raises(StoppedError):
            record(load_config(config), stopped, observer=StopsAfter(2), block_steps=3)
        assert load_run(stopped).result.outcome is None
        recorded(config, stopped)
        assert content(stopped) == content(whole)


def test_more_epochs_continue_a_run_that_exploded_at_finite_numbers(tmp_path):
    longer = {**EXPLODING, "training": {"epochs": 17}}
    recorded(EXPLODING, tmp_path / "run")
    with pytest.raises(DivergedError, match="grew from"):
        record(load_config(EXPLODING), tmp_path / "run")
    recorded(longer, tmp_path / "run")
    recorded(longer, tmp_path / "whole")
    assert load_run(tmp_path / "run").metrics["epoch"][-1] == 17
    assert content(tmp_path / "run") == content(tmp_path / "whole")


def test_a_run_that_left_the_finite_numbers_tells_its_advice_again(tmp_path):
    config = tiny(training__learning_rate=1e3)
    messages = []
    for _ in range(2):
        with pytest.raises(DivergedError) as caught:
            record(config, tmp_path / "run")
        messages.append((caught.value.hint, caught.value.advice))
    assert messages[0] == messages[1]
    assert messages[0][1].keys() == {"training.learning_rate"}


def test_a_run_that_diverged_under_an_earlier_version_says_so_with_its_advice(tmp_path):
    config = tiny(training__learning_rate=1e3)
    with pytest.raises(DivergedError) as caught:
        record(config, tmp_path / "run")
    path = tmp_path / "run/run.json"
    facts = json.loads(path.read_text())
    reason, advice = facts.pop("reason"), facts.pop("advice")
    del facts["outcome"]
    rate = caught.value.advice["training.learning_rate"]
    hint = f"everything finite was kept; try --set training.learning_rate={rate}"
    path.write_text(json.dumps({**facts, "divergence": {"message": reason, "hint": hint}}))
    with pytest.raises(DivergedError) as again:
        record(config, tmp_path / "run")
    assert reason in again.value.message
    assert again.value.advice == advice


def sweep_of_three(folder):
    cases = {
        "learning": {"training.epochs": 300, "training.learning_rate": 0.2},
        "short": {"training.learning_rate": 1e-6},
        "exploding": {"training.learning_rate": 1, "training.batch_size": 1},
    }
    config = load_config(
        {
            "data": {"samples": 30, "test_samples": 5},
            "training": {"epochs": 30},
            "snapshots": {"per_decade": 2},
            "engine": "numpy",
            "sweep": {"cases": cases},
        }
    )
    return run_sweep(config, folder)


def test_a_sweep_has_outcomes_and_reasons_and_its_comparison_tells_them(tmp_path):
    sweep = sweep_of_three(tmp_path / "sweep")
    table = sweep.summary
    ends = dict(zip(table["case"].tolist(), table["outcome"].tolist(), strict=True))
    assert ends == {"learning": "learned", "short": "nothing", "exploding": "diverged"}
    status = dict(zip(table["case"].tolist(), table["status"].tolist(), strict=True))
    assert status == {"learning": "complete", "short": "complete", "exploding": "diverged"}
    reasons = dict(zip(table["case"].tolist(), table["reason"].tolist(), strict=True))
    assert reasons["learning"] == ""
    assert "are few" in reasons["short"]
    assert "train MSE grew from" in reasons["exploding"]
    texts = " ".join(finding.text for finding in compare(sweep.runs).findings)
    assert "1 of 3 runs diverged: exploding (1)" in texts
    assert "1 of 3 runs learned nothing: short (1)" in texts
    assert reasons["short"] in texts


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, config in (("exploding", EXPLODING), ("flat", FLAT)):
        Path(f"{name}.yaml").write_text(json.dumps(config))
    return tmp_path


def advised_command(stderr):
    (line,) = [line for line in stderr.splitlines() if line.startswith("try:   relusgd ")]
    return shlex.split(line.removeprefix("try:   relusgd "))


@pytest.mark.parametrize(
    "arguments",
    [
        ["flat.yaml"],
        ["flat.yaml", "--out", "place"],
        ["flat.yaml", "--set", "training.epochs=900", "--set", "seed=1"],
        ["exploding.yaml"],
    ],
    ids=" ".join,
)
def test_the_command_that_train_offers_keeps_what_was_typed_and_learns(arguments, here):
    result = relusgd("train", *arguments)
    assert result.exit_code == (3 if arguments[0] == "exploding.yaml" else 0)
    command = advised_command(result.stderr)
    assert command[:2] == ["train", arguments[0]]
    assert "(tried: train MSE " in result.stderr
    again = relusgd(*command)
    assert again.exit_code == 0, again.stderr
    run = load_run(again.stdout.strip())
    assert run.result.outcome == "learned"
    assert run.config.data.standardize
    if "seed=1" in arguments:
        assert (run.config.seed, run.config.training.epochs) == (1, 900)


def test_the_command_that_is_offered_for_a_folder_leaves_the_folder_alone(here):
    relusgd("train", "flat.yaml", "-q", "--set", "training.epochs=500")
    folder = "outputs/flat,training.epochs=500"
    before = content(Path(folder))
    result = relusgd("train", folder, "--set", "training.epochs=1000")
    command = advised_command(result.stderr)
    again = relusgd(*command)
    assert again.exit_code == 0, again.stderr
    assert again.stdout.strip() == f"{folder}-2"
    assert content(Path(folder)).keys() == before.keys()
    assert load_run(folder).config.training.epochs == 1000
    assert load_run(f"{folder}-2").result.outcome == "learned"


def test_quiet_trainings_tell_of_nothing_but_a_failure(here):
    assert "learned nothing: all 40 units are dead" in relusgd("train", "flat.yaml", "-q").stderr
    Path("learning.yaml").write_text(json.dumps(LEARNING))
    assert relusgd("train", "learning.yaml", "-q").stderr == ""


def test_show_and_list_tell_how_training_ended(here):
    relusgd("train", "flat.yaml", "-q")
    relusgd("train", "exploding.yaml", "-q")
    shown = relusgd("show", "outputs/flat").stdout
    assert "learned nothing" in shown
    assert "all 40 units are dead" in shown
    assert "--set data.standardize=true (tried: train MSE" in shown
    listed = relusgd("list").stdout
    assert "learned nothing" in listed
    assert "diverged" in listed
    rows = {Path(row["run"]).name: row for row in json.loads(relusgd("list", "--json").stdout)}
    assert rows["flat"]["outcome"] == "nothing"
    assert rows["flat"]["status"] == "complete"
    assert rows["exploding"]["outcome"] == "diverged"


def test_a_rate_above_the_edge_is_noted_with_what_to_try(here):
    for arguments in (["--dry-run"], []):
        result = relusgd("train", "flat.yaml", *arguments)
        text = result.stdout + result.stderr
        assert "learning rate 0.02 is above 0.0003, the largest stable one" in text
        assert "--set data.standardize=true or --set training.learning_rate=0.0001" in text


def test_overfitting_is_told_where_training_ends(here):
    x = np.linspace(0, 1, 12)
    data = {"kind": "points", "x": x.tolist(), "y": (3 * x).tolist()}
    data |= {"test_x": [2.0, 2.5, 3.0], "test_y": [0.0, 0.0, 0.0]}
    config = {
        "data": data,
        "training": {"epochs": 500, "batch_size": "full"},
        "snapshots": {"every": 5},
    }
    Path("noisy.yaml").write_text(json.dumps(config))
    result = relusgd("train", "noisy.yaml")
    run = load_run("outputs/noisy")
    assert run.result.test_mse > 1.5 * run.result.best_test_mse, "it overfits"
    assert f"the test MSE was lowest in epoch {run.result.best_epoch:,}" in result.stderr
    assert f"relusgd plot outputs/noisy --epoch {run.result.best_epoch}" in result.stderr


def test_what_was_gained_on_held_out_points_and_lost_again_is_no_good_fit(here):
    """The Nile as `new --data` writes its config: the test error ends where it began."""
    shutil.copy(SHIPPED / "nile.csv", "nile.csv")
    relusgd("new", "mine.yaml", "--data", "nile.csv")
    relusgd("train", "mine.yaml", "-q")
    run = load_run("outputs/mine")
    test_mse = run.metrics["test_mse"]
    assert test_mse[-1] >= test_mse[0] > test_mse.min(), "it ends where it began"
    sentence = run.explain(trials=False).sentence
    assert "the network fits the noise" in sentence
    assert "as well as the noise allows" not in sentence
