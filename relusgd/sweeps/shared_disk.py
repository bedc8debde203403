"""Executors whose workers write to this machine's disk; and how many workers an executor has."""

from __future__ import annotations

import os
from abc import abstractmethod
from concurrent import futures
from concurrent.futures import Executor, ThreadPoolExecutor

from relusgd.systems import has_processes


class SharedDiskExecutor(Executor):
    """An executor of ours, whose workers write run folders themselves."""

    @property
    @abstractmethod
    def workers(self) -> int:
        """How many there are."""

    @abstractmethod
    def stop(self) -> None:
        """Ask the workers to stop after the block that they train."""


def shares_disk(executor: Executor) -> bool:
    """Whether the workers of an executor write to this machine's disk."""
    if isinstance(executor, SharedDiskExecutor | ThreadPoolExecutor):
        return True
    return has_processes() and isinstance(executor, futures.ProcessPoolExecutor)


def worker_count(executor: Executor) -> int:
    """How many workers an executor has, or a guess where it does not tell."""
    for name in ("workers", "_max_workers"):
        workers = getattr(executor, name, None)
        if isinstance(workers, int):
            return workers
    return 4 * (os.cpu_count() or 1)
