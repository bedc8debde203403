"""A process that dies or is interrupted, or a disk that is full, at every single call of which a
run folder is made.
"""

import errno
import functools
import itertools
import os
import warnings
from pathlib import Path

import numpy as np
import pytest
from runs.harness import content
from small import tiny

from relusgd.errors import RelusgdError
from relusgd.runs import partial
from relusgd.runs.batch import Batch
from relusgd.runs.disk import disk_faults
from relusgd.runs.find import load_run
from relusgd.runs.partial import clear_leftovers
from relusgd.runs.record import record
from relusgd.sweeps.in_memory import InMemoryTraining
from relusgd.training import prepare, training_blocks

tiny = functools.partial(tiny, data__samples=4, network__hidden=[2], training__epochs=3)
record = functools.partial(record, block_steps=2)  # an epoch a block
CALLS = [
    "write",
    "pwrite",
    "ftruncate",
    "rename",
    "replace",
    "unlink",
    "rmdir",
    "mkdir",
    "fsync",
    "open",
]
WRITERS = {"write", "pwrite"}
MODES = ["before", "middle", "after"]
STOPPED = ["full", "interrupt"]
"""The disk is full, or a second Ctrl-C stops at once: the process itself clears up."""
DIED = 77
INTERRUPTED = 130
STRIDE = 1 if os.environ.get("RELUSGD_LONG") else 29
"""Every call, or in the short form every twenty-ninth."""


