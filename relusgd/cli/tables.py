"""Commands that read runs: show, list, export."""

from __future__ import annotations

import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relusgd.cli.arguments import OUTPUTS, JsonOption, RunArgument
from relusgd.cli.boundary import guarded, printable
from relusgd.cli.streams import can_print, print_path

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.table import Table

    from relusgd.runs.run import Run


PAPER = 1000
"""Columns where no terminal limits them."""


class Units(StrEnum):
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
    from relusgd.errors import InputError, RelusgdError
    from relusgd.runs.find import find_runs
    from relusgd.runs.summary import summarize

    if not folder.is_dir():
        raise InputError(
            f"{folder} is no folder", "give the folder that holds the runs, by default outputs"
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
        Units, typer.Option(help="original: units of the data; network: standardised ones.")
    ] = Units.original,
) -> None:
    """Write every unit of every snapshot as a line of a CSV. Prints the file."""
    from relusgd.runs.export import export_units
    from relusgd.runs.find import load_run

    export_units(load_run(run), out, original=units is Units.original)
    print_path(out)


def print_json(value: object) -> None:
    """Print JSON that any parser takes: what is not a number becomes null."""
    import json
    import math

    def plain(item: Any) -> Any:
        if isinstance(item, dict):
            return {key: plain(part) for key, part in item.items()}
        if isinstance(item, list | tuple):
            return [plain(part) for part in item]
        return None if isinstance(item, float) and not math.isfinite(item) else item

    text = json.dumps(plain(value), indent=2, ensure_ascii=False)
    typer.echo(text if can_print(text) else json.dumps(plain(value), indent=2))


def print_runs(rows: list[dict[str, Any]], folder: Path) -> None:
    """Print the table of runs; on a terminal a folder of runs is a line, and the command that shows them is told."""
    from relusgd.cli.run_list import folders_of_runs, runs_table

    console = stdout_console()
    print_table(runs_table(rows, folder, console.width if sys.stdout.isatty() else None))
    first = next(iter(folders_of_runs(rows, folder)), None)
    if first is not None and sys.stdout.isatty():
        typer.echo(
            printable(f"runs of a folder:  relusgd list {shlex.quote(str(first))}"), err=True
        )


def stdout_console() -> Console:
    """The console for results: as wide as the terminal, or as wide as they need."""
    from rich.console import Console

    return Console(highlight=False, width=None if sys.stdout.isatty() else PAPER)


def print_table(table: RenderableType) -> None:
    """Print a table on stdout; in a file or a pipe lines are as long as they need, and end with their last letter."""
    console = stdout_console()
    if sys.stdout.isatty():
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    typer.echo("\n".join(line.rstrip() for line in captured.get().splitlines()))


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
    from relusgd.cli.wording import sparkline
    from relusgd.words import byte_size, counted, duration, number

    error = "test_mse" if summary["test_mse"] == summary["test_mse"] else "train_mse"
    units = " + ".join(f"{width:,}" for width in summary["hidden"])
    lines = {
        "run": summary["run"],
        "status": summary["status"],
        "network": f"{units} hidden {'unit' if units == '1' else 'units'}, {summary['parameters']:,} parameters",
        "training": summary["training"],
        "epochs": f"{summary['epochs']:,} of {summary['planned_epochs']:,} ({counted(summary['steps'], 'step')})",
        "train MSE": number(summary["train_mse"]),
        "test MSE": f"{number(summary['test_mse'])} (best {number(summary['best_test_mse'])} in epoch {summary['best_epoch']:,})"
        if error == "test_mse"
        else "– (no test points)",
        "course": sparkline(run.metrics[error].tolist(), 40),
        "units": f"{summary['dead_units']:,} dead, {summary['always_on_units']:,} always on, "
        f"{counted(summary['breakpoints'], 'breakpoint')}",
        "snapshots": f"{summary['snapshots']:,}, {byte_size(summary['bytes'])}",
        "time": duration(summary["seconds"]),
        "engine": f"{summary['engine']}, kernel {summary['kernel']}, relusgd {summary['versions']['relusgd']}",
    }
    if summary.get("divergence"):
        lines["divergence"] = summary["divergence"]["message"]
    return lines
