"""Groups, deaths and ends, with workers that are made up."""

from concurrent.futures import BrokenExecutor, Future

import pytest

from relusgd.config import PlannedRun, load_config
from relusgd.sweeps.driver import TRIES, Driver, Job
from relusgd.sweeps.rows import Row

CONFIG = load_config({})


def job(number, seconds=1.0):
    return Job(PlannedRun(f"seed={number}", {"seed": number}, CONFIG), seconds)


class MadeUp:
    """A backend whose workers take what was guessed and die of some runs; everything happens at
    once.
    """

    def __init__(self, lanes=2, deadly=(), dies=10**9):
        self.lanes, self.deadly, self.dies = lanes, set(deadly), dies
        self.groups, self.stopped = [], False

    def submit(self, runs):
        names = [run.name for run in runs]
        self.groups.append(names)
        future = Future()
        if self.deadly & set(names) and self.dies > 0:
            self.dies -= 1
            future.set_exception(BrokenExecutor("signal 9"))
        else:
            future.set_result(([Row(name, "complete", {}) for name in names], 0.001 * len(names)))
        return future

    def collect(self, runs, result):
        return result

    def flush(self, *, everything):
        return []

    def is_death(self, error):
        return isinstance(error, BrokenExecutor)

    def stop(self):
        self.stopped = True

    def close(self):
        pass


def drive(backend, jobs, tick=lambda: False):
    rows = []
    Driver(backend, rows.extend, tick).drive(jobs)
    return {row.run: row for row in rows}, rows


def test_every_run_comes_back_once():
    backend = MadeUp()
    found, rows = drive(backend, [job(i) for i in range(1000)])
    assert len(rows) == len(found) == 1000
    assert sorted(name for group in backend.groups for name in group) == sorted(found)


def test_small_runs_are_grouped_and_the_last_groups_are_small():
    backend = MadeUp()
    drive(backend, [job(i) for i in range(2000)])
    sizes = [len(group) for group in backend.groups]
    assert len(sizes) < 100
    assert max(sizes) == 200
    assert sizes[-1] < 5


def test_the_longest_runs_go_first():
    backend = MadeUp()
    drive(backend, [job(0, 0.1), job(1, 50.0), job(2, 3.0)])
    assert backend.groups[0] == ["seed=1"]
    assert backend.groups[1] == ["seed=2"]


def test_a_run_that_kills_its_workers_fails_with_the_reason_and_the_others_go_on():
    backend = MadeUp(deadly=["seed=77"])
    found, rows = drive(backend, [job(i) for i in range(500)])
    assert len(rows) == 500
    assert [name for name, row in found.items() if row.status == "failed"] == ["seed=77"]
    assert "its worker died 3 times (signal 9)" in found["seed=77"].error
    assert sum(group == ["seed=77"] for group in backend.groups) == TRIES


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_run_whose_worker_dies_once_or_twice_is_tried_again(deaths):
    found, _ = drive(MadeUp(deadly=["seed=3"], dies=deaths), [job(i) for i in range(4)])
    assert {row.status for row in found.values()} == {"complete"}


def test_a_worker_that_dies_with_several_runs_counts_against_none_of_them():
    backend = MadeUp(deadly=["seed=900"], dies=TRIES)
    found, _ = drive(backend, [job(i) for i in range(1000)])
    assert any("seed=900" in group and len(group) > 1 for group in backend.groups)
    assert {row.status for row in found.values()} == {"complete"}


def test_runs_fail_when_the_executor_accepts_nothing_more():
    class Closed(MadeUp):
        def submit(self, runs):
            raise RuntimeError("cannot schedule new futures after shutdown")

    found, _ = drive(Closed(), [job(i) for i in range(5)])
    assert {row.status for row in found.values()} == {"failed"}
    assert all("after shutdown" in row.error for row in found.values())


def test_a_stop_collects_what_has_ended_and_submits_nothing_more():
    backend = MadeUp()
    asked = iter([False, True, *[False] * 100])
    found, _ = drive(backend, [job(i) for i in range(1000)], lambda: next(asked))
    assert backend.stopped
    assert 0 < len(found) < 1000
    assert len(found) == sum(map(len, backend.groups))


def test_of_equally_long_runs_those_of_a_seed_are_trained_together():
    backend = MadeUp(lanes=1)
    jobs = [
        Job(PlannedRun(f"{width},{seed}", {}, load_config({"seed": seed})), seconds=width)
        for width in (1.0, 2.0, 2.0)
        for seed in (0, 1)
    ]
    drive(backend, jobs)
    order = [name for group in backend.groups for name in group]
    assert order == ["2.0,0", "2.0,0", "2.0,1", "2.0,1", "1.0,0", "1.0,1"]
