"""The command compare: runs against each other."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.compared_views import (
    ComparedView,
    CoursesView,
    EndsView,
    FunctionsView,
    QuantitiesView,
)
from relusgd.cli.completions import complete_quantities, complete_runs_and_sweeps
from relusgd.cli.options import JsonOption
from relusgd.cli.picture_options import (
    SizeOption,
    ThemeName,
    ThemeOption,
    TitleOption,
    WithOption,
    make_look,
)
from relusgd.cli.terminal import print_json, printable
from relusgd.errors import InputError

if TYPE_CHECKING:
    from relusgd.comparing.compare import Comparison

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


class OverName(StrEnum):
    epochs = "epochs"
    steps = "steps"


@guarded
def compare(
    subjects: SubjectsArgument,
    over: Annotated[
        OverName | None,
        typer.Option(
            help="Show the errors over time: median and band of every row.",
            show_default=False,
        ),
    ] = None,
    band: Annotated[
        str | None,
        typer.Option(
            metavar="LOW,HIGH",
            help="With --over and --functions, the quantiles of the band, in percent; default "
            "25,75, or mean ± 2 standard deviations of functions.",
            show_default=False,
        ),
    ] = None,
    functions: Annotated[
        bool,
        typer.Option(
            "--functions",
            help="Show the learned functions: their mean and band, bias² and variance.",
        ),
    ] = False,
    with_: WithOption = "",
    quantities: Annotated[
        str | None,
        typer.Option(
            "--measure",
            metavar="NAMES",
            help="Show quantities of relusgd diagnose, such as sharpness,relative_move.",
            autocompletion=complete_quantities,
            show_default=False,
        ),
    ] = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Draw a picture too: .png, .svg or .pdf.",
            show_default=False,
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

    if as_json and as_csv:
        raise InputError(
            "JSON and CSV are two ways to print the same table",
            "give --json or --csv",
        )
    _check_options(over, band, with_, quantities, functions=functions)
    percents = None if band is None else read_band(band)
    look = make_look(size, title, theme, "none")
    comparison = compare_runs(*subjects)
    view: ComparedView = EndsView(comparison)
    if functions:
        view = _functions_view(comparison, percents, with_)
    elif quantities is not None:
        view = _quantities_view(comparison, quantities)
    elif over is not None:
        view = _courses_view(comparison, over, percents)
    if out is not None:
        typer.echo(printable(f"picture: {view.draw(out, look)}"), err=True)
    if as_json:
        print_json(view.to_json())
    elif as_csv:
        typer.echo(view.to_csv(), nl=False)
    else:
        view.print_tables()
    for folder, message in comparison.damaged.items():
        if folder not in message:
            message = f"{folder}: {message}"
        typer.echo(printable(f"note: left out, because it is damaged: {message}"), err=True)


def _check_options(
    over: OverName | None,
    band: str | None,
    references: str,
    quantities: str | None,
    *,
    functions: bool,
) -> None:
    """Refuse options that do not go together."""
    if quantities is not None and (functions or over is not None):
        other = "--functions" if functions else "--over"
        raise InputError(
            f"--measure shows quantities of the networks at the end, and {other} something else",
            "leave one out",
        )
    if functions and over is not None:
        raise InputError(
            f"--functions shows what runs ended with, and --over {over.value} how errors fell",
            "leave one out",
        )
    if band is not None and over is None and not functions:
        raise InputError(
            "a band is drawn over time, or of functions",
            f"--over steps --band {band} shows it over the steps, --functions --band {band} over x",
        )
    if references and not functions:
        raise InputError(
            "--with puts functions beside the learned ones",
            f"add --functions --with {references}",
        )


def _courses_view(
    comparison: Comparison,
    over: OverName,
    band: tuple[float, ...] | None,
) -> ComparedView:
    from relusgd.comparing.courses import QUARTILES, courses_of

    if band is None:
        band = QUARTILES
    return CoursesView(courses_of(comparison, over.value, band))


def _functions_view(
    comparison: Comparison,
    band: tuple[float, ...] | None,
    references: str,
) -> ComparedView:
    from relusgd.comparing.functions import functions_of

    return FunctionsView(functions_of(comparison, band, references))


def _quantities_view(comparison: Comparison, quantities: str) -> ComparedView:
    from relusgd.comparing.measured import measured_groups

    return QuantitiesView(measured_groups(comparison, quantities))


def read_band(text: str) -> tuple[float, ...]:
    """The numbers of --band. Raises InputError for what are none."""
    parts = text.replace(" ", "").split(",")
    try:
        return tuple(float(part.removesuffix("%")) for part in parts)
    except ValueError:
        raise InputError(
            f"--band takes two quantiles in percent, not {text!r}",
            "25,75 are the quartiles",
        ) from None
