"""Files that are written whole or not at all, and read only if ordinary and not too large."""

from __future__ import annotations

import errno
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from relusgd.durable import sync_file, sync_folder
from relusgd.errors import InputError, RelusgdError

STALE_SECONDS = 3600.0
"""A temporary file older than this was left by a process that was killed."""

QUIET_SECONDS = 10.0
"""Shorter limit, for files whose PID is not running here.

A live writer on another machine touches its file more often than this.
"""

NAME_BYTES = 255
"""The longest name of a file that common disks take."""

BEGINNING_BYTES = 200

PATH_BYTES = 4000
"""The longest path of a folder that leaves room for the files in it; systems take 4,095 in all."""


def check_parent(path: Path) -> None:
    """Raise InputError when there is no folder in which a new file could stand."""
    if not path.parent.is_dir():
        raise InputError(
            f"{path} cannot be written: there is no folder {path.parent}",
            "make it first, or choose another place",
        )


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside `path`, with its suffix; rename it onto `path` after the block.

    The disk then has the file and its name. After an error or an interrupt the temporary file is
    removed and `path` is left as it was. Raises OSError.
    """
    temporary = temporary_beside(path)
    _remove_stale(path)
    temporary.unlink(missing_ok=True)
    try:
        yield temporary
        sync_file(temporary)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        if error.filename is None or os.fspath(error.filename) == os.fspath(temporary):
            # The user knows this name and not that of the temporary file.
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def temporary_beside(path: Path) -> Path:
    """The hidden path at which this process builds the new `path`."""
    beginning = _beginning(path.stem)
    return path.with_name(f".{beginning}.partial-{os.getpid()}{path.suffix}")


def hidden_folder_beside(folder: Path, state: str, process: int | str | None = None) -> Path:
    """The hidden path of a `partial` or `replaced` folder of this process, or of another one."""
    beginning = _beginning(folder.name)
    number = process or os.getpid()
    return folder.with_name(f".{beginning}.{state}-{number}")


def leftovers(path: Path) -> list[Path]:
    """The temporary files beside `path`: being written, or left by processes that were killed."""
    before_number = re.escape(f".{_beginning(path.stem)}.partial-")
    temporary = re.compile(rf"{before_number}\d+{re.escape(path.suffix)}")
    try:
        names = os.listdir(path.parent)  # noqa: PTH208
    except OSError:
        return []
    return [path.with_name(name) for name in names if temporary.fullmatch(name)]


def _beginning(name: str) -> str:
    """The start of a name, cut between characters, so short that NAME_BYTES have room for more."""
    encoded = os.fsencode(name)
    if len(encoded) <= BEGINNING_BYTES:
        return name
    # Whatever encoding the system's locale has, names are cut as UTF-8, and stay bytes.
    whole_characters = encoded[:BEGINNING_BYTES].decode(errors="ignore")
    return os.fsdecode(whole_characters.encode())


def _remove_stale(path: Path) -> None:
    for leftover in leftovers(path):
        _, _, number = leftover.name.removesuffix(path.suffix).rpartition("-")
        process = int(number[:9])
        limit = STALE_SECONDS if is_alive(process) else QUIET_SECONDS
        with suppress(OSError):
            age = time.time() - leftover.lstat().st_mtime
            if age > limit:
                leftover.unlink()


def is_alive(process: int) -> bool:
    """Whether a process of this machine has this number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a whole file; after an accident at any instant it has the old content or the new.

    Raises OSError.
    """
    data = content.encode() if isinstance(content, str) else content
    with replacing(path) as temporary:
        write_new(temporary, [data])


def write_new(path: Path, parts: Iterable[bytes | memoryview]) -> None:
    """Write a file where none may stand yet, not even a link, without waiting for the disk.

    Raises OSError.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    try:
        for part in parts:
            write_all(descriptor, part)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes | memoryview) -> None:
    """Write all of data at the current position. Raises OSError, for example for a full disk."""
    while len(data):
        written = os.write(descriptor, data)
        data = data[written:]


def open_own(path: Path, flags: int) -> int:
    """A descriptor of an ordinary file that has this one name, opened for writing in place.

    Raises RelusgdError for a link, by which another file would be changed, a device or a pipe, and
    OSError.
    """
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK, 0o666)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise RelusgdError(
                f"{path} is a link or a pipe, no ordinary file; relusgd does not write there"
            ) from None
        raise
    status = os.fstat(descriptor)
    is_ordinary = stat.S_ISREG(status.st_mode)
    if is_ordinary and status.st_nlink <= 1:
        return descriptor
    os.close(descriptor)
    if is_ordinary:
        raise RelusgdError(
            f"{path} has a second name (a hard link), under which it would change too",
            "continue in a copy of the folder",
        )
    raise RelusgdError(f"{path} is not an ordinary file; relusgd does not write there")


@contextmanager
def reading(path: Path, limit: int | None = None) -> Iterator[int]:
    """A descriptor of an ordinary file of at most `limit` bytes, open for reading.

    Raises RelusgdError for anything else, such as a pipe at which reading would wait for ever, and
    OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise RelusgdError(f"{path} is not an ordinary file")
        if limit is not None and status.st_size > limit:
            raise RelusgdError(
                f"{path} has {status.st_size:,} bytes; such a file has at most {limit:,}"
            )
        yield descriptor
    finally:
        os.close(descriptor)


def read_bounded(path: Path, limit: int) -> bytes:
    """The content of an ordinary file of at most `limit` bytes. Raises as `reading` does."""
    with reading(path, limit) as descriptor, os.fdopen(descriptor, "rb", closefd=False) as file:
        # Memory is taken for as much as is asked for.
        return file.read(os.fstat(descriptor).st_size)
