import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from patience import wait_until
from runs.harness import StopsAfter, content
from small import SMALL, small

from relusgd.advice import in_shell
from relusgd.config import load_config
from relusgd.errors import DivergedError, InputError, RelusgdError, StoppedError
from relusgd.runs.disk import check_room
from relusgd.runs.find import load_run
from relusgd.runs.lock import FolderLock
from relusgd.runs.record import record
from relusgd.training import prepare, training_blocks

small = partial(small, training__momentum=0.5)  # so that the checkpoint has a velocity
record_in_short_blocks = partial(record, block_steps=5)


def test_a_run_folder_holds_what_was_trained(tmp_path):
    config = small()
    run = record(config, tmp_path / "run")
    blocks = list(training_blocks(prepare(config)))
    history = run.history
    assert run.status == "complete"
    assert history.epoch.tolist() == list(range(41))
    assert np.array_equal(history.weights[1][-1], blocks[-1].history.weights[1][-1])
    assert run.metrics["train_mse"][-1] == blocks[-1].history.metrics["train_mse"][-1]
    assert run.data.y_train.tobytes() == prepare(config).dataset.y_train.tobytes()
    assert run.config == config


def test_the_run_folder_is_the_one_that_is_documented(tmp_path):
    run = record(small(), tmp_path / "run")
    names = sorted(
        str(path.relative_to(run.folder)) for path in run.folder.rglob("*") if path.is_file()
    )
    arrays = [
        f"snapshots/{name}.npy"
        for name in ("bias_1", "bias_2", "elbow", "epoch", "slope", "step", "weight_1", "weight_2")
    ]
    assert names == [
        ".lock",
        "checkpoint.npz",
        "config.yaml",
        "data.csv",
        "metrics.csv",
        "run.json",
        *arrays,
    ]
    assert (run.folder / "metrics.csv").read_text().splitlines()[0] == (
        "epoch,step,learning_rate,train_mse,test_mse,dead_units,always_on_units,breakpoints"
    )
    assert (run.folder / "data.csv").read_text().splitlines()[0] == "split,x,y"
    slope, elbow = (
        np.load(run.folder / "snapshots/slope.npy"),
        np.load(run.folder / "snapshots/elbow.npy"),
    )
    assert np.array_equal(elbow, -np.load(run.folder / "snapshots/bias_1.npy") / slope)


def test_the_same_run_again_trains_nothing(tmp_path):
    record(small(), tmp_path / "run")
    before = content(tmp_path / "run")
    written = (tmp_path / "run" / "run.json").stat().st_mtime_ns
    record(small(), tmp_path / "run")
    assert content(tmp_path / "run") == before
    assert (tmp_path / "run" / "run.json").stat().st_mtime_ns == written


@pytest.mark.parametrize(
    "changes",
    [{}, {"training__sampling": "shuffle"}, {"snapshots__every": 7}, {"network__hidden": [4, 3]}],
    ids=str,
)
@pytest.mark.parametrize("blocks", [1, 2, 9])
def test_interrupted_and_resumed_equals_uninterrupted(changes, blocks, tmp_path):
    record_in_short_blocks(small(**changes), tmp_path / "whole")
    with pytest.raises(StoppedError):
        record_in_short_blocks(small(**changes), tmp_path / "parts", observer=StopsAfter(blocks))
    assert load_run(tmp_path / "parts").status == "interrupted"
    record_in_short_blocks(small(**changes), tmp_path / "parts")
    assert content(tmp_path / "parts") == content(tmp_path / "whole")


def cut_rows(path, rows, *, header):
    """An array file of which the last rows never reached the disk, and perhaps its last header
    neither.
    """
    array = np.load(path)
    if header:
        np.save(path, array[:rows])
    else:
        os.truncate(path, 128 + rows * array[0].nbytes)


