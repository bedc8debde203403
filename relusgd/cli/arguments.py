"""Arguments and options that several commands share, with their completion."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

OUTPUTS = Path("outputs")


def complete_runs(incomplete: str) -> list[str]:
    """Run folders below outputs/ that begin with what was typed."""
    found = [
        str(path.parent)
        for pattern in ("*/run.json", "*/*/run.json")
        for path in OUTPUTS.glob(pattern)
    ]
    return sorted(name for name in found if name.startswith(incomplete))


def complete_configs(incomplete: str) -> list[str]:
    """YAML files here and in configs/, and run folders."""
    files = [
        str(path)
        for pattern in ("*.yaml", "*.yml", "configs/*.yaml")
        for path in Path().glob(pattern)
    ]
    return sorted(name for name in files if name.startswith(incomplete)) + complete_runs(incomplete)


def run_of(source: Path) -> Path:
    """CONFIG|RUN as it was given, but the run's folder for the config.yaml inside one."""
    return (
        source.parent
        if source.name == "config.yaml" and (source.parent / "run.json").is_file()
        else source
    )


def complete_keys(incomplete: str) -> list[str]:
    """The keys of a config as --set takes them."""
    from relusgd.config import known_keys

    return [f"{key}=" for key in known_keys() if key.startswith(incomplete)]


def complete_shipped(incomplete: str) -> list[str]:
    """The names of the shipped configs."""
    from relusgd.config import shipped_configs

    return [name for name in shipped_configs() if name.startswith(incomplete)]


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
