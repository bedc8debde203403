"""Reading lesson files: a checked lesson, or every fault of the file with its line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from relusgd.lessons.commands import read_command
from relusgd.lessons.lesson import LabExercise, Lesson, LessonFile, Question
from relusgd.lessons.placeholders import Placeholder, placeholders_in
from relusgd.recipes.formula import check_needs, parse_quantity
from relusgd.words import comma_list, did_you_mean, nearest, shown

FORMAT = "docs/lessons.md has the format"

PROSE = ("text", "answer")
"""Texts of a question that may hold placeholders."""


def find_lesson(name: str | Path) -> Path:
    """The file of a lesson: a path, or the name of one that comes with relusgd.

    Raises InputError where there is neither.
    """
    path, shipped = Path(name), shipped_lessons()
    if path.exists():
        return path
    if str(name) in shipped:
        return shipped[str(name)]
    if path.suffix or path.parent != Path():
        near = nearest(path.stem, shipped)
        raise InputError(
            f"{shown_path(path)}: there is no such file",
            f"{near} is a lesson that comes with relusgd" if near else None,
        )
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
    faults += [
        fault for at, question in enumerate(file.questions) for fault in _faults(at, question)
    ]
    faults += _unknown_sources(file)
    faults += _repeated_names(file)
    faults += _too_long(file)
    for name, command in file.facts.items():
        faults += _command_faults(("facts", name), command)
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
    return Fault(path, f"is {shown(error['input'])}: {text[:1].lower()}{text[1:]}")


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
        if not name.replace("-", "").replace("_", "").isalnum():
            faults.append(Fault(("runs", name), "must be letters, digits, - and _: it is a folder"))
        config, found = check_values(with_settings({}, settings))
        faults += [Fault(("runs", name, *fault.path), fault.text) for fault in found]
        if config is not None:
            configs[name] = config
    return configs, faults


def _faults(at: int, question: Question) -> Iterator[Fault]:
    """What is wrong with the texts and commands of a question."""
    for key in PROSE:
        yield from _prose_faults(("questions", at, key), getattr(question, key))
    for key in ("look", "check"):
        for place, command in enumerate(getattr(question, key)):
            yield from _command_faults(("questions", at, key, place), command)


def _prose_faults(path: tuple[str | int, ...], text: str) -> Iterator[Fault]:
    try:
        placeholders_in(text)
    except InputError as error:
        yield Fault(path, f": {error.message}")


def _command_faults(path: tuple[str | int, ...], command: str) -> Iterator[Fault]:
    try:
        read_command(command)
    except InputError as error:
        yield Fault(path, f": {error.message}")


def _unknown_sources(file: LessonFile) -> Iterator[Fault]:
    """Runs and facts that a placeholder or a link names and the lesson has not."""
    for at, question in enumerate(file.questions):
        for key in PROSE:
            try:
                found = placeholders_in(getattr(question, key))
            except InputError:
                continue
            for placeholder in found:
                yield from _source_faults(("questions", at, key), placeholder, file)
        run = question.lab.run if question.lab else None
        if run and run.partition("/")[0] not in file.runs:
            known = did_you_mean(run, file.runs)
            yield Fault(("questions", at, "lab"), f"is the run {shown(run)}{known}")


def _source_faults(
    path: tuple[str | int, ...], placeholder: Placeholder, file: LessonFile
) -> Iterator[Fault]:
    written, source = placeholder.written, placeholder.source
    if source in file.facts:
        return
    if source.partition("/")[0] not in file.runs:
        known = [*file.runs, *file.facts]
        hint = did_you_mean(source, known) if known else "; the lesson has no runs and no facts"
        yield Fault(path, f": {written}: {shown(source)} is no run and no fact{hint}")
        return
    try:
        check_needs(parse_quantity(placeholder.asked))
    except InputError as error:
        yield Fault(path, f": {written}: {error.message}")


def _repeated_names(file: LessonFile) -> Iterator[Fault]:
    """Questions of one name, and names that are both a run's and a fact's."""
    names = [question.name for question in file.questions]
    for at, name in enumerate(names):
        if name in names[:at]:
            yield Fault(
                ("questions", at, "name"), f"is {shown(name)}, as that of a question before"
            )
    both = [name for name in file.facts if name in file.runs]
    if both:
        yield Fault(("facts", both[0]), f"is a run's name, too; runs: {comma_list(file.runs)}")


def _too_long(file: LessonFile) -> Iterator[Fault]:
    """A lesson that is shorter than its questions together."""
    together = sum(question.minutes or 0 for question in file.questions)
    if together > file.minutes:
        yield Fault(("minutes",), f"is {file.minutes}, and those of the questions are {together}")


def settings_of(values: Mapping[str, object]) -> dict[str, object]:
    """Keys of a lesson, dotted or in blocks, as the blocks of a config."""
    return with_settings({}, {key: plain(value) for key, value in values.items()})
