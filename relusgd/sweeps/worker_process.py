"""One process that trains runs: begun, made ready, and ended again."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")

READY_SECONDS = 120.0
"""A process that has not begun to work after this time never will. It is long, because a machine
may be busy, and the first process waits until the modules are loaded that all of them need."""

STUCK_SECONDS = 5.0
"""The same, where a thread is known to have failed."""

TICK_SECONDS = 0.1

CANNOT_START = (OSError, EOFError, RuntimeError, BrokenExecutor, TimeoutError)
"""What Python raises where no process or thread can be started, at different places."""


class WorkerProcess:
    """A pool of one process.

    The standard library's pool waits for ever when a thread of its own cannot be started. So the
    process first does a task that needs all of them. Raises one of CANNOT_START when no process can
    be started, as `wait_until_ready` does.
    """

    def __init__(self, stop_receiver: Connection) -> None:
        self._context = _RecordingContext()
        self._pool = ProcessPoolExecutor(
            1, mp_context=self._context, initializer=begin_worker, initargs=(stop_receiver,)
        )
        try:
            self._readiness = self._pool.submit(os.getpid)
        except CANNOT_START:
            self.kill()
            raise

    def wait_until_ready(self, has_failed_thread: threading.Event) -> None:
        """Return as soon as the process works. has_failed_thread: is set where some thread of this
        program could not start another one."""
        ends_at = monotonic() + READY_SECONDS
        while monotonic() < ends_at and not has_failed_thread.is_set():
            if wait([self._readiness], TICK_SECONDS).done:
                break
        try:
            self._readiness.result(STUCK_SECONDS)
        except CANNOT_START:
            self.kill()
            raise

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Run a function in the process. Raises BrokenExecutor when the process has died."""
        return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def kill(self) -> None:
        """End the process at once, and the pool with it."""
        for process in self._context.started:
            if process.pid is not None:
                process.kill()
        with suppress(RuntimeError):  # a thread of the pool may never have been started
            self._pool.shutdown(wait=False, cancel_futures=True)


class _RecordingContext(ForkServerContext):
    """Starts processes as the fork server does, and keeps them."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[Any] = []

    def Process(self, *args: Any, **kwargs: Any) -> Any:  # type: ignore[override]  # noqa: N802
        process = ForkServerContext.Process(*args, **kwargs)
        self.started.append(process)
        return process


def begin_worker(stop_receiver: Connection) -> None:
    """Make this process a worker: it ignores signals, multiplies matrices on one thread, and ends
    with its parent.
    """
    from threadpoolctl import threadpool_limits

    from relusgd.reference_cycles import search_no_more

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    search_no_more()  # for what is loaded
    threadpool_limits(1)
    try:
        threading.Thread(target=_wait_for_stop, args=(stop_receiver,), daemon=True).start()
    except RuntimeError:  # no thread can be started; the parent tells about it
        os._exit(1)


def _wait_for_stop(stop_receiver: Connection) -> None:
    """Wait for the end of the pipe, which is the request to stop or the parent's death."""
    from relusgd.sweeps.worker import StopRequest

    stop_receiver.poll(None)
    StopRequest.is_made = True
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
