"""What a person sees while a run is recorded, and while a film is drawn."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from relusgd.cli.watching import SignalFlag, Watcher, stderr_console

if TYPE_CHECKING:
    from relusgd.runs.identity import Found
    from relusgd.training import Block, Plan


class TrainingProgress(Watcher):
    """Watches `record`: says what is going to be done, then moves the bar with every block."""

    def __init__(self, console: Console, flag: SignalFlag, *, quiet: bool) -> None:
        super().__init__(console, flag, quiet=quiet)
        self._first: tuple[float, int] | None = None
        self.loss = float("nan")
        self.steps_per_second = float("nan")

    def begins(self, plan: Plan, folder: Path, found: Found) -> None:
        for warning in plan.warnings:
            self.say(f"warning: {warning}", "yellow")
        if found.name in ("UNFINISHED", "SHORTER"):
            self._compare_surroundings(folder)
        if self.quiet:
            return
        self._say_what_is_done(plan, folder, found.name)
        if found.name in ("NOTHING", "UNFINISHED", "SHORTER") and self.console.is_terminal:
            self._begin(plan.steps)

    def _compare_surroundings(self, folder: Path) -> None:
        from relusgd.runs.facts import changed_versions
        from relusgd.runs.find import load_run

        for change in changed_versions(load_run(folder).facts):
            self.say(
                f"warning: {change}; the last bits may differ from one uninterrupted run", "yellow"
            )

    def _say_what_is_done(self, plan: Plan, folder: Path, found: str) -> None:
        words = {
            "NOTHING": plan.describe(),
            "COMPLETE": f"this run is complete already; nothing to do (--overwrite trains it anew): {folder}",
            "UNFINISHED": f"{plan.describe()}\ncontinuing the interrupted run in {folder}",
            "SHORTER": f"{plan.describe()}\ncontinuing the shorter run in {folder}",
        }
        if found in words:
            self.say(words[found])

    def _begin(self, steps: int) -> None:
        columns = (
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TextColumn("train MSE {task.fields[loss]}  {task.fields[rate]} steps/s"),
            TimeRemainingColumn(),
        )
        self.start_bar(columns, max(steps, 1), loss="–", rate="–")

    def block(self, plan: Plan, block: Block) -> None:
        step, moment = block.state.step, time.monotonic()
        first_moment, first_step = self._first = self._first or (moment, step)
        if len(block.history):
            self.loss = float(block.history.metrics["train_mse"][-1])
        if step > first_step:
            self.steps_per_second = (step - first_step) / max(moment - first_moment, 1e-9)
        loss, rate = (
            f"{self.loss:.4g}",
            f"{self.steps_per_second:,.0f}" if step > first_step else "–",
        )
        line = f"step {step:,} of {plan.steps:,} ({step / max(plan.steps, 1):.0%})  train MSE {loss}  {rate} steps/s"
        self.move(step, line, loss=loss, rate=rate)


@contextmanager
def drawing() -> Iterator[Callable[[int, int], None] | None]:
    """A bar over the frames of a film, encoding included: call it with (frames done, frames in all)."""
    console = stderr_console()
    if not console.is_terminal:
        yield None
        return
    columns = (
        TextColumn("frames"),
        BarColumn(bar_width=None),
        TaskProgressColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)
