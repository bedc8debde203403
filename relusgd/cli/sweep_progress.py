"""What a person sees while a sweep runs: one bar over the runs on a terminal, a line a minute
elsewhere.
"""

from __future__ import annotations

import shlex
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.table import Column

from relusgd.cli.progress import ProgressDisplay, SignalFlag
from relusgd.cli.terminal import printable
from relusgd.words import counted, duration, number

if TYPE_CHECKING:
    from relusgd.sweeps.rows import Row
    from relusgd.sweeps.survey import Survey


class SweepProgress(ProgressDisplay):
    """Watches `run_sweep`. failed: the names of the runs that failed → why."""

    def __init__(self, console: Console, flag: SignalFlag, *, quiet: bool) -> None:
        super().__init__(console, flag, quiet=quiet)
        self.failed: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._to_do = 0
        self._started = time.monotonic()
        self._is_waiting = False

    def begins(self, folder: Path, survey: Survey) -> None:
        for warning in one_of_each_kind(survey.warnings):
            self.warn(warning)
        self._to_do = len(survey.jobs)
        if self.quiet:
            return
        for note in survey.notes:
            self.say(note)
        parts = [f"{counted(len(survey.runs), 'run')} in {folder}"]
        if survey.ended:
            parts.append(f"{len(survey.ended):,} ended already")
        if not survey.jobs:
            parts.append("nothing to do")
        elif survey.ended:
            parts.append(f"{len(survey.jobs):,} to do")
        self.say(", ".join(parts))
        if survey.jobs and self.console.is_terminal:
            self._start_bar(len(survey.jobs))

    def _start_bar(self, total: int) -> None:
        last_run = Column(no_wrap=True, overflow="ellipsis", ratio=1)
        columns = (
            BarColumn(bar_width=12),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[last]}", table_column=last_run, markup=False),
        )
        self.start_bar(columns, total, expand=True, rate="", last="")
        self._started = time.monotonic()

    def finished(self, rows: Sequence[Row]) -> None:
        if not rows:
            return
        for row in rows:
            self._counts[row.status] += 1
            if row.status not in ("complete", "diverged"):
                self.failed[row.run] = row.error or "it did not end"
        done = self._counts.total()
        seconds = max(time.monotonic() - self._started, 1e-9)
        rate = f"{number(done / seconds)}/s"
        last = error_and_name(rows[-1])
        line = f"{done:,} of {self._to_do:,} runs, {rate}, {last}"
        self.move(done, line, rate=rate, last=printable(last))

    def waits_for_workers(self) -> bool:
        """Say once that a cluster has no workers yet, and return whether to stop waiting."""
        if not self._is_waiting and not self.quiet:
            self.say("waiting for Dask workers …")
        self._is_waiting = True
        return self.flag.number is not None

    def loses(self, what: str) -> None:
        """Say that a cluster's scheduler or its last worker has gone away."""
        self.warn(f"{what} has gone away; this sweep waits for it to come back")

    def say_end(self, folder: Path, *, summarized: bool) -> None:
        """Say what became of the runs, and what to type next."""
        if self.quiet or not self._counts:
            return
        counts = [f"{count:,} {status}" for status, count in self._counts.most_common()]
        seconds = time.monotonic() - self._started
        self.say(f"{', '.join(counts)} in {duration(seconds)}")
        if summarized:
            self.say(f"next:  relusgd compare {shlex.quote(str(folder))}")


def one_of_each_kind(warnings: Sequence[str]) -> list[str]:
    """The first warning of each kind, with how many others say the same of other runs.

    Warnings of one kind have the same words before their colon.
    """
    kinds: dict[str, list[str]] = {}
    for warning in warnings:
        kind, _, _ = warning.partition(":")
        kinds.setdefault(kind, []).append(warning)
    lines = []
    for first, *others in kinds.values():
        line = first
        if others:
            line += f" (and {counted(len(others), 'warning')} of this kind)"
        lines.append(line)
    return lines


def error_and_name(row: Row) -> str:
    """A run's error and its name, the error first because names are long."""
    error = row.cell("test_mse")
    if error is None:
        error = row.cell("train_mse")
    value = row.status if error is None else number(error)
    return f"{value}  {row.run}"
