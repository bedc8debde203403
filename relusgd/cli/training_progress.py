"""What a person sees of a training: what is going to be done, the bar, and the table and commands
at the end.
"""

from __future__ import annotations

import math
import shlex
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from relusgd.advice import in_shell
from relusgd.cli.endings import advice_lines, ending_notes, ending_warning
from relusgd.cli.progress import ProgressDisplay, SignalFlag
from relusgd.words import DASH, counted, duration, number

if TYPE_CHECKING:
    from relusgd.cli.endings import TrainCommand
    from relusgd.runs.identity import Found
    from relusgd.runs.run import Run
    from relusgd.training import Block, Plan

RESUMED = ("UNFINISHED", "SHORTER")
TRAINED = ("NOTHING", *RESUMED)
"""What stands in the folder when a run is continued, and when anything is trained at all."""


class TrainingProgress(ProgressDisplay):
    """Watches `record`: says what is going to be done, then moves the bar with every block.

    plan: of the training, known once it begins.
    """

    wants_advice = True

    def __init__(self, console: Console, flag: SignalFlag, *, quiet: bool) -> None:
        super().__init__(console, flag, quiet=quiet)
        self.plan: Plan | None = None
        self.steps_per_second = math.nan
        self._train_mse = math.nan
        self._first_step: int | None = None
        self._first_moment = 0.0

    def begins(self, plan: Plan, folder: Path, found: Found) -> None:
        self.plan = plan
        for warning in plan.warnings:
            self.warn(warning)
        if found.name in RESUMED:
            self._warn_of_changes(folder)
        if self.quiet:
            return
        if found.name in TRAINED:
            for note in plan.dataset.notes:
                self.say(note)
        self._say_what_is_done(plan, folder, found.name)
        if found.name in TRAINED and plan.engine == "compiled":
            self._say_when_compiling()
        if found.name == "NOTHING":
            self._say_rate_notes(plan)
        if found.name in TRAINED and self.console.is_terminal:
            self._start_bar(plan.steps)

    def _say_when_compiling(self) -> None:
        from relusgd.training.compiling import tell_of_compiling

        sentence = "compiling the steps, once after an installation: some seconds"
        tell_of_compiling(lambda: self.say(sentence))

    def _say_rate_notes(self, plan: Plan) -> None:
        from relusgd.training.stability import rate_notes

        for note in rate_notes(plan):
            self.say(f"note: {in_shell(note)}")

    def _warn_of_changes(self, folder: Path) -> None:
        from relusgd.runs.facts import changed_versions
        from relusgd.runs.find import load_run

        for change in changed_versions(load_run(folder).facts):
            self.warn(f"{change}; the last bits may differ from one uninterrupted run")

    def _say_what_is_done(self, plan: Plan, folder: Path, found: str) -> None:
        description = plan.describe()
        sentences = {
            "NOTHING": description,
            "COMPLETE": "this run is complete already; nothing to do (--overwrite trains it anew): "
            f"{folder}",
            "UNFINISHED": f"{description}\ncontinuing the interrupted run in {folder}",
            "SHORTER": f"{description}\ncontinuing the shorter run in {folder}",
        }
        if found in sentences:
            self.say(sentences[found])

    def _start_bar(self, steps: int) -> None:
        columns = (
            BarColumn(bar_width=None),
            TaskProgressColumn(),
            TextColumn("train MSE {task.fields[loss]}  {task.fields[rate]} steps/s"),
            TimeRemainingColumn(),
        )
        self.start_bar(columns, max(steps, 1), loss=DASH, rate=DASH)

    def block(self, plan: Plan, block: Block) -> None:
        step = block.state.step
        if self._first_step is None:
            self._first_step = step
            self._first_moment = time.monotonic()
        if len(block.history):
            self._train_mse = float(block.history.metrics["train_mse"][-1])
        rate = DASH
        if step > self._first_step:
            seconds = max(time.monotonic() - self._first_moment, 1e-9)
            self.steps_per_second = (step - self._first_step) / seconds
            rate = f"{self.steps_per_second:,.0f}"
        loss = f"{self._train_mse:.4g}"
        share = step / max(plan.steps, 1)
        line = f"step {step:,} of {plan.steps:,} ({share:.0%})  train MSE {loss}  {rate} steps/s"
        self.move(step, line, loss=loss, rate=rate)


def print_end(run: Run, progress: TrainingProgress, command: TrainCommand) -> None:
    """Print on stderr how the run went, and what to type next.

    A quiet command tells of a training that learned nothing, and nothing else.
    """
    from relusgd.runs.explanation import is_quickly_explained

    console = progress.console
    if not progress.quiet:
        console.print(end_table(run))
        console.print(Text(end_line(run, progress.steps_per_second)))
    ending = run.ending
    assert ending is not None, "the training came to its end"
    if ending_warning(ending):
        progress.warn(ending_warning(ending))
        for line in advice_lines(ending, command, run.folder):
            progress.say(line)
    if progress.quiet:
        return
    if ending.outcome == "learned" and progress.plan is not None:
        for note in ending_notes(run, progress.plan, command):
            progress.say(f"note: {note}")
    following = ["animate", "show", "explain"]
    if ending.outcome == "learned" and is_quickly_explained(run):
        explanation = run.explain(trials=False)
        progress.say(explanation.sentence)
        if explanation.verdict == "fits":
            following.remove("explain")
    console.print(Text(_next_commands(run.folder, following)))


def _next_commands(run: Path, names: Sequence[str]) -> str:
    """What to type next for this run, a command a line."""
    folder = shlex.quote(str(run))
    commands = [f"relusgd {name} {folder}" for name in names]
    return "next:  " + "\n       ".join(commands)


def end_line(run: Run, steps_per_second: float) -> str:
    """How much was recorded, and how fast. steps_per_second: nan where no steps were taken."""
    snapshots = counted(run.facts.counts.snapshots, "snapshot")
    line = f"{snapshots} in {duration(run.facts.timings.seconds)}"
    if math.isnan(steps_per_second):
        return line
    return f"{line}, {steps_per_second:,.0f} steps/s"


def end_table(run: Run) -> Table:
    """First and last snapshot side by side."""
    metrics = run.original_metrics
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    table.add_column("start", justify="right")
    table.add_column("end", justify="right")
    errors = {"train MSE": metrics["train_mse"], "test MSE": metrics["test_mse"]}
    for label, values in errors.items():
        table.add_row(label, number(values[0]), number(values[-1]))
    counts = {
        "dead units": metrics["dead_units"],
        "breakpoints": metrics["breakpoints"],
        "epoch": metrics["epoch"],
    }
    for label, values in counts.items():
        table.add_row(label, f"{values[0]:,}", f"{values[-1]:,}")
    return table
