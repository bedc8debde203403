"""Sweeps on a real Dask scheduler and real workers, on the loopback."""

import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from command import run
from patience import PATIENCE, wait_until
from runs.harness import content
from small import small_sweep
from sweeps.harness import Disturbed, Watching, free_port

from relusgd import load_sweep
from relusgd.config import PlannedRun, load_config, planned_runs
from relusgd.errors import InputError, RelusgdError, StoppedError
from relusgd.sweeps.backends import backend_of
from relusgd.sweeps.cluster import dask_executor
from relusgd.sweeps.dask_scheduler import check_certificates
from relusgd.sweeps.driver import Driver, Job
from relusgd.sweeps.running import run_sweep
from relusgd.sweeps.scheduler_address import read_address

Client = pytest.importorskip("distributed").Client

LONG = bool(os.environ.get("RELUSGD_LONG"))
KILLS = 20 if LONG else 3
RESTARTS = 50 if LONG else 1


@contextmanager
def process(*arguments, folder):
    """A process that is terminated at the end; what it says goes to a log in the folder."""
    with (folder / f"{arguments[0]}.log").open("ab") as log:
        started = subprocess.Popen(
            [sys.executable, "-m", f"distributed.cli.{arguments[0]}", *arguments[1:]],
            stdout=log,
            stderr=log,
        )
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """The scheduler file of a cluster with two worker processes."""
    folder = tmp_path_factory.mktemp("cluster")
    file = folder / "scheduler.json"
    quiet = ("--no-dashboard",)
    with ExitStack() as stack:
        stack.enter_context(
            process(
                "dask_scheduler",
                "--host",
                "127.0.0.1",
                "--port",
                "0",
                "--scheduler-file",
                str(file),
                *quiet,
                folder=folder,
            )
        )
        wait_until(file.exists)
        workers = (
            "--nworkers",
            "2",
            "--nthreads",
            "1",
            "--host",
            "127.0.0.1",
            "--local-directory",
            str(folder),
        )
        stack.enter_context(
            process("dask_worker", "--scheduler-file", str(file), *workers, *quiet, folder=folder)
        )
        with Client(scheduler_file=str(file), set_as_default=False) as client:
            client.wait_for_workers(2, timeout=PATIENCE)
        yield file


def test_one_process_two_and_a_cluster_write_the_same_bytes(scheduler, tmp_path):
    config = small_sweep()
    for workers in (1, 2):
        run_sweep(config, tmp_path / str(workers), workers=workers)
    with dask_executor(str(scheduler)) as executor:
        sweep = run_sweep(config, tmp_path / "dask", executor)
    assert set(sweep.summary["status"]) == {"complete"}
    assert len(sweep.runs) == 12
    assert content(tmp_path / "dask") == content(tmp_path / "1") == content(tmp_path / "2")


def test_a_csv_travels_to_the_workers(scheduler, tmp_path):
    (tmp_path / "t.csv").write_text("x,y\n" + "".join(f"{i},{(i - 9) ** 2}\n" for i in range(20)))
    (tmp_path / "t.yaml").write_text(
        "data: {kind: csv, path: t.csv}\nnetwork: {hidden: 3}\ntraining: {epochs: 20}\n"
        "engine: numpy\nsweep: {repeat: 3}"
    )
    config = load_config(tmp_path / "t.yaml")
    with dask_executor(str(scheduler)) as executor:
        run_sweep(config, tmp_path / "dask", executor)
    run_sweep(config, tmp_path / "here", workers=1)
    assert content(tmp_path / "dask") == content(tmp_path / "here")


def test_a_failure_on_a_worker_is_reported_in_its_row_and_the_others_go_on(scheduler, tmp_path):
    config = small_sweep(sweep__grid={}, sweep__cases={})
    impossible = PlannedRun(
        "seed=9",
        {"seed": 9},
        load_config({"data": {"samples": 3}, "training": {"batch_size": 4, "sampling": "shuffle"}}),
    )
    rows = []
    with dask_executor(str(scheduler)) as executor:
        Driver(backend_of(executor, tmp_path), rows.extend, lambda: False).drive(
            [Job(run) for run in [*planned_runs(config), impossible]]
        )
    assert {row.run: row.status for row in rows} == {
        **{f"seed={i}": "complete" for i in range(3)},
        "seed=9": "failed",
    }
    assert "larger than the 3 training points" in next(
        row.error for row in rows if row.run == "seed=9"
    )


