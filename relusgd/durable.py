"""What the disk must have before anybody relies on it: the bytes of files, and names in folders.

After a power cut, a file may be empty that was written and not synced. A name that was made, moved
or removed may be as it was before, until its folder is synced. So a new file is synced before it
gets the name under which it is known, and the folder of that name is synced before anybody is told.
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Iterable
from pathlib import Path

from relusgd.systems import empty_disk_memory

_FOLDERS_ARE_NOT_SYNCED = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES})
"""How a file system says that it keeps names in its own way, or a folder that it may not be
opened."""


def sync(descriptor: int) -> None:
    """Wait until the disk has the bytes of an open file. Raises OSError."""
    os.fsync(descriptor)
    empty_disk_memory(descriptor)


def sync_file(path: Path) -> None:
    """Wait until the disk has the bytes of a file; a link is not followed. Raises OSError."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        sync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Wait until the disk has the names in a folder, if its file system can be asked for that.

    Raises OSError when the disk fails.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            sync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _FOLDERS_ARE_NOT_SYNCED:
            raise


def sync_tree(folder: Path) -> None:
    """Wait until the disk has every file and folder below `folder`. Raises OSError."""
    for place, _, names in os.walk(folder):
        for name in names:
            sync_file(Path(place) / name)
        sync_folder(Path(place))


def sync_file_system(folder: Path, written: Iterable[Path]) -> None:
    """Wait until the disk has everything below the folders `written`, all on one file system.

    folder: one on the same file system. In one call where the system can wait for a whole file
    system, and file by file elsewhere. Raises OSError.
    """
    function = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if function is None:
        for path in written:
            sync_tree(path)
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if function(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(descriptor)


def rename(path: Path, new_path: Path) -> None:
    """Give a file or folder another name in the same folder, and wait until the disk knows it.

    Its contents must be synced before. Raises OSError.
    """
    path.replace(new_path)
    sync_folder(new_path.parent)


def make_folders(folder: Path) -> None:
    """Make a folder and those above it that are missing, and wait until the disk has their names.

    Raises OSError.
    """
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    for path in missing:
        sync_folder(path.parent)
