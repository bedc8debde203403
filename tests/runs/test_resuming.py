"""Stopped in the middle and gone on, or extended, or moved elsewhere first: the folder of a run
that was never stopped.
"""

import itertools
import json
import shutil
from functools import partial

import pytest
from command import run as relusgd
from runs.harness import StopsAfter, content

from relusgd.advice import in_shell
from relusgd.config import load_config
from relusgd.errors import InputError, StoppedError
from relusgd.runs.find import load_run
from relusgd.runs.record import record

BASE = {
    "data": {"samples": 23, "test_samples": 9},
    "training": {"epochs": 9, "batch_size": 7},
    "snapshots": {"every": 2, "first_steps": 9},
}
record = partial(record, block_steps=3)  # blocks end within epochs
WAYS = [
    *itertools.product(
        [[6]], ["numpy", "compiled"], ["dense", "prefix_sums"], ["replacement", "shuffle", "full"]
    ),
    *itertools.product([[6]], ["compiled"], ["comparisons"], ["replacement", "shuffle", "full"]),
    *itertools.product([[4, 3]], ["numpy"], ["dense"], ["replacement", "shuffle", "full"]),
    *itertools.product([[4, 3]], ["compiled"], ["tiles"], ["replacement", "shuffle", "full"]),
]
METHODS = [
    {},
    {"momentum": 0.9},
    {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01, "decay_biases": False},
    {"method": "adam", "betas": [0.8, 0.95], "weight_decay": 0.01},
    {"method": "adamw", "weight_decay": 0.01},
    {"method": "rmsprop", "momentum": 0.5},
    {"method": "sign"},
    {"label_noise": 0.3, "input_noise": 0.1, "method": "adam"},
]
SCHEDULES = [
    "constant",
    {"kind": "step", "every": 2, "factor": 0.5},
    {"kind": "cosine", "minimum": 0.001},
]


@pytest.fixture(autouse=True)
def nobody_waits_for_the_disk(monkeypatch):
    monkeypatch.setattr("os.fsync", lambda descriptor: None)


def stopped(config, folder, blocks):
    with pytest.raises(StoppedError):
        record(config, folder, observer=StopsAfter(blocks))
    return load_run(folder)


@pytest.mark.parametrize(
    ("hidden", "engine", "kernel", "sampling"), WAYS, ids=lambda value: str(value)
)
def test_resumed_equals_uninterrupted_to_the_last_bit(
    hidden, engine, kernel, sampling, tmp_path, monkeypatch
):
    if engine == "compiled":
        pytest.importorskip("numba")
    # Sizes choose the kernel; a config so large would take too long here.
    monkeypatch.setattr("relusgd.training.building.choose_kernel", lambda *_: kernel)
    batches = (
        {"batch_size": "full"} if sampling == "full" else {"batch_size": 7, "sampling": sampling}
    )
    for number, (schedule, method) in enumerate(itertools.product(SCHEDULES, METHODS)):
        training = {
            "epochs": 9,
            "schedule": schedule,
            "layers": ("all", "output", "hidden")[number % 3],
            **method,
            **batches,
        }
        config = load_config(
            {**BASE, "network": {"hidden": hidden}, "training": training, "engine": engine}
        )
        whole, parts = tmp_path / f"whole-{number}", tmp_path / f"parts-{number}"
        run = record(config, whole)
        assert (run.facts.engine, run.facts.kernel) == (engine, kernel)
        stopped(config, parts, 1 + number % 2)
        record(config, parts)
        assert content(parts) == content(whole), training


@pytest.mark.parametrize("schedule", SCHEDULES[:2], ids=["constant", "step"])
@pytest.mark.parametrize("method", METHODS, ids=str)
@pytest.mark.parametrize("first", [0, 2, 6])
def test_a_run_of_more_epochs_is_the_longer_run(schedule, method, first, tmp_path):
    def config(epochs):
        return load_config(
            {
                **BASE,
                "network": {"hidden": 5},
                "training": {"epochs": epochs, "batch_size": 7, "schedule": schedule, **method},
            }
        )

    record(config(9), tmp_path / "whole")
    record(config(first), tmp_path / "run")
    stopped(config(9), tmp_path / "run", 1)
    record(config(9), tmp_path / "run")
    assert content(tmp_path / "run") == content(tmp_path / "whole")


@pytest.mark.parametrize(
    "changes",
    [
        {"training.schedule": {"kind": "cosine"}},
        {"snapshots": {"every": 4}},  # epoch 6, the last, is none of the longer run
        {"snapshots": {"per_decade": 2}},
        {"training.method": "ridge"},
        {"training.learning_rate": 0.5},
    ],
    ids=str,
)
def test_a_run_that_is_not_the_beginning_of_the_longer_run_is_not_extended(changes, tmp_path):
    config = load_config({**BASE, "network": {"hidden": 5}, "training": {"epochs": 6}}, changes)
    record(config, tmp_path / "run")
    before = content(tmp_path / "run")
    longer = (
        replace_training(config, epochs=9)
        if "training.learning_rate" not in changes
        else replace_training(config, epochs=9, learning_rate=1)
    )
    with pytest.raises(InputError, match=r"training\.epochs: 6 → 9") as caught:
        record(longer, tmp_path / "run")
    assert "--overwrite" in in_shell(caught.value.hint)
    assert content(tmp_path / "run") == before


