"""Commands that tell of runs: show and list."""

from __future__ import annotations

import math
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relusgd.advice import in_shell
from relusgd.cli.boundary import guarded
from relusgd.cli.completions import OUTPUTS
from relusgd.cli.endings import OUTCOMES
from relusgd.cli.options import JsonOption, RunArgument
from relusgd.cli.terminal import (
    print_json,
    print_table,
    printable,
    sparkline,
    stdout_console,
)
from relusgd.errors import InputError, RelusgdError
from relusgd.reference_cycles import without_cycle_search
from relusgd.words import byte_size, counted, duration, number

if TYPE_CHECKING:
    from rich.table import Table

    from relusgd.runs.check import RunCheck
    from relusgd.runs.events import Events
    from relusgd.runs.run import Run


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example:  relusgd show outputs/notebook --json")(show)
    app.command("list", epilog="Example:  relusgd list outputs")(list_runs)


CheckOption = Annotated[
    bool,
    typer.Option(
        "--check",
        help="Compare every file with its digest in run.json; exit code 1 where one differs.",
    ),
]


@guarded
def show(
    run: RunArgument,
    check: CheckOption = False,
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help="With --check: train again, and compare every bit of every snapshot.",
        ),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show what a run is and how it went, or with --check whether it is what was written."""
    if again and not check:
        raise InputError("--again trains a run again to check it", "write --check --again")
    if check:
        show_check(run, again=again, as_json=as_json)
    else:
        show_summary(run, as_json=as_json)


def show_check(folder: Path, *, again: bool, as_json: bool) -> None:
    """Print what a check of a run finds, and exit with 1 when it finds a fault."""
    from relusgd.runs.find import load_run

    result = load_run(folder).check(again=again)
    if as_json:
        print_json(check_facts(result))
    else:
        for line in check_lines(result):
            typer.echo(printable(line))
    if not result.is_sound:
        raise typer.Exit(1)


def check_lines(result: RunCheck) -> list[str]:
    """What a check has found: a line for the run, then its faults with what to do, then notes."""
    lines = [f"{result.folder}: {result.summary}"]
    for fault in result.faults:
        lines.append(f"  {fault.problem}")
        lines.append(f"    {in_shell(fault.advice)}")
    for note in result.notes:
        lines.append(f"  note: {note}")
    return lines


def check_facts(result: RunCheck) -> dict[str, Any]:
    """What a check found, as `list --check --json` and `show --check --json` print it."""
    faults = []
    for fault in result.faults:
        advice = in_shell(fault.advice)
        faults.append({"file": fault.file, "problem": fault.problem, "advice": advice})
    return {
        "run": result.folder,
        "status": result.status,
        "sound": result.is_sound,
        "trained_again": result.trained_again,
        "checked": result.checked,
        "faults": faults,
        "notes": result.notes,
    }


def show_summary(run: Path, *, as_json: bool) -> None:
    """Print what a run is and how it went."""
    from relusgd.runs.facts import changed_versions
    from relusgd.runs.find import load_run, with_one_run
    from relusgd.runs.summary import summarize

    def read(run: Run) -> tuple[Run, dict[str, Any], Events]:
        run.check_readable()
        return run, summarize(run), run.events

    loaded, summary, events = with_one_run(load_run(run), read)
    if as_json:
        print_json({**summary, "events": events.to_json()})
        return
    print_table(summary_table(loaded, summary))
    if events:
        typer.echo()
        print_table(events_table(events))
    for change in changed_versions(loaded.facts):
        typer.echo(
            printable(f"note: {change}; continuing it may differ in the last bits"), err=True
        )


@guarded
def list_runs(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where the run folders are.")
    ] = OUTPUTS,
    check: CheckOption = False,
    as_json: JsonOption = False,
) -> None:
    """List the runs in a folder."""
    if not folder.is_dir():
        raise InputError(
            f"{folder} is not a folder",
            "give the folder that holds the runs, by default outputs",
        )
    if check:
        list_checks(folder, as_json=as_json)
        return
    with without_cycle_search():
        rows = list_rows(folder)
    if as_json:
        print_json(rows)
    elif rows:
        print_runs(rows, folder)
    else:
        typer.echo(f"no runs in {folder}", err=True)


def list_rows(folder: Path) -> list[dict[str, Any]]:
    """The summaries of the runs in a folder; of those that cannot be read, what is wrong."""
    from relusgd.run_files.folder_errors import UnreadableError
    from relusgd.runs.find import find_runs, with_one_run
    from relusgd.runs.summary import summarize

    rows: list[dict[str, Any]] = []
    for run in find_runs(folder):
        try:
            rows.append(with_one_run(run, summarize))
        except RelusgdError as error:
            status = "unreadable" if isinstance(error, UnreadableError) else "damaged"
            rows.append({"run": str(run.folder), "status": status, "error": error.message})
    return rows


def list_checks(folder: Path, *, as_json: bool) -> None:
    """Check every run in a folder, and exit with 1 when one has a fault."""
    from relusgd.runs.find import find_runs

    results = []
    for run in find_runs(folder):
        result = run.check()
        results.append(result)
        if not as_json:
            for line in check_lines(result):
                typer.echo(printable(line))
    damaged = sum(not result.is_sound for result in results)
    if as_json:
        print_json([check_facts(result) for result in results])
    elif results:
        typer.echo(f"{counted(len(results), 'run')} checked, {damaged:,} damaged", err=True)
    else:
        typer.echo(f"no runs in {folder}", err=True)
    if damaged:
        raise typer.Exit(1)


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


def events_table(events: Events) -> Table:
    """A line for each event: when, and what happened."""
    from rich.table import Table
    from rich.text import Text

    text = events.table()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in text.headings:
        table.add_column(heading, overflow="fold")
    for moment, sentence in text.rows:
        when = Text(moment, no_wrap=True)
        what = Text(printable(sentence))
        table.add_row(when, what)
    return table


def summary_lines(run: Run, summary: dict[str, Any]) -> dict[str, str]:
    """A summary in words, by its labels."""
    has_test_points = not math.isnan(summary["test_mse"])
    error_name = "test_mse" if has_test_points else "train_mse"
    error = run.metrics[error_name]
    widths = " + ".join(f"{width:,}" for width in summary["hidden"])
    units = "hidden unit" if widths == "1" else "hidden units"
    inactive = f"{summary['dead_units']:,} dead, {summary['always_on_units']:,} always on"
    breakpoints = counted(summary["breakpoints"], "breakpoint")
    version = summary["versions"]["relusgd"]
    own_metrics = {name: number(value) for name, value in summary["own_metrics"].items()}
    return {
        "run": summary["run"],
        "status": summary["status"],
        "network": f"{widths} {units}, {summary['parameters']:,} parameters",
        "training": summary["training"],
        "epochs": _length_words(summary, run.facts.counts.steps_per_epoch),
        "train MSE": number(summary["train_mse"]),
        "test MSE": _test_words(summary) if has_test_points else "– (no test points)",
        "course": sparkline(error, 40),
        "units": f"{inactive}, {breakpoints}",
        **own_metrics,
        "snapshots": f"{summary['snapshots']:,}, {byte_size(summary['bytes'])}",
        "time": duration(summary["seconds"]),
        "engine": f"{summary['engine']}, kernel {summary['kernel']}, relusgd {version}",
        **_outcome_lines(run, summary),
    }


def _outcome_lines(run: Run, summary: dict[str, Any]) -> dict[str, str]:
    """What became of a training that has ended, and why; none before its end."""
    from relusgd.advice import in_shell, settings, tried_words
    from relusgd.runs.explanation import first_sentence

    lines = {}
    if summary["outcome"]:
        lines["outcome"] = OUTCOMES[summary["outcome"]]
    sentence = first_sentence(run) if summary["outcome"] == "learned" else ""
    if sentence:
        lines["fit"] = sentence
    if summary["reason"]:
        lines["reason"] = summary["reason"]
    if summary["advice"]:
        advice = in_shell(settings(summary["advice"]))
        lines["advice"] = f"{advice} ({tried_words(summary['tried'])})"
    return lines


def _test_words(summary: dict[str, Any]) -> str:
    """The last test error, and the best one."""
    best = f"best {number(summary['best_test_mse'])} in epoch {summary['best_epoch']:,}"
    return f"{number(summary['test_mse'])} ({best})"


def _length_words(summary: dict[str, Any], steps_per_epoch: int) -> str:
    """How far the training has come, of what was planned."""
    epochs = f"{summary['epochs']:,}"
    steps = summary["steps"]
    if summary["planned_steps"] % steps_per_epoch:
        # A length that was given in steps may end within an epoch.
        planned = counted(summary["planned_steps"], "step")
        return f"{epochs} ({steps:,} of {planned})"
    return f"{epochs} of {summary['planned_epochs']:,} ({counted(steps, 'step')})"
