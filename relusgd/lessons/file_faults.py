"""What is wrong with a lesson file whose keys are right: its texts, its commands, and its names."""

from __future__ import annotations

from collections.abc import Iterator

from relusgd.config.source import Fault, Path
from relusgd.errors import InputError
from relusgd.lessons.commands import read_command
from relusgd.lessons.lesson import LessonFile, Question
from relusgd.lessons.placeholders import Placeholder, placeholders_in
from relusgd.recipes.formula import check_needs, parse_quantity
from relusgd.words import comma_list, did_you_mean, shown

PROSE = ("text", "answer")
"""Texts of a question that may hold placeholders."""


def faults_of_file(file: LessonFile) -> Iterator[Fault]:
    """Every fault of the file, but for those of its configs."""
    for at, question in enumerate(file.questions):
        yield from _question_faults(at, question, file)
    yield from _repeated_names(file)
    yield from _too_long(file)
    for name, command in file.facts.items():
        yield from _command_faults(("facts", name), command)


def _question_faults(at: int, question: Question, file: LessonFile) -> Iterator[Fault]:
    """What is wrong with the texts and commands of a question."""
    path: Path = ("questions", at)
    for key in PROSE:
        yield from _prose_faults((*path, key), getattr(question, key), file)
    for key in ("look", "check"):
        for place, command in enumerate(getattr(question, key)):
            yield from _command_faults((*path, key, place), command)
    run = question.lab.run if question.lab else None
    if run and not _is_run(run, file):
        hint = did_you_mean(run, file.runs)
        yield Fault((*path, "lab"), f"is the run {shown(run)}{hint}")


def _prose_faults(path: Path, text: str, file: LessonFile) -> Iterator[Fault]:
    """Placeholders that cannot be read, or that name what the lesson has not."""
    try:
        placeholders = placeholders_in(text)
    except InputError as error:
        yield Fault(path, f": {error.message}")
        return
    for placeholder in placeholders:
        yield from _source_faults(path, placeholder, file)


def _is_run(source: str, file: LessonFile) -> bool:
    """Whether this is a run of the lesson, or one in a sweep of it, such as widths/seed=0."""
    name, _, _ = source.partition("/")
    return name in file.runs


def _source_faults(path: Path, placeholder: Placeholder, file: LessonFile) -> Iterator[Fault]:
    written, source = placeholder.written, placeholder.source
    if source in file.facts:
        return
    if not _is_run(source, file):
        known = [*file.runs, *file.facts]
        hint = did_you_mean(source, known) if known else "; the lesson has no runs and no facts"
        yield Fault(path, f": {written}: {shown(source)} is no run and no fact{hint}")
        return
    try:
        check_needs(parse_quantity(placeholder.asked))
    except InputError as error:
        yield Fault(path, f": {written}: {error.message}")


def _command_faults(path: Path, command: str) -> Iterator[Fault]:
    try:
        read_command(command)
    except InputError as error:
        yield Fault(path, f": {error.message}")


def _repeated_names(file: LessonFile) -> Iterator[Fault]:
    """Questions of one name, and names that are both a run's and a fact's."""
    names = [question.name for question in file.questions]
    for at, name in enumerate(names):
        if name in names[:at]:
            yield Fault(
                ("questions", at, "name"),
                f"is {shown(name)}, as that of a question before",
            )
    both = [name for name in file.facts if name in file.runs]
    if both:
        yield Fault(("facts", both[0]), f"is a run's name, too; runs: {comma_list(file.runs)}")


def _too_long(file: LessonFile) -> Iterator[Fault]:
    """A lesson that is shorter than its questions together."""
    together = sum(question.minutes or 0 for question in file.questions)
    if together > file.minutes:
        yield Fault(("minutes",), f"is {file.minutes}, and those of the questions are {together}")
