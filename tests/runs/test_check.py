"""Whether a folder is what was written: every flipped bit is found, and nothing else."""

import json
import os
import random
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from command import run as relusgd
from runs.harness import StopsAfter, content
from small import tiny

from relusgd.config import load_config
from relusgd.errors import RelusgdError, StoppedError
from relusgd.runs.find import load_run
from relusgd.runs.record import record
from relusgd.runs.training_again import first_difference, has_rounded_errors

FLIPS = int(os.environ.get("RELUSGD_FLIPS", "60"))
OLD = Path(__file__).parents[1] / "run_folders"


def resumed(folder):
    with pytest.raises(StoppedError):
        record(tiny(), folder, observer=StopsAfter(1), block_steps=6)
    record(tiny(), folder)


def longer(folder):
    record(tiny(training__epochs=3), folder)
    record(tiny(), folder)


def of_csv(folder):
    table = folder.with_suffix(".csv")
    table.write_text("x,y\n" + "".join(f"{x},{x * x}\n" for x in range(9)))
    data = {"kind": "csv", "path": str(table)}
    record(load_config({"data": data, "training": {"epochs": 3}}), folder)


def standardised(folder):
    record(tiny(data__standardize=True), folder)


def deep(folder):
    record(tiny(network__hidden=[3, 2]), folder)


def diverged(folder):
    with pytest.raises(RelusgdError):
        record(tiny(training__learning_rate=1e6), folder)


def simple(folder):
    record(tiny(), folder)


KINDS = [simple, resumed, longer, of_csv, standardised, deep, diverged]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    place = tmp_path_factory.mktemp("runs")
    for kind in KINDS:
        kind(place / kind.__name__)
    return place


@pytest.mark.parametrize("kind", [kind.__name__ for kind in KINDS])
def test_what_was_written_is_sound_and_trained_again_it_is_the_same(kind, folders):
    found = load_run(folders / kind).check(again=True)
    assert found.is_sound, str(found)
    assert found.trained_again
    assert len(found.checked) == len([p for p in (folders / kind).rglob("*.[!l]*") if p.is_file()])


