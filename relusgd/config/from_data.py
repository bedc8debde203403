"""A config for a data file: which columns are x and y, and what there is to say about them."""

from __future__ import annotations

import math
import os
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from relusgd.config.data_section import at_home
from relusgd.config.editor_schema import MODELINE, write_new_config
from relusgd.config.new_file import check_config_place, free_name, is_taken, not_overwritten
from relusgd.errors import ConfigError
from relusgd.model.csv_points import csv_dataset
from relusgd.model.data_file.choice import choose_columns, columns_of_numbers
from relusgd.model.data_file.columns import DataColumns, read_columns
from relusgd.model.data_file.content import read_content, refuse_address
from relusgd.model.data_file.faults import in_quotes
from relusgd.model.data_file.layout import find_layout
from relusgd.model.data_file.marks import DECIMALS, Decimal, reads_as_number
from relusgd.model.data_file.names import NAMELESS, clean_name
from relusgd.model.points import standardize
from relusgd.words import agreeing, comma_list, counted, value_text

TEST_FRACTION = 0.2
MOST_EPOCHS = 30_000
STEPS = 150_000
"""As many as the notebook's run has; a file of fewer points than a batch has MOST_EPOCHS."""

BATCH = 40
COLUMN_OPTIONS = ("--x", "--y")


@dataclass(frozen=True)
class DataChoice:
    """What a person says about a data file on the command line; None: nothing.

    file: where it is. x, y: names of columns. decimal: the sign before decimals.
    """

    file: str
    x: str | None = None
    y: str | None = None
    decimal: Decimal | None = None

    def command(self, target: Path) -> str:
        """The command that writes this choice to a config."""
        words = ["relusgd", "new", str(target), "--data", self.file]
        if self.x is not None:
            words += ["--x", self.x]
        if self.y is not None:
            words += ["--y", self.y]
        if self.decimal is not None:
            words += ["--decimal", self.decimal]
        return shlex.join(words)


@dataclass(frozen=True)
class _ChosenColumns:
    """Two columns of a data file. others: further columns of numbers."""

    columns: DataColumns
    others: Sequence[str]


@dataclass(frozen=True)
class WrittenConfig:
    """What came of a new config. notes: about the data. beside: further files that were written."""

    notes: Sequence[str]
    beside: Sequence[Path]


def write_config_for_data(target: Path, choice: DataChoice) -> WrittenConfig:
    """Write a config for a data file, and give what there is to say about the data.

    Raises InputError, ConfigError among them, when the columns are not clear, when the file cannot
    be read or anything is in the way, and RelusgdError when the disk refuses; nothing is then
    written.
    """
    check_config_place(target)
    if is_taken(target):
        other = choice.command(free_name(target))
        raise not_overwritten(target, f"choose another name: {other}")
    table = _read(target, choice)
    beside = write_new_config(target, _config_text(target, choice, table))
    return WrittenConfig(_notes(table), beside)


# Reading


def _read(target: Path, choice: DataChoice) -> _ChosenColumns:
    """The columns that are chosen, or that the file leaves no choice about. Raises InputError."""
    refuse_address(choice.file)
    path = at_home(choice.file)
    content = read_content(path)
    choice = replace(choice, x=_clean(choice.x), y=_clean(choice.y))
    asked_for = [name for name in (choice.x, choice.y) if name is not None]
    layout = find_layout(path, content, asked_for)
    names = [layout.names[index] for index in columns_of_numbers(layout)]
    try:
        places = choose_columns(path, layout, choice.x, choice.y, COLUMN_OPTIONS)
    except ConfigError as error:
        raise ConfigError(error.faults, _example(target, choice, names)) from None
    x, y = (layout.names[index] for index in places)
    columns = _read_columns(path, target, choice, (x, y))
    _check_points(path, columns)
    others = [name for name in names if name not in (x, y, NAMELESS)]
    return _ChosenColumns(columns, others)


def _clean(name: str | None) -> str | None:
    return None if name is None else clean_name(name)


