"""Work that takes its time, watched: a bar on a terminal, a line a minute elsewhere, and ears for signals."""

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

from relusgd.cli.boundary import Terminated, printable

LINE_SECONDS = 60.0

KEPT = "everything recorded so far is kept"


def stderr_console() -> Console:
    """The console for everything that is not a result."""
    return Console(stderr=True, highlight=False, soft_wrap=not sys.stderr.isatty())


class SignalFlag:
    """Remembers the first Ctrl-C or SIGTERM so that the block can be finished; a second one stops at once."""

    def __init__(self) -> None:
        self.number: int | None = None

    @contextmanager
    def listening(self) -> Iterator[SignalFlag]:
        """Listen to both signals while the block inside runs."""
        numbers = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(number, self._remember) for number in numbers]
        try:
            yield self
        finally:
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)

    def _remember(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002
        if self.number is not None:
            raise (Terminated if number == signal.SIGTERM else KeyboardInterrupt)(KEPT)
        self.number = number


class Watcher:
    """Base of what watches training and sweeps. command: what was typed. quiet: no bar, and no lines but warnings."""

    def __init__(self, console: Console, flag: SignalFlag, *, quiet: bool) -> None:
        self.command = shlex.join(["relusgd", *sys.argv[1:]])
        self.console, self.flag, self.quiet = console, flag, quiet
        self._said = time.monotonic()
        self._bar: Progress | None = None

    def signal(self) -> int | None:
        """The number of a signal that asks to stop, if there was one."""
        return self.flag.number

    def say(self, text: str, style: str = "") -> None:
        self.console.print(Text(printable(text), style=style))

    def start_bar(
        self, columns: Sequence[ProgressColumn], total: int, *, expand: bool = False, **fields: Any
    ) -> None:
        self._bar = Progress(*columns, console=self.console, transient=True, expand=expand)
        self._task = self._bar.add_task("", total=total, **fields)
        self._bar.start()

    def move(self, done: int, line: str, **fields: Any) -> None:
        """Move the bar; where there is none, say a line if the last one was said long ago."""
        if self._bar:
            self._bar.update(self._task, completed=done, **fields)
        elif not self.quiet and time.monotonic() - self._said >= LINE_SECONDS:
            self._said = time.monotonic()
            self.say(line)

    def close(self) -> None:
        """Take the bar away."""
        if self._bar:
            self._bar.stop()
            self._bar = None


W = TypeVar("W", bound=Watcher)


@contextmanager
def watching(kind: type[W], *, quiet: bool) -> Iterator[W]:
    """A watcher of this kind whose bar goes away at the end and that hears Ctrl-C and SIGTERM."""
    flag = SignalFlag()
    watcher = kind(stderr_console(), flag, quiet=quiet)
    with flag.listening():
        try:
            yield watcher
        finally:
            watcher.close()
