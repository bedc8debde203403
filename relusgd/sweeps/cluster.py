"""A Dask cluster as an executor. Needs the extra `dask`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Executor, Future, InvalidStateError
from concurrent.futures import wait as wait_for
from contextlib import contextmanager, suppress
from time import sleep
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from relusgd.errors import InputError
from relusgd.sweeps.dask_scheduler import CLOSE_SECONDS, SchedulerConnection, quiet_dask
from relusgd.sweeps.driver import LostError
from relusgd.version import __version__

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as DaskFuture

T = TypeVar("T")

DELIVERY_SECONDS = 60


class ClusterObserver(Protocol):
    """Watches a cluster, as the command line does."""

    def waits_for_workers(self) -> bool:
        """Called while there are no workers yet; true stops waiting."""

    def loses(self, what: str) -> None:
        """Called when the scheduler, or the last worker, has gone away. what: which of them."""


class NullClusterObserver:
    """The observer that watches nothing."""

    def waits_for_workers(self) -> bool:
        return False

    def loses(self, what: str) -> None: ...


@contextmanager
def dask_executor(where: str, observer: ClusterObserver | None = None) -> Iterator[DaskExecutor]:
    """Connect to a Dask cluster, wait for its first worker, and give an executor.

    where: the scheduler's address, or the file that the scheduler wrote. Raises InputError when
    Dask is not installed, no scheduler answers, or the workers cannot run this relusgd.
    """
    observer = observer or NullClusterObserver()
    connection = SchedulerConnection(where)
    with quiet_dask():
        try:
            while not connection.client.nthreads() and not observer.waits_for_workers():
                sleep(0.2)
            _check_workers(connection.client)
            connection.watch()
            yield DaskExecutor(connection, observer)
        finally:
            connection.close()


def _check_workers(client: Client) -> None:
    """Raise InputError when a worker has no relusgd, or another version."""
    answers = client.run(worker_version, on_error="return")
    for address, answer in answers.items():
        if answer == __version__:
            continue
        if isinstance(answer, BaseException):
            problem = f"cannot import relusgd ({type(answer).__name__}: {answer})"
        else:
            problem = f"has relusgd {answer}, this is {__version__}"
        raise InputError(
            f"the Dask worker {address} {problem}",
            "install the same relusgd on every worker",
        )


def worker_version() -> str:
    """The version of relusgd on a worker."""
    return __version__


class DaskExecutor(Executor):
    """A Dask cluster as an executor that also tells how many tasks it can run at a time.

    Dask's own executor leaves a future open for ever when a worker dies between having a result and
    handing it over. Here that future fails, so that the task can be given to another worker; where
    the scheduler went away, it fails with LostError.
    """

    def __init__(self, connection: SchedulerConnection, observer: ClusterObserver) -> None:
        self._connection = connection
        self._observer = observer
        self._lost = ""
        self._tasks: dict[Future[Any], DaskFuture] = {}

    @property
    def workers(self) -> int:
        """The threads of all workers that are connected now.

        0 while the scheduler is away; 1 while it is there without any worker. Raises RelusgdError
        when the scheduler does not come back.
        """
        self._connection.check_absence()
        if not self._connection.is_open:
            self._tell_loss("the Dask scheduler")
            return 0
        threads = self._connection.threads
        self._tell_loss("" if threads else "the last Dask worker")
        return max(1, threads)

    def _tell_loss(self, what: str) -> None:
        if what and what != self._lost:
            self._observer.loses(what)
        self._lost = what

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        """Send a task to the cluster; its future has LostError where the scheduler is gone."""
        future: Future[T] = Future()
        client = self._connection.client
        try:
            # pure=False: a result must never be taken from an earlier task that looked the same
            task = client.submit(fn, *args, **kwargs, pure=False)
        except Exception:
            if self._connection.is_open:
                raise
            future.set_exception(LostError("the scheduler went away"))
            return future
        self._tasks[future] = task
        task.add_done_callback(lambda done: self._begin_delivery(done, future))
        return future

    def _begin_delivery(self, task: DaskFuture, future: Future[Any]) -> None:
        # Dask runs all callbacks in one thread, and a result whose worker died would keep it
        # waiting.
        threading.Thread(target=self._deliver, args=(task, future), daemon=True).start()

    def _deliver(self, task: DaskFuture, future: Future[Any]) -> None:
        """Hand the result of a task, or its error, to whoever waits for it."""
        if self._tasks.pop(future, None) is None:
            return
        with suppress(InvalidStateError):  # it was cancelled meanwhile
            try:
                result = task.result(timeout=DELIVERY_SECONDS)
            except CancelledError as error:
                # Dask cancels what it had asked of a scheduler that went away.
                future.set_exception(LostError(str(error)))
            except Exception as error:
                is_here = self._connection.is_open and task.client is self._connection.client
                future.set_exception(error if is_here else LostError(str(error)))
            else:
                future.set_result(result)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if cancel_futures:
            self._cancel_all()
        elif wait:
            wait_for(list(self._tasks))

    def _cancel_all(self) -> None:
        """Give up all tasks: the scheduler drops them, and who waits for them learns it."""
        cancelled, self._tasks = self._tasks, {}
        if self._connection.is_open:
            # In a thread, because a scheduler that hangs would keep this one waiting.
            tasks = list(cancelled.values())
            release = threading.Thread(
                target=self._connection.client.cancel, args=(tasks,), daemon=True
            )
            release.start()
            release.join(CLOSE_SECONDS)
        for future in cancelled:
            if future.cancel():
                # Without this, those who wait for the future do not learn that it was cancelled.
                future.set_running_or_notify_cancel()
