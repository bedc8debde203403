"""What a person sees while a run is recorded: a bar on a terminal, a line a minute elsewhere."""

from __future__ import annotations

import shlex
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from relusgd.cli.boundary import Terminated, printable

if TYPE_CHECKING:
    from relusgd.runs.identity import Found
    from relusgd.training import Block, Plan

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


class TrainingProgress:
    """Watches `record`: says what is going to be done, then moves the bar with every block."""

    def __init__(self, console: Console, flag: SignalFlag, *, quiet: bool) -> None:
        self.command = shlex.join(["relusgd", *sys.argv[1:]])
        self.console, self.flag, self.quiet = console, flag, quiet
        self._said = time.monotonic()
        self._first: tuple[float, int] | None = None
        self._progress: Progress | None = None
        self.loss = float("nan")
        self.steps_per_second = float("nan")

    def found(self, plan: Plan, folder: Path, found: Found) -> None:
        for warning in plan.warnings:
            self.console.print(Text(f"warning: {warning}", style="yellow"))
        if found.name in ("UNFINISHED", "SHORTER"):
            self._compare_surroundings(folder)
        if self.quiet:
            return
        self._say(plan, folder, found.name)
        if found.name in ("NOTHING", "UNFINISHED", "SHORTER") and self.console.is_terminal:
            self._start_bar(plan.steps)

    def _compare_surroundings(self, folder: Path) -> None:
        from relusgd.runs.run import load_run
        from relusgd.runs.summary import changed_versions

        for change in changed_versions(load_run(folder)):
            self.console.print(Text(printable(f"warning: {change}; the last bits may differ from one uninterrupted run"), style="yellow"))

    def _say(self, plan: Plan, folder: Path, found: str) -> None:
        words = {
            "NOTHING": plan.describe(),
            "COMPLETE": f"this run is complete already; nothing to do (--overwrite trains it anew): {folder}",
            "UNFINISHED": f"{plan.describe()}\ncontinuing the interrupted run in {folder}",
            "SHORTER": f"{plan.describe()}\ncontinuing the shorter run in {folder}",
        }
        if found in words:
            self.console.print(Text(printable(words[found])))

    def _start_bar(self, steps: int) -> None:
        columns = (
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TextColumn("loss {task.fields[loss]}  {task.fields[rate]} steps/s"),
            TimeRemainingColumn(),
        )
        self._progress = Progress(*columns, console=self.console, transient=True)
        self._task = self._progress.add_task("", total=max(steps, 1), loss="–", rate="–")
        self._progress.start()

    def block(self, plan: Plan, block: Block) -> None:
        step, moment = block.state.step, time.monotonic()
        first_moment, first_step = self._first = self._first or (moment, step)
        if len(block.history):
            self.loss = float(block.history.metrics["train_mse"][-1])
        if step > first_step:
            self.steps_per_second = (step - first_step) / max(moment - first_moment, 1e-9)
        rate = f"{self.steps_per_second:,.0f}" if step > first_step else "–"
        if self._progress:
            self._progress.update(self._task, completed=step, loss=f"{self.loss:.4g}", rate=rate)
        elif not self.quiet and moment - self._said >= LINE_SECONDS:
            self._said = moment
            self.console.print(f"step {step:,} of {plan.steps:,} ({step / plan.steps:.0%})  loss {self.loss:.4g}  {rate} steps/s")

    def signal(self) -> int | None:
        return self.flag.number

    def close(self) -> None:
        """Take the bar away."""
        if self._progress:
            self._progress.stop()
            self._progress = None


@contextmanager
def watching(quiet: bool) -> Iterator[TrainingProgress]:
    """A TrainingProgress whose bar goes away at the end and that hears Ctrl-C and SIGTERM."""
    flag = SignalFlag()
    progress = TrainingProgress(stderr_console(), flag, quiet=quiet)
    with flag.listening():
        try:
            yield progress
        finally:
            progress.close()


@contextmanager
def drawing(console: Console) -> Iterator[Callable[[int, int], None] | None]:
    """A bar over the frames of a film, encoding included: call it with (frames done, frames in all)."""
    if not console.is_terminal:
        yield None
        return
    columns = (TextColumn("frames"), BarColumn(bar_width=None), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
