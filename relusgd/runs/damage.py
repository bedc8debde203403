"""Telling damage of a run folder from what the system refuses just now."""

from __future__ import annotations

import errno
from pathlib import Path

from relusgd.errors import RelusgdError

REFUSALS = frozenset(
    {errno.EACCES, errno.EPERM, errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EIO, errno.ESTALE}
)
"""Errors that say nothing about the file: no permission, too many open files, no memory, a disk that does not answer."""


def unreadable(path: Path, expected: str, error: Exception) -> RelusgdError:
    """The error for a file of a run that could not be read as what is `expected` in its place."""
    if isinstance(error, FileNotFoundError):
        return RelusgdError(f"{path}: missing; the run folder is damaged")
    if isinstance(error, OSError) and error.errno in REFUSALS:
        return RelusgdError(f"{path}: cannot be read: {error.strerror}")
    if isinstance(error, MemoryError):
        return RelusgdError(f"{path}: cannot be read: this machine's memory is not enough")
    return RelusgdError(
        f"{path}: cannot be read as {expected}; the run folder is damaged ({error})"
    )
