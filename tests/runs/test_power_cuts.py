"""Power cuts: what is relied on has reached the disk, and whatever a cut leaves is whole, or goes
on to the same bytes. In the long form, RELUSGD_LONG=1, all disks that were found are tried.
"""

import functools
import os
import random
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest
from command import run as relusgd
from runs.harness import StopsAfter, content
from runs.power_cuts import PowerCuts, RecordedDisk, materialize
from runs.test_crashes import batched
from small import small_sweep, tiny

from relusgd.errors import RelusgdError, StoppedError
from relusgd.runs import writer
from relusgd.runs.find import find_runs, load_run
from relusgd.runs.partial import clear_leftovers
from relusgd.runs.record import record
from relusgd.sweeps import worker
from relusgd.sweeps.running import run_sweep

LONG = "RELUSGD_LONG" in os.environ
SAMPLES = 10 if LONG else 1
TRIED = 10**6 if LONG else 8
tiny = functools.partial(tiny, data__samples=4, network__hidden=[2], training__epochs=3)
record = functools.partial(record, block_steps=2)  # an epoch a block


def shorter(folder):
    record(tiny(training__epochs=1), folder)


def stopped(folder):
    with pytest.raises(StoppedError):
        record(tiny(), folder, observer=StopsAfter(1))


def other(folder):
    record(tiny(seed=1), folder)


def nothing(folder):
    pass


def record_whole(folder):
    record(tiny(), folder)


def visible(folder):
    """What is in a folder but for the hidden files that the next writer removes."""
    return {name: data for name, data in content(folder).items() if not name.startswith(".")}


def run_in(folder, overwrite=False):
    record(tiny(), folder / "deep/run", overwrite=overwrite)


BEFORE = {"new": nothing, "longer": shorter, "resumed": stopped, "overwritten": other}


def cuts_of(root, monkeypatch, action, samples=SAMPLES):
    """The disks that power cuts within an action may leave: each, and whether it had ended.

    In the short form some of them.
    """
    disk = RecordedDisk(root)
    cuts = PowerCuts(disk, samples)
    disk.cut = cuts
    with disk.recording(monkeypatch):
        action()
    disk.refresh()
    cuts(ended=True)
    assert not disk.faults
    assert not disk.unsynced()
    images = list(cuts.images.items())
    assert len(images) > 2 * TRIED or LONG
    return random.Random(0).sample(images[:-1], min(TRIED, len(images) - 1)) + images[-1:]


def is_whole(folder):
    """Whether a folder reads as that of a run that has ended."""
    try:
        run = load_run(folder)
        return run.status == "complete" and bool(len(run.history)) and bool(len(run.data.x_train))
    except RelusgdError:
        return False


@pytest.mark.parametrize("every_block", [True, False], ids=["checkpoints", "no checkpoint"])
@pytest.mark.parametrize("before", BEFORE)
def test_whatever_a_power_cut_leaves_goes_on_to_the_same_bytes(
    before, every_block, tmp_path, monkeypatch
):
    monkeypatch.setattr(writer, "CHECKPOINT_SECONDS", 0.0 if every_block else 1e9)
    known = {}
    for name, make in (("whole", record_whole), ("other", other), ("shorter", shorter)):
        make(tmp_path / name)
        known[name] = content(tmp_path / name)
    root = tmp_path / "disk"
    (root / "deep").mkdir(parents=True)
    BEFORE[before](root / "deep/run")
    overwrite = before == "overwritten"
    images = cuts_of(root, monkeypatch, lambda: run_in(root, overwrite))
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    for number, (image, ended) in enumerate(images):
        place = tmp_path / "after" / str(number)
        materialize(image, place)
        folder = place / "deep/run"
        if before != "new" or ended:
            assert folder.exists(), "a run that stood there is gone"
        if ended:
            assert is_whole(folder)
        if folder.exists() and is_whole(folder):
            assert visible(folder) in known.values(), "it looks whole and is not"
        still_old = overwrite and folder.exists() and load_run(folder).config.seed == 1
        run_in(place, still_old)
        assert content(folder) == known["whole"], number
        assert [path.name for path in folder.parent.iterdir()] == ["run"]
        shutil.rmtree(place)


def test_runs_of_a_batch_are_whole_or_not_there_after_a_power_cut(tmp_path, monkeypatch):
    for seed in (0, 1):
        record(tiny(seed=seed), tmp_path / f"seed={seed}")
    whole = {f"seed={seed}": content(tmp_path / f"seed={seed}") for seed in (0, 1)}
    root = tmp_path / "sweep"
    root.mkdir()
    images = cuts_of(root, monkeypatch, lambda: batched(root), 4 * SAMPLES)
    for number, (image, ended) in enumerate(images):
        place = tmp_path / "after" / str(number)
        materialize(image, place)
        there = {run.folder.name: content(run.folder) for run in find_runs(place)}
        assert there == (whole if ended else {name: whole[name] for name in there})
        clear_leftovers(place)
        batched(place)
        assert {path.name: content(path) for path in place.iterdir()} == whole


COMMANDS = [
    ["new", "disk/new.yaml", "--from", "nile"],
    ["plot", "disk/run", "--size", "480x360"],
    ["animate", "disk/run", "--frames", "2", "--size", "480x360"],
    ["view", "disk/run"],
    ["export", "disk/run", "--out", "disk/units.csv"],
    ["predict", "disk/run", "--at", "0.5", "--out", "disk/f.csv"],
    ["graph", "disk/run", "--out", "disk/graph.dot"],
]


def test_what_a_command_wrote_is_on_the_disk_when_it_ends(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "disk").mkdir()
    record(tiny(), "disk/run")
    disk = RecordedDisk(tmp_path / "disk")
    for command in COMMANDS:
        with disk.recording(monkeypatch):
            result = relusgd(*command)
        assert result.exit_code == 0, result.stderr
        assert not disk.faults, command
        assert not disk.unsynced(), command


@pytest.mark.parametrize("short_seconds", [60.0, 0.0], ids=["in batches", "alone"])
def test_the_runs_and_tables_of_a_sweep_are_on_the_disk_when_it_ends(
    short_seconds, tmp_path, monkeypatch
):
    monkeypatch.setattr(worker, "BATCH_SECONDS", short_seconds)
    disk = RecordedDisk(tmp_path)
    sweep = small_sweep(training__epochs=2)
    with disk.recording(monkeypatch), ThreadPoolExecutor(1) as executor:
        run_sweep(sweep, tmp_path / "sweeps/small", executor)
    assert not disk.faults
    assert not disk.unsynced()
