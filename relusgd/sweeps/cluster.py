"""A Dask cluster as an executor. Needs the extra `dask`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, TypeVar

import relusgd
from relusgd.errors import InputError

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")

INSTALL = "pip install 'relusgd[dask]'"
CONNECT_SECONDS = 10
COUNT_SECONDS = 2.0


@contextmanager
def dask_executor(where: str, waiting: Callable[[], bool] = lambda: False) -> Iterator[DaskExecutor]:
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
        raise InputError("--dask needs Dask, which is not installed", f"{INSTALL} installs it, here and on the workers")
    from distributed import Client

    is_file = Path(where).is_file()
    if not is_file and ":" not in where:
        raise InputError(
            f"--dask {where}: neither the address of a scheduler nor a file that one wrote", "an address looks like tcp://10.0.0.5:8786"
        )
    source = {"scheduler_file": where} if is_file else {"address": where}
    try:
        return Client(**source, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:  # ValueError: no address, or a file that no scheduler wrote
        raise InputError(f"--dask {where}: no Dask scheduler answers there ({error})", "dask scheduler starts one") from None


def _check_workers(client: Client) -> None:
    """Refuse a cluster whose workers have no relusgd, or another one."""
    wrong = {}
    for address, told in client.run(worker_version, on_error="return").items():
        if isinstance(told, BaseException):
            wrong[address] = f"cannot import relusgd ({type(told).__name__}: {told})"
        elif told != relusgd.__version__:
            wrong[address] = f"has relusgd {told}, this is {relusgd.__version__}"
    if wrong:
        address, problem = next(iter(wrong.items()))
        raise InputError(f"the Dask worker {address} {problem}", "install the same relusgd on every worker")


def worker_version() -> str:
    """The relusgd that a worker has."""
    return relusgd.__version__


class DaskExecutor(Executor):
    """The client's executor, which also says how many tasks the cluster can run at a time."""

    def __init__(self, client: Client) -> None:
        self._client = client
        # pure: results must never be taken from an earlier task that looked the same
        self._executor = client.get_executor(pure=False)
        self._counted, self._workers = 0.0, 1

    @property
    def workers(self) -> int:
        """Threads of all workers that are there now."""
        if monotonic() - self._counted > COUNT_SECONDS:
            self._workers, self._counted = max(1, sum(self._client.nthreads().values())), monotonic()
        return self._workers

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = self._executor.submit(fn, *args, **kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._executor.shutdown(wait=wait and not cancel_futures)
