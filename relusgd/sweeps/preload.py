"""Imported by the process that workers are forked from: what every worker needs, and a process group of its own.

Signals to the group of the command, such as Ctrl-C, are for the command alone to hear; it tells the workers when to stop.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from types import TracebackType

import relusgd.sweeps.tasks

__all__ = ["tasks"]

tasks = relusgd.sweeps.tasks

with suppress(OSError):
    os.setpgid(0, 0)


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Tell of an error, unless it is that of a worker that was being born when the command ended and finds nothing of it any more."""
    if not issubclass(kind, FileNotFoundError | EOFError):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _tell