@pytest.mark.parametrize("header", [True, False])
@pytest.mark.parametrize("name", ["slope", "weight_2", "epoch"])
def test_after_a_power_cut_lines_without_rows_are_computed_again(name, header, tmp_path):
    record_in_short_blocks(small(), tmp_path / "whole")
    with pytest.raises(StoppedError):
        record_in_short_blocks(small(), tmp_path / "parts", observer=StopsAfter(3))
    old = {
        name: (tmp_path / "parts" / name).read_bytes() for name in ("checkpoint.npz", "run.json")
    }
    due = len(load_run(tmp_path / "parts").history)
    with pytest.raises(StoppedError):
        record_in_short_blocks(small(), tmp_path / "parts", observer=StopsAfter(9))
    for own, content_before in old.items():
        (tmp_path / "parts" / own).write_bytes(content_before)
    before = (tmp_path / "parts" / "metrics.csv").read_bytes()
    array = tmp_path / "parts" / "snapshots" / f"{name}.npy"
    cut_rows(array, due - 1, header=header)
    with pytest.raises(RelusgdError, match=rf"{name}\.npy.*damaged"):
        record_in_short_blocks(small(), tmp_path / "parts")
    assert (tmp_path / "parts" / "metrics.csv").read_bytes() == before, (
        "rows from before the checkpoint cannot be computed again"
    )
    array.write_bytes((tmp_path / "whole" / "snapshots" / f"{name}.npy").read_bytes())
    cut_rows(array, due + 1, header=header)
    record_in_short_blocks(small(), tmp_path / "parts")
    assert content(tmp_path / "parts") == content(tmp_path / "whole")


def test_a_checkpoint_older_than_the_snapshots_loses_and_doubles_nothing(tmp_path):
    record_in_short_blocks(small(), tmp_path / "whole")
    with pytest.raises(StoppedError):
        record_in_short_blocks(small(), tmp_path / "parts", observer=StopsAfter(3))
    old = (tmp_path / "parts" / "checkpoint.npz").read_bytes()
    with pytest.raises(StoppedError):
        record_in_short_blocks(small(), tmp_path / "parts", observer=StopsAfter(9))
    (tmp_path / "parts" / "checkpoint.npz").write_bytes(old)
    record_in_short_blocks(small(), tmp_path / "parts")
    assert content(tmp_path / "parts") == content(tmp_path / "whole")


def test_a_torn_tail_is_cut_off(tmp_path):
    record_in_short_blocks(small(), tmp_path / "whole")
    with pytest.raises(StoppedError):
        record_in_short_blocks(small(), tmp_path / "parts", observer=StopsAfter(5))
    with (tmp_path / "parts" / "metrics.csv").open("a") as table:
        table.write("23,1")
    with (tmp_path / "parts" / "snapshots" / "slope.npy").open("ab") as array:
        array.write(b"torn")
    snapshots = len(load_run(tmp_path / "parts").history)
    record_in_short_blocks(small(), tmp_path / "parts")
    assert snapshots < 41
    assert content(tmp_path / "parts") == content(tmp_path / "whole")


def test_more_epochs_continue_and_give_the_longer_run(tmp_path):
    record(small(training__epochs=20), tmp_path / "run")
    record(small(training__epochs=40), tmp_path / "run")
    record(small(training__epochs=40), tmp_path / "whole")
    assert content(tmp_path / "run") == content(tmp_path / "whole")


@pytest.mark.parametrize(
    "changes", [{"training__schedule": {"kind": "cosine"}}, {"snapshots__every": 15}], ids=str
)
def test_more_epochs_are_another_run_where_they_change_what_is_recorded(changes, tmp_path):
    record(small(training__epochs=20, **changes), tmp_path / "run")
    with pytest.raises(InputError, match=r"training\.epochs: 20 → 40"):
        record(small(training__epochs=40, **changes), tmp_path / "run")


def test_another_run_is_refused_with_what_differs_and_two_commands(tmp_path):
    record(small(), tmp_path / "run")
    before = content(tmp_path / "run")
    with pytest.raises(InputError, match=r"training.learning_rate: 0.02 → 0.05") as caught:
        record(small(training__learning_rate=0.05), tmp_path / "run")
    assert "--overwrite" in in_shell(caught.value.hint)
    assert f"--out {tmp_path / 'run-2'}" in in_shell(caught.value.hint)
    assert content(tmp_path / "run") == before


