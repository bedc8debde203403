"""The program that runs a lesson's commands: relusgd itself, in processes of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

PACKAGE = Path(__file__).parents[2]
"""Where Python finds this package."""


@dataclass(frozen=True)
class Printed:
    """What a command left: its exit code and what it printed."""

    exit_code: int
    stdout: str
    stderr: str


class Program(Protocol):
    """Runs the arguments of a command in a folder. workers: how many commands at once."""

    @property
    def workers(self) -> int: ...

    def run(self, arguments: Sequence[str], folder: Path) -> Printed: ...

    def stop(self) -> None:
        """End what still runs."""


class OwnProcesses:
    """Every command is a process, as if it was typed in the lesson's folder."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._running: set[subprocess.Popen[str]] = set()
        self._is_stopped = False
        self._lock = threading.Lock()

    def run(self, arguments: Sequence[str], folder: Path) -> Printed:
        command = [sys.executable, "-m", "relusgd", *arguments]
        with self._lock:
            if self._is_stopped:
                return Printed(1, "", "stopped")
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
            )
            self._running.add(process)
        stdout, stderr = process.communicate()
        self._running.discard(process)
        return Printed(process.returncode, stdout, stderr)

    def stop(self) -> None:
        """Ask every process to end as Ctrl-C does, and start no other one."""
        with self._lock:
            self._is_stopped = True
            running = list(self._running)
        for process in running:
            process.terminate()


def _environment() -> dict[str, str]:
    """That of this process, but output is UTF-8 and this relusgd is the one that is found."""
    path = str(PACKAGE)
    others = os.environ.get("PYTHONPATH")
    if others:
        path = os.pathsep.join([path, others])
    return {**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1", "NO_COLOR": "1"}
