"""Arguments and options that several commands share."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from relusgd.cli.completions import complete_runs, complete_settings
from relusgd.errors import InputError


def run_folder_of(source: Path) -> Path:
    """CONFIG|RUN as it was given; for the config.yaml inside a run folder, the folder."""
    if source.name == "config.yaml" and (source.parent / "run.json").is_file():
        return source.parent
    return source


def refuse_changes(changes: Sequence[str] | None, run: Path) -> None:
    """Raise InputError where --set is given for a run, whose config nobody changes."""
    if changes:
        raise InputError(f"--set changes a config, and {run} is a run, which is as it was trained")


def finite_numbers(text: str, option: str) -> list[float]:
    """Numbers with commas between them."""
    return [_number(part.strip(), text, option) for part in text.split(",")]


def _number(part: str, text: str, option: str) -> float:
    try:
        value = float(part)
    except ValueError:
        raise InputError(
            f"{option} {text[:60]}: {part[:40]!r} is not a number",
            "write numbers with commas, such as 0.5,-1",
        ) from None
    if not math.isfinite(value):
        raise InputError(f"{option} {text[:60]}: {part[:40]} is not finite")
    return value


RunArgument = Annotated[
    Path,
    typer.Argument(
        metavar="RUN",
        help="A run folder.",
        autocompletion=complete_runs,
        show_default=False,
    ),
]
RunsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="RUN",
        help="Run folders; several, up to nine, stand side by side.",
        autocompletion=complete_runs,
        show_default=False,
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="Change one key of the config, e.g. training.learning_rate=0.05; may be repeated.",
        autocompletion=complete_settings,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OpenOption = Annotated[
    bool | None,
    typer.Option(
        "--open/--no-open",
        help="Open it in the browser. [dim]\\[default: when typed in a terminal][/]",
        show_default=False,
    ),
]
