"""Recipes as files: what is read, what is refused, and what running them gives."""

import json
import time
from pathlib import Path

import numpy as np
import pytest
import yaml
from command import run as command

import relusgd
from relusgd.config.shipped import shipped_recipes
from relusgd.errors import ConfigError, InputError, RelusgdError, StoppedError
from relusgd.recipes.formula import number_of, parse_quantity
from relusgd.recipes.in_memory import RunInMemory
from relusgd.recipes.recipe import load_recipe
from relusgd.recipes.verifying import verify

RECIPE = {
    "data": {"samples": 12, "test_samples": 5},
    "network": {"hidden": [4]},
    "training": {"epochs": 30, "batch_size": "full", "learning_rate": 0.05},
    "engine": "numpy",
    "expect": {
        "statement": "the error falls",
        "source": "this test",
        "seeds": 2,
        "claims": [
            {
                "quantity": "last(train_mse) / first(train_mse)",
                "at": "all",
                "relation": "below",
                "value": 1,
            }
        ],
        "broken": {"no steps": {"training.epochs": 0}},
    },
}


def written(folder, **expect):
    values = {**RECIPE, "expect": {**RECIPE["expect"], **expect}}
    path = folder / "falls.yaml"
    path.write_text(yaml.safe_dump(values), encoding="utf-8")
    return path


def test_a_recipe_is_verified_when_it_holds_and_its_broken_variant_fails(tmp_path):
    (report,) = verify([load_recipe(written(tmp_path))], tmp_path / "out")
    assert report.is_verified
    assert report.passing_variants == []
    (verdict,) = report.verdicts
    assert len(verdict.measured) == 2
    run = relusgd.load_run(tmp_path / "out" / "falls" / "seed=0")
    assert verdict.measured[0] == run.metrics["train_mse"][-1] / run.metrics["train_mse"][0]
    names = [path.name for path in (tmp_path / "out").iterdir()]
    assert any(name.startswith("falls,broken=no-steps") for name in names)


def test_what_is_there_is_not_trained_again(tmp_path):
    recipe = load_recipe(written(tmp_path))
    list(verify([recipe], tmp_path / "out"))
    marks = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("checkpoint.npz")}
    list(verify([recipe], tmp_path / "out", seeds=3))
    assert len(marks) == 3
    assert all(path.stat().st_mtime_ns == mark for path, mark in marks.items())


def test_the_command_prints_a_table_and_ends_with_1_where_something_is_wrong(tmp_path):
    good = command("verify", str(written(tmp_path)), "--out", str(tmp_path / "good"))
    assert good.exit_code == 0
    assert "ok" in good.stdout
    assert "fails, as it must" in good.stdout
    harmless = written(tmp_path, broken={"nothing": {"training.learning_rate": 0.04}})
    passing = command("verify", str(harmless), "--out", str(tmp_path / "passing"))
    assert passing.exit_code == 1
    assert "PASSES" in passing.stdout
    assert "not verified: falls" in passing.stderr
    wrong = written(tmp_path, claims=[{"quantity": "train_mse", "relation": "below", "value": 0}])
    failing = command("verify", str(wrong), "--out", str(tmp_path / "failing"), "--json")
    assert failing.exit_code == 1
    (told,) = json.loads(failing.stdout)
    assert told["verified"] is False
    assert told["claims"][0]["holds"] is False
    assert len(told["claims"][0]["measured"]) == 2


def test_networks_that_are_not_recorded_have_the_numbers_of_those_that_are(tmp_path):
    claims = [{"quantity": name, "value": 0} for name in ("train_mse", "dead_units", "sharpness")]
    path = written(tmp_path, networks=3, seeds=2, claims=claims)
    config = {**RECIPE, "training": {**RECIPE["training"], "epochs": 0}}
    (report,) = verify([load_recipe(path)], tmp_path / "out")
    assert [len(verdict.measured) for verdict in report.verdicts] == [6, 6, 6]
    assert not (tmp_path / "out").exists()
    for seed in (0, 5):
        values = {**config, "seed": seed, "expect": None}
        kept = RunInMemory.of(relusgd.load_config(values))
        recorded = relusgd.record(values, tmp_path / f"run-{seed}")
        for name in ("train_mse", "test_mse", "dead_units", "sharpness", "edge", "breakpoints"):
            expression = parse_quantity(name)
            in_memory, on_disk = (
                number_of(expression, run, np.array([0])) for run in (kept, recorded)
            )
            assert in_memory == pytest.approx(on_disk, rel=1e-12), name


