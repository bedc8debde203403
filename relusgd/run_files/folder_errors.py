"""Errors about run folders: what is damaged, what cannot be read just now, what has changed."""

from __future__ import annotations

import errno
from pathlib import Path

from relusgd.errors import InputError, RelusgdError

REFUSALS = frozenset(
    {errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.ESTALE}
)
"""Errors that say nothing about the file: no permission, too many open files, no memory, a disk
that does not answer."""


class UnreadableError(RelusgdError):
    """A file of a run cannot be read just now, which says nothing about what it holds."""


def damaged(path: Path, problem: str, hint: str | None = None) -> RelusgdError:
    """The error for a run folder, or a file in it, that is not what relusgd writes."""
    return RelusgdError(f"{path}: {problem}; the run folder is damaged", hint)


def unreadable(path: Path, expected: str, error: Exception) -> RelusgdError:
    """The error for a file of a run that could not be read.

    expected: what the file should hold, such as "the config of a run".
    """
    if isinstance(error, FileNotFoundError):
        return damaged(path, "missing")
    if isinstance(error, OSError) and error.errno in REFUSALS:
        return UnreadableError(f"{path}: cannot be read: {error.strerror}")
    if isinstance(error, MemoryError):
        return UnreadableError(f"{path}: cannot be read: this machine's memory is not enough")
    return RelusgdError(
        f"{path}: cannot be read as {expected}; the run folder is damaged ({error})"
    )


def changed_meanwhile(folder: Path) -> InputError:
    """The error for a folder that changed after it was looked at."""
    return InputError(
        f"{folder} was changed by another process just now",
        "try again to see what stands there",
    )
