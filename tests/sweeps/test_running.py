"""Sweeps on real workers: the same bytes from every executor, whatever dies, and however often it
is stopped.
"""

import csv
import json
import os
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from patience import PATIENCE, wait_until
from runs.harness import content
from small import SWEEP, small_sweep
from sweeps.harness import Disturbed, Watching

import relusgd
from relusgd.advice import in_shell
from relusgd.config import load_config
from relusgd.errors import ConfigError, InputError, StoppedError
from relusgd.runs.lock import FolderLock
from relusgd.sweeps.local import LocalProcesses
from relusgd.sweeps.running import run_sweep

LONG = bool(os.environ.get("RELUSGD_LONG"))
KILLS = 20 if LONG else 4


class Elsewhere(Executor):
    """Knows nothing of this disk, and is no executor of the standard library."""

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def summary_lines(folder):
    with (folder / "summary.csv").open(encoding="utf-8", newline="") as file:
        return [
            {key: value for key, value in line.items() if key != "seconds"}
            for line in csv.DictReader(file)
        ]


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    """The sweep by one process."""
    return run_sweep(small_sweep(), tmp_path_factory.mktemp("one") / "s", workers=1).folder


def test_two_processes_write_what_one_writes(one, tmp_path):
    run_sweep(small_sweep(), tmp_path / "s", workers=2)
    assert content(tmp_path / "s") == content(one)
    assert summary_lines(tmp_path / "s") == summary_lines(one)
    assert len(summary_lines(one)) == 12


def test_threads_write_what_one_process_writes(one, tmp_path):
    with ThreadPoolExecutor(3) as threads:
        run_sweep(small_sweep(), tmp_path / "s", threads)
    assert content(tmp_path / "s") == content(one)


def test_runs_that_travel_back_are_written_as_one_process_writes_them(one, tmp_path):
    run_sweep(small_sweep(), tmp_path / "s", Elsewhere())
    assert content(tmp_path / "s") == content(one)
    assert summary_lines(tmp_path / "s") == summary_lines(one)


def test_a_short_run_is_the_one_that_record_makes(one, tmp_path):
    run = relusgd.load_run(one / "network.hidden=5,case=all,seed=2")
    alone = relusgd.record(run.config, tmp_path / "alone")
    for path in alone.folder.rglob("*"):
        if path.is_file() and path.name not in (".lock", "run.json"):
            assert (
                path.read_bytes() == (run.folder / path.relative_to(alone.folder)).read_bytes()
            ), path.name
    ours, theirs = run.facts, alone.facts
    assert ours.notes == {"sweep": {"network.hidden": [5], "case": "all", "seed": 2}}
    assert theirs.notes == {}
    assert replace(ours, notes={}, timings=theirs.timings) == theirs


def test_long_runs_are_recorded_while_they_train(one, tmp_path, monkeypatch):
    # Every run counts as long; a really long one would slow the tests down.
    monkeypatch.setattr("relusgd.sweeps.worker.BATCH_SECONDS", 0.0)
    with ThreadPoolExecutor(1) as thread:
        run_sweep(small_sweep(), tmp_path / "s", thread)
    assert content(tmp_path / "s") == content(one)


def test_shards_train_their_part_and_the_sweep_without_a_shard_writes_the_summary(one, tmp_path):
    config = small_sweep()
    parts = [run_sweep(config, tmp_path / "s", workers=1, shard=(k, 3)) for k in (1, 2, 3)]
    assert [len(part.runs) for part in parts] == [4, 4, 4]
    assert not (tmp_path / "s" / "summary.csv").exists()
    watching = Watching()
    run_sweep(config, tmp_path / "s", observer=watching)
    assert watching.rows == []
    assert content(tmp_path / "s") == content(one)
    assert summary_lines(tmp_path / "s") == summary_lines(one)


def test_a_sweep_that_is_stopped_keeps_what_has_ended_and_is_finished_by_the_same_call(
    one, tmp_path
):
    watching = Watching(stop_after=2)
    with pytest.raises(StoppedError, match="runs to go") as caught:
        run_sweep(small_sweep(), tmp_path / "s", workers=1, observer=watching)
    assert caught.value.exit_code == 130
    ended = {row.run for row in watching.rows}
    assert {line["run"] for line in summary_lines(tmp_path / "s")} == ended
    again = Watching()
    run_sweep(small_sweep(), tmp_path / "s", workers=2, observer=again)
    assert {row.run for row in again.rows}.isdisjoint(ended)
    assert content(tmp_path / "s") == content(one)


