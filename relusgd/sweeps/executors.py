"""Executors that train on this machine: other processes, or this one where there are no others."""

from __future__ import annotations

from collections.abc import Callable, Collection
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, TypeVar

from relusgd.sweeps.shared_disk import SharedDiskExecutor
from relusgd.systems import has_processes
from relusgd.training.descent import KernelName

T = TypeVar("T")


class ThisProcess(SharedDiskExecutor):
    """Does every task at once, in the process that asks, as in a browser (Pyodide)."""

    workers = 1

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:
            future.set_exception(error)
        return future

    def stop(self) -> None:
        """Nothing is being trained while somebody else asks for it."""


def begin_local_workers(kernels: Collection[KernelName]) -> None:
    """Let what `local_workers` needs be loaded by other processes while this one goes on.

    Raises RelusgdError when no process can be started although the system has them.
    """
    if has_processes():
        from relusgd.sweeps import local

        local.begin_local_workers(kernels)


def local_workers(count: int, *, kernels: Collection[KernelName]) -> SharedDiskExecutor:
    """The workers of this machine: so many processes, or this one where it cannot start any.

    kernels: those of the compiled engine that they are going to use. Raises RelusgdError when no
    process can be started although the system has them.
    """
    if not has_processes():
        return ThisProcess()
    from relusgd.sweeps.local import LocalProcesses

    return LocalProcesses(count, kernels=kernels)


def threads(count: int) -> Executor:
    """So many threads of this process, or none where it cannot start any."""
    return ThreadPoolExecutor(count) if has_processes() else ThisProcess()
