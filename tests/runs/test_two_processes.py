"""Two processes on one folder: one writes, the other is refused; readers see whole snapshots."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from patience import PATIENCE, wait_until
from small import tiny

from relusgd.config import load_config
from relusgd.errors import InputError
from relusgd.run_files.one_run import ReplacedError
from relusgd.runs.facts import write_facts
from relusgd.runs.find import load_run
from relusgd.runs.lock import FolderLock, is_being_written
from relusgd.runs.record import record

TIMES = 50 if os.environ.get("RELUSGD_LONG") else 5
REPLACED_READS = 20_000 if os.environ.get("RELUSGD_LONG") else 30
READS = 1000 if os.environ.get("RELUSGD_LONG") else 100
CONFIG = """\
data: {samples: 20, test_samples: 5}
network: {hidden: 4}
training: {epochs: 300, batch_size: 4}
engine: numpy
"""


def start(config, out):
    command = [sys.executable, "-m", "relusgd", "train", str(config), "--out", str(out), "-q"]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_of_two_processes_on_one_folder_one_writes_and_the_other_is_refused(tmp_path):
    (tmp_path / "c.yaml").write_text(CONFIG)
    for time in range(TIMES):
        folder = tmp_path / f"runs-{time}" / "run"
        processes = [start(tmp_path / "c.yaml", folder) for _ in range(2)]
        words = [process.communicate(timeout=PATIENCE)[1] for process in processes]
        codes = sorted(process.returncode for process in processes)
        assert codes in ([0, 0], [0, 2]), words
        assert all(
            "being written by process" in said or "just now" in said or said == "" for said in words
        ), words
        assert load_run(folder).status == "complete"
        assert len(load_run(folder).history) == 301
        assert [path.name for path in folder.parent.iterdir()] == ["run"]


@pytest.mark.parametrize("option", ["", "--overwrite"])
def test_a_folder_that_is_being_written_is_reported_before_anything_else(option, tmp_path):
    (tmp_path / "c.yaml").write_text(CONFIG)
    run = record(load_config(tmp_path / "c.yaml"), tmp_path / "run")
    write_facts(run.folder, replace(run.facts, status="running"))
    lock = FolderLock(run.folder)
    try:
        command = [
            sys.executable,
            "-m",
            "relusgd",
            "train",
            str(run.folder),
            *filter(None, [option]),
        ]
        result = subprocess.run(command, capture_output=True, text=True)
    finally:
        lock.release()
    assert result.returncode == 2
    assert result.stderr.startswith(
        f"error: {run.folder} is being written by process {os.getpid()} on "
    )


def test_readers_of_a_run_that_trains_see_whole_snapshots(tmp_path):
    (tmp_path / "c.yaml").write_text(
        CONFIG.replace("epochs: 300", "epochs: 5000000").replace(
            "engine", "snapshots: {every: 10}\nengine"
        )
    )
    process = start(tmp_path / "c.yaml", tmp_path / "run")
    try:
        wait_until((tmp_path / "run" / "metrics.csv").exists, process)
        seen = 0
        for _ in range(READS):
            run = load_run(tmp_path / "run")
            history = run.history
            assert run.status == "running"
            assert len(history) >= seen
            assert np.array_equal(history.epoch, 10 * np.arange(len(history)))
            assert np.isfinite(history.weights[1][-1]).all()
            seen = len(history)
    finally:
        process.terminate()
        assert process.wait(timeout=PATIENCE) == 143
        process.communicate()
    assert load_run(tmp_path / "run").status == "interrupted"


def test_readers_of_a_run_that_is_replaced_again_and_again_see_one_run(tmp_path):
    folder = tmp_path / "run"
    configs = [tiny(network__hidden=[width], training__epochs=width) for width in (3, 5)]
    record(configs[0], folder)
    parent, read, replaced = os.getpid(), 0, 0
    writer = os.fork()
    if writer == 0:
        try:
            while os.getppid() == parent:
                for config in configs[::-1]:
                    record(config, folder, overwrite=True)
        finally:
            os._exit(1)
    try:
        while read < REPLACED_READS:
            run = load_run(folder)
            try:
                width = run.config.network.hidden[0]
                assert run.metrics["epoch"][-1] <= width
                assert run.history.slope.shape[1] == width
                assert len(run.data.x_train) == 6
            except ReplacedError:
                replaced += 1
            assert load_run(folder).history.slope.shape[1] in (3, 5)
            read += 1
    finally:
        os.kill(writer, signal.SIGKILL)
        os.waitpid(writer, 0)
    assert replaced < read


def test_a_run_whose_folder_another_one_took_says_so_and_keeps_what_it_read(tmp_path):
    old = record(tiny(), tmp_path / "run")
    slope = old.history.slope
    before = slope.copy()
    record(tiny(seed=1), tmp_path / "run", overwrite=True)
    assert np.array_equal(slope, before)
    with pytest.raises(InputError, match="was replaced since it was loaded"):
        _ = old.data


@pytest.mark.parametrize(
    "left_by_a_dead_writer",
    [b"", b'{"pid": 1, "host": "h", "since": "then"}'],
    ids=["no name", "a dead one's name"],
)
def test_checking_whether_a_folder_is_written_never_keeps_a_writer_out(
    left_by_a_dead_writer, tmp_path
):
    stop = False

    def look():
        # threads wait for one another with the lock in their hands: eight of them hold it nearly
        # always
        while not stop:
            is_being_written(tmp_path)

    with ThreadPoolExecutor(8) as pool:
        looks = [pool.submit(look) for _ in range(8)]
        try:
            for _ in range(TIMES * 10):
                (tmp_path / ".lock").write_bytes(left_by_a_dead_writer)
                lock = FolderLock(tmp_path)
                assert is_being_written(tmp_path)
                lock.release()
                assert not is_being_written(tmp_path)
        finally:
            stop = True
        assert [look.result() for look in looks] == [None] * 8


def test_a_second_writer_is_refused_while_others_look(tmp_path):
    lock = FolderLock(tmp_path)
    with ThreadPoolExecutor(2) as pool:
        looks = [
            pool.submit(lambda: [is_being_written(tmp_path) for _ in range(2000)]) for _ in range(2)
        ]
        for _ in range(3):
            with pytest.raises(InputError, match=f"process {os.getpid()} on"):
                FolderLock(tmp_path)
        assert all(all(look.result()) for look in looks)
    lock.release()