@pytest.mark.parametrize("far", [False, True])
def test_interrupted_and_shorter_runs_go_on_where_they_were(far, one, tmp_path):
    short = small_sweep(training__epochs=20, sweep__cases={"all": {}})
    run_sweep(short, tmp_path / "s", workers=1)
    interrupted = tmp_path / "s" / "network.hidden=5,case=all,seed=0"
    facts = json.loads((interrupted / "run.json").read_text())
    (interrupted / "run.json").write_text(json.dumps({**facts, "status": "running"}))
    run_sweep(
        small_sweep(), tmp_path / "s", Elsewhere() if far else None, workers=None if far else 2
    )
    assert content(tmp_path / "s") == content(one)


def test_other_runs_in_the_way_are_refused_before_anything_is_trained(tmp_path):
    config = load_config({**SWEEP, "sweep": {"repeat": 2}})
    run_sweep(config, tmp_path / "s", workers=1)
    before = content(tmp_path / "s")
    other = load_config({**SWEEP, "sweep": {"repeat": 3}}, {"training.learning_rate": 0.5})
    with pytest.raises(
        InputError,
        match=r"holds another run:\n  training.learning_rate: 0.02 → 0.5\nand so do 1 more",
    ) as caught:
        run_sweep(other, tmp_path / "s")
    assert f"--out {tmp_path / 's-2'}" in in_shell(caught.value.hint)
    assert content(tmp_path / "s") == before


def test_a_sweep_needs_a_folder_of_its_own(tmp_path):
    alone = load_config({**SWEEP, "sweep": None})
    relusgd.record(alone, tmp_path / "s")
    before = content(tmp_path / "s")
    with pytest.raises(InputError, match="holds a run, and a sweep needs a folder") as caught:
        run_sweep(small_sweep(), tmp_path / "s", workers=1)
    line = in_shell(caught.value.hint)
    assert line == f"to keep both: relusgd sweep --out {tmp_path / 's-2'}"
    assert content(tmp_path / "s") == before


def test_a_sweep_that_was_begun_in_the_folder_of_a_run_is_finished_there(tmp_path):
    watching = Watching(stop_after=2)
    with pytest.raises(StoppedError):
        run_sweep(small_sweep(), tmp_path / "s", workers=1, observer=watching)
    alone = relusgd.record(load_config({**SWEEP, "sweep": None}), tmp_path / "alone")
    for path in alone.folder.iterdir():
        path.rename(tmp_path / "s" / path.name)
    assert len(run_sweep(small_sweep(), tmp_path / "s", workers=1)) == 12


def test_faults_of_any_combination_are_reported_before_anything_is_trained(tmp_path):
    config = load_config(
        {
            **SWEEP,
            "sweep": {"grid": {"training.batch_size": [4, 13], "training.sampling": ["shuffle"]}},
        }
    )
    with pytest.raises(ConfigError, match="13 is larger than the 12 training points"):
        run_sweep(config, tmp_path / "s")
    assert not (tmp_path / "s").exists()


def test_a_history_that_is_too_large_to_travel_is_refused_with_advice(tmp_path):
    config = load_config(
        {**SWEEP, "sweep": {"repeat": 2}},
        {"network.hidden": 1000, "training.epochs": 10_000, "snapshots.every": 1},
    )
    with pytest.raises(InputError, match="at most 268 MB are sent back") as caught:
        run_sweep(config, tmp_path / "s", Elsewhere())
    assert "--set snapshots.every=2" in in_shell(caught.value.hint)
    assert not (tmp_path / "s").exists()


def test_a_run_that_cannot_be_written_fails_and_the_others_go_on(tmp_path):
    config = load_config({**SWEEP, "sweep": {"repeat": 3}})
    run_sweep(
        load_config({**SWEEP, "sweep": {"repeat": 1}}, {"training.epochs": 20}),
        tmp_path / "s",
        workers=1,
    )
    busy = FolderLock(tmp_path / "s" / "seed=0")
    try:
        sweep = run_sweep(config, tmp_path / "s", workers=2)
    finally:
        busy.release()
    assert sweep.summary["status"].tolist() == ["failed", "complete", "complete"]
    assert "is being written by process" in sweep.summary["error"][0]
    assert relusgd.load_run(tmp_path / "s" / "seed=0").status == "complete"
    assert (
        run_sweep(config, tmp_path / "s", workers=2).summary["status"].tolist() == ["complete"] * 3
    )


def test_the_summary_can_be_read_at_any_time_and_grows(tmp_path, monkeypatch):
    # The summary is written after every run, so that a short sweep shows how it grows.
    monkeypatch.setattr("relusgd.sweeps.summary_file.WRITE_SECONDS", 0.0)
    seen = []

    class Reading(Watching):
        def signal(self):
            if (tmp_path / "s" / "summary.csv").exists():
                seen.append(len(summary_lines(tmp_path / "s")))

    run_sweep(small_sweep(), tmp_path / "s", workers=1, observer=Reading())
    assert seen == sorted(seen)
    assert seen[0] < 12
    assert len(summary_lines(tmp_path / "s")) == 12