class Layer:
    """Stands between relusgd and the system's calls; the call number `at` dies, is interrupted, or
    finds the disk full.
    """

    def __init__(self, at, mode):
        self.at, self.mode, self.count = at, mode, 0

    def install(self):
        for name in CALLS:
            setattr(os, name, self._around(name, getattr(os, name)))
        exchange = partial.exchange
        partial.exchange = self._around("exchange", exchange)

    def _around(self, name, call):
        def wrapped(*arguments, **options):
            if name == "open" and not arguments[1] & (os.O_WRONLY | os.O_RDWR):
                return call(*arguments, **options)
            self.count += 1
            if self.count != self.at:
                return call(*arguments, **options)
            if self.mode == "full":
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            if self.mode == "interrupt":
                raise KeyboardInterrupt
            try:
                if self.mode == "middle" and name in WRITERS:
                    data = memoryview(arguments[1])
                    call(arguments[0], data[: len(data) // 2], *arguments[2:])
                elif self.mode != "before":
                    call(*arguments, **options)
            finally:
                os._exit(DIED)

        return wrapped


def in_child(action, at, mode):
    """The exit code of a child in which `action` runs below the layer: DIED, 0, or 1 for a
    RelusgdError; 99 for any other.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        code = 99
        try:
            Layer(at, mode).install()
            action()
            code = 0
        except RelusgdError as error:
            code = error.exit_code
        except KeyboardInterrupt:
            code = INTERRUPTED
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.fixture(autouse=True)
def eager(monkeypatch):
    """A checkpoint a block; and nobody waits for the disk or for another machine."""
    # Clocks and disks that no test can wait for.
    monkeypatch.setattr("relusgd.runs.writer.CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr("os.fsync", lambda descriptor: None)
    monkeypatch.setattr("relusgd.runs.batch.sync_file_system", lambda folder, written: None)
    monkeypatch.setattr("relusgd.runs.partial.OTHER_MACHINE_SECONDS", -1.0)


def check_whole(folder):
    """What stands in metrics.csv is all there, and NumPy itself reads every array."""
    run = load_run(folder)
    history = run.history
    for path in (folder / "snapshots").glob("*.npy"):
        assert len(np.load(path, allow_pickle=False)) >= len(history)
    return len(history)


def every_call(tmp_path, mode, prepare, action):
    """Yield (number of the call, folder, exit code) for the calls that `action` makes, until it
    makes no more.
    """
    for at in itertools.count(1 + MODES.index(mode) % STRIDE if mode in MODES else 1, STRIDE):
        place = tmp_path / f"{mode}-{at}"
        place.mkdir()
        prepare(place / "run")
        code = in_child(lambda folder=place / "run": action(folder), at, mode)
        if code == 0 and (mode != "full" or at > 150):
            break
        yield at, place / "run", code


def nothing(folder):
    pass


def check_code(mode, code, at):
    """A full disk is an error or does no harm at that call; every other call ends the process."""
    assert code in (
        (0, 1) if mode == "full" else (INTERRUPTED,) if mode == "interrupt" else (DIED,)
    ), at


@pytest.mark.parametrize("mode", [*MODES, *STOPPED])
def test_a_run_that_ends_at_any_call_goes_on_to_the_same_folder(mode, tmp_path):
    record(tiny(), tmp_path / "whole")
    whole = content(tmp_path / "whole")
    calls = failed = 0
    for at, folder, code in every_call(
        tmp_path, mode, nothing, lambda folder: record(tiny(), folder)
    ):
        check_code(mode, code, at)
        calls, failed = at, failed + (code > 0)
        if folder.exists():
            check_whole(folder)
        record(tiny(), folder)
        assert content(folder) == whole, at
        assert [path.name for path in folder.parent.iterdir()] == ["run"], at
    assert calls > 60
    assert failed > 60 // STRIDE


@pytest.mark.parametrize("mode", [*MODES, *STOPPED])
def test_more_epochs_that_end_at_any_call_lose_nothing(mode, tmp_path):
    record(tiny(), tmp_path / "whole")
    whole = content(tmp_path / "whole")
    actions = (
        (lambda folder: record(tiny(training__epochs=1), folder)),
        (lambda folder: record(tiny(), folder)),
    )
    failed = 0
    for at, folder, code in every_call(tmp_path, mode, *actions):
        check_code(mode, code, at)
        failed += code > 0
        assert check_whole(folder) >= 2
        record(tiny(), folder)
        assert content(folder) == whole, at
    assert failed > 30 // STRIDE


@pytest.mark.parametrize(
    ("mode", "exchanges"),
    [*itertools.product(["before", "after"], [True, False]), *((mode, True) for mode in STOPPED)],
)
def test_overwriting_that_ends_at_any_call_leaves_the_old_run_or_the_new_one(
    mode, exchanges, tmp_path, monkeypatch
):
    if not exchanges:
        monkeypatch.setattr("relusgd.runs.partial.exchange", lambda one, other: False)
    record(tiny(), tmp_path / "old")
    record(tiny(seed=1), tmp_path / "new")
    old, new = content(tmp_path / "old"), content(tmp_path / "new")
    actions = (
        (lambda folder: record(tiny(), folder)),
        (lambda folder: record(tiny(seed=1), folder, overwrite=True)),
    )
    failed = 0
    for at, folder, code in every_call(tmp_path, mode, *actions):
        check_code(mode, code, at)
        failed += code > 0
        if mode not in STOPPED:
            partial.recover(folder)
        check_whole(folder)
        is_old = load_run(folder).config.seed == 0
        if is_old:
            assert content(folder) == old, at
        record(tiny(seed=1), folder, overwrite=is_old)
        assert content(folder) == new, at
    assert failed > 60 // STRIDE


def batched(folder):
    """Two runs that are made durable together, one of which was there already."""
    with Batch(folder) as batch:
        for seed in (0, 1):
            if not (folder / f"seed={seed}").exists():
                plan = prepare(tiny(seed=seed))
                training = InMemoryTraining(training_blocks(plan))
                assert training.take()
                batch.add(f"seed={seed}", training.contents(plan, {}))
        batch.commit()


@pytest.mark.parametrize("mode", MODES)
def test_runs_of_a_batch_are_there_whole_or_not_at_all(mode, tmp_path):
    for seed in (0, 1):
        record(tiny(seed=seed), tmp_path / f"seed={seed}")
    whole = {f"seed={seed}": content(tmp_path / f"seed={seed}") for seed in (0, 1)}
    calls = 0
    for at, folder, code in every_call(tmp_path, mode, Path.mkdir, batched):
        assert code == DIED, at
        for path in folder.glob("seed=*"):
            assert content(path) == whole[path.name], at
        clear_leftovers(folder)
        batched(folder)
        assert {path.name: content(path) for path in folder.iterdir()} == whole, at
        calls = at
    assert calls > 50


def test_a_batch_on_a_full_disk_leaves_nothing_half_built(tmp_path):
    failed = 0
    for at, folder, code in every_call(tmp_path, "full", Path.mkdir, in_words(batched)):
        assert code in (0, 1), at
        failed += code
        for path in folder.iterdir():
            assert not path.name.startswith("."), at
            check_whole(path)
        batched(folder)
        assert len(list(folder.iterdir())) == 2
    assert failed > 60 // STRIDE


def in_words(action):
    """The action with the disk's refusals as errors of relusgd."""

    def run(folder):
        with disk_faults(folder):
            action(folder)

    return run
