"""The network that `gradcheck` and `graph` look at, and what their tables have in common."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from relusgd.cli.completions import complete_configs
from relusgd.cli.options import refuse_changes, run_folder_of
from relusgd.errors import InputError
from relusgd.words import DASH

if TYPE_CHECKING:
    from rich.table import Table

    from relusgd.config import Config
    from relusgd.model.network import Network
    from relusgd.model.points import Dataset

SourceArgument = Annotated[
    Path | None,
    typer.Argument(
        metavar="CONFIG|RUN",
        help="A YAML config (its initial network), or a run folder.",
        autocompletion=complete_configs,
    ),
]
EpochOption = Annotated[
    int | None,
    typer.Option(
        metavar="EPOCH",
        min=0,
        help="The epoch of a run. [dim]\\[default: the last][/]",
        show_default=False,
    ),
]


class ChosenNetwork(NamedTuple):
    """A network with its points and its config. epoch: 0 for an initial network."""

    network: Network
    dataset: Dataset
    config: Config
    epoch: int


def choose_network(source: Path, changes: list[str] | None, epoch: int | None) -> ChosenNetwork:
    """A run's network at an epoch, by default the last, or a config's initial one."""
    source = run_folder_of(source)
    if source.is_dir():
        return _network_of_run(source, changes, epoch)
    return _network_of_config(source, changes, epoch)


def _network_of_run(folder: Path, changes: list[str] | None, epoch: int | None) -> ChosenNetwork:
    from relusgd.runs.find import load_run

    run = load_run(folder)
    refuse_changes(changes, folder)
    row = run.history.index(epoch=epoch, step=None)
    network = run.history.network(row)
    recorded_epoch = int(run.history.epoch[row])
    return ChosenNetwork(network, run.data, run.config, recorded_epoch)


def _network_of_config(path: Path, changes: list[str] | None, epoch: int | None) -> ChosenNetwork:
    if epoch:
        raise InputError(
            f"--epoch {epoch} is that of a run; {path} is a config, "
            "whose network is the initial one"
        )
    from relusgd.config import load_config, parse_overrides
    from relusgd.training import prepare

    overrides = parse_overrides(changes or [])
    plan = prepare(load_config(path, overrides, typed=True))
    return ChosenNetwork(plan.initial, plan.dataset, plan.config, 0)


def check_out(out: Path | None) -> None:
    """Refuse a file that cannot be written, before anything is computed."""
    from relusgd.runs.place import check_file_place

    if out is not None:
        check_file_place(out)


def plain_table(*headings: str, numeric: int = 0) -> Table:
    """A table without lines; the last `numeric` columns hold numbers and are flush right."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    words = len(headings) - numeric
    for heading in headings[:words]:
        table.add_column(heading, overflow="fold")
    for heading in headings[words:]:
        table.add_column(heading, justify="right", overflow="fold")
    return table


def difference_text(value: float) -> str:
    """A difference in two digits, 1.2e-09; 0 as 0, and a dash for nan."""
    if math.isnan(value):
        return DASH
    if value == 0:
        return "0"
    return f"{value:.1e}"
