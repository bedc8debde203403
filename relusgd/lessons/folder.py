"""The folder of a lesson: what is in it, and whether a lesson may be put there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from pathlib import Path

from relusgd.config import Config, CsvData
from relusgd.config.dumping import mapping_to_yaml, written
from relusgd.config.editor_schema import MODELINE, SCHEMA_FILE, place_schema
from relusgd.config.yaml_reader import read_yaml
from relusgd.errors import InputError
from relusgd.files import leftovers, read_bounded, write_whole
from relusgd.lessons.file_names import CONFIGS, LESSON, NUMBERS, PICTURES, RUNS
from relusgd.lessons.lesson import Lesson
from relusgd.lessons.measuring import MeasuredNumber
from relusgd.runs.place import check_folder_place, check_writable
from relusgd.words import shown

LARGEST_LESSON = 1_000_000
"""Bytes of a lesson file."""

MOST_NAMED = 3
"""So many files that are in the way are named."""


def check_folder(folder: Path, lesson: Lesson) -> None:
    """Raise InputError where the lesson must not be put.

    A folder may be new or empty, or hold this lesson, as far as it was built. Also raises it where
    the table of a run is missing.
    """
    _tables(lesson)
    check_folder_place(folder)
    check_writable(folder)
    if not folder.exists():
        return
    begun = leftovers(folder / LESSON)
    there = sorted(path.name for path in folder.iterdir() if path not in begun)
    if not there:
        return
    elsewhere = "choose another folder with --out"
    if LESSON not in there:
        names = ", ".join(there[:MOST_NAMED])
        more = ", …" if len(there) > MOST_NAMED else ""
        raise InputError(f"{folder} holds something else than a lesson: {names}{more}", elsewhere)
    title = _title(folder / LESSON)
    if title != lesson.file.title:
        raise InputError(
            f"{folder} holds another lesson: {shown(title)}, not {shown(lesson.file.title)}",
            elsewhere,
        )


def _title(path: Path) -> object:
    """The title of the lesson that a folder holds."""
    values = read_yaml(read_bounded(path, LARGEST_LESSON)).value
    return values.get("title") if isinstance(values, Mapping) else None


def begin_folder(folder: Path, lesson: Lesson) -> None:
    """Make the folder with the lesson's file, and the configs and tables of its runs.

    The tables go beside the lesson's file, so that the folder has all that the lesson is built
    from. Raises OSError.
    """
    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / LESSON, lesson.content)  # first, because it says whose the folder is
    for part in (PICTURES, RUNS, CONFIGS):
        (folder / part).mkdir(exist_ok=True)
    for name, table in _tables(lesson).items():
        _copy_table(table, folder / name)
    place_schema(folder / CONFIGS / SCHEMA_FILE)
    for name, config in lesson.configs.items():
        _write_config(folder / CONFIGS / f"{name}.yaml", config)


def _write_config(path: Path, config: Config) -> None:
    """A config that trains a run, with its table in the folder above."""
    data = config.data
    if isinstance(data, CsvData):
        table = Path(data.path).name
        moved = data.model_copy(update={"path": f"../{table}"})
        config = config.model_copy(update={"data": moved})
    text = mapping_to_yaml(written(config)) or "seed: 0\n"
    write_whole(path, MODELINE + text)


def _tables(lesson: Lesson) -> dict[str, Path]:
    """Name → the file of every table of the runs.

    Raises InputError where there is none, or its name is taken.
    """
    tables: dict[str, Path] = {}
    for config in lesson.configs.values():
        if not isinstance(config.data, CsvData):
            continue
        table = lesson.path.parent / config.data.path
        if not table.is_file():
            raise InputError(f"{lesson.path}: there is no file {table}, the data of a run")
        if table.name == NUMBERS:
            raise InputError(
                f"{lesson.path}: {table} has the name of a file of the lesson",
                "rename the table",
            )
        other = tables.setdefault(table.name, table)
        if not other.samefile(table):
            raise InputError(
                f"{lesson.path}: {other} and {table} have one name",
                "give the two tables different names",
            )
    return tables


def _copy_table(table: Path, copy: Path) -> None:
    """Put a table beside the lesson's file, unless it is this file."""
    if not (copy.exists() and copy.samefile(table)):
        write_whole(copy, table.read_bytes())


def numbers_table(numbers: Iterable[MeasuredNumber]) -> str:
    """A line for each number of the lesson: where it stands, where it is from, what it is."""
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["question", "from", "asked", "at", "value", "as written"])
    for measured in numbers:
        asked = measured.placeholder
        value = measured.value
        if not isinstance(value, str):
            value = repr(float(value))
        row = [measured.question, asked.source, asked.asked, asked.at, value, measured.words]
        table.writerow(row)
    return text.getvalue()
