"""Machines on which processes or threads cannot be started, or only some of them."""

import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future
from multiprocessing import forkserver
from pathlib import Path

import pytest
from patience import PATIENCE
from small import small_sweep

from relusgd.errors import RelusgdError
from relusgd.sweeps import local, worker_process
from relusgd.sweeps.local import LocalProcesses
from relusgd.sweeps.running import run_sweep
from relusgd.sweeps.worker_process import WorkerProcess

LONG = bool(os.environ.get("RELUSGD_LONG"))


def only(count, error):
    """Workers of which this many can be started."""
    left = iter(range(count))

    class Limited(WorkerProcess):
        def __init__(self, stop_receiver):
            if next(left, None) is None:
                raise error
            super().__init__(stop_receiver)

    return Limited


@pytest.mark.parametrize(
    "error", [BlockingIOError(11, "no"), RuntimeError("can't start new thread"), EOFError()]
)
def test_the_processes_that_can_be_started_do_all_the_work(tmp_path, monkeypatch, error):
    monkeypatch.setattr(local, "WorkerProcess", only(1, error))
    with LocalProcesses(3) as processes:
        assert processes.workers == 1
        sweep = run_sweep(small_sweep(), tmp_path / "s", processes)
    assert set(sweep.summary["status"]) == {"complete"}


def test_where_none_can_be_started_a_sentence_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(local, "WorkerProcess", only(0, BlockingIOError(11, "not now")))
    with pytest.raises(RelusgdError, match=r"no process could be started that trains: .*not now"):
        run_sweep(small_sweep(), tmp_path / "s", workers=2)


def test_a_worker_that_cannot_be_replaced_leaves_its_work_to_the_others(monkeypatch):
    monkeypatch.setattr(local, "WorkerProcess", only(2, BlockingIOError(11, "no")))
    with LocalProcesses(2) as processes:
        dead = processes.submit(os._exit, 1)
        with pytest.raises(Exception, match="terminated abruptly"):
            dead.result(PATIENCE)
        pids = {processes.submit(os.getpid).result(PATIENCE) for _ in range(4)}
        assert len(pids) == processes.workers == 1


@pytest.fixture
def worker():
    receiver, sender = multiprocessing.get_context("forkserver").Pipe(duplex=False)
    with local.without_main():
        started = WorkerProcess(receiver)
        started.wait_until_ready(threading.Event())
    yield started
    sender.close()
    started.shutdown()


def test_a_process_that_works_stays_where_a_thread_of_something_else_failed(worker):
    has_failed = threading.Event()
    has_failed.set()
    worker.wait_until_ready(has_failed)
    assert worker.submit(os.getpid).result(PATIENCE) > 0


def test_a_process_whose_pool_could_start_no_thread_is_ended_and_not_waited_for(
    worker, monkeypatch
):
    monkeypatch.setattr(worker_process, "STUCK_SECONDS", 0.1)
    monkeypatch.setattr(worker, "_readiness", Future())  # nothing will ever set it
    has_failed = threading.Event()
    has_failed.set()
    with pytest.raises(TimeoutError):
        worker.wait_until_ready(has_failed)
    with pytest.raises(RuntimeError, match=r"shutdown|terminated"):
        worker.submit(os.getpid)


def test_the_death_of_the_process_that_workers_come_from_costs_nothing(tmp_path):
    config = small_sweep(sweep__repeat=2, training__epochs=300)
    with LocalProcesses(2) as processes:
        processes.submit(os.getpid).result(PATIENCE)
        os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
        sweep = run_sweep(config, tmp_path / "s", processes)
    assert set(sweep.summary["status"]) == {"complete"}


LIMITED = "setpriv --reuid {user} --clear-groups --inh-caps={caps} --ambient-caps={caps} "
LIMITED += "--bounding-set={caps} prlimit --nproc={processes}"


@pytest.fixture
def anybodys_folder():
    """A folder that another user may read and write; pytest's own are root's alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        yield folder


@pytest.mark.skipif(not LONG, reason="takes minutes")
@pytest.mark.skipif(os.geteuid() != 0 or not shutil.which("setpriv"), reason="needs another user")
@pytest.mark.parametrize("processes", range(1, 16))
def test_a_full_process_table_ends_in_a_sentence_or_not_at_all(anybodys_folder, processes):
    caps = "-all,+dac_override"
    limited = LIMITED.format(user=64321, caps=caps, processes=processes).split()
    command = [sys.executable, "-m", "relusgd", "sweep", "s.yaml", "--workers", "3"]
    (anybodys_folder / "s.yaml").write_text(
        "training: {epochs: 200}\nengine: numpy\nsweep: {repeat: 6}"
    )
    done = subprocess.run(
        [*limited, *command],
        cwd=anybodys_folder,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or "no process could be started that trains" in done.stderr
