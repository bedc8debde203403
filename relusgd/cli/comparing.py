"""The command compare: runs against each other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.completions import complete_runs_and_sweeps
from relusgd.cli.options import JsonOption
from relusgd.cli.pictures import SizeOption, ThemeName, ThemeOption, TitleOption, make_look
from relusgd.cli.terminal import print_json, printable
from relusgd.errors import InputError

SubjectsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="RUN…|SWEEP",
        help="Run folders, or the folder of a sweep.",
        autocompletion=complete_runs_and_sweeps,
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Example:  relusgd compare outputs/course --out course.png")(compare)


@guarded
def compare(
    subjects: SubjectsArgument,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Draw a picture too: .png, .svg or .pdf.", show_default=False
        ),
    ] = None,
    size: SizeOption = "1000x700",
    title: TitleOption = None,
    theme: ThemeOption = ThemeName.light,
) -> None:
    """Compare runs: errors by what differs, with their spread over seeds; what is best, and why.
    Prints a table.
    """
    from relusgd.comparing.compare import compare as compare_runs
    from relusgd.comparing.table import to_csv, to_json

    if as_json and as_csv:
        raise InputError(
            "JSON and CSV are two ways to print the same table", "give --json or --csv"
        )
    look = make_look(size, title, theme, "none")
    comparison = compare_runs(*subjects)
    if out is not None:
        from relusgd.comparing.picture import draw

        typer.echo(printable(f"picture: {draw(comparison, out, look)}"), err=True)
    if as_json:
        print_json(to_json(comparison))
    elif as_csv:
        typer.echo(to_csv(comparison), nl=False)
    else:
        # rich is loaded only where tables are printed.
        from relusgd.cli.comparison_tables import print_tables

        print_tables(comparison)
    for folder, message in comparison.damaged.items():
        if folder not in message:
            message = f"{folder}: {message}"
        typer.echo(printable(f"note: left out, because it is damaged: {message}"), err=True)
