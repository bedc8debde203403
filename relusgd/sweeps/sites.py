"""Where the runs of a sweep are trained: beside the disk that keeps them, or on machines from which they travel back."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from pathlib import Path
from typing import Any

from relusgd.config import PlannedRun
from relusgd.runs.contents import RunContents
from relusgd.sweeps.driver import Site
from relusgd.sweeps.local import LocalProcesses
from relusgd.sweeps.receiving import Receiver
from relusgd.sweeps.rows import Row
from relusgd.sweeps.tasks import Stop, Timed, record_group, train_group


def site_of(executor: Executor, folder: Path) -> Site:
    """The site behind an executor: workers of the standard library write run folders themselves, those of others send runs back."""
    beside = isinstance(executor, LocalProcesses | ProcessPoolExecutor | ThreadPoolExecutor)
    return NearSite(executor, folder) if beside else FarSite(executor, folder)


def lanes_of(executor: Executor) -> int:
    """How many groups an executor should have at a time, as far as it tells how many workers it has."""
    workers = getattr(executor, "workers", None) or getattr(executor, "_max_workers", None)
    return workers if isinstance(workers, int) else 4 * (os.cpu_count() or 1)


class NearSite:
    """Workers on this machine, which write the run folders themselves."""

    is_far = False

    def __init__(self, executor: Executor, folder: Path) -> None:
        self.lanes = lanes_of(executor)
        self._executor, self._folder = executor, folder
        Stop.asked = False

    def submit(self, runs: Sequence[PlannedRun]) -> Future[Timed[Any]]:
        return self._executor.submit(record_group, self._folder, runs)

    def collect(self, runs: Sequence[PlannedRun], result: list[Row]) -> list[Row]:  # noqa: ARG002
        return result

    def flush(self, *, everything: bool) -> list[Row]:  # noqa: ARG002 - the rows that come back are those of runs on the disk
        return []

    def is_death(self, error: BaseException) -> bool:
        return isinstance(self._executor, LocalProcesses) and isinstance(error, BrokenExecutor)

    def stop(self) -> None:
        if isinstance(self._executor, LocalProcesses):
            self._executor.stop()
        else:
            Stop.asked = True

    def close(self) -> None:
        Stop.asked = False


class FarSite:
    """Workers that share no disk with this machine; it writes the folders of the runs that come back."""

    is_far = True

    def __init__(self, executor: Executor, folder: Path) -> None:
        self._executor, self._receiver = executor, Receiver(folder)

    @property
    def lanes(self) -> int:
        return 2 * lanes_of(self._executor)

    def submit(self, runs: Sequence[PlannedRun]) -> Future[Timed[Any]]:
        parcels = filter(None, map(self._receiver.parcel, runs))
        return self._executor.submit(train_group, list(parcels))

    def collect(self, runs: Sequence[PlannedRun], result: list[RunContents | str]) -> list[Row]:
        return self._receiver.receive(runs, result)

    def flush(self, *, everything: bool) -> list[Row]:
        return self._receiver.flush(everything=everything)

    def is_death(self, error: BaseException) -> bool:  # noqa: ARG002
        return (
            True  # `train_group` raises nothing, so something happened to its worker, or on the way
        )

    def stop(self) -> None:
        self._executor.shutdown(wait=False, cancel_futures=True)

    def close(self) -> None:
        self._receiver.close()