def replace_training(config, **changes):
    return config.model_copy(update={"training": config.training.model_copy(update=changes)})


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ({"steps": 8}, {"steps": 27}),  # 4 steps an epoch: the longer one ends within one
        ({"epochs": 2}, {"steps": 27}),
        ({"steps": 8}, {"epochs": 9}),
        ({"time": 0.16}, {"time": 0.54}),
        ({"steps": 7}, {"time": 0.54}),  # ends within the recorded first steps
    ],
    ids=str,
)
def test_a_longer_run_goes_on_whichever_key_says_its_length(first, then, tmp_path):
    def config(length):
        training = {"batch_size": 7, "momentum": 0.9, "warmup": 3, **length}
        return load_config({**BASE, "network": {"hidden": 5}, "training": training})

    record(config(then), tmp_path / "whole")
    record(config(first), tmp_path / "run")
    stopped(config(then), tmp_path / "run", 2)
    record(config(then), tmp_path / "run")
    assert content(tmp_path / "run") == content(tmp_path / "whole")


def test_an_end_within_an_epoch_is_no_snapshot_of_a_longer_run(tmp_path):
    config = load_config(
        {**BASE, "network": {"hidden": 5}, "training": {"steps": 11, "batch_size": 7}}
    )
    record(config, tmp_path / "run")
    with pytest.raises(InputError, match=r"training\.steps: 11 → 12"):
        record(replace_training(config, steps=12), tmp_path / "run")


def test_the_same_length_by_another_key_is_the_same_run(tmp_path):
    base = {**BASE, "network": {"hidden": 5}}
    record(load_config({**base, "training": {"epochs": 9, "batch_size": 7}}), tmp_path / "run")
    before = content(tmp_path / "run")
    config = load_config({**base, "training": {"steps": 36, "batch_size": 7}})
    assert record(config, tmp_path / "run").status == "complete"
    assert content(tmp_path / "run") == before


def test_fewer_epochs_are_another_run(tmp_path):
    config = load_config({**BASE, "network": {"hidden": 5}})
    record(config, tmp_path / "run")
    with pytest.raises(InputError, match=r"training\.epochs: 9 → 8"):
        record(replace_training(config, epochs=8), tmp_path / "run")


TABLE = "year,flow\n" + "".join(f"{1900 + i},{i * i % 7}\n" for i in range(20))


@pytest.mark.parametrize("move", ["renamed", "copied", "below", "beside the config"])
@pytest.mark.parametrize(
    "data",
    [{"samples": 23}, {"kind": "csv", "path": "flow.csv", "x": "year", "y": "flow"}],
    ids=["target", "csv"],
)
def test_a_folder_that_was_moved_goes_on_in_place(move, data, tmp_path, monkeypatch):
    home, away = tmp_path / "home", tmp_path / "away"
    home.mkdir()
    (home / "flow.csv").write_text(TABLE)
    (home / "c.yaml").write_text(json.dumps({**BASE, "data": data, "network": {"hidden": 5}}))
    config = load_config(home / "c.yaml")
    record(config, tmp_path / "whole")
    stopped(config, home / "run", 1)
    new = {
        "renamed": home / "a, new=name",
        "copied": away / "run",
        "below": away / "deep" / "er",
        "beside the config": home / "run.2",
    }[move]
    new.parent.mkdir(parents=True, exist_ok=True)
    (shutil.copytree if move == "copied" else shutil.move)(home / "run", new)
    if move != "beside the config":
        shutil.rmtree(home) if new.parent != home else (home / "flow.csv").unlink()
    monkeypatch.chdir(new if move == "below" else new.parent)
    result = relusgd("train", "." if move == "below" else new.name, "-q")
    assert result.exit_code == 0, result.stderr
    assert content(new) == content(tmp_path / "whole")
    assert relusgd("train", new / "config.yaml", "-q").stdout == f"{new}\n"


def test_continuing_on_another_machine_says_what_differs_there(tmp_path):
    stopped(load_config({**BASE, "network": {"hidden": 5}}), tmp_path / "run", 1)
    facts = json.loads((tmp_path / "run" / "run.json").read_text())
    facts["versions"]["numpy"] = "1.0"
    facts["processor"] = "an abacus\x1b[31m"
    (tmp_path / "run" / "run.json").write_text(json.dumps(facts))
    shown = relusgd("show", tmp_path / "run")
    result = relusgd("train", tmp_path / "run", "-q")
    assert result.exit_code == 0
    for words in (shown.stderr, result.stderr):
        assert "recorded with numpy 1.0, this is numpy " in words
        assert "recorded with an abacus" in words
        assert "\x1b" not in words
    assert "recorded" not in relusgd("train", tmp_path / "run").stderr.replace(
        "everything recorded", ""
    ), "nothing is left to differ"


def test_a_variable_that_chooses_code_for_another_processor_counts_as_one(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    stopped(load_config({**BASE, "network": {"hidden": 5}}), tmp_path / "run", 1)
    assert "recorded with" not in relusgd("show", tmp_path / "run").stderr
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    monkeypatch.setenv("NUMBA_CPU_NAME", "generic")
    words = relusgd("show", tmp_path / "run").stderr
    assert "recorded with OPENBLAS_CORETYPE=Nehalem, now it is Haswell; " in words
    assert "recorded without NUMBA_CPU_NAME, now it is generic; " in words
    monkeypatch.delenv("OPENBLAS_CORETYPE")
    words = relusgd("show", tmp_path / "run").stderr
    assert "recorded with OPENBLAS_CORETYPE=Nehalem, now it is not set; " in words
