"""Local processes that train runs: an executor that survives the death of any of its workers."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import BrokenExecutor, Future
from contextlib import contextmanager
from typing import Any, TypeVar

from relusgd.errors import RelusgdError
from relusgd.sweeps.fork_server import (
    signals_kept_from_children,
    start_fork_server,
    without_main,
)
from relusgd.sweeps.shared_disk import SharedDiskExecutor
from relusgd.sweeps.worker_process import CANNOT_START, WorkerProcess
from relusgd.training.descent import KernelName

T = TypeVar("T")


class LocalProcesses(SharedDiskExecutor):
    """An executor made of one-process pools: a worker that dies loses its own task and no other,
    and is replaced.

    workers: how many are wanted; where the machine can start only some of them, these do the work.
    kernels: those of the compiled engine that they are going to use. Raises RelusgdError when no
    process can be started, at the beginning or later.
    """

    def __init__(self, workers: int, *, kernels: Collection[KernelName] = ()) -> None:
        begin_local_workers(kernels)
        context = multiprocessing.get_context("forkserver")
        # Closing the sending end is the request to stop: every worker waits for the end of this
        # pipe.
        self._stop_receiver, self._stop_sender = context.Pipe(duplex=False)
        self._lock = threading.Lock()
        self._task_counts: dict[WorkerProcess, int] = {}
        with self._lock, without_main(), signals_kept_from_children():
            self._start_workers(workers)

    @property
    def workers(self) -> int:
        """How many processes there are."""
        return len(self._task_counts)

    def _start_workers(self, count: int) -> None:
        """Start processes, all at the same time, as far as that is possible.

        Where none of several can be started, because each of them takes what the others need, one
        is tried alone.
        """
        begun = []
        refusal: BaseException | None = None
        with _failed_threads() as has_failed_thread:
            for _ in range(count):
                try:
                    begun.append(WorkerProcess(self._stop_receiver))
                except CANNOT_START as error:
                    refusal = error
                    break
            for worker in begun:
                try:
                    worker.wait_until_ready(has_failed_thread)
                except CANNOT_START as error:
                    refusal = error
                else:
                    self._task_counts[worker] = 0
        if self._task_counts:
            return
        if count == 1:
            raise _no_process(refusal) from refusal
        self._start_workers(1)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a function in the worker with the fewest tasks. Raises RelusgdError when no process
        is left and none can be started.
        """
        with self._lock, without_main(), signals_kept_from_children():
            worker, future = self._submit(fn, *args, **kwargs)
            self._task_counts[worker] += 1
        future.add_done_callback(lambda _: self._count_done(worker))
        return future

    def _submit(
        self,
        fn: Callable[..., T],
        /,
        *args: Any,
        **kwargs: Any,
    ) -> tuple[WorkerProcess, Future[T]]:
        """Give a task to the worker that has the fewest; one that has died is replaced."""
        while True:
            worker = min(self._task_counts, key=self._task_counts.__getitem__)
            try:
                return worker, worker.submit(fn, *args, **kwargs)
            except BrokenExecutor:  # it died, perhaps while it had nothing to do
                del self._task_counts[worker]
                self._start_workers(1)

    def _count_done(self, worker: WorkerProcess) -> None:
        with self._lock:
            if worker in self._task_counts:
                self._task_counts[worker] -= 1

    def stop(self) -> None:
        """Ask the workers to stop after the block that they train."""
        self._stop_sender.close()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.stop()
        for worker in self._task_counts:
            worker.shutdown(wait, cancel_futures=cancel_futures)
        self._stop_receiver.close()


def begin_local_workers(kernels: Collection[KernelName]) -> None:
    """Start what the workers come from, which loads what they need while this process goes on.

    kernels: those of the compiled engine that they are going to use. Raises RelusgdError when no
    process can be started.
    """
    try:
        start_fork_server(kernels)
    except OSError as error:
        raise _no_process(error) from error


def _no_process(error: BaseException | None) -> RelusgdError:
    reason = "it did not begin to work"
    if not isinstance(error, BrokenExecutor) and str(error):
        reason = str(error)
    hint = "perhaps there are as many processes as this user may have (ulimit -u shows the number)"
    if "too long" in reason:
        # The address of the fork server's socket lies in TMPDIR and may have some 100 characters.
        hint = "set TMPDIR to a folder with a shorter name"
    return RelusgdError(f"no process could be started that trains: {reason}", hint)


@contextmanager
def _failed_threads() -> Iterator[threading.Event]:
    """An event that is set when a thread of this program could not start another one.

    Its traceback does not reach the terminal: whoever waits for the thread is told.
    """
    usual = threading.excepthook
    has_failed_thread = threading.Event()

    def show(failure: threading.ExceptHookArgs) -> None:
        if issubclass(failure.exc_type, RuntimeError):
            has_failed_thread.set()
        else:
            usual(failure)

    threading.excepthook = show
    try:
        yield has_failed_thread
    finally:
        threading.excepthook = usual
