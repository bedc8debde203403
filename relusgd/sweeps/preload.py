"""Imported by the process that all workers are forked from: what every worker needs.

It moves into a process group of its own. Signals to the group of the command, such as Ctrl-C, are
for the command alone, which tells the workers when to stop.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from types import TracebackType

import relusgd.sweeps.worker
from relusgd.own_process import claim_process

__all__ = ["worker"]

worker = relusgd.sweeps.worker

claim_process()

with suppress(OSError):
    os.setpgid(0, 0)


def _report_error(
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    # A worker that starts while the command ends finds the command's pipes gone, and where no
    # process can be started, the command says so itself.
    if not issubclass(kind, FileNotFoundError | EOFError | BlockingIOError):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _report_error
