"""What `train` says at the end: a table of results and the two commands to type next."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from relusgd.words import counted, duration, number

if TYPE_CHECKING:
    from relusgd.cli.progress import TrainingProgress
    from relusgd.runs.run import Run


def print_closing(run: Run, progress: TrainingProgress) -> None:
    """Print the table and the commands on stderr."""
    console = progress.console
    console.print(closing_table(run))
    console.print(Text(closing_line(run, progress.steps_per_second)))
    folder = shlex.quote(str(run.folder))
    console.print(Text(f"next:  relusgd animate {folder}\n       relusgd show {folder}"))


def closing_line(run: Run, steps_per_second: float) -> str:
    """How much was recorded, in what time; nan steps a second where none were taken."""
    rate = f", {steps_per_second:,.0f} steps/s" if steps_per_second == steps_per_second else ""
    return f"{counted(run.facts.counts.snapshots, 'snapshot')} in {duration(run.facts.timings.seconds)}{rate}"


def closing_table(run: Run) -> Table:
    """First and last snapshot side by side."""
    metrics = run.original_metrics
    table = Table(
        "", "start", "end", box=None, pad_edge=False, title_justify="left", header_style="bold"
    )
    for column in table.columns[1:]:
        column.justify = "right"
    for label, key in (("train MSE", "train_mse"), ("test MSE", "test_mse")):
        table.add_row(label, number(metrics[key][0]), number(metrics[key][-1]))
    for label, key in (("dead units", "dead_units"), ("breakpoints", "breakpoints")):
        table.add_row(label, f"{metrics[key][0]:,}", f"{metrics[key][-1]:,}")
    table.add_row("epoch", f"{metrics['epoch'][0]:,}", f"{metrics['epoch'][-1]:,}")
    return table
