"""Backends: workers on this machine, which write run folders themselves, and workers that send
their runs back.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

from relusgd.config import PlannedRun
from relusgd.runs.contents import RunContents
from relusgd.sweeps.driver import Backend
from relusgd.sweeps.remote import RemoteRuns, train_group
from relusgd.sweeps.rows import Row
from relusgd.sweeps.shared_disk import SharedDiskExecutor, shares_disk
from relusgd.sweeps.worker import StopRequest, Timed, record_group


def backend_of(executor: Executor, folder: Path) -> Backend:
    """The backend of an executor. Workers of the standard library's executors share this machine's
    disk.
    """
    if shares_disk(executor):
        return SharedDiskBackend(executor, folder)
    return RemoteBackend(executor, folder)


def worker_count(executor: Executor) -> int:
    """How many workers an executor has, or a guess where it does not tell."""
    for name in ("workers", "_max_workers"):
        workers = getattr(executor, name, None)
        if isinstance(workers, int):
            return workers
    return 4 * (os.cpu_count() or 1)


class SharedDiskBackend:
    """Workers on this machine, which write the run folders themselves."""

    is_remote = False

    def __init__(self, executor: Executor, folder: Path) -> None:
        self.lanes = worker_count(executor)
        self._executor = executor
        self._folder = folder
        StopRequest.is_made = False

    def submit(self, runs: Sequence[PlannedRun]) -> Future[Timed[Any]]:
        return self._executor.submit(record_group, self._folder, runs)

    def collect(self, runs: Sequence[PlannedRun], result: list[Row]) -> list[Row]:  # noqa: ARG002
        return result

    def flush(self, *, everything: bool) -> list[Row]:  # noqa: ARG002
        return []  # `collect` gives only rows of runs that are on the disk

    def is_death(self, error: BaseException) -> bool:
        return isinstance(self._executor, SharedDiskExecutor) and isinstance(error, BrokenExecutor)

    def stop(self) -> None:
        if isinstance(self._executor, SharedDiskExecutor):
            self._executor.stop()
        else:
            StopRequest.is_made = True

    def close(self) -> None:
        StopRequest.is_made = False


class RemoteBackend:
    """Workers that share no disk with this machine, which writes the folders of the runs that come
    back.
    """

    is_remote = True

    def __init__(self, executor: Executor, folder: Path) -> None:
        self._executor = executor
        self._remote_runs = RemoteRuns(folder)

    @property
    def lanes(self) -> int:
        return 2 * worker_count(self._executor)

    def submit(self, runs: Sequence[PlannedRun]) -> Future[Timed[Any]]:
        return self._executor.submit(train_group, self._remote_runs.send(runs))

    def collect(self, runs: Sequence[PlannedRun], result: list[RunContents | str]) -> list[Row]:
        return self._remote_runs.receive(runs, result)

    def flush(self, *, everything: bool) -> list[Row]:
        return self._remote_runs.flush(everything=everything)

    def is_death(self, error: BaseException) -> bool:  # noqa: ARG002
        return True  # `train_group` raises nothing: something happened to its worker, or on the way

    def stop(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        self._remote_runs.close()
