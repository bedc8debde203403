"""Commands that make configs and runs: new, train, schema."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.advice import in_shell
from relusgd.cli.boundary import guarded
from relusgd.cli.completions import (
    complete_cases,
    complete_configs,
    complete_shipped,
    complete_tables,
)
from relusgd.cli.options import SetOption, run_folder_of
from relusgd.cli.several_values import offering_a_sweep
from relusgd.cli.terminal import definitions, print_path, say_beside
from relusgd.errors import DivergedError, InputError
from relusgd.model.data_file.marks import Decimal
from relusgd.words import byte_size, counted

if TYPE_CHECKING:
    from relusgd.cli.endings import TrainCommand
    from relusgd.config import Config
    from relusgd.model.points import Dataset
    from relusgd.training import Plan
    from relusgd.training.start import StartNetwork


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(
        epilog="Examples:  relusgd new sine.yaml --from notebook  ·  "
        "relusgd new mine.yaml --data mine.csv"
    )(new)
    app.command(epilog="Example:  relusgd train config.yaml --set training.learning_rate=0.05")(
        train
    )
    app.command(epilog="Example:  relusgd schema > relusgd.schema.json")(schema)


@guarded
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The config to write.")] = Path(
        "config.yaml"
    ),
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="NAME",
            help="The shipped config to copy. [dim]\\[default: notebook][/]",
            autocompletion=complete_shipped,
            show_default=False,
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option(
            metavar="CSV",
            help="The data file to write a config for.",
            autocompletion=complete_tables,
            show_default=False,
        ),
    ] = None,
    x: Annotated[
        str | None,
        typer.Option("--x", metavar="NAME", help="The column of positions.", show_default=False),
    ] = None,
    y: Annotated[
        str | None,
        typer.Option("--y", metavar="NAME", help="The column of values.", show_default=False),
    ] = None,
    decimal: Annotated[
        Decimal | None,
        typer.Option(
            help="The sign before decimals, where the data file leaves it open.",
            show_default=False,
        ),
    ] = None,
    names: Annotated[
        bool, typer.Option("--list", help="List the shipped configs and write nothing.")
    ] = False,
) -> None:
    """Write a config to start from, or one for a data file; never overwrites. Prints its path."""
    from relusgd.config import copy_shipped, describe_shipped

    if names:
        for line in definitions(describe_shipped()):
            typer.echo(line)
        return
    if data is not None:
        if source is not None:
            raise InputError(
                "--from copies a shipped config and --data writes one; give one of them"
            )
        write_for_data(file, data, x, y, decimal)
    elif (x, y, decimal) != (None, None, None):
        raise InputError("--x, --y and --decimal are about a data file; name it with --data CSV")
    else:
        say_beside(copy_shipped(source or "notebook", file))
    print_path(file)
    typer.echo(f"next:  relusgd train {shlex.quote(str(file))}", err=True)


def write_for_data(
    file: Path,
    data: str,
    x: str | None,
    y: str | None,
    decimal: Decimal | None,
) -> None:
    """Write a config for a data file, and say what there is to say about the data."""
    from relusgd.config.from_data import DataChoice, write_config_for_data

    written = write_config_for_data(file, DataChoice(data, x, y, decimal))
    for note in written.notes:
        typer.echo(note, err=True)
    say_beside(written.beside)


@guarded
def train(
    config: Annotated[
        Path,
        typer.Argument(
            metavar="CONFIG|RUN",
            help="A YAML config, or a run folder to go on with.",
            autocompletion=complete_configs,
        ),
    ],
    changes: SetOption = None,
    case: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The case of the config's sweep to train.",
            autocompletion=complete_cases,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The run folder. [dim]\\[default: outputs/NAME][/]",
            show_default=False,
        ),
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace what another run left in the folder.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Show the whole config, sizes and steps; train nothing."),
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="No progress, no closing table.")
    ] = False,
) -> None:
    """Train a network and record every snapshot in a run folder. Prints the folder.

    The same command again confirms a complete run and resumes an interrupted one.
    """
    from relusgd.cli.endings import TrainCommand
    from relusgd.cli.progress import showing_progress
    from relusgd.cli.training_progress import TrainingProgress, print_end
    from relusgd.config import default_folder, parse_overrides

    with offering_a_sweep(config, changes or []):
        overrides = parse_overrides(changes or [])
        source = read_source(config, overrides, case, out)
    refuse_sweep(config, source.config)
    if dry_run:
        show_plan(source)
        return
    from relusgd.runs.record import record

    command = TrainCommand(config, changes or [], case, out)
    with showing_progress(TrainingProgress, quiet=quiet) as progress:
        try:
            run = record(
                source.config,
                source.folder,
                overwrite,
                dataset=source.dataset,
                start=source.start,
                observer=progress,
            )
        except DivergedError as error:
            kept_in = source.folder or default_folder(source.config)
            print_path(kept_in)
            raise with_next_step(error, kept_in, command) from None
    print_end(run, progress, command)
    print_path(run.folder)


def with_next_step(error: DivergedError, folder: Path, command: TrainCommand) -> DivergedError:
    """The error, with where the run is kept, what may help, and what shows it."""
    from relusgd.cli.endings import advice_lines
    from relusgd.runs.find import load_run

    lines = [f"everything finite was kept in {folder}"]
    ending = load_run(folder).ending
    if ending is not None:
        lines += advice_lines(ending, command, folder)
    lines.append(f"next:  relusgd plot {shlex.quote(str(folder))}")
    return DivergedError(error.message, "\n".join(lines))


@dataclass(frozen=True, eq=False)
class TrainSource:
    """What `train` is given.

    dataset, start: the points and the network to begin with; None: those of the config. folder:
    where the run goes; None: by the config's name.
    """

    config: Config
    dataset: Dataset | None = None
    start: StartNetwork | None = None
    folder: Path | None = None


def read_source(
    typed: Path,
    overrides: dict[str, object],
    case: str | None,
    out: Path | None,
) -> TrainSource:
    """What a config or a run folder gives to train. typed: CONFIG|RUN as it was typed."""
    from relusgd.config import load_config

    path = run_folder_of(typed)
    if not path.is_dir():
        config = load_config(path, overrides, case=case, typed=True)
        return TrainSource(config, folder=out)
    from relusgd.runs.find import load_run
    from relusgd.runs.kept_start import kept_start
    from relusgd.runs.restoring import intact_data

    run = load_run(path)
    config = load_config(path / "config.yaml", overrides, case=case, typed=True)
    sections = [key.partition(".")[0] for key in overrides]
    dataset = None if "data" in sections else intact_data(run)
    start = kept_start(run, config)
    return TrainSource(config, dataset, start, out or path)


def refuse_sweep(path: Path, config: Config) -> None:
    """Raise InputError for a file with a sweep: it describes many runs, and `train` makes one."""
    if config.sweep is None:
        return
    ways = [f"run them all: relusgd sweep {shlex.quote(str(path))};"]
    if config.sweep.cases:
        ways.append(f"take one case of it (--case {'|'.join(config.sweep.cases)}),")
    ways.append("or leave the sweep out with --set sweep=null")
    raise InputError(
        f"{path} describes a sweep of {counted(config.sweep.runs, 'run')}, and train makes one",
        " ".join(ways),
    )


def show_plan(source: TrainSource) -> None:
    """Print what would be trained."""
    from relusgd.config import config_to_yaml, default_folder
    from relusgd.runs.disk import check_room
    from relusgd.runs.find import standing_start
    from relusgd.training import prepare

    config = source.config
    folder = source.folder or default_folder(config)
    start = source.start or standing_start(folder, config)
    plan = prepare(config, source.dataset, start)
    check_room(plan, folder)
    typer.echo(config_to_yaml(plan.config))
    for line in plan_lines(plan, folder):
        typer.echo(f"# {line}")


def plan_lines(plan: Plan, folder: Path) -> list[str]:
    """Sizes, steps, engine and folder of a plan, a line each."""
    from relusgd.training.stability import rate_notes

    test_points = counted(len(plan.dataset.x_test), "test point")
    snapshots = counted(plan.recording.count(), "snapshot")
    lines = [
        plan.describe(),
        f"{test_points}, {len(plan.initial.parameters()):,} parameters",
        f"{snapshots} of {byte_size(plan.snapshot_bytes)}: {byte_size(plan.history_bytes)}",
        f"engine {plan.engine}, kernel {plan.kernel}",
        f"folder {folder}",
    ]
    lines += plan.dataset.notes
    lines += [f"note: {in_shell(note)}" for note in rate_notes(plan)]
    lines += [f"warning: {warning}" for warning in plan.warnings]
    return lines


@guarded
def schema() -> None:
    """Print the JSON schema of configs, for editors that check and complete YAML."""
    from relusgd.config.json_schema import schema_text

    typer.echo(schema_text(), nl=False)
