"""Reading all of one run, though another run may take its folder's place meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from relusgd.errors import InputError, RelusgdError
from relusgd.run_files.folder import ARRAYS

T = TypeVar("T")

TRIES = 20

FolderIdentity = tuple[int, ...]


class ReplacedError(InputError):
    """Another run has taken the place of the one that was being read (exit code 2)."""


def folder_identity(folder: Path) -> FolderIdentity | None:
    """What tells the run folder that is at this path now from any other one; None where none is.

    No file is added to snapshots/ or taken from it as long as a run lives. The time at which it
    was filled tells runs apart that got the same inodes one after the other.
    """
    with suppress(OSError):
        place, arrays = folder.stat(), (folder / ARRAYS).stat()
        return place.st_dev, place.st_ino, arrays.st_ino, arrays.st_mtime_ns
    return None


def replaced(folder: Path) -> ReplacedError:
    """The error for a run that is no longer at its path."""
    return ReplacedError(f"{folder} was replaced since it was loaded", "load it again")


def read_one_run(folder: Path, read: Callable[[], T]) -> tuple[T, FolderIdentity | None]:
    """What `read` gives, all of it from one run, and the identity of that run.

    It reads again when another run has taken the folder's place. Raises as `read`, and
    ReplacedError when that happens again and again.
    """
    for _ in range(TRIES):
        identity = folder_identity(folder)
        try:
            result = read()
        except RelusgdError:
            if folder_identity(folder) == identity:
                raise
        else:
            if folder_identity(folder) == identity:
                return result, identity
    raise replaced(folder)