def flipped(path, chance):
    data = bytearray(path.read_bytes())
    place = chance.randrange(8 * len(data))
    data[place // 8] ^= 1 << place % 8
    path.write_bytes(data)


def test_every_flipped_bit_is_found_and_its_file_named(folders, tmp_path):
    chance = random.Random(0)
    for number in range(FLIPS):
        whole = folders / chance.choice(KINDS).__name__
        folder = tmp_path / "run"
        shutil.copytree(whole, folder)
        files = sorted(
            path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"
        )
        path = chance.choice(files)
        flipped(path, chance)
        found = load_run(folder).check()
        assert not found.is_sound, (number, path)
        assert str(path.relative_to(folder)) in [fault.file for fault in found.faults], str(found)
        assert all(fault.advice for fault in found.faults)
        shutil.rmtree(folder)


def test_a_flipped_bit_brings_no_traceback_anywhere(folders, tmp_path):
    chance = random.Random(1)
    folder = tmp_path / "run"
    for number in range(FLIPS // 10):
        shutil.copytree(folders / chance.choice(KINDS).__name__, folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        flipped(chance.choice(files), chance)
        for command in (["show", folder], ["list", tmp_path, "--check"], ["train", folder, "-q"]):
            result = relusgd(*command)
            assert result.exit_code in (0, 1, 2, 3), number
            assert result.exception is None or isinstance(result.exception, SystemExit), number
        shutil.rmtree(folder)


@pytest.mark.parametrize("name", ["data.csv", "config.yaml"])
@pytest.mark.parametrize("damage", ["empty", "gone", "flipped"])
def test_a_config_and_points_that_are_lost_are_made_again(name, damage, tmp_path):
    record(tiny(), tmp_path / "run")
    before, path = content(tmp_path / "run"), tmp_path / "run" / name
    if damage == "gone":
        path.unlink()
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        flipped(path, random.Random(0))
    record(tiny(), tmp_path / "run")
    assert content(tmp_path / "run") == before


def test_points_of_a_killed_run_that_are_lost_are_made_again_from_its_own_config(tmp_path):
    simple(tmp_path / "whole")
    with pytest.raises(StoppedError):
        record(tiny(), tmp_path / "run", observer=StopsAfter(1), block_steps=6)
    (tmp_path / "run/data.csv").write_bytes(b"")
    assert relusgd("train", tmp_path / "run", "-q").exit_code == 0
    assert content(tmp_path / "run") == content(tmp_path / "whole")


def test_a_snapshot_that_is_none_of_this_training_is_found_by_training_again(folders, tmp_path):
    folder = Path(shutil.copytree(folders / "simple", tmp_path / "run"))
    facts = json.loads((folder / "run.json").read_text())
    del facts["sha256"], facts["timings"]["sha256_of_run_json"]
    (folder / "run.json").write_text(json.dumps(facts))
    slope = np.load(folder / "snapshots/slope.npy")
    slope[4, 1] = np.nextafter(slope[4, 1], 1)
    np.save(folder / "snapshots/slope.npy", slope)
    assert load_run(folder).check().is_sound
    found = load_run(folder).check(again=True)
    assert [fault.file for fault in found.faults] == ["snapshots/slope.npy"]
    assert "at step 12 " in found.faults[0].problem


def test_an_old_folder_says_that_it_has_no_digests_and_is_trained_again(tmp_path):
    folder = Path(shutil.copytree(OLD / "0.1.0-11/numpy/complete", tmp_path / "run"))
    found = load_run(folder).check()
    assert found.is_sound
    assert "no digests" in found.notes[0]
    again = load_run(folder).check(again=True)
    assert again.trained_again or again.notes[1:]


def test_the_command_names_the_file_and_what_helps(folders, tmp_path):
    folder = Path(shutil.copytree(folders / "simple", tmp_path / "run"))
    result = relusgd("show", folder, "--check", "--again")
    assert (result.exit_code, result.stdout) == (
        0,
        f"{folder}: 13 files as written; trained again: the same bits\n",
    )
    flipped(folder / "snapshots/bias_2.npy", random.Random(0))
    result = relusgd("show", folder, "--check")
    assert result.exit_code == 1
    assert f"{folder}/snapshots/bias_2.npy is not what was written" in result.stdout
    assert "--overwrite" in result.stdout
    result = relusgd("list", tmp_path, "--check", "--json")
    assert result.exit_code == 1
    assert [run["sound"] for run in json.loads(result.stdout)] == [False]
    assert relusgd("show", folder, "--again").exit_code == 2


def test_errors_of_an_older_deep_network_may_differ_by_rounding_and_by_no_more(tmp_path):
    run = record(tiny(network__hidden=[3, 4]), tmp_path / "run")
    for factor, is_same in ((1 + 1e-14, True), (1 + 1e-9, False)):
        metrics = {**run.metrics, "train_mse": run.metrics["train_mse"] * factor}
        rounded = first_difference(run.history, metrics, run.plan, rounded_errors=True)
        assert (rounded is None) == is_same
        assert first_difference(run.history, metrics, run.plan) is not None
    rate = {**run.metrics, "learning_rate": run.metrics["learning_rate"] * (1 + 1e-14)}
    assert first_difference(run.history, rate, run.plan, rounded_errors=True) is not None


def test_only_deep_runs_of_older_versions_have_rounded_errors(tmp_path):
    facts = record(tiny(), tmp_path / "run").facts
    older = replace(facts, versions={**facts.versions, "relusgd": "0.1.0"})
    assert has_rounded_errors(older, (3, 4))
    assert not has_rounded_errors(older, (3,))
    assert not has_rounded_errors(facts, (3, 4))