def _example(target: Path, choice: DataChoice, names: Sequence[str]) -> str | None:
    """A command that names two columns, where a person has named none."""
    named = [name for name in names if not reads_as_number(name)]
    if choice.x is not None or choice.y is not None or len(named) < 2:
        return None
    x, y, *_ = named
    example = replace(choice, x=x, y=y)
    return f"choose two of them, such as:  {example.command(target)}"


def _read_columns(
    path: Path,
    target: Path,
    choice: DataChoice,
    names: tuple[str, str],
) -> DataColumns:
    """Both columns, without the rows in which one is missing.

    Raises ConfigError, with the commands that say what a point or a comma means where that helps.
    """
    try:
        return read_columns(path, *names, missing="skip", decimal=choice.decimal)
    except ConfigError as error:
        commands = []
        if choice.decimal is None:
            readable = [sign for sign in DECIMALS if _is_read(path, names, sign)]
            commands = [replace(choice, decimal=sign).command(target) for sign in readable]
        hint = error.hint
        if commands:
            hint = "say which:  " + "\nor:  ".join(commands)
        raise ConfigError(error.faults, hint) from None


def _is_read(path: Path, names: tuple[str, str], decimal: Decimal) -> bool:
    """Whether the columns can be read with this sign before decimals."""
    try:
        read_columns(path, *names, missing="skip", decimal=decimal)
    except ConfigError:
        return False
    return True


def _check_points(path: Path, columns: DataColumns) -> None:
    """Raise InputError where no training could begin with these points."""
    share = _test_fraction(columns)
    dataset = csv_dataset(path, columns, test_fraction=share, split_order=np.arange)
    standardize(dataset)


# Writing


def _config_text(target: Path, choice: DataChoice, table: _ChosenColumns) -> str:
    columns = table.columns
    path = _path_from(target.parent, choice.file)
    lines = [f"# {note}" for note in _notes(table)]
    lines += [
        MODELINE.rstrip(),
        "data:",
        "  kind: csv",
        f"  path: {value_text(path)}",
        f"  x: {value_text(columns.x_name)}",
        f"  y: {value_text(columns.y_name)}",
    ]
    if columns.left_out:
        lines.append("  missing: skip")
    if choice.decimal is not None:
        lines.append(f"  decimal: {choice.decimal}")
    held_out = counted(_held_out(columns), "row")
    share = value_text(_test_fraction(columns))
    verb = agreeing(_held_out(columns), "is", "are")
    lines.append(f"  test_fraction: {share:<10} # {held_out} {verb} held out")
    steps = counted(_steps_per_epoch(columns), "step")
    epochs = str(_epochs(columns))
    lines += ["training:", f"  epochs: {epochs:<17} # {steps} each"]
    return "".join(f"{line}\n" for line in lines)


def _notes(table: _ChosenColumns) -> tuple[str, ...]:
    """What a person should know of the choice and of how the file is read, a sentence each."""
    columns = table.columns
    rows = counted(len(columns.x), "row")
    notes = [
        f"x is {in_quotes(columns.x_name)}, y is {in_quotes(columns.y_name)}: {rows}",
        *columns.notes,
    ]
    if table.others:
        notes.append(f"other columns of numbers: {comma_list(map(in_quotes, table.others))}")
    return tuple(notes)


def _path_from(folder: Path, file: str) -> str:
    """The path of the data file as a config in this folder names it."""
    path = Path(file)
    if file.startswith("~") or path.is_absolute() or folder == Path():
        return file
    # The file's own name stays, be it that of a link.
    beside = path.parent.resolve() / path.name
    return os.path.relpath(beside, folder.resolve())


def _held_out(columns: DataColumns) -> int:
    return round(TEST_FRACTION * len(columns.x))


def _test_fraction(columns: DataColumns) -> float:
    """The usual share; 0 of so few rows that it would be none."""
    return TEST_FRACTION if _held_out(columns) else 0.0


def _steps_per_epoch(columns: DataColumns) -> int:
    n_train = len(columns.x) - _held_out(columns)
    return math.ceil(n_train / BATCH)


def _epochs(columns: DataColumns) -> int:
    """Epochs for about STEPS steps, rounded to one digit."""
    epochs = STEPS / _steps_per_epoch(columns)
    rounded = int(float(f"{epochs:.0e}"))
    return min(MOST_EPOCHS, max(1, rounded))
