"""The config files that come with relusgd."""

from __future__ import annotations

from pathlib import Path


def shipped_configs() -> dict[str, Path]:
    """Name → file of every shipped config, by name.

    An installed package holds them; in a source tree they lie in `configs/` beside it.
    """
    package = Path(__file__).parents[1]
    folder = package / "configs"
    if not folder.is_dir() and (package.parent / "pyproject.toml").is_file():
        folder = package.parent / "configs"
    return {file.stem: file for file in sorted(folder.glob("*.yaml"))}
