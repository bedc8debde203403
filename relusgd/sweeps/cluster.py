"""A Dask cluster as an executor. Needs the extra `dask`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, InvalidStateError
from concurrent.futures import wait as wait_for
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar

from relusgd.errors import InputError
from relusgd.sweeps.scheduler_address import START_ONE, SchedulerAddress, find_scheduler
from relusgd.version import __version__

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as DaskFuture

T = TypeVar("T")

INSTALL = "pip install 'relusgd[dask]'"
CONNECT_SECONDS = 10
COUNT_SECONDS = 2.0
"""The workers are counted again after this time."""

DELIVERY_SECONDS = 60


@contextmanager
def dask_executor(
    where: str, stop_waiting: Callable[[], bool] = lambda: False
) -> Iterator[DaskExecutor]:
    """Connect to a Dask cluster, wait for its first worker, and give an executor.

    where: the scheduler's address, or the file that the scheduler wrote. stop_waiting: called while
    there are no workers yet; true stops waiting. Raises InputError when Dask is not installed, no
    scheduler answers, or the workers cannot run this relusgd.
    """
    client = _connect(where)
    try:
        while not client.nthreads() and not stop_waiting():
            sleep(0.2)
        _check_workers(client)
        yield DaskExecutor(client)
    finally:
        client.close()


def _connect(where: str) -> Client:
    address = find_scheduler(where)
    if find_spec("distributed") is None:
        raise InputError(
            "--dask needs Dask, which is not installed",
            f"{INSTALL} installs it, here and on the workers",
        )
    address.check()
    from distributed import Client

    check_certificates(address)
    client: Any = Client.__new__(Client)
    try:
        client.__init__(str(address), timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        # TypeError, RuntimeError: this way to a scheduler needs a package or a setting.
        client.status = "closed"  # or Dask waits for 20 seconds when it throws the object away
        raise InputError(
            f"{address.given}: no Dask scheduler answers there ({error})", START_ONE
        ) from None
    return client


def check_certificates(address: SchedulerAddress) -> None:
    """Raise InputError where the address needs certificates and Dask knows of none."""
    from distributed.security import Security

    if address.scheme != "tls":
        return
    if Security().get_connection_args("client").get("ssl_context") is None:
        raise InputError(
            f"{address.given}: tls needs certificates, and Dask's configuration names none",
            "set distributed.comm.tls.ca-file and distributed.comm.tls.client.cert and .key there",
        )


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
    handing it over. Here that future fails, so that the task can be given to another worker.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._counted_at = 0.0
        self._workers = 1
        self._tasks: dict[Future[Any], DaskFuture] = {}

    @property
    def workers(self) -> int:
        """The threads of all workers that are connected now."""
        if monotonic() - self._counted_at > COUNT_SECONDS:
            threads = self._client.nthreads()
            self._workers = max(1, sum(threads.values()))
            self._counted_at = monotonic()
        return self._workers

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        # pure=False: a result must never be taken from an earlier task that looked the same
        task = self._client.submit(fn, *args, **kwargs, pure=False)
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
            except Exception as error:
                future.set_exception(error)
            else:
                future.set_result(result)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if cancel_futures:
            self._cancel_all()
        elif wait:
            wait_for(list(self._tasks))

    def _cancel_all(self) -> None:
        cancelled, self._tasks = self._tasks, {}
        self._client.cancel(list(cancelled.values()))
        for future in cancelled:
            if future.cancel():
                # Without this, those who wait for the future do not learn that it was cancelled.
                future.set_running_or_notify_cancel()
