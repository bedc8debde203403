"""Arguments and options that several commands share, with their completion."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from relusgd.errors import InputError
from relusgd.words import natural_order

OUTPUTS = Path("outputs")


def complete_runs(incomplete: str) -> list[str]:
    """Run folders below outputs/ that begin with what was typed."""
    facts = [*OUTPUTS.glob("*/run.json"), *OUTPUTS.glob("*/*/run.json")]
    return _beginning_with(incomplete, [path.parent for path in facts])


def complete_configs(incomplete: str) -> list[str]:
    """YAML files here and in configs/, and run folders."""
    here = Path()
    files = [*here.glob("*.yaml"), *here.glob("*.yml"), *here.glob("configs/*.yaml")]
    return _beginning_with(incomplete, files) + complete_runs(incomplete)


def _beginning_with(incomplete: str, paths: list[Path]) -> list[str]:
    names = sorted((str(path) for path in paths), key=natural_order)
    return [name for name in names if name.startswith(incomplete)]


def complete_keys(incomplete: str) -> list[str]:
    """The keys of a config as --set takes them."""
    from relusgd.config import known_keys

    return [f"{key}=" for key in known_keys() if key.startswith(incomplete)]


def complete_shipped(incomplete: str) -> list[str]:
    """The names of the shipped configs."""
    from relusgd.config import shipped_configs

    return [name for name in shipped_configs() if name.startswith(incomplete)]


def run_folder_of(source: Path) -> Path:
    """CONFIG|RUN as it was given; for the config.yaml inside a run folder, the folder."""
    if source.name == "config.yaml" and (source.parent / "run.json").is_file():
        return source.parent
    return source


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
        metavar="RUN", help="A run folder.", autocompletion=complete_runs, show_default=False
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
        autocompletion=complete_keys,
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
