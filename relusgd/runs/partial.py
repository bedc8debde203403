"""Run folders that are not in their place: built under a hidden name and moved to their place in
one step, so that an old run is never lost; and what killed processes left of them."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import re
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from relusgd.durable import rename, sync_folder
from relusgd.files import hidden_folder_beside, is_alive
from relusgd.run_files.folder_errors import changed_meanwhile
from relusgd.runs.lock import LOCK, FolderLock, is_being_written

_HIDDEN = re.compile(r"\..*\.(partial|replaced)-(\d+)(\.\w+)?", re.DOTALL)
"""The hidden name of a file or folder: what it is, the process that made it, the suffix."""

OTHER_MACHINE_SECONDS = 60.0
"""How long the partial folder of another machine, which may share the disk, is left alone."""

RENAME_EXCHANGE = 2
"""Of Linux's renameat2: both names change places in one step."""


@contextmanager
def partial_folder(folder: Path) -> Iterator[tuple[Path, FolderLock]]:
    """An empty hidden folder in which to build what is going to stand at `folder`, and its lock.

    The lock stays held after the block. After an error nothing is left. Raises OSError.
    """
    partial = hidden_folder_beside(folder, "partial")
    shutil.rmtree(partial, ignore_errors=True)
    with ExitStack() as undo:
        undo.callback(shutil.rmtree, partial, ignore_errors=True)
        partial.mkdir()
        lock = FolderLock(partial)
        undo.callback(lock.release)
        yield partial, lock
        undo.pop_all()


def move_into_place(partial: Path, folder: Path, *, replace: bool) -> None:
    """Give a finished folder, which the disk has, its name; the caller makes the name durable.

    replace: a run in this folder changes places with the new one, and is removed when the disk
    knows of that. Raises InputError when another process was faster, and OSError; the place is then
    as before.
    """
    if replace and folder.exists():
        _replace(partial, folder)
        return
    if folder.is_dir() and os.listdir(folder) == [LOCK]:  # noqa: PTH208
        FolderLock(folder).release()
        (folder / LOCK).unlink(missing_ok=True)
    try:
        partial.rename(folder)
    except OSError as error:
        if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
            raise
        FolderLock(folder).release()  # raises when the other process still writes there
        raise changed_meanwhile(folder) from None


def _replace(partial: Path, folder: Path) -> None:
    lock = FolderLock(folder)
    try:
        old = _change_places(partial, folder)
    finally:
        lock.release()
    shutil.rmtree(old, ignore_errors=True)


def _change_places(partial: Path, folder: Path) -> Path:
    """Let the new run and the old one change places, and wait until the disk knows.

    Gives where the old run is then. Raises OSError.
    """
    if not exchange(partial, folder):
        old = _swap_in_two_steps(partial, folder)
        sync_folder(folder.parent)
        return old
    try:
        sync_folder(folder.parent)
    except OSError:
        exchange(partial, folder)
        raise
    return partial


def _swap_in_two_steps(partial: Path, folder: Path) -> Path:
    """Replace a run where two names cannot change places at once; gives where the old run is.

    If the process is killed between the steps, `recover` puts the old run back.
    """
    aside = hidden_folder_beside(folder, "replaced")
    rename(folder, aside)
    try:
        partial.rename(folder)
    except BaseException:
        aside.rename(folder)
        raise
    return aside


def exchange(one: Path, other: Path) -> bool:
    """Let two paths change places in one step; False where the system cannot. Raises OSError."""
    function = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if function is None:
        return False
    here = -100  # AT_FDCWD: paths are relative to the working folder
    if function(here, os.fsencode(one), here, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(number, os.strerror(number), str(other))


def is_left_behind(path: Path) -> bool:
    """Whether a path has the name of something that a killed process left half-built."""
    return _HIDDEN.fullmatch(path.name) is not None


def recover(folder: Path) -> None:
    """Clear up what dead processes of this machine left while they built or replaced `folder`.

    An old run whose replacement was killed between two steps is put back.
    """
    for path, state in _left_behind(folder.parent):
        _, _, process = path.name.rpartition("-")
        is_of_folder = path == hidden_folder_beside(folder, state, process)
        if not is_of_folder or is_being_written(path):
            continue
        if state == "replaced" and not os.path.lexists(folder):
            rename(path, folder)
        else:
            shutil.rmtree(path, ignore_errors=True)


def clear_leftovers(folder: Path) -> None:
    """Remove the half-built run folders that dead processes left in a folder of runs."""
    for path, state in _left_behind(folder):
        if state != "partial" or is_being_written(path):
            continue
        if _is_of_this_machine(path) or _age(path) > OTHER_MACHINE_SECONDS:
            shutil.rmtree(path, ignore_errors=True)


def _left_behind(folder: Path) -> list[tuple[Path, str]]:
    """The hidden folders that dead processes left in `folder`: each path, and what it was to be.

    A process of another machine counts as dead when no process here has its number.
    """
    found = []
    with suppress(OSError):
        for path in sorted(folder.iterdir()):
            match = _HIDDEN.fullmatch(path.name)
            if match is None or path.is_symlink() or not path.is_dir():
                continue
            process = int(match[2][:9])
            # a name with our own number is from an earlier process; our own folder is locked
            if process == os.getpid() or not is_alive(process):
                found.append((path, match[1]))
    return found


def _is_of_this_machine(path: Path) -> bool:
    with suppress(OSError, ValueError, TypeError):
        text = (path / LOCK).read_bytes()[:4096]
        host = json.loads(text)["host"]
        return bool(host == socket.gethostname())
    return False


def _age(path: Path) -> float:
    """Seconds since a folder was changed."""
    with suppress(OSError):
        return time.time() - path.stat().st_mtime
    return 0.0
