"""Workers that train a sweep's runs: those of this machine write run folders themselves."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import BrokenExecutor, Executor, Future
from pathlib import Path
from typing import Any

from relusgd.config import PlannedRun
from relusgd.sweeps.driver import Backend
from relusgd.sweeps.remote import RemoteBackend
from relusgd.sweeps.rows import Row
from relusgd.sweeps.shared_disk import SharedDiskExecutor, shares_disk, worker_count
from relusgd.sweeps.worker import StopRequest, Timed, record_group


def backend_of(executor: Executor, folder: Path) -> Backend:
    """The backend of an executor: the runs come back where workers do not share this disk."""
    if shares_disk(executor):
        return SharedDiskBackend(executor, folder)
    return RemoteBackend(executor, folder)


class SharedDiskBackend:
    """Workers on this machine, which write the run folders themselves."""

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
