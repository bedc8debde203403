"""The command that runs many: sweep."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.completions import complete_configs, complete_grids
from relusgd.cli.options import SetOption
from relusgd.cli.several_values import offering_a_sweep
from relusgd.cli.terminal import printable
from relusgd.errors import InputError
from relusgd.words import counted

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from relusgd.cli.sweep_progress import SweepProgress
    from relusgd.config import Config

MOST_FAILURES = 20
"""At most this many failed runs are named."""

SHARD = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command(
        epilog="Example:  relusgd sweep configs/course.yaml --grid network.hidden=10,40 --repeat 2"
    )(sweep)


@guarded
def sweep(
    config: Annotated[
        Path,
        typer.Argument(
            metavar="CONFIG",
            help="A YAML config with a sweep.",
            autocompletion=complete_configs,
        ),
    ],
    changes: SetOption = None,
    grids: Annotated[
        list[str] | None,
        typer.Option(
            "--grid",
            metavar="KEY=V1,V2",
            help="Vary a key over these values, e.g. network.hidden=10,20,[20,20] or seed=0..4999; "
            "in place of the file's values for it; "
            "may be repeated.",
            autocompletion=complete_grids,
        ),
    ] = None,
    repeat: Annotated[
        int | None,
        typer.Option(metavar="N", help="Number of seeds: seed, seed + 1, …", show_default=False),
    ] = None,
    shard: Annotated[
        str | None,
        typer.Option(
            metavar="K/N",
            help="Train the K-th of every N runs alone and write no summary: for job arrays.",
            show_default=False,
        ),
    ] = None,
    names: Annotated[
        bool, typer.Option("--list", help="Print the run folders and train nothing.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="Processes on this machine. [dim]\\[default: one per core][/]",
            show_default=False,
        ),
    ] = None,
    dask: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS|FILE",
            help="Train on the Dask cluster of this scheduler instead.",
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="The sweep folder. [dim]\\[default: outputs/NAME][/]",
            show_default=False,
        ),
    ] = None,
    quiet: Annotated[
        bool,
        typer.Option(
            "--quiet",
            "-q",
            help="No progress, no closing words; failures are still told.",
        ),
    ] = False,
) -> None:
    """Train every combination of a config's grid, cases and seeds. Prints the sweep folder.

    Each run has a folder of its own, summary.csv a line for each, summary.png the errors over what
    varies. The same command again does what is missing and nothing else. A diverged run is a
    result; exit code 1 says that a run failed.
    """
    with offering_a_sweep(config, changes or [], grids or []):
        resolved = read_sweep(config, changes or [], grids or [], repeat)
    part = parse_shard(shard)
    if names:
        list_runs(resolved, part, out)
        return
    from relusgd.cli.progress import showing_progress
    from relusgd.cli.sweep_progress import SweepProgress
    from relusgd.sweeps.running import run_sweep

    with (
        showing_progress(SweepProgress, quiet=quiet) as progress,
        cluster(dask, workers, progress) as executor,
    ):
        done = run_sweep(
            resolved,
            out,
            executor,
            workers=workers,
            shard=part,
            observer=progress,
        )
    progress.say_end(done.folder, summarized=part is None)
    typer.echo(done.folder)
    if progress.failed:
        tell_failures(progress.failed)
        raise typer.Exit(1)


def read_sweep(path: Path, changes: list[str], grids: list[str], repeat: int | None) -> Config:
    """The config with everything that the command line changes. Raises InputError when it describes
    no sweep.
    """
    from relusgd.config import load_config, parse_overrides
    from relusgd.config.overrides import parse_grids

    overrides = parse_overrides(changes)
    listed = parse_grids(grids)
    overrides |= {f"sweep.grid.{key}": values for key, values in listed.items()}
    if repeat is not None:
        overrides["sweep.repeat"] = repeat
    elif "seed" in listed:
        overrides["sweep.repeat"] = 1
    config = load_config(path, overrides, typed=True)
    if config.sweep is None:
        raise InputError(
            f"{path} describes no sweep",
            "vary something with --grid or --repeat, "
            f"or train the one run: {train_command(path, changes)}",
        )
    return config


def train_command(path: Path, changes: list[str]) -> str:
    """The command that trains the one run of a config with these changes."""
    words = ["relusgd", "train", str(path)]
    for change in changes:
        words += ["--set", change]
    return shlex.join(words)


def parse_shard(text: str | None) -> tuple[int, int] | None:
    """From "3/100" to (3, 100). Raises InputError."""
    if text is None:
        return None
    match = SHARD.fullmatch(text)
    if match is None:
        raise InputError(
            f"--shard {text[:40]}: expected K/N, such as 3/100 for the third of a hundred parts"
        )
    number, count = int(match[1]), int(match[2])
    if not 1 <= number <= count:
        last = max(count, 1)
        raise InputError(
            f"--shard {text}: there is no such shard",
            f"shards go from 1/{last} to {last}/{last}",
        )
    return number, count


def list_runs(config: Config, shard: tuple[int, int] | None, out: Path | None) -> None:
    """Print the run folders of a sweep, or of a shard of it."""
    from relusgd.config import default_sweep_folder
    from relusgd.config.expansion import planned_runs

    folder = out or default_sweep_folder(config)
    places = [str(folder / run.name) for run in planned_runs(config, shard)]
    typer.echo("\n".join(places))


@contextmanager
def cluster(
    dask: str | None,
    workers: int | None,
    progress: SweepProgress,
) -> Iterator[Executor | None]:
    """The executor of the Dask cluster that was asked for; None for processes on this machine."""
    if dask is None:
        yield None
        return
    if workers is not None:
        raise InputError(
            "--workers is about processes on this machine, and --dask has workers of its own",
            "leave one of them out",
        )
    from relusgd.sweeps.cluster import dask_executor

    with dask_executor(dask, progress) as executor:
        yield executor


def tell_failures(failed: dict[str, str]) -> None:
    """Say which runs failed, and why."""
    typer.echo(f"{counted(len(failed), 'run')} failed; the same command tries again:", err=True)
    for name, error in list(failed.items())[:MOST_FAILURES]:
        typer.echo(printable(f"  {name}: {error}"), err=True)
    if len(failed) > MOST_FAILURES:
        typer.echo(
            f"  and {len(failed) - MOST_FAILURES:,} more, each with its reason in summary.csv",
            err=True,
        )
