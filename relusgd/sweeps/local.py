"""Local processes that train runs: an executor that survives the death of any of its workers."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from types import ModuleType
from typing import Any, TypeVar

from relusgd.errors import RelusgdError

T = TypeVar("T")

PRELOAD = "relusgd.sweeps.preload"
PRELOAD_KERNELS = "relusgd.sweeps.preload_kernels"
"""Imported once, in the process that all workers are forked from; the second where kernels are
compiled.
"""


def available_cores() -> int:
    """The cores that this process may use, which in a job of a cluster are fewer than the machine
    has.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class LocalProcesses(Executor):
    """An executor made of one-process pools: a worker that dies loses its own task and no other,
    and is replaced.

    workers: how many. compiled: whether the workers are going to use the compiled engine.
    """

    def __init__(self, workers: int, *, compiled: bool = False) -> None:
        self.workers = workers
        preloaded = [PRELOAD, PRELOAD_KERNELS] if compiled else [PRELOAD]
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(preloaded)
        # Closing the sending end is the request to stop: every worker waits for the end of this
        # pipe.
        self._stop_receiver, self._stop_sender = self._context.Pipe(duplex=False)
        self._lock = threading.Lock()
        _start_helpers()
        self._pools = [self._new_pool() for _ in range(workers)]
        self._task_counts = [0] * workers

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            1,
            mp_context=self._context,
            initializer=begin_worker,
            initargs=(self._stop_receiver,),
        )

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a function in the worker with the fewest tasks. Raises RelusgdError when no process
        can be started.
        """
        with self._lock, without_main(), _signals_kept_from_children():
            number = self._task_counts.index(min(self._task_counts))
            try:
                future = self._submit(number, fn, *args, **kwargs)
            except (OSError, EOFError) as error:
                raise _no_process(error) from error
            self._task_counts[number] += 1
        future.add_done_callback(lambda _: self._count_done(number))
        return future

    def _submit(self, number: int, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        try:
            return self._pools[number].submit(fn, *args, **kwargs)
        except BrokenExecutor:  # the worker died while it had nothing to do
            self._pools[number] = self._new_pool()
            return self._pools[number].submit(fn, *args, **kwargs)

    def _count_done(self, number: int) -> None:
        with self._lock:
            self._task_counts[number] -= 1

    def stop(self) -> None:
        """Ask the workers to stop after the block that they train."""
        self._stop_sender.close()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.stop()
        for pool in self._pools:
            pool.shutdown(wait, cancel_futures=cancel_futures)
        self._stop_receiver.close()


def _no_process(error: OSError | EOFError) -> RelusgdError:
    # The address of the fork server's socket lies in TMPDIR and may have some 100 characters.
    is_long = "too long" in str(error)
    hint = "set TMPDIR to a folder with a shorter name" if is_long else None
    return RelusgdError(f"no process could be started that trains: {error}", hint)


def _start_helpers() -> None:
    """Start the process that workers come from, and the one that clears up after a death.

    A signal for all processes of a terminal must not reach them: this process tells them when to
    end. Raises RelusgdError when no process can be started.
    """
    with _signals_kept_from_children():
        try:
            resource_tracker.ensure_running()
            forkserver.ensure_running()
        except OSError as error:
            raise _no_process(error) from error


@contextmanager
def _signals_kept_from_children() -> Iterator[None]:
    """Block the signals that ask to stop; processes that are started inside inherit that.

    This process gets them when the block has ended.
    """
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGHUP})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def begin_worker(stop_receiver: Connection) -> None:
    """Make this process a worker: it ignores signals, multiplies matrices on one thread, and ends
    with its parent.
    """
    from threadpoolctl import threadpool_limits

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    threadpool_limits(1)
    threading.Thread(target=_wait_for_stop, args=(stop_receiver,), daemon=True).start()


def _wait_for_stop(stop_receiver: Connection) -> None:
    """Wait for the end of the pipe, which is the request to stop or the parent's death."""
    from relusgd.sweeps.worker import StopRequest

    stop_receiver.poll(None)
    StopRequest.is_made = True
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


@contextmanager
def without_main() -> Iterator[None]:
    """Hide the caller's script from processes that are started inside the block.

    Otherwise a script that calls `run_sweep` without `if __name__ == "__main__"` would start itself
    again in every worker.
    """
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main
