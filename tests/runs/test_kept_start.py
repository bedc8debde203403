"""A run that begins with another one's network keeps it, and is the same run for ever after."""

import hashlib
import json
import shlex
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from command import run as command
from small import small, small_sweep

from relusgd.config import load_config
from relusgd.errors import InputError
from relusgd.runs.find import load_run
from relusgd.runs.record import record
from relusgd.sweeps.running import run_sweep

HERE = {"training__epochs": 10}


@pytest.fixture
def first(tmp_path):
    return record(small(), tmp_path / "first")


def started(folder, epoch="last", **overrides):
    start = {"run": str(folder), "epoch": epoch}
    return small(network__start=start, **{**HERE, **overrides})


def test_snapshot_0_is_the_copy_and_its_digest_stands_in_run_json(first, tmp_path):
    run = record(started(first.folder), tmp_path / "second")
    parameters = run.network(step=0).parameters()
    assert np.array_equal(parameters, first.network().parameters())
    stated = json.loads((run.folder / "run.json").read_text())["start"]
    digest = hashlib.sha256(parameters.tobytes()).hexdigest()
    assert stated == {"sha256": digest, "epoch": 40, "step": 160}


def test_the_same_command_confirms_it_though_the_first_run_went_on(first, tmp_path):
    config = started(first.folder)
    once = record(config, tmp_path / "second")
    record(small(training__epochs=60), first.folder)
    assert record(config, tmp_path / "second").facts == once.facts


def test_the_first_run_may_be_gone(first, tmp_path):
    config = started(first.folder)
    once = record(config, tmp_path / "second")
    shutil.rmtree(first.folder)
    assert record(config, tmp_path / "second").facts == once.facts
    longer = record(started(first.folder, training__epochs=20), tmp_path / "second")
    assert len(longer.history) == 21
    assert command("train", str(tmp_path / "second"), "-q").exit_code == 0
    assert np.array_equal(longer.state(80).parameters, longer.network().parameters())
    again = tmp_path / "third"
    assert command("train", str(tmp_path / "second"), "-q", "--out", str(again)).exit_code == 0
    assert load_run(again).history.weights[0].tobytes() == longer.history.weights[0].tobytes()
    for arguments in (["show", "second"], ["graph", "second", "--at", "0.3"]):
        arguments[1] = str(tmp_path / "second")
        assert command(*arguments).exit_code == 0
    assert command("gradcheck", str(tmp_path / "second")).exit_code == 0


def test_a_start_counts_by_its_parameters_wherever_they_come_from(first, tmp_path):
    once = record(started(first.folder, 40), tmp_path / "second")
    copy = shutil.copytree(first.folder, tmp_path / "copy")
    assert record(started(copy), tmp_path / "second").facts == once.facts
    network = first.network()
    written = {
        f"{kind}_{k + 1}": array.tolist()
        for k in (0, 1)
        for kind, array in (("weight", network.weights[k]), ("bias", network.biases[k]))
    }
    inline = small(network__start=written, **HERE)
    assert record(inline, tmp_path / "second").facts == once.facts


def test_another_network_to_begin_with_is_another_run(first, tmp_path):
    record(started(first.folder), tmp_path / "second")
    with pytest.raises(InputError, match=r"network\.start \(SHA-256 of its parameters\)"):
        record(started(first.folder, 3), tmp_path / "second")
    with pytest.raises(InputError, match=r"network\.start \(SHA-256 of its parameters\)"):
        record(small(**HERE), tmp_path / "second")
    replaced = record(started(first.folder, 3), tmp_path / "second", overwrite=True)
    assert np.array_equal(
        replaced.network(step=0).parameters(), first.network(epoch=3).parameters()
    )


@pytest.mark.parametrize("executor", [None, ThreadPoolExecutor])
def test_a_sweep_begins_every_run_with_it_and_does_not_need_it_again(first, tmp_path, executor):
    start = {"run": str(first.folder), "epoch": "last"}
    keys = {"network.start": start, "network.hidden": 7, "training.epochs": 5}
    config = load_config(
        small_sweep(sweep__grid={"training.learning_rate": [0.1, 0.01]}, sweep__cases={}), keys
    )
    pool = executor(1) if executor else None
    sweep = run_sweep(config, tmp_path / "sweep", pool, workers=None if pool else 1)
    initial = first.network().parameters()
    assert len(sweep.runs) == 6
    assert all(np.array_equal(one.network(step=0).parameters(), initial) for one in sweep.runs)
    shutil.rmtree(first.folder)
    again = run_sweep(config, tmp_path / "sweep", pool, workers=None if pool else 1)
    assert len(again.runs) == 6


def test_a_sweep_may_vary_the_epoch_to_begin_at(first, tmp_path):
    start = {"run": str(first.folder), "epoch": "last"}
    config = load_config(
        small_sweep(sweep__grid={"network.start.epoch": [0, 20, "last"]}, sweep__repeat=1),
        {"network.start": start, "network.hidden": 7, "training.epochs": 5, "sweep.cases": {}},
    )
    sweep = run_sweep(config, tmp_path / "sweep", workers=1)
    for one, epoch in zip(sweep.runs, (0, 20, 40), strict=True):
        assert np.array_equal(
            one.network(step=0).parameters(), first.network(epoch=epoch).parameters()
        )


def test_a_run_that_is_trained_otherwise_is_refused_with_the_way_on_from_its_network(first):
    with pytest.raises(InputError) as caught:
        record(small(training__learning_rate=0.001), first.folder)
    assert "to go on from it:  relusgd.record(" in caught.value.hint
    assert "training.schedule and training.warmup change the rate" in caught.value.hint
    with pytest.raises(InputError) as caught:
        record(small(network__hidden=3, training__learning_rate=0.001), first.folder)
    assert "to go on from it" not in caught.value.hint


@pytest.mark.parametrize("name", ["first", "a, b: c", "it's 1"])
def test_the_way_on_that_a_refusal_offers_begins_with_the_last_network(
    first, tmp_path, monkeypatch, name
):
    first = load_run(first.folder.rename(tmp_path / name))
    typed = ["train", str(first.folder), "--set", "training.learning_rate=0.001"]
    monkeypatch.setattr("sys.argv", ["relusgd", *typed])
    refused = command(*typed)
    assert refused.exit_code == 2
    (line,) = [line for line in refused.stderr.splitlines() if "to go on from it:" in line]
    offered = shlex.split(line.partition("relusgd ")[2])
    done = command(*offered)
    assert done.exit_code == 0, done.stderr
    later = load_run(done.stdout.strip())
    assert np.array_equal(later.network(step=0).parameters(), first.network().parameters())
    assert later.config.training.learning_rate == 0.001


def test_the_way_on_replaces_parameters_that_the_config_holds(tmp_path, monkeypatch):
    written = {"weight_1": 1, "bias_1": 0, "weight_2": 1, "bias_2": 0}
    first = record(small(network__hidden=1, network__start=written), tmp_path / "first")
    typed = ["train", str(first.folder), "--set", "training.learning_rate=0.001"]
    monkeypatch.setattr("sys.argv", ["relusgd", *typed])
    line = command(*typed).stderr.partition("to go on from it:  relusgd ")[2].splitlines()[0]
    done = command(*shlex.split(line))
    assert done.exit_code == 0, done.stderr
    later = load_run(done.stdout.strip())
    assert np.array_equal(later.network(step=0).parameters(), first.network().parameters())
