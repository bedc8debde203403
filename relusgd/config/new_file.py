"""Where a new config may be written: beside nothing of its name, in a folder that is there."""

from __future__ import annotations

import shlex
from pathlib import Path

from relusgd.errors import InputError
from relusgd.files import check_parent
from relusgd.model.data_file.recognition import is_named_as_data, is_named_as_table

HOLDS_DATA = "holds data; a config is a YAML file"


def check_config_place(target: Path) -> None:
    """Raise InputError unless a config may be called so and has a folder to stand in."""
    if is_named_as_data(target):
        raise _named_as_data(target)
    if target.is_dir():
        raise InputError(
            f"{target} is a folder; a config is a YAML file",
            f"call it {free_name(target / 'config.yaml')}",
        )
    check_parent(target)


def _named_as_data(target: Path) -> InputError:
    if target.is_file() and is_named_as_table(target):
        return InputError(f"{target} {HOLDS_DATA}", hint_for_data(target))
    name = free_name(target.with_suffix(".yaml"))
    return InputError(f"{target} is a name for data; a config is a YAML file", f"call it {name}")


def hint_for_data(table: Path) -> str:
    """Which command writes a config for a data file, under a name that is free."""
    config = free_name(table.with_suffix(".yaml"))
    command = shlex.join(["relusgd", "new", str(config), "--data", str(table)])
    return f"{command} writes a config for it"


def not_overwritten(target: Path, hint: str) -> InputError:
    """The error for a new file under whose name something stands."""
    return InputError(f"{target} exists and is not overwritten", hint)


def is_taken(target: Path) -> bool:
    """Whether something stands under this name, be it a link to nothing.

    Raises OSError for a name that the disk refuses, which Python 3.14's own question would not.
    """
    try:
        target.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def free_name(file: Path) -> Path:
    """The file's name, with the first number from 2 on where something stands under it."""
    name = file
    number = 2
    while is_taken(name):
        name = file.with_name(f"{file.stem}-{number}{file.suffix}")
        number += 1
    return name