def test_an_expression_in_width_and_its_value_are_the_same_run(tmp_path):
    law = small(training__learning_rate="0.5/width", network__hidden=8)
    run = record(law, tmp_path / "run")
    assert run.config.training.learning_rate == "0.5/width"
    before = content(tmp_path / "run")
    record(small(training__learning_rate=0.0625, network__hidden=8), tmp_path / "run")
    assert content(tmp_path / "run") == before
    with pytest.raises(InputError, match=r"0\.5/width = 0\.0625 → 0\.1/width = 0\.0125"):
        record(small(training__learning_rate="0.1/width", network__hidden=8), tmp_path / "run")
    with pytest.raises(InputError) as caught:
        record(small(training__learning_rate="0.5/width", network__hidden=4), tmp_path / "run")
    assert "network.hidden" in caught.value.message
    assert "learning_rate" not in caught.value.message


def test_overwrite_replaces_the_other_run_whole(tmp_path):
    record(small(), tmp_path / "run")
    record(small(training__learning_rate=0.05), tmp_path / "run", overwrite=True)
    record(small(training__learning_rate=0.05), tmp_path / "fresh")
    assert content(tmp_path / "run") == content(tmp_path / "fresh")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh", "run"]


def test_a_diverged_run_keeps_its_finite_snapshots_and_says_so_again(tmp_path):
    config = small(training__learning_rate=500.0)
    with pytest.raises(DivergedError) as first:
        record(config, tmp_path / "run")
    run = load_run(tmp_path / "run")
    assert run.status == "diverged"
    assert np.isfinite(run.history.weights[0]).all()
    before = content(tmp_path / "run")
    with pytest.raises(DivergedError) as second:
        record(config, tmp_path / "run")
    assert first.value.message in second.value.message
    assert content(tmp_path / "run") == before


@pytest.mark.parametrize("name", ["a file", "a folder of something else"])
def test_a_folder_that_is_not_a_run_is_never_touched(name, tmp_path):
    place = tmp_path / "place"
    if name == "a file":
        place.write_text("mine")
    else:
        place.mkdir()
        (place / "thesis.txt").write_text("mine")
    for overwrite in (False, True):
        with pytest.raises(InputError, match=r"does not touch it|is not a folder"):
            record(small(), place, overwrite)
    assert (place if name == "a file" else place / "thesis.txt").read_text() == "mine"


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "run").mkdir()
    assert record(small(), tmp_path / "run").status == "complete"


def test_a_folder_that_is_being_written_is_refused_with_host_and_process(tmp_path):
    with pytest.raises(StoppedError):
        record_in_short_blocks(small(), tmp_path / "run", observer=StopsAfter(2))
    lock = FolderLock(tmp_path / "run")
    try:
        with pytest.raises(InputError, match=f"being written by process {os.getpid()} on "):
            record_in_short_blocks(small(), tmp_path / "run")
    finally:
        lock.release()
    assert record_in_short_blocks(small(), tmp_path / "run").status == "complete"


def test_a_failure_before_epoch_0_leaves_no_folder(tmp_path, monkeypatch):
    def no_space(*_args):
        raise OSError(28, "No space left on device")

    # A disk that fills exactly before epoch 0, which no real disk does on request.
    monkeypatch.setattr("relusgd.runs.contents.data_parts", no_space)
    with pytest.raises(RelusgdError, match="No space left on device"):
        record(small(), tmp_path / "deep" / "run")
    assert [path.name for path in tmp_path.rglob("*")] in ([], ["deep"])


def test_a_folder_that_cannot_be_written_is_reported_in_a_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RelusgdError, match="file"):
        record(small(), tmp_path / "file" / "run")


def test_snapshots_that_do_not_fit_are_refused_with_the_size_and_what_to_change(
    tmp_path, monkeypatch
):
    plan = prepare(small(training__epochs=10**9))
    with pytest.raises(
        InputError,
        match=r"1,000,000,001 snapshots of .* need [\d,.]+ GB and .* has [\d,.]+ GB left",
    ) as caught:
        check_room(plan, tmp_path / "not" / "yet")
    assert "--set snapshots.every=" in in_shell(caught.value.hint)
    assert list(tmp_path.iterdir()) == []


def test_a_place_on_no_disk_cannot_be_written():
    with pytest.raises(InputError, match=r"^/proc cannot be written: it is on no disk"):
        check_room(prepare(small()), Path("/proc/x"))


