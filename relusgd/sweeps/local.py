"""Processes of this machine that train runs: an executor that outlives the death of any of its workers."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any, TypeVar

from relusgd.errors import RelusgdError

T = TypeVar("T")

PRELOAD, WARM = "relusgd.sweeps.preload", "relusgd.sweeps.warm"
"""What is imported once, in the process that all workers are forked from; the second where kernels are compiled."""


def available_cores() -> int:
    """The cores that this process may use, which in a job of a cluster are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class LocalProcesses(Executor):
    """An executor of one-process pools. A worker that dies takes its own task along and no other, and is replaced.

    workers: how many. compiled: whether the workers are going to use the compiled engine.
    """

    def __init__(self, workers: int, *, compiled: bool = False) -> None:
        self.workers = workers
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([PRELOAD, *([WARM] if compiled else [])])
        self._hears, self._tells = self._context.Pipe(duplex=False)
        self._lock = threading.Lock()
        self._pools = [self._pool() for _ in range(workers)]
        self._tasks = [0] * workers

    def _pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            1, mp_context=self._context, initializer=begin_worker, initargs=(self._hears,)
        )

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a function in the worker with the fewest tasks. Raises RelusgdError when the system starts none."""
        with self._lock, without_main():
            number = self._tasks.index(min(self._tasks))
            try:
                future = self._submit(number, fn, *args, **kwargs)
            except OSError as error:
                hint = (
                    "set TMPDIR to a folder with a shorter name"
                    if "too long" in str(error)
                    else None
                )
                raise RelusgdError(
                    f"no process could be started that trains: {error}", hint
                ) from error
            self._tasks[number] += 1
        future.add_done_callback(lambda _: self._done(number))
        return future

    def _submit(self, number: int, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        try:
            return self._pools[number].submit(fn, *args, **kwargs)
        except BrokenExecutor:  # it died while it had nothing to do
            self._pools[number] = self._pool()
            return self._pools[number].submit(fn, *args, **kwargs)

    def _done(self, number: int) -> None:
        with self._lock:
            self._tasks[number] -= 1

    def stop(self) -> None:
        """Ask the workers to stop after the block that they train."""
        self._tells.close()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.stop()
        for pool in self._pools:
            pool.shutdown(wait, cancel_futures=cancel_futures)
        self._hears.close()


def begin_worker(hears: Connection) -> None:
    """Make this process a worker: signals are its parent's business, one thread for matrix products, and never an orphan."""
    from threadpoolctl import threadpool_limits

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threadpool_limits(1)
    threading.Thread(target=_listen, args=(hears,), daemon=True).start()


def _listen(hears: Connection) -> None:
    """Wait for the word to stop, which is the end of the pipe, or for the parent's death, which ends it too."""
    from relusgd.sweeps.tasks import Stop

    hears.poll(None)
    Stop.asked = True
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def without_main() -> Iterator[None]:
    """Let processes that are started inside not import the caller's script, which they need not know.

    Without this, a script that calls `run_sweep` without `if __name__ == "__main__"` would start itself again in each worker.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
