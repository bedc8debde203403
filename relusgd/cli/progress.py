"""Progress of long work on stderr: a bar on a terminal, a line a minute elsewhere; and the signals
that stop the work.
"""

from __future__ import annotations

import shlex
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import Progress, ProgressColumn
from rich.text import Text

from relusgd.cli.boundary import StopSignal, heard_signals
from relusgd.cli.terminal import printable, stderr_console

LINE_SECONDS = 60.0

KEPT = "everything recorded so far is kept"


class SignalFlag:
    """Remembers the first signal that asks to stop, so that the work can finish its block; a second
    one stops at once.
    """

    def __init__(self) -> None:
        self.number: int | None = None

    @contextmanager
    def listening(self) -> Iterator[SignalFlag]:
        """Listen to the stopping signals while the block inside runs."""
        before = {number: signal.signal(number, self._remember) for number in heard_signals()}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _remember(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self.number is not None:
            raise StopSignal(number, KEPT)
        self.number = number


class ProgressDisplay:
    """Base of what shows the progress of trainings and sweeps.

    command: what was typed. quiet: no bar, and no lines but warnings.
    """

    wants_advice = False

    def __init__(self, console: Console, flag: SignalFlag, *, quiet: bool) -> None:
        self.command = shlex.join(["relusgd", *sys.argv[1:]])
        self.console = console
        self.flag = flag
        self.quiet = quiet
        self._last_line = time.monotonic()
        self._bar: Progress | None = None

    def signal(self) -> int | None:
        """The number of a signal that asks to stop, if there was one."""
        return self.flag.number

    def say(self, text: str, style: str = "") -> None:
        self.console.print(Text(printable(text), style=style))

    def warn(self, text: str) -> None:
        self.say(f"warning: {text}", "yellow")

    def start_bar(
        self,
        columns: Sequence[ProgressColumn],
        total: int,
        *,
        expand: bool = False,
        **fields: Any,
    ) -> None:
        self._bar = Progress(*columns, console=self.console, transient=True, expand=expand)
        self._task = self._bar.add_task("", total=total, **fields)
        self._bar.start()

    def move(self, done: int, line: str, **fields: Any) -> None:
        """Move the bar; where there is none, print the line if the last one is a minute old."""
        if self._bar:
            self._bar.update(self._task, completed=done, **fields)
        elif not self.quiet and time.monotonic() - self._last_line >= LINE_SECONDS:
            self._last_line = time.monotonic()
            self.say(line)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.stop()
            self._bar = None


Display = TypeVar("Display", bound=ProgressDisplay)


@contextmanager
def showing_progress(kind: type[Display], *, quiet: bool) -> Iterator[Display]:
    """A progress display of this kind, which hears the signals that ask to stop and takes its bar
    away at the end.
    """
    flag = SignalFlag()
    display = kind(stderr_console(), flag, quiet=quiet)
    with flag.listening():
        try:
            yield display
        finally:
            display.close()
