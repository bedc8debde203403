"""One writer per run folder: a lock that a dead process does not leave behind."""

from __future__ import annotations

import fcntl
import json
import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

from relusgd.errors import InputError

LOCK = ".lock"


class FolderLock:
    """The right to write in a folder, held until `release` or until the process ends.

    Raises InputError, naming host and process, when another one holds it, or when another folder took the place while the
    lock was being taken; OSError when the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
        try:
            self._take(folder)
        except BaseException:
            self.release()
            raise

    def _take(self, folder: Path) -> None:
        if not _try_lock(self._descriptor):
            holder = os.pread(self._descriptor, 4096, 0)
            raise InputError(f"{folder} is being written by {describe_holder(holder)}", "wait for it, or choose another folder with --out")
        if not _is_same_file(self._descriptor, folder / LOCK):
            raise changed_meanwhile(folder)
        owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": datetime.now(UTC).isoformat(timespec="seconds")}
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps(owner).encode(), 0)

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def changed_meanwhile(folder: Path) -> InputError:
    """The error for a folder that is no longer what was found there a moment ago."""
    return InputError(f"{folder} was changed by another process just now", "run the command again to see what stands there")


def _is_same_file(descriptor: int, path: Path) -> bool:
    """Whether the open file still has this name: a folder may have been replaced between opening and locking."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _try_lock(descriptor: int) -> bool:
    """Take the lock; tried for a tenth of a second, because somebody may be looking whether it is free just now."""
    for attempt in range(5):
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError:
            time.sleep(0.02 * (attempt < 4))
    return False


def describe_holder(content: bytes) -> str:
    """Who wrote this lock file, in words."""
    try:
        owner = json.loads(content)
        return f"process {int(owner['pid'])} on {str(owner['host'])[:100]!r} since {str(owner['since'])[:40]}"
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return "another process"


def is_being_written(folder: Path) -> bool:
    """Whether some process holds the folder's lock now."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False