def test_what_is_recorded_needs_no_room_again(tmp_path, monkeypatch):
    with pytest.raises(StoppedError):
        record_in_short_blocks(small(), tmp_path / "run", observer=StopsAfter(30))
    left = 41 - len(load_run(tmp_path / "run").history)
    room = left * prepare(small()).snapshot_bytes
    monkeypatch.setattr(
        "shutil.disk_usage", lambda place: SimpleNamespace(total=10**9, free=room - 1)
    )
    with pytest.raises(
        InputError,
        match=rf"{left} snapshots more of 304 bytes need {room} bytes "
        rf"and .* has {room - 1} bytes left",
    ):
        record_in_short_blocks(small(), tmp_path / "run")
    monkeypatch.setattr("shutil.disk_usage", lambda place: SimpleNamespace(total=10**9, free=room))
    assert record_in_short_blocks(small(), tmp_path / "run").status == "complete"
    monkeypatch.setattr("shutil.disk_usage", lambda place: SimpleNamespace(total=10**9, free=0))
    assert record_in_short_blocks(small(), tmp_path / "run").status == "complete"


def test_a_killed_run_resumes_to_the_same_folder(tmp_path):
    config = {**SMALL, "training": {**SMALL["training"], "epochs": 20_000}}
    out = str(tmp_path / "parts")
    code = f"import relusgd; relusgd.record(relusgd.load_config({config!r}), {out!r})"
    table = tmp_path / "parts" / "metrics.csv"

    def has_ended_or_recorded(process, lines):
        has_ended = process.poll() is not None
        return has_ended or (table.exists() and table.read_bytes().count(b"\n") > lines)

    for lines in (500, 5000):
        process = subprocess.Popen([sys.executable, "-c", code])
        wait_until(partial(has_ended_or_recorded, process, lines))
        process.kill()
        process.wait()
        assert load_run(tmp_path / "parts").status in ("interrupted", "complete")
    record(load_config(config), tmp_path / "parts")
    record(load_config(config), tmp_path / "whole")
    assert content(tmp_path / "parts") == content(tmp_path / "whole")


def test_a_run_from_a_newer_version_is_refused(tmp_path):
    run = record(small(), tmp_path / "run")
    facts = json.loads((run.folder / "run.json").read_text())
    (run.folder / "run.json").write_text(json.dumps({**facts, "format": 99}))
    with pytest.raises(RelusgdError, match="newer relusgd"):
        load_run(run.folder).facts  # noqa: B018


def test_a_csv_run_is_known_by_the_content_of_its_file(tmp_path):
    table = tmp_path / "flow.csv"
    table.write_text("x,y\n" + "".join(f"{1900 + i},{i * i % 7}\n" for i in range(20)))
    (tmp_path / "flow.yaml").write_text(
        "data: {kind: csv, path: flow.csv}\nnetwork: {hidden: 5}\ntraining: {epochs: 3}\n"
    )
    run = record(load_config(tmp_path / "flow.yaml"), tmp_path / "run")
    restored, original = run.data, prepare(load_config(tmp_path / "flow.yaml")).dataset
    for name in ("x_train", "y_train", "x_test", "y_test"):
        assert getattr(restored, name).tobytes() == getattr(original, name).tobytes()
    assert restored.scaling == original.scaling
    Path(tmp_path / "moved.csv").write_bytes(table.read_bytes())
    same = load_config(tmp_path / "flow.yaml", {"data.path": "moved.csv"})
    assert record(same, tmp_path / "run").status == "complete"
    table.write_text(table.read_text().replace("1900,0", "1900,1"))
    with pytest.raises(InputError, match="SHA-256"):
        record(load_config(tmp_path / "flow.yaml"), tmp_path / "run")


@pytest.mark.parametrize(("first", "is_date"), [("2020-03-01", True), ("2020", False)])
def test_a_run_knows_whether_the_x_of_its_csv_were_dates(tmp_path, first, is_date):
    cells = [first, "2021-01-01" if is_date else "2021", "2022-06-15" if is_date else "2022"]
    rows = "".join(f"{cell},{number}\n" for number, cell in enumerate(cells))
    (tmp_path / "flow.csv").write_text(f"day,flow\n{rows}", encoding="utf-8")
    data = {"kind": "csv", "path": str(tmp_path / "flow.csv"), "test_fraction": 0}
    config = load_config({"data": data, "training": {"epochs": 1, "batch_size": 3}})
    run = record(config, tmp_path / "run")
    assert run.data.x_is_date is is_date
    assert load_run(tmp_path / "run").data.x_is_date is is_date
