"""ffmpeg takes frames as fast as they come and keeps up to seventeen of them before it encodes the
first: 200 MB of a film in 4K. Here it is asked how far it is, and the next frames wait.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any, Self

MOST_WAITING = 2
"""Frames that may be with ffmpeg and not encoded yet."""

PERIOD = 0.02
"""The seconds between two reports of ffmpeg."""

TAIL = 1024
"""Bytes in which a whole report stands."""


class Pacing:
    """Holds frames back until ffmpeg has encoded most of those that it has."""

    def __init__(self) -> None:
        """Raises OSError."""
        self._folder = tempfile.TemporaryDirectory()
        self._reports = Path(self._folder.name) / "progress"
        self._sent = 0

    @property
    def options(self) -> list[str]:
        """What ffmpeg is told so that it reports."""
        return ["-progress", str(self._reports), "-stats_period", str(PERIOD)]

    def wait(self, process: Any) -> None:
        """Return when the next frame may be sent to the process, or when it has ended."""
        while self._sent - self._encoded() >= MOST_WAITING and process.poll() is None:
            time.sleep(PERIOD / 4)
        self._sent += 1

    def _encoded(self) -> int:
        """The frames that the last whole report counts."""
        if not self._reports.exists():
            return 0
        with self._reports.open("rb") as reports:
            reports.seek(max(0, self._reports.stat().st_size - TAIL))
            lines = reports.read().decode(errors="replace").splitlines()
        counts = [line.removeprefix("frame=") for line in lines if line.startswith("frame=")]
        return int(counts[-1]) if counts else 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Remove the reports."""
        self._folder.cleanup()
