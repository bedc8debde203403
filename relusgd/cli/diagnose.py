"""The command diagnose: quantities, layers and pieces of a run, and their picture over time."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.network_source import EpochOption, check_out
from relusgd.cli.options import JsonOption, RunArgument
from relusgd.cli.picture_options import SizeOption, ThemeName, ThemeOption, TitleOption, make_look
from relusgd.cli.terminal import print_json, print_table, wrapped_for_stderr
from relusgd.words import counted

if TYPE_CHECKING:
    from rich.console import JustifyMethod
    from rich.table import Table

    from relusgd.pictures.kit.look import Look
    from relusgd.runs.diagnosis import Diagnosis
    from relusgd.runs.diagnosis_tables import TextTable
    from relusgd.runs.run import Run

MOST_PIECES = 40
"""Pieces of more are not printed; JSON has them."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog="Example:  relusgd diagnose outputs/notebook --out diagnosis.png")(diagnose)


@guarded
def diagnose(
    run: RunArgument,
    epoch: EpochOption = None,
    slopes: Annotated[
        bool,
        typer.Option("--slopes", help="Show f′ over x, and its autocorrelation, instead."),
    ] = False,
    as_json: JsonOption = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Draw the quantities over time: .png, .svg or .pdf; or .csv, a table of them.",
            show_default=False,
        ),
    ] = None,
    size: SizeOption = "1400x1000",
    title: TitleOption = None,
    theme: ThemeOption = ThemeName.light,
) -> None:
    """Tell what the network did: units, pieces, weights, sharpness and fit, beside the start.

    Every quantity has its formula beside it; docs/diagnose.md has their sources.
    """
    from relusgd.runs.diagnosis import diagnose as diagnosis_of
    from relusgd.runs.diagnosis_files import check_diagnosis_file, write_diagnosis
    from relusgd.runs.find import load_run

    look = make_look(size, title, theme, "none")
    check_out(out)
    if out is not None:
        check_diagnosis_file(out)
    loaded = load_run(run)
    if slopes:
        _show_slopes(loaded, epoch, out, look, as_json=as_json)
        return
    diagnosis = diagnosis_of(loaded, epoch=epoch)
    if out is not None:
        write_diagnosis(loaded, out, look)
    if as_json:
        print_json(diagnosis.to_json())
    else:
        _print_tables(diagnosis)
    if out is not None:
        kind = "table" if out.suffix.lower() == ".csv" else "picture"
        typer.echo(f"{kind}: ", nl=False, err=True)
        typer.echo(out, err=True)


def _show_slopes(
    run: Run,
    epoch: int | None,
    out: Path | None,
    look: Look,
    *,
    as_json: bool,
) -> None:
    """f′ of a snapshot beside the start: a picture if wanted, and the table or JSON."""
    from relusgd.pictures.kit.stills import check_still
    from relusgd.runs.slopes import slopes_of

    if out is not None:
        check_still(out)
    slopes = slopes_of(run, epoch)
    if out is not None:
        slopes.draw(out, look)
    if as_json:
        print_json(slopes.to_json())
    else:
        print_table(_table(slopes.table()))
    if out is not None:
        typer.echo(f"picture: {out}", err=True)


def _print_tables(diagnosis: Diagnosis) -> None:
    print_table(_table(diagnosis.quantities_table()))
    typer.echo()
    print_table(_table(diagnosis.layers_table()))
    if diagnosis.pieces is None:
        pieces = counted(int(diagnosis.values["breakpoints"]) + 1, "piece")
        _note(f"{pieces} are too many to list")
        return
    typer.echo()
    print_table(_table(diagnosis.pieces_table(MOST_PIECES)))
    more = len(diagnosis.pieces) - MOST_PIECES
    if more > 0:
        _note(f"{counted(more, 'more piece')}: see --json")


def _note(text: str) -> None:
    typer.echo(wrapped_for_stderr(f"note: {text}"), err=True)


def _table(text: TextTable) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column, heading in enumerate(text.headings):
        justify: JustifyMethod = "left" if column in text.words else "right"
        table.add_column(heading, justify=justify, overflow="fold")
    for row, cells in enumerate(text.rows):
        style = "bold" if row in text.bold else ""
        table.add_row(*map(Text, cells), style=style)
    return table
