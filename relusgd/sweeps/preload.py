"""Imported by the process that workers are forked from: what every worker needs, and a process group of its own.

Signals to the group of the command, such as Ctrl-C, are for the command alone to hear; it tells the workers when to stop.
"""

from __future__ import annotations

import os
from contextlib import suppress

import relusgd.sweeps.tasks

__all__ = ["tasks"]

tasks = relusgd.sweeps.tasks

with suppress(OSError):
    os.setpgid(0, 0)
