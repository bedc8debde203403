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
        place = folder.stat()
        arrays = (folder / ARRAYS).stat()
        return place.st_dev, place.st_ino, arrays.st_ino, arrays.st_mtime_ns
    return None


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
    raise _replaced(folder)


class OneRunReader:
    """Reads parts of a run folder, one after the other, all of them of the same run.

    forget: drops the parts in memory. It is called whenever the first part is read anew, so that
    parts of the run that stood there before are not mixed with it.
    """

    def __init__(self, folder: Path, forget: Callable[[], None]) -> None:
        self._folder = folder
        self._forget = forget
        self._identity: FolderIdentity | None = None
        self._is_reading = False

    def read(self, read: Callable[[], T]) -> T:
        """What `read` gives, all of it of the run that earlier parts were read from.

        `read` may itself read parts. Raises as `read`, and ReplacedError when another run has taken
        the folder's place.
        """
        if self._is_reading:
            return read()
        self._is_reading = True
        try:
            if self._identity is None:
                return self._read_first(read)
            return self._read_more(read)
        finally:
            self._is_reading = False

    def _read_first(self, read: Callable[[], T]) -> T:
        def read_anew() -> T:
            self._forget()
            return read()

        result, self._identity = read_one_run(self._folder, read_anew)
        return result

    def _read_more(self, read: Callable[[], T]) -> T:
        try:
            result = read()
        except RelusgdError:
            self._check_identity()
            raise
        self._check_identity()
        return result

    def _check_identity(self) -> None:
        identity = folder_identity(self._folder)
        if identity is not None and identity != self._identity:
            raise _replaced(self._folder)


def _replaced(folder: Path) -> ReplacedError:
    """The error for a run that is no longer at its path."""
    return ReplacedError(f"{folder} was replaced since it was loaded", "load it again")
