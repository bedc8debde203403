"""Commands that read runs: show, list, export."""

from __future__ import annotations

import math
import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.options import OUTPUTS, JsonOption, RunArgument
from relusgd.cli.terminal import (
    print_json,
    print_path,
    print_table,
    printable,
    sparkline,
    stdout_console,
)
from relusgd.errors import InputError, RelusgdError
from relusgd.words import byte_size, counted, duration, number

if TYPE_CHECKING:
    from rich.table import Table

    from relusgd.runs.run import Run


class UnitsChoice(StrEnum):
    original = "original"
    network = "network"


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example:  relusgd show outputs/notebook --json")(show)
    app.command("list", epilog="Example:  relusgd list outputs")(list_runs)
    app.command(epilog="Example:  relusgd export outputs/notebook --out elbows.csv")(export)


@guarded
def show(run: RunArgument, as_json: JsonOption = False) -> None:
    """Show what a run is and how it went."""
    from relusgd.runs.facts import changed_versions
    from relusgd.runs.find import load_run
    from relusgd.runs.summary import summarize

    loaded = load_run(run)
    summary = summarize(loaded)
    loaded.check()
    if as_json:
        print_json(summary)
        return
    print_table(summary_table(loaded, summary))
    for change in changed_versions(loaded.facts):
        typer.echo(
            printable(f"note: {change}; continuing it may differ in the last bits"), err=True
        )


@guarded
def list_runs(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where the run folders are.")
    ] = OUTPUTS,
    as_json: JsonOption = False,
) -> None:
    """List the runs in a folder."""
    from relusgd.runs.find import find_runs
    from relusgd.runs.summary import summarize

    if not folder.is_dir():
        raise InputError(
            f"{folder} is not a folder", "give the folder that holds the runs, by default outputs"
        )
    rows: list[dict[str, Any]] = []
    for run in find_runs(folder):
        try:
            rows.append(summarize(run))
        except RelusgdError as error:
            rows.append({"run": str(run.folder), "status": "damaged", "error": error.message})
    if as_json:
        print_json(rows)
    elif rows:
        print_runs(rows, folder)
    else:
        typer.echo(f"no runs in {folder}", err=True)


@guarded
def export(
    run: RunArgument,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="The CSV file to write.", show_default=False)
    ],
    units: Annotated[
        UnitsChoice, typer.Option(help="original: units of the data; network: standardised ones.")
    ] = UnitsChoice.original,
) -> None:
    """Write every unit of every snapshot as a line of a CSV. Prints the file."""
    from relusgd.runs.export import export_units
    from relusgd.runs.find import load_run

    export_units(load_run(run), out, original=units is UnitsChoice.original)
    print_path(out)


def print_runs(rows: list[dict[str, Any]], folder: Path) -> None:
    """Print the table of runs, and on a terminal the command that shows the runs of the first
    folder.
    """
    from relusgd.cli.run_list import folders_of_runs, runs_table

    width = stdout_console().width if sys.stdout.isatty() else None
    print_table(runs_table(rows, folder, width))
    first = next(iter(folders_of_runs(rows, folder)), None)
    if first is not None and width is not None:
        command = f"relusgd list {shlex.quote(str(first))}"
        typer.echo(printable(f"runs of a folder:  {command}"), err=True)


def summary_table(run: Run, summary: dict[str, Any]) -> Table:
    """Two columns: what, and its value."""
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for label, value in summary_lines(run, summary).items():
        table.add_row(label, Text(printable(value)))
    return table


def summary_lines(run: Run, summary: dict[str, Any]) -> dict[str, str]:
    """A summary in words, by its labels."""
    has_test_points = not math.isnan(summary["test_mse"])
    test_mse = "– (no test points)"
    if has_test_points:
        best = f"best {number(summary['best_test_mse'])} in epoch {summary['best_epoch']:,}"
        test_mse = f"{number(summary['test_mse'])} ({best})"
    error = run.metrics["test_mse" if has_test_points else "train_mse"]
    widths = " + ".join(f"{width:,}" for width in summary["hidden"])
    units = "hidden unit" if widths == "1" else "hidden units"
    epochs = f"{summary['epochs']:,} of {summary['planned_epochs']:,}"
    steps = counted(summary["steps"], "step")
    if summary["planned_steps"] % run.facts.counts.steps_per_epoch:
        epochs = f"{summary['epochs']:,}"
        steps = f"{summary['steps']:,} of {counted(summary['planned_steps'], 'step')}"
    breakpoints = counted(summary["breakpoints"], "breakpoint")
    version = summary["versions"]["relusgd"]
    lines = {
        "run": summary["run"],
        "status": summary["status"],
        "network": f"{widths} {units}, {summary['parameters']:,} parameters",
        "training": summary["training"],
        "epochs": f"{epochs} ({steps})",
        "train MSE": number(summary["train_mse"]),
        "test MSE": test_mse,
        "course": sparkline(error.tolist(), 40),
        "units": f"{summary['dead_units']:,} dead, {summary['always_on_units']:,} always on, "
        f"{breakpoints}",
        "snapshots": f"{summary['snapshots']:,}, {byte_size(summary['bytes'])}",
        "time": duration(summary["seconds"]),
        "engine": f"{summary['engine']}, kernel {summary['kernel']}, relusgd {version}",
    }
    if summary["divergence"]:
        lines["divergence"] = summary["divergence"]["message"]
    return lines
