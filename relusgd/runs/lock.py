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
from relusgd.files import open_own
from relusgd.runs.folder_errors import changed_meanwhile

LOCK = ".lock"

WRITER_SECONDS = 0.1
"""How long to wait for another writer, which may have been killed a moment ago and not be quite gone."""

LOOKERS_SECONDS = 5.0
"""How long to wait for those who only look; each takes microseconds, unless it was stopped just then."""


class FolderLock:
    """The right to write in a folder, held until `release` or until the process ends.

    Raises InputError, naming host and process, when another one holds it, or when another folder took the place while the
    lock was being taken; RelusgdError when the lock's file is a link; OSError when the folder cannot be written.
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
            raise _taken(folder, os.pread(self._descriptor, 4096, 0))
        if not _is_same_file(self._descriptor, folder / LOCK):
            raise changed_meanwhile(folder)
        owner = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        words = json.dumps(owner).encode()
        os.pwrite(self._descriptor, words, 0)
        os.ftruncate(self._descriptor, len(words))

    def release(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def check_free(folder: Path) -> None:
    """Raise InputError, naming host and process, when a process holds the folder's lock and does not let go of it at once."""
    started = time.monotonic()
    while (words := _held_by(folder)) is not None:
        if time.monotonic() - started > WRITER_SECONDS:
            raise _taken(folder, words)
        time.sleep(0.001)


def _taken(folder: Path, words: bytes) -> InputError:
    return InputError(
        f"{folder} is being written by {describe_holder(words)}",
        "wait for it, or choose another folder with --out",
    )


def _is_same_file(descriptor: int, path: Path) -> bool:
    """Whether the open file still has this name: a folder may have been replaced between opening and locking."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.lstat())
    except FileNotFoundError:
        return False


def _try_lock(descriptor: int) -> bool:
    """Take the lock; False when a writer holds it, True also while others look whether one does.

    Those who look share the lock for a moment, and only if the file names a writer. A name that stands there while the lock
    can be shared is that of a dead one: it is wiped, so that nobody looks by locking any more and the lock becomes free.
    """
    started = time.monotonic()
    while not _flock(descriptor, fcntl.LOCK_EX):
        only_looked_at = _flock(descriptor, fcntl.LOCK_SH)
        if time.monotonic() - started > (LOOKERS_SECONDS if only_looked_at else WRITER_SECONDS):
            return False
        if only_looked_at:
            os.ftruncate(descriptor, 0)
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        time.sleep(0.001)
    return True


def _flock(descriptor: int, kind: int) -> bool:
    """Take the lock so, unless others hold it otherwise."""
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def describe_holder(content: bytes) -> str:
    """Who wrote this lock file, in words."""
    try:
        owner = json.loads(content)
        return f"process {int(owner['pid'])} on {str(owner['host'])[:100]!r} since {str(owner['since'])[:40]}"
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return "another process"


def is_being_written(folder: Path) -> bool:
    """Whether some process holds the folder's lock now. Never keeps a writer out."""
    return _held_by(folder) is not None


def _held_by(folder: Path) -> bytes | None:
    """What the process that holds the folder's lock wrote into it; None when none does."""
    try:
        descriptor = os.open(folder / LOCK, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        words = os.pread(descriptor, 4096, 0)
        return words if words and not _flock(descriptor, fcntl.LOCK_SH) else None
    except OSError:
        return None
    finally:
        os.close(descriptor)
