"""What differs between the systems that relusgd runs on: Linux, macOS, and a browser (Pyodide).

Whatever only some of them can do is asked here, so that the rest of relusgd need not know where it
runs. Windows is none of them: there, a run folder's locks and promises on the disk do not hold.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from importlib.util import find_spec

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]
try:
    import resource
except ImportError:
    resource = None  # type: ignore[assignment]

NOT_ON_WINDOWS = "relusgd runs on Linux and macOS, not on Windows itself"
ON_WINDOWS = (
    "install it in the Windows Subsystem for Linux, or open docs/lab.html in a browser, which "
    "needs no installation"
)


def is_windows() -> bool:
    """Whether this is Windows, which relusgd does not run on."""
    return sys.platform == "win32"


def has_processes() -> bool:
    """Whether this process can start others that train, which it cannot in a browser."""
    has_pipes = find_spec("_multiprocessing") is not None
    return has_pipes and hasattr(os, "fork") and hasattr(signal, "pthread_sigmask")


def available_cores() -> int:
    """The cores that this process may use, which in a job of a cluster are fewer than the machine
    has.
    """
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def lock_file(descriptor: int, *, shared: bool) -> bool:
    """Try to lock an open file. False if others hold a lock that excludes it.

    Where files have no locks, there is one process, which excludes nobody. Raises OSError.
    """
    if fcntl is None:
        return True
    try:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock_file(descriptor: int) -> None:
    """Give the lock of an open file back. Raises OSError."""
    if fcntl is not None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def empty_disk_memory(descriptor: int) -> None:
    """Let the disk write what it has in a memory of its own: macOS's fsync leaves it there."""
    if hasattr(fcntl, "F_FULLFSYNC"):
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)


def widen_pipe(descriptor: int, size: int) -> None:
    """Let a pipe hold so many bytes, where the system allows it (Linux)."""
    if hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_SETPIPE_SZ, size)


def address_space_limit() -> int | None:
    """The bytes of addresses that this process may use (ulimit -v); None without a limit."""
    if resource is None:
        return None
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    return None if limit == resource.RLIM_INFINITY else limit
