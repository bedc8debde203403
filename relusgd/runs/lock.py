"""One writer per run folder: a lock that a dead process does not leave behind."""

from __future__ import annotations

import json
import os
import socket
import time
from datetime import UTC, datetime
from pathlib import Path

from relusgd.advice import advice, option
from relusgd.errors import InputError
from relusgd.files import open_own
from relusgd.run_files.folder_errors import changed_meanwhile
from relusgd.systems import lock_file, unlock_file

LOCK = ".lock"
MAX_BYTES = 4096

WRITER_SECONDS = 0.1
"""How long to wait for another writer, which may have been killed and not be quite gone."""

LOOKERS_SECONDS = 5.0
"""How long to wait for processes that only look; each takes microseconds, unless it is stopped."""


class FolderLock:
    """The right to write in a folder, held until `release` or until the process ends.

    Raises InputError, naming host and process, when another process holds it, or when another
    folder took the place while the lock was being taken. Raises RelusgdError when the lock's file
    is a link, and OSError when the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self._descriptor = open_own(folder / LOCK, os.O_RDWR | os.O_CREAT)
        try:
            self._take(folder)
        except BaseException:
            self.release()
            raise

    def _take(self, folder: Path) -> None:
        if not _try_lock(self._descriptor):
            raise _taken(folder, os.pread(self._descriptor, MAX_BYTES, 0))
        if not _is_same_file(self._descriptor, folder / LOCK):
            raise changed_meanwhile(folder)
        owner = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        content = json.dumps(owner).encode()
        os.pwrite(self._descriptor, content, 0)
        os.ftruncate(self._descriptor, len(content))

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def check_free(folder: Path) -> None:
    """Raise InputError, naming host and process, when a process keeps the folder's lock."""
    started = time.monotonic()
    while (content := _content_if_held(folder)) is not None:
        if time.monotonic() - started > WRITER_SECONDS:
            raise _taken(folder, content)
        time.sleep(0.001)


def is_being_written(folder: Path) -> bool:
    """Whether some process holds the folder's lock now. Never keeps a writer out."""
    return _content_if_held(folder) is not None


def _content_if_held(folder: Path) -> bytes | None:
    """What the process that holds the folder's lock wrote into it; None when none does."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        content = os.pread(descriptor, MAX_BYTES, 0)
        is_held = bool(content) and not lock_file(descriptor, shared=True)
        return content if is_held else None
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _taken(folder: Path, content: bytes) -> InputError:
    return InputError(
        f"{folder} is being written by {describe_holder(content)}",
        advice("wait for it, or choose another folder with {}", option("out")),
    )


def describe_holder(content: bytes) -> str:
    """Who wrote this lock file, in words."""
    try:
        owner = json.loads(content)
        process = int(owner["pid"])
        host = str(owner["host"])
        since = str(owner["since"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return "another process"
    return f"process {process} on {host[:100]!r} since {since[:40]}"


def _is_same_file(descriptor: int, path: Path) -> bool:
    """Whether the open file still has this name.

    The folder may have been replaced between opening and locking.
    """
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _try_lock(descriptor: int) -> bool:
    """Take the lock; False when a writer holds it, True also while others look whether one does.

    Processes that look share the lock for a moment, and only if the file names a writer. If the
    lock can be shared, the writer that the file names is dead. Its name is wiped, so that nobody
    looks by locking any more and the lock becomes free.
    """
    started = time.monotonic()
    while not lock_file(descriptor, shared=False):
        only_looked_at = lock_file(descriptor, shared=True)
        limit = LOOKERS_SECONDS if only_looked_at else WRITER_SECONDS
        if time.monotonic() - started > limit:
            return False
        if only_looked_at:
            os.ftruncate(descriptor, 0)
            unlock_file(descriptor)
        time.sleep(0.001)
    return True
