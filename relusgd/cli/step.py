"""The command step: one training step on the elbows, with its formulas, and as a picture."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.completions import complete_configs
from relusgd.cli.network_source import EpochOption, check_out
from relusgd.cli.options import (
    JsonOption,
    SetOption,
    finite_numbers,
    refuse_changes,
    run_folder_of,
)
from relusgd.cli.picture_options import (
    PictureSizeOption,
    ThemeName,
    ThemeOption,
    TitleOption,
    make_look,
)
from relusgd.cli.terminal import (
    SENTENCE_WIDTH,
    print_json,
    print_table,
    printable,
    stdout_width,
    wrapped,
)
from relusgd.errors import InputError

if TYPE_CHECKING:
    from rich.table import Table

    from relusgd.config import Config
    from relusgd.diagnostics.step_formulas import Formula
    from relusgd.runs.step_report import StepReport, UnitReport
    from relusgd.runs.step_table import StepTable

MOST_POINTS = 20
"""A longer table of points ends here; --json has all."""

MOST_ALIGNED = 18
"""Numbers stand in one column behind symbols up to this long."""

EPILOG = (
    "Examples:  relusgd step sine.yaml --at 0.25,1 --unit 3  ·  "
    "relusgd step outputs/sine --epoch 200 --out step.png"
)


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(epilog=EPILOG)(step)


@guarded
def step(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="RUN|CONFIG",
            help="A run folder, or a YAML config (its initial network).",
            autocompletion=complete_configs,
            show_default=False,
        ),
    ],
    epoch: EpochOption = None,
    at: Annotated[
        str | None,
        typer.Option(
            metavar="X,Y",
            help="A plain gradient step on this sample; x alone is the nearest training point.",
            show_default=False,
        ),
    ] = None,
    batch: Annotated[
        bool,
        typer.Option(
            "--batch",
            help="The step that training takes: its batch, its method, its memory. "
            "[dim]\\[default][/]",
        ),
    ] = False,
    unit: Annotated[
        int | None,
        typer.Option(
            metavar="J",
            min=0,
            help="One unit, from 0 on: every formula with its numbers, why it moved, who pulled.",
            show_default=False,
        ),
    ] = None,
    rate: Annotated[
        float | None,
        typer.Option(
            metavar="η",
            help="The learning rate. [dim]\\[default: the one in force][/]",
            show_default=False,
        ),
    ] = None,
    changes: SetOption = None,
    as_json: JsonOption = False,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Also draw before and after: a .png, .svg or .pdf.",
            show_default=False,
        ),
    ] = None,
    size: PictureSizeOption = None,
    title: TitleOption = None,
    theme: ThemeOption = ThemeName.light,
) -> None:
    """Take one training step apart: what it does to every unit's slope and elbow, and why.

    Of a sample or of the batch that training draws: the derivatives of the loss, each elbow before
    and after, and which points pulled.
    """
    if batch and at is not None:
        raise InputError("--at and --batch do not go together", "give one of them")
    _check_picture(out, size, title)
    look = make_look(size or "1000x700", title, theme, "units")
    report = _report(source, changes, epoch, at, rate)
    shown = report if unit is None else report.unit(unit)
    if as_json:
        print_json(shown.facts())
    elif unit is None:
        _show_units(report)
    else:
        _show_unit(report.unit(unit))
    if out is not None:
        typer.echo(
            report.plot(out, unit=unit, size=look.size, title=look.title, theme=look.theme),
            err=True,
        )


def _check_picture(out: Path | None, size: str | None, title: str | None) -> None:
    """Refuse a picture that cannot be written, and options of one where none is drawn."""
    if out is None:
        for option, given in (("--size", size), ("--title", title)):
            if given is not None:
                raise InputError(
                    f"{option} is that of a picture, and none is drawn",
                    "add --out step.png",
                )
        return
    from relusgd.pictures.kit.stills import check_still

    check_out(out)
    check_still(out)


def _report(
    source: Path,
    changes: list[str] | None,
    epoch: int | None,
    at: str | None,
    rate: float | None,
) -> StepReport:
    """The step of a run after an epoch, or of a config's initial network."""
    from relusgd.runs.step import step as take_step

    sample = None if at is None else finite_numbers(at, "--at")
    source = run_folder_of(source)
    if source.is_dir():
        refuse_changes(changes, source)
        return take_step(source, epoch=epoch, at=sample, rate=rate)
    config = _config(source, changes)
    return take_step(config, epoch=epoch, at=sample, rate=rate)


def _config(path: Path, changes: list[str] | None) -> Config:
    from relusgd.config import load_config, parse_overrides

    return load_config(path, parse_overrides(changes or []), typed=True)


# What is shown


def _show_units(report: StepReport) -> None:
    """A line per unit, and what moved and who pulled."""
    _say(report.header)
    typer.echo("")
    print_table(_table(report.table()))
    typer.echo("")
    _say([*report.sentences, *report.notes])


def _show_unit(report: UnitReport) -> None:
    """The formulas of a unit, its points, and why it moved."""
    header = report.report.header
    _say([f"unit {report.step.number} {header[0]}", *header[1:]])
    typer.echo("")
    typer.echo("\n".join(_formula_lines(report.formulas)))
    if len(report.step.x) > 1:
        _show_points(report.points())
    typer.echo("")
    _say([*report.sentences, *report.report.notes])


def _show_points(points: StepTable) -> None:
    """The points at which the unit is active, of many the ones that pull most."""
    if not points.rows:
        return
    typer.echo("")
    print_table(_table(points, MOST_POINTS))
    left_out = len(points.rows) - MOST_POINTS
    if left_out > 0:
        _say([f"and {left_out:,} more at which it is on; --json has all"])


def _say(sentences: Sequence[str]) -> None:
    """Print sentences, broken between words on a terminal."""
    width = stdout_width()
    if sys.stdout.isatty():
        width = min(width, SENTENCE_WIDTH)
    for sentence in sentences:
        typer.echo(wrapped(printable(sentence), width))


def _table(table: StepTable, most: int | None = None) -> Table:
    """Columns of numbers, close enough for a terminal of 80 columns."""
    from rich.table import Table

    made = Table(box=None, pad_edge=False, collapse_padding=True, header_style="bold")
    for heading in table.headings:
        made.add_column(heading, justify="right", overflow="fold")
    for row in table.rows[:most]:
        made.add_row(*row)
    return made


def _formula_lines(formulas: Sequence[Formula]) -> list[str]:
    """name = symbols = numbers = value; where that is too long, the numbers on a second line."""
    names = max(len(formula.name) for formula in formulas)
    lengths = [len(formula.symbols) for formula in formulas]
    symbols = max(length for length in lengths if length <= MOST_ALIGNED)
    width = stdout_width()
    lines = []
    for formula in formulas:
        start = f"{formula.name:<{names}} = {formula.symbols:<{symbols}}"
        numbers = f"= {formula.numbers} " if formula.numbers else ""
        end = f"{numbers}= {formula.value}"
        if len(start) + 1 + len(end) <= width:
            lines.append(f"{start} {end}")
        else:
            lines += [start.rstrip(), f"{'':<{names}} {end}"]
    return lines
