"""The config files that come with relusgd."""

from __future__ import annotations

import shlex
from pathlib import Path

from relusgd.config.editor_schema import write_new_config
from relusgd.config.new_file import check_config_place, free_name, is_taken, not_overwritten
from relusgd.durable import sync_file, sync_folder
from relusgd.errors import InputError, RelusgdError
from relusgd.files import write_new
from relusgd.words import did_you_mean


def shipped_configs() -> dict[str, Path]:
    """Name → file of every shipped config, by name."""
    return {file.stem: file for file in sorted(_shipped_folder().glob("*.yaml"))}


def shipped_recipes() -> dict[str, Path]:
    """Name → file of every recipe that comes with relusgd, by name."""
    recipes = _shipped_folder() / "recipes"
    return {file.stem: file for file in sorted(recipes.glob("*.yaml"))}


def shipped_lessons() -> dict[str, Path]:
    """Name → file of every lesson that comes with relusgd, by name."""
    lessons = _shipped_folder() / "lessons"
    return {file.stem: file for file in sorted(lessons.glob("*.yaml"))}


def _shipped_folder() -> Path:
    """In an installed package, or beside it in a source tree."""
    package = Path(__file__).parents[1]
    folder = package / "configs"
    if not folder.is_dir() and (package.parent / "pyproject.toml").is_file():
        folder = package.parent / "configs"
    return folder


def describe_shipped() -> dict[str, str]:
    """Name → the first line of every shipped config, which says what it shows."""
    descriptions = {}
    for name, file in shipped_configs().items():
        with file.open(encoding="utf-8") as lines:
            first_line = next(lines, "")
        descriptions[name] = first_line.lstrip("# ").rstrip("\n")
    return descriptions


def copy_shipped(name: str, target: Path) -> list[Path]:
    """Copy a shipped config to a new file, and what it needs beside it: a CSV, its schema.

    Gives the new files but for the config. A CSV that exists already with the same content is left.
    Raises InputError for an unknown name and for anything that is in the way, RelusgdError when
    the disk refuses; no config is then written.
    """
    shipped = shipped_configs()
    if name not in shipped:
        raise InputError(
            f"{name} is not a shipped config{did_you_mean(name, shipped)}",
            "relusgd new --list says what each shows",
        )
    check_config_place(target)
    source = shipped[name]
    _refuse_taken(target, name)
    table = source.with_suffix(".csv")
    copy = target.with_name(table.name)
    copies = table.exists() and not _is_copied(table, copy)
    if copies:
        _copy(table, copy)
    beside = write_new_config(target, source.read_text(encoding="utf-8"))
    return [copy, *beside] if copies else beside


def _refuse_taken(target: Path, name: str) -> None:
    """Raise InputError where something stands under the name of the new config."""
    if is_taken(target):
        other = shlex.quote(str(free_name(target)))
        raise not_overwritten(target, f"choose another name: relusgd new {other} --from {name}")


def _is_copied(table: Path, copy: Path) -> bool:
    """Whether a CSV is there already as a copy. Raises InputError when anything else is."""
    if not is_taken(copy):
        return False
    if copy.is_file() and copy.read_bytes() == table.read_bytes():
        return True
    raise not_overwritten(
        copy,
        "the config needs a file of this name beside it; make it in another folder",
    )


def _copy(table: Path, copy: Path) -> None:
    """Copy a CSV to where nothing stands. Raises RelusgdError."""
    try:
        write_new(copy, [table.read_bytes()])
        sync_file(copy)
        sync_folder(copy.parent)
    except OSError as error:
        raise RelusgdError(f"{copy}: {error.strerror or error}") from error
