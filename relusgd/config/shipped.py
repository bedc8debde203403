"""The config files that come with relusgd."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path

from relusgd.config.new_file import check_place, free_name, is_taken
from relusgd.durable import sync_file, sync_folder
from relusgd.errors import InputError, RelusgdError
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
    return {
        name: file.read_text(encoding="utf-8").partition("\n")[0].lstrip("# ")
        for name, file in shipped_configs().items()
    }


def copy_shipped(name: str, target: Path) -> list[Path]:
    """Copy a shipped config to a new file, and a CSV that it needs beside it.

    Gives the new files, the config first. A CSV that exists already with the same content is left.
    Raises InputError for an unknown name and for anything that is in the way, RelusgdError when
    the disk refuses; nothing is then written.
    """
    shipped = shipped_configs()
    if name not in shipped:
        raise InputError(
            f"{name} is not a shipped config{did_you_mean(name, shipped)}",
            "relusgd new --list says what each shows",
        )
    check_place(target)
    source = shipped[name]
    table = source.with_suffix(".csv")
    copies = [(source, target)]
    if table.exists():
        copies.append((table, target.with_name(table.name)))
    missing = [(old, new) for old, new in copies if not _is_copied(old, new, name)]
    try:
        for old, new in missing:
            with new.open("xb") as file, old.open("rb") as content:
                shutil.copyfileobj(content, file)
            sync_file(new)
            sync_folder(new.parent)
    except OSError as error:
        raise RelusgdError(f"{error.filename or target}: {error.strerror or error}") from error
    return [new for _, new in missing]


def _is_copied(old: Path, new: Path, name: str) -> bool:
    """Whether a CSV is there already as a copy. Raises InputError when anything else is.

    name: of the shipped config.
    """
    if not is_taken(new):
        return False
    if old.suffix == ".csv" and new.is_file() and new.read_bytes() == old.read_bytes():
        return True
    if old.suffix == ".csv":
        hint = "the config needs a file of this name beside it; make it in another folder"
    else:
        other = shlex.quote(str(free_name(new)))
        hint = f"choose another name: relusgd new {other} --from {name}"
    raise InputError(f"{new} exists and is not overwritten", hint)
