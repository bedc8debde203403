"""Commands that print tables of runs: export (units) and predict (f at positions)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.completions import complete_runs_and_sweeps
from relusgd.cli.options import RunArgument, finite_numbers
from relusgd.cli.terminal import (
    print_parts,
    print_path,
    printable,
)
from relusgd.errors import InputError
from relusgd.words import and_list

if TYPE_CHECKING:
    from relusgd.model.network import Array
    from relusgd.runs.run import Run


TableOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="The .csv to write. [dim]\\[default: -, which is stdout][/]",
        show_default=False,
    ),
]


class UnitsChoice(StrEnum):
    original = "original"
    network = "network"


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(epilog="Example:  relusgd export outputs/notebook --out elbows.csv")(export)
    app.command(epilog="Example:  relusgd predict outputs/notebook --at 0.25,0.5")(predict)


@guarded
def export(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RUN|SWEEP",
            help="A run folder, or the folder of a sweep.",
            autocompletion=complete_runs_and_sweeps,
            show_default=False,
        ),
    ],
    out: TableOption = None,
    units: Annotated[
        UnitsChoice, typer.Option(help="original: units of the data; network: standardised ones.")
    ] = UnitsChoice.original,
) -> None:
    """Print every unit of every snapshot as a line of a CSV; of a sweep, those of all its runs.

    With --out the CSV is written to a file, and the file is printed.
    """
    from relusgd.run_files.finding import is_run_folder
    from relusgd.runs.export import COLUMNS, unit_lines
    from relusgd.runs.find import load_run
    from relusgd.sweeps.export import sweep_unit_lines
    from relusgd.sweeps.sweep import find_members

    original = units is UnitsChoice.original
    if not is_run_folder(source) and find_members(source):
        parts = sweep_unit_lines(source, original=original, left_out=note_left_out)
    else:
        run = load_run(source)
        run.check_readable()
        parts = chain([f"{COLUMNS}\n"], unit_lines(run, original=original))
    put_table(parts, out)


@guarded
def predict(
    run: RunArgument,
    epoch: Annotated[
        int | None,
        typer.Option(
            metavar="EPOCH",
            min=0,
            help="The epoch of the network. [dim]\\[default: the last][/]",
            show_default=False,
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option(metavar="X,…", help="Positions with commas between.", show_default=False),
    ] = None,
    table: Annotated[
        Path | None,
        typer.Option("--csv", metavar="FILE", help="A CSV with positions.", show_default=False),
    ] = None,
    column: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Its column of positions. [dim]\\[default: that of the run's x][/]",
            show_default=False,
        ),
    ] = None,
    grid: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="So many even positions over the domain.",
            show_default=False,
        ),
    ] = None,
    out: TableOption = None,
) -> None:
    """Print x and f(x), the learned function at positions of your own, as CSV in original units.

    With --out the CSV is written to a file, and the file is printed.
    """
    from relusgd.runs.find import load_run
    from relusgd.runs.predict import COLUMNS, grid_parts, parts_of, prediction_lines

    check_positions(at, table, column, grid)
    loaded = load_run(run)
    row = loaded.history.index(epoch=epoch, step=None)
    if grid is not None:
        parts = grid_parts(loaded, grid)
    else:
        parts = parts_of(loaded, positions_given(loaded, at, table, column))
    if epoch is None:
        note_of_status(loaded, row)
    lines = prediction_lines(loaded, parts, epoch)
    put_table(chain([f"{COLUMNS}\n"], lines), out)


def check_positions(
    at: str | None,
    table: Path | None,
    column: str | None,
    grid: int | None,
) -> None:
    """Raise InputError unless positions are given in exactly one way."""
    given = []
    if at is not None:
        given.append("--at")
    if table is not None:
        given.append("--csv")
    if grid is not None:
        given.append("--grid")
    if len(given) != 1:
        what = f"{and_list(given)} are given" if given else "none is given"
        raise InputError(
            f"positions come from one of --at, --csv and --grid; {what}",
            "for example --at 0.25,0.5 or --grid 100",
        )
    if column is not None and table is None:
        raise InputError("--column names a column of --csv FILE, which is not given")


def positions_given(
    run: Run,
    at: str | None,
    table: Path | None,
    column: str | None,
) -> Array:
    """The positions of --at or of a column of --csv, shape (n,)."""
    import numpy as np

    from relusgd.model.data_file.columns import read_positions

    if table is not None:
        decimal = getattr(run.config.data, "decimal", None)
        return read_positions(table, column or run.data.x_name, decimal=decimal)
    return np.array(finite_numbers(at or "", "--at"))


def note_of_status(run: Run, row: int) -> None:
    """Say on stderr where the last snapshot is not the end of the training."""
    epoch = int(run.history.epoch[row])
    notes = {
        "running": "this run is still being trained",
        "interrupted": "this run is interrupted",
        "diverged": "this run has diverged",
        "failed": "this run has failed",
    }
    if run.status in notes:
        typer.echo(f"note: {notes[run.status]}; f is that of epoch {epoch:,}", err=True)


def put_table(parts: Iterable[str], out: Path | None) -> None:
    """Print a table, or write it to a file and print the file's path."""
    from relusgd.runs.export import write_csv

    if out is None or str(out) == "-":
        print_parts(parts)
        return
    write_csv(parts, out)
    print_path(out)


def note_left_out(reason: str) -> None:
    typer.echo(printable(f"note: left out: {reason}"), err=True)
