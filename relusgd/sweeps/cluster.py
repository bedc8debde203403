"""A Dask cluster as an executor. Needs the extra `dask`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, InvalidStateError
from concurrent.futures import wait as wait_for
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar

from relusgd.errors import InputError
from relusgd.version import __version__

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as DaskFuture

T = TypeVar("T")

INSTALL = "pip install 'relusgd[dask]'"
CONNECT_SECONDS = 10
COUNT_SECONDS = 2.0
DELIVERY_SECONDS = 60


@contextmanager
def dask_executor(
    where: str, waiting: Callable[[], bool] = lambda: False
) -> Iterator[DaskExecutor]:
    """The executor of the Dask cluster whose scheduler has this address, or wrote this file.

    waiting: called while there are no workers yet; true stops waiting. Raises InputError when Dask is not installed, nobody
    answers, or the workers cannot run this relusgd.
    """
    client = _connect(where)
    try:
        while not client.nthreads() and not waiting():
            sleep(0.2)
        _check_workers(client)
        yield DaskExecutor(client)
    finally:
        client.close()


def _connect(where: str) -> Client:
    if find_spec("distributed") is None:
        raise InputError(
            "--dask needs Dask, which is not installed",
            f"{INSTALL} installs it, here and on the workers",
        )
    from distributed import Client

    is_file = Path(where).is_file()
    if not is_file and ":" not in where:
        raise InputError(
            f"--dask {where}: neither the address of a scheduler nor a file that one wrote",
            "an address looks like tcp://10.0.0.5:8786",
        )
    source = {"scheduler_file": where} if is_file else {"address": where}
    try:
        return Client(**source, timeout=CONNECT_SECONDS, set_as_default=False)
    except (
        OSError,
        ValueError,
    ) as error:  # ValueError: no address, or a file that no scheduler wrote
        raise InputError(
            f"--dask {where}: no Dask scheduler answers there ({error})",
            "dask scheduler starts one",
        ) from None


def _check_workers(client: Client) -> None:
    """Refuse a cluster whose workers have no relusgd, or another one."""
    wrong = {}
    for address, told in client.run(worker_version, on_error="return").items():
        if isinstance(told, BaseException):
            wrong[address] = f"cannot import relusgd ({type(told).__name__}: {told})"
        elif told != __version__:
            wrong[address] = f"has relusgd {told}, this is {__version__}"
    if wrong:
        address, problem = next(iter(wrong.items()))
        raise InputError(
            f"the Dask worker {address} {problem}", "install the same relusgd on every worker"
        )


def worker_version() -> str:
    """The relusgd that a worker has."""
    return __version__


class DaskExecutor(Executor):
    """A cluster as an executor, which also says how many tasks it can run at a time.

    Dask's own leaves a future open for ever when a worker dies between having a result and handing it over; here that future
    fails, so that the task can be given to another worker.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._counted, self._workers = 0.0, 1
        self._tasks: dict[Future[Any], DaskFuture] = {}

    @property
    def workers(self) -> int:
        """Threads of all workers that are there now."""
        if monotonic() - self._counted > COUNT_SECONDS:
            self._workers, self._counted = (
                max(1, sum(self._client.nthreads().values())),
                monotonic(),
            )
        return self._workers

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()
        # pure: results must never be taken from an earlier task that looked the same
        task = self._tasks[future] = self._client.submit(fn, *args, **kwargs, pure=False)
        task.add_done_callback(lambda done: self._begin_delivery(done, future))
        return future

    def _begin_delivery(self, task: DaskFuture, future: Future[Any]) -> None:
        """In a thread of its own: Dask has one for all callbacks, and a result whose worker died keeps its thread waiting."""
        threading.Thread(target=self._deliver, args=(task, future), daemon=True).start()

    def _deliver(self, task: DaskFuture, future: Future[Any]) -> None:
        """Take what a task gave, or why it gave nothing, to whoever waits for it."""
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
            left, self._tasks = self._tasks, {}
            self._client.cancel(list(left.values()))
            for future in left:
                if future.cancel():
                    future.set_running_or_notify_cancel()  # those who wait hear of it only then
        elif wait:
            wait_for(list(self._tasks))
