"""What a person sees while a sweep runs: one bar over the runs on a terminal, a line a minute elsewhere."""

from __future__ import annotations

import shlex
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.table import Column

from relusgd.cli.boundary import printable
from relusgd.cli.watching import SignalFlag, Watcher
from relusgd.words import counted, duration, number

if TYPE_CHECKING:
    from relusgd.sweeps.checking import Survey


class SweepProgress(Watcher):
    """Watches `run_sweep`. failed: the names of the runs that failed, with the reasons."""

    def __init__(self, console: Console, flag: SignalFlag, *, quiet: bool) -> None:
        super().__init__(console, flag, quiet=quiet)
        self.failed: dict[str, str] = {}
        self._counts: Counter[str] = Counter()
        self._left = 0
        self._started = time.monotonic()
        self._waiting = False

    def begins(self, folder: Path, found: Survey) -> None:
        for warning in found.warnings:
            self.say(f"warning: {warning}", "yellow")
        self._left = len(found.jobs)
        if self.quiet:
            return
        ended = f", {len(found.ended):,} ended already" if found.ended else ""
        to_do = (
            "nothing to do"
            if not found.jobs
            else f"{len(found.jobs):,} to do"
            if found.ended
            else ""
        )
        self.say(
            f"{counted(len(found.runs), 'run')} in {folder}{ended}{', ' if to_do else ''}{to_do}"
        )
        if found.jobs and self.console.is_terminal:
            self._begin(len(found.jobs))

    def _begin(self, total: int) -> None:
        columns = (
            BarColumn(bar_width=12),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(compact=True),
            TextColumn(
                "{task.fields[last]}",
                table_column=Column(no_wrap=True, overflow="ellipsis", ratio=1),
                markup=False,
            ),
        )
        self.start_bar(columns, total, expand=True, rate="", last="")
        self._started = time.monotonic()

    def finished(self, rows: Sequence[dict[str, Any]]) -> None:
        for row in rows:
            self._counts[row["status"]] += 1
            if row["status"] not in ("complete", "diverged"):
                self.failed[row["run"]] = row.get("error", "it did not end")
        if not rows:
            return
        done, last = sum(self._counts.values()), last_words(rows[-1])
        rate = f"{number(done / max(time.monotonic() - self._started, 1e-9))}/s"
        self.move(
            done,
            f"{done:,} of {self._left:,} runs, {rate}, {last}",
            rate=rate,
            last=printable(last),
        )

    def waits_for_workers(self) -> bool:
        """Say once that a cluster has no workers yet; whether to stop waiting."""
        if not self._waiting and not self.quiet:
            self.say("waiting for Dask workers …")
        self._waiting = True
        return self.flag.number is not None

    def say_end(self, folder: Path, *, summarized: bool) -> None:
        """Say what became of the runs, and what to type next."""
        if self.quiet or not self._counts:
            return
        told = ", ".join(f"{count:,} {status}" for status, count in self._counts.most_common())
        self.say(f"{told} in {duration(time.monotonic() - self._started)}")
        if summarized:
            self.say(f"next:  relusgd compare {shlex.quote(str(folder))}")


def last_words(row: dict[str, Any]) -> str:
    """A run and its error, the error first because names are long."""
    error = row.get("test_mse", row.get("train_mse"))
    value = number(error) if error is not None else row["status"]
    return f"{value}  {row['run']}"
