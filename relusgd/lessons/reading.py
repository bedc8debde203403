"""Reading lesson files: a checked lesson, or every fault of the file with its line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from relusgd.config import Config
from relusgd.config.loading import check_values, shown_path
from relusgd.config.overrides import with_settings
from relusgd.config.shipped import shipped_lessons
from relusgd.config.source import Fault, Places, covers
from relusgd.config.values import plain
from relusgd.config.yaml_reader import Document, read_file, read_yaml
from relusgd.errors import ConfigError, InputError
from relusgd.lessons.file_faults import faults_of_file
from relusgd.lessons.lesson import LabExercise, Lesson, LessonFile, Question
from relusgd.words import did_you_mean, nearest, shown, without_capital

FORMAT = "docs/lessons.md has the format"


def find_lesson(name: str | Path) -> Path:
    """The file of a lesson: a path, or the name of one that comes with relusgd.

    Raises InputError where there is neither.
    """
    path = Path(name)
    shipped = shipped_lessons()
    if path.exists():
        return path
    if str(name) in shipped:
        return shipped[str(name)]
    if path.suffix or path.parent != Path():
        near = nearest(path.stem, shipped)
        hint = f"{near} is a lesson that comes with relusgd" if near else None
        raise InputError(f"{shown_path(path)}: there is no such file", hint)
    raise InputError(
        f"{shown(str(name))} is not a lesson{did_you_mean(str(name), shipped)}",
        "relusgd lesson lists them; one of your own is given by its file, such as mine.yaml",
    )


def read_lesson(path: Path) -> Lesson:
    """The lesson in a file. Raises ConfigError with every fault of the file."""
    content = _content(path)
    document = read_yaml(content)
    places = Places(shown_path(path), document.lines)
    if document.faults:
        raise ConfigError(places.sentences(document.faults))
    file, faults = _file_of(document)
    if file is None:
        raise ConfigError(places.sentences(faults), FORMAT)
    configs, faults = _configs(file)
    faults += faults_of_file(file)
    if faults:
        raise ConfigError(places.sentences(faults), FORMAT)
    return Lesson(path.stem, path, content, file, configs)


def _content(path: Path) -> bytes:
    try:
        return read_file(path)
    except InputError as error:
        raise ConfigError([error.message]) from None


def _file_of(document: Document) -> tuple[LessonFile | None, list[Fault]]:
    values = document.value
    if not isinstance(values, dict):
        text = "a lesson is a mapping of keys such as `title:`, `minutes:` and `questions:`"
        return None, [Fault((), text, line=1)]
    try:
        return LessonFile.model_validate(values), []
    except ValidationError as error:
        faults = [_shape_fault(one) for one in error.errors()]
        return None, [fault for fault in faults if not _is_above_another(fault, faults)]


def _is_above_another(fault: Fault, faults: list[Fault]) -> bool:
    """Whether a fault only says that something below it is wrong."""
    return any(one is not fault and covers(fault.path, one.path) for one in faults)


def _shape_fault(error: ErrorDetails) -> Fault:
    """What is wrong with a key of the file."""
    path = tuple(error["loc"])
    if error["type"] == "extra_forbidden":
        known = _keys_beside(path)
        return Fault(path, f"is not a known key{did_you_mean(str(path[-1]), known)}")
    if error["type"] == "missing":
        return Fault(path, "is missing")
    text = error["msg"].removeprefix("Value error, ")
    return Fault(path, f"is {shown(error['input'])}: {without_capital(text)}")


def _keys_beside(path: tuple[str | int, ...]) -> list[str]:
    """The keys that could stand where this one does."""
    if path[0] != "questions":
        return list(LessonFile.model_fields)
    if "lab" in path[:-1]:
        return list(LabExercise.model_fields)
    return list(Question.model_fields)


def _configs(file: LessonFile) -> tuple[dict[str, Config], list[Fault]]:
    """The configs of the runs, and every fault in them."""
    configs: dict[str, Config] = {}
    faults = []
    for name, settings in file.runs.items():
        letters_and_digits = name.replace("-", "").replace("_", "")
        if not letters_and_digits.isalnum():
            faults.append(Fault(("runs", name), "must be letters, digits, - and _: it is a folder"))
        config, found = check_values(with_settings({}, settings))
        faults += [Fault(("runs", name, *fault.path), fault.text) for fault in found]
        if config is not None:
            configs[name] = config
    return configs, faults


def settings_of(values: Mapping[str, object]) -> dict[str, object]:
    """Keys of a lesson, dotted or in blocks, as the blocks of a config."""
    return with_settings({}, {key: plain(value) for key, value in values.items()})