def test_the_command_takes_a_scheduler_file_and_an_address(scheduler, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("small.yaml").write_text(
        "data: {samples: 12}\nnetwork: {hidden: 3}\ntraining: {epochs: 9}\n"
        "engine: numpy\nsweep: {repeat: 2}"
    )
    result = run("sweep", "small.yaml", "--dask", scheduler)
    assert (result.exit_code, result.stdout) == (0, "outputs/small\n"), result.stderr
    again = run("sweep", "small.yaml", "--dask", scheduler)
    assert "2 ended already, nothing to do" in again.stderr


def test_an_address_without_a_scheduler_is_reported_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    # So that the test need not wait for the usual ten seconds.
    monkeypatch.setattr("relusgd.sweeps.dask_scheduler.CONNECT_SECONDS", 1)
    Path("small.yaml").write_text("sweep: {repeat: 2}")
    result = run("sweep", "small.yaml", "--dask", "tcp://127.0.0.1:1")
    assert result.exit_code == 2
    assert "no Dask scheduler answers there" in result.stderr
    assert not Path("outputs").exists()


def test_tls_without_certificates_is_told_before_anything_is_waited_for():
    with pytest.raises(InputError, match="names none"):
        check_certificates(read_address("tls://127.0.0.1:1", "--dask tls://127.0.0.1:1"))


def test_a_stop_keeps_what_came_back_and_the_rest_can_be_done_here(scheduler, tmp_path):
    config = small_sweep(sweep__repeat=100)
    watching = Watching(stop_after=3)
    with dask_executor(str(scheduler)) as executor, pytest.raises(StoppedError, match="runs to go"):
        run_sweep(config, tmp_path / "s", executor, observer=watching)
    rest = Watching()
    run_sweep(config, tmp_path / "s", workers=2, observer=rest)
    assert len(watching.rows) + len(rest.rows) == config.sweep.runs


def worker_processes(scheduler):
    """The processes of the cluster's workers, by their own word."""
    with Client(scheduler_file=str(scheduler), set_as_default=False) as client:
        return list(client.run(os.getpid).values())


@pytest.fixture
def rows_at_once(monkeypatch):
    """Runs that come back are counted one by one. Usually those of a second are told together,
    which on a fast machine are all.
    """
    monkeypatch.setattr("relusgd.runs.batch.BATCH_SECONDS", 0.0)


@pytest.mark.usefixtures("rows_at_once")
def test_dask_workers_that_are_killed_at_random_cost_nothing_but_time(scheduler, tmp_path):
    config = small_sweep(sweep__repeat=100 if LONG else 30, training__epochs=1500)
    chance = random.Random(0)

    def kill():
        """Kill a worker after a random time. One that was killed just now has no process yet."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            time.sleep(0.3 * chance.random())
            try:
                os.kill(chance.choice(worker_processes(scheduler)), signal.SIGKILL)
                return
            except (OSError, IndexError, InputError):
                continue
        pytest.fail("no worker came back")

    watching = Disturbed(kill, KILLS, config.sweep.runs)
    with dask_executor(str(scheduler)) as executor:
        sweep = run_sweep(config, tmp_path / "s", executor, observer=watching)
    assert watching.happened == KILLS
    names = [row.run for row in watching.rows]
    assert len(names) == len(set(names)) == config.sweep.runs
    assert set(sweep.summary["status"]) == {"complete"}, set(sweep.summary["error"])
    run_sweep(config, tmp_path / "whole", workers=2)
    assert content(tmp_path / "s") == content(tmp_path / "whole")


class RestartingCluster:
    """A scheduler and two workers that are killed and started again, all at one address."""

    def __init__(self, folder):
        self.folder = folder
        self.port = free_port()
        self.address = f"tcp://127.0.0.1:{self.port}"
        self._stack = ExitStack()
        self._processes = []

    def start(self):
        host = ("--host", "127.0.0.1")
        quiet = ("--no-dashboard",)
        here = ("--local-directory", str(self.folder))
        scheduler = ("dask_scheduler", *host, "--port", str(self.port), *quiet)
        worker = ("dask_worker", self.address, "--no-nanny", "--nthreads", "1", *host, *here)
        self._processes = [
            self._stack.enter_context(process(*arguments, folder=self.folder))
            for arguments in (scheduler, (*worker, *quiet), (*worker, *quiet))
        ]

    def wait(self):
        """Wait until both workers are there."""
        with Client(self.address, timeout=PATIENCE, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=PATIENCE)

    def kill(self):
        for started in self._processes:
            started.kill()
            started.wait()

    def close(self):
        self._stack.close()


@pytest.mark.usefixtures("rows_at_once")
def test_a_scheduler_that_restarts_loses_no_run_and_doubles_none(tmp_path):
    config = small_sweep(sweep__repeat=4 * RESTARTS, training__epochs=3000)
    cluster = RestartingCluster(tmp_path)

    def restart():
        cluster.kill()
        cluster.start()

    watching = Disturbed(restart, RESTARTS, config.sweep.runs)
    cluster.start()
    try:
        cluster.wait()
        with dask_executor(cluster.address) as executor:
            sweep = run_sweep(config, tmp_path / "s", executor, observer=watching)
    finally:
        cluster.close()
    assert watching.happened == RESTARTS
    names = [row.run for row in watching.rows]
    assert len(names) == len(set(names)) == config.sweep.runs
    assert set(sweep.summary["status"]) == {"complete"}, set(sweep.summary["error"])


def test_a_scheduler_that_stays_away_ends_the_sweep_in_a_sentence_and_keeps_what_ended(
    tmp_path, monkeypatch
):
    monkeypatch.setattr("relusgd.sweeps.dask_scheduler.AWAY_SECONDS", 1)
    config = small_sweep(sweep__repeat=200, training__epochs=3000)
    cluster = RestartingCluster(tmp_path)

    class Killing(Watching):
        def finished(self, rows):
            super().finished(rows)
            cluster.kill()

    watching = Killing()
    cluster.start()
    try:
        cluster.wait()
        with (
            pytest.raises(RelusgdError, match="went away"),
            dask_executor(cluster.address) as executor,
        ):
            run_sweep(config, tmp_path / "s", executor, observer=watching)
    finally:
        cluster.close()
    kept = load_sweep(tmp_path / "s")
    assert watching.rows
    assert sorted(kept.summary["run"]) == sorted(row.run for row in watching.rows)
    assert set(kept.summary["status"]) == {"complete"}
