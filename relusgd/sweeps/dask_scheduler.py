"""The connection to a Dask scheduler, which comes back when the scheduler does. Needs the extra
`dask`."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from time import monotonic
from typing import TYPE_CHECKING, Any

from relusgd.errors import InputError, RelusgdError
from relusgd.sweeps.scheduler_address import START_ONE, SchedulerAddress, find_scheduler, no_answer

if TYPE_CHECKING:
    from distributed import Client

INSTALL = "pip install 'relusgd[dask]'"
CONNECT_SECONDS = 10
CLOSE_SECONDS = 10
COUNT_SECONDS = 2.0
"""The workers are counted again after this time."""

RETRY_SECONDS = 0.5
AWAY_SECONDS = 60.0
"""A scheduler that was there is waited for so long. Dask's own client gives up earlier, and then
looks only at the old address."""

LOGGERS = ("distributed", "distributed.client")
"""Where Dask writes a traceback for each attempt to reach a scheduler that is away."""


class SchedulerConnection:
    """A client of the scheduler, or the next client where the first one lost it.

    A thread counts the workers and brings the connection back, so that nobody waits for an answer.
    where: the scheduler's address, or the file that it wrote, which is read again when the
    scheduler was away. Raises InputError when Dask is not installed or no scheduler answers.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.client = connect(where)
        self._threads = 0
        self._away_since: float | None = None
        self._is_over = threading.Event()
        self._watcher = threading.Thread(target=self._watch, daemon=True)

    def watch(self) -> None:
        """Begin to count the workers."""
        self._count_workers()
        self._watcher.start()

    @property
    def is_open(self) -> bool:
        """Whether the scheduler is there, as far as this side knows."""
        return bool(self.client.status == "running")

    @property
    def threads(self) -> int:
        """The threads of all workers that were connected when they were last counted."""
        return self._threads

    def check_absence(self) -> None:
        """Raise RelusgdError when the scheduler has been away for too long."""
        since = self._away_since
        if since is None or monotonic() - since < AWAY_SECONDS:
            return
        raise RelusgdError(
            f"the Dask scheduler went away, and {AWAY_SECONDS:.0f} seconds later nothing answers "
            f"at {self.where}",
            "when it is back, the same command does the rest",
        )

    def close(self) -> None:
        """Leave the scheduler; one that is away or hangs is not waited for."""
        self._is_over.set()
        with suppress(Exception):
            self.client.close(timeout=CLOSE_SECONDS)

    def _watch(self) -> None:
        while not self._is_over.wait(RETRY_SECONDS if self._away_since else COUNT_SECONDS):
            if self.is_open:
                self._away_since = None
                self._count_workers()
                continue
            self._threads = 0
            self._away_since = self._away_since or monotonic()
            if self.client.status == "closed":
                self._connect_again()

    def _count_workers(self) -> None:
        with suppress(Exception):  # whatever it is, the next count shows whether it lasts
            self._threads = sum(self.client.nthreads().values())

    def _connect_again(self) -> None:
        with suppress(InputError):
            self.client = connect(self.where)


def connect(where: str) -> Client:
    """A client of the scheduler. Raises InputError when Dask is not installed or no scheduler
    answers.
    """
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
        raise InputError(f"{address.given}: {no_answer(error)}", START_ONE) from None
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


@contextmanager
def quiet_dask() -> Iterator[None]:
    """Keep Dask's own words about a lost connection from the terminal: relusgd has its own."""
    levels = {name: logging.getLogger(name).level for name in LOGGERS}
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