def test_runs_of_other_sweeps_of_the_folder_stay_in_its_summary(tmp_path):
    run_sweep(load_config({**SWEEP, "sweep": {"repeat": 3}}), tmp_path / "s", workers=1)
    config = load_config({**SWEEP, "sweep": {"grid": {"training.momentum": [0.5]}}})
    sweep = run_sweep(config, tmp_path / "s", workers=1)
    assert sweep.summary["training.momentum"].tolist() == [0.5, 0.0, 0.0, 0.0]
    assert [line["run"] for line in summary_lines(tmp_path / "s")] == [
        "training.momentum=0.5,seed=0",
        "seed=0",
        "seed=1",
        "seed=2",
    ]


def worker_processes():
    """The processes that this one's forkservers have forked."""
    servers = [pid for pid in children(os.getpid()) if b"forkserver" in command_line(pid)]
    return [worker for server in servers for worker in children(server)]


def children(pid):
    found = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (task / "children").read_text().split())
    except OSError:  # it has ended
        return []
    return found


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.skipif(sys.platform != "linux", reason="finds its victims in /proc")
def test_workers_that_are_killed_at_random_cost_nothing_but_time(tmp_path, monkeypatch):
    # On a busy machine one run may be hit again and again.
    monkeypatch.setattr("relusgd.sweeps.driver.TRIES", KILLS + 1)
    # So few runs come back between two kills that the driver can replace the first worker.
    monkeypatch.setattr("relusgd.sweeps.driver.LARGEST_GROUP", 4)
    config = load_config(
        SWEEP,
        {
            "sweep.repeat": 100 if LONG else 30,
            "training.epochs": 3000,
            "sweep.grid.network.hidden": [3, 5],
        },
    )
    chance = random.Random(0)

    def kill():
        """Kill a worker after a random time. One that was killed just now has no process yet."""
        time.sleep(0.05 * chance.random())
        victims = wait_until(lambda: list(filter(is_alive, worker_processes())))
        os.kill(chance.choice(victims), signal.SIGKILL)

    watching = Disturbed(kill, KILLS, config.sweep.runs)
    sweep = run_sweep(config, tmp_path / "s", workers=2, observer=watching)
    assert watching.happened == KILLS
    names = [row.run for row in watching.rows]
    assert len(names) == len(set(names)) == config.sweep.runs
    assert set(sweep.summary["status"]) == {"complete"}
    assert [line["run"] for line in summary_lines(tmp_path / "s")] == sweep.summary["run"].tolist()
    run_sweep(config, tmp_path / "whole", workers=2)
    assert content(tmp_path / "s") == content(tmp_path / "whole")
    assert summary_lines(tmp_path / "s") == summary_lines(tmp_path / "whole")


def test_a_worker_that_dies_loses_its_own_task_and_no_other():
    with LocalProcesses(2) as processes:
        dead, alive = processes.submit(os._exit, 1), processes.submit(os.getpid)
        assert alive.result(PATIENCE) > 0
        with pytest.raises(Exception, match="terminated abruptly"):
            dead.result(PATIENCE)
        assert processes.submit(os.getpid).result(PATIENCE) > 0
        assert processes.submit(os.getpid).result(PATIENCE) > 0


SCRIPT = """
import sys, relusgd
print("imported", flush=True)
config = relusgd.load_config({config!r})
print(len(relusgd.run_sweep(config, sys.argv[1], workers=2)), flush=True)
"""


def test_a_script_needs_no_guard_around_a_sweep(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(config=SWEEP))
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "s")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["imported", "12"]


@pytest.mark.skipif(sys.platform != "linux", reason="looks for orphans in /proc")
def test_workers_do_not_outlive_their_parent(tmp_path):
    long = {
        **SWEEP,
        "training": {"epochs": 10**9},
        "snapshots": {"every": 10**9},
        "sweep": {"repeat": 2},
    }
    script = tmp_path / "script.py"
    script.write_text(SCRIPT.format(config=long))
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path / "s")], stdout=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: len(owners(tmp_path / "s")) == 2, process)
        workers = owners(tmp_path / "s")
    finally:
        process.kill()
        process.wait()
    wait_until(lambda: not any(map(is_alive, workers)))
    # The last thread of a process that has ended may hold its files for a moment.
    wait_until(lambda: relusgd.load_run(tmp_path / "s" / "seed=0").status == "interrupted")


def owners(folder):
    """The processes that are writing runs of this sweep. A lock may be read half written."""
    found = set()
    for path in folder.glob("seed=*/.lock"):
        with suppress(ValueError, KeyError):
            found.add(json.loads(path.read_text())["pid"])
    return found


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] != "Z"
    except OSError:
        return False