def test_a_run_of_a_recipe_knows_nothing_of_what_is_expected(tmp_path):
    path = written(tmp_path)
    run = relusgd.record(relusgd.load_config(path), tmp_path / "run")
    assert "expect" not in (run.folder / "config.yaml").read_text(encoding="utf-8")
    again = command("train", str(path), "--out", str(run.folder), "-q")
    assert again.exit_code == 0
    other_claim = written(tmp_path, seeds=7)
    assert command("train", str(other_claim), "--out", str(run.folder), "-q").exit_code == 0


@pytest.mark.parametrize(
    ("expect", "message"),
    [
        ({"claim": []}, "expect.claim is not a known key; did you mean claims"),
        ({"statement": ""}, "expect.statement"),
        ({"seeds": 0}, "expect.seeds is 0"),
        ({"claims": [{"quantity": "train_mse"}]}, "expect.claims.0.value is missing"),
        (
            {"claims": [{"quantity": "train_mze", "value": 1}]},
            "'train_mze' is not known; did you mean train_mse",
        ),
        (
            {"claims": [{"quantity": "train_mse", "relation": "ratio", "value": 1}]},
            "compare runs over a key or cases",
        ),
        (
            {"claims": [{"quantity": "train_mse", "value": "falling"}]},
            "value is falling or rising for monotone",
        ),
        ({"broken": {"b": {"training.epoch": 1}}}, "training.epoch is not a known key"),
    ],
)
def test_a_wrong_block_is_refused_before_anything_is_trained(tmp_path, expect, message):
    path = written(tmp_path, **expect)
    with pytest.raises(ConfigError, match=message):
        load_recipe(path)
    result = command("verify", str(path), "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_what_is_not_installed_is_told_before_anything_is_trained(tmp_path, monkeypatch):
    least_trace = "relusgd.diagnostics.references.least_trace"
    monkeypatch.setattr(f"{least_trace}.find_spec", lambda _: None)
    path = written(tmp_path, claims=[{"quantity": "feature_trace / least_trace", "value": 1}])
    result = command("verify", str(path), "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "pip install 'relusgd[verify]' installs it" in result.stderr
    assert not (tmp_path / "out").exists()


def test_a_config_without_claims_is_no_recipe(tmp_path):
    path = tmp_path / "plain.yaml"
    path.write_text("seed: 1\n")
    result = command("verify", str(path))
    assert result.exit_code == 2
    assert "has no expect: block" in result.stderr
    assert command("verify", str(tmp_path / "nowhere.yaml")).exit_code == 2
    (tmp_path / "empty").mkdir()
    assert "holds no .yaml file" in command("verify", str(tmp_path / "empty")).stderr


def test_a_quantity_of_several_snapshots_needs_one_number():
    run = RunInMemory.of(relusgd.load_config({**RECIPE, "expect": None}))
    rows = np.arange(31)
    with pytest.raises(InputError, match="train_mse gives 31 numbers") as refused:
        number_of(parse_quantity("train_mse"), run, rows)
    assert "median(train_mse)" in str(refused.value.hint)
    errors = run.history.metrics["train_mse"]
    for text, expected in [
        ("median(train_mse)", sorted(errors)[15]),
        ("first_where(train_mse < 0.999*first(train_mse), epoch)", None),
        ("largest(step) + width*units", 30 + 16),
        ("first_where(train_mse < 0, epoch)", float("nan")),
    ]:
        value = number_of(parse_quantity(text), run, rows)
        if expected is None:
            epoch = next(i for i in rows.tolist() if errors[i] < 0.999 * errors[0])
            assert value == epoch
        else:
            assert value == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("name", shipped_recipes())
def test_shipped_recipes_say_what_they_claim_who_found_it_and_how_it_breaks(name):
    path = shipped_recipes()[name]
    recipe = load_recipe(path)
    head = path.read_text(encoding="utf-8").splitlines()[:2]
    assert all(line.startswith("# ") for line in head)
    assert recipe.expectation.statement
    year = recipe.expectation.source.split()[-1]
    assert year in head[1], "the source stands at the top with its title"
    assert recipe.expectation.look
    assert recipe.expectation.broken
    gallery = Path(__file__).parents[2] / "docs" / "recipes.md"
    assert f"`{name}`" in gallery.read_text(encoding="utf-8")


def test_when_one_part_of_a_recipe_cannot_be_trained_the_others_stop(tmp_path, monkeypatch):
    stopped = []

    def run_sweep(config, folder, executor, *, summarize, observer):
        if "broken" not in folder.name:
            raise RelusgdError("the disk is full")
        while observer.signal() is None:
            time.sleep(0.01)
        stopped.append(folder.name)
        raise StoppedError("stopped", signal=observer.signal())

    monkeypatch.setattr("relusgd.recipes.verifying.run_sweep", run_sweep)
    with pytest.raises(RelusgdError, match="the disk is full"):
        list(verify([load_recipe(written(tmp_path))], tmp_path / "out"))
    assert len(stopped) == 1
