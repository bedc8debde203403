"""Building a lesson: train what is missing, run its commands, find its numbers, write its pages."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from relusgd.errors import DivergedError, RelusgdError
from relusgd.files import write_whole
from relusgd.lessons.commands import read_command
from relusgd.lessons.file_names import ANSWERS, CONFIGS, EXERCISE, LAB, NUMBERS, PAGE, RUNS
from relusgd.lessons.film_end import write_last_frames
from relusgd.lessons.folder import begin_folder, check_folder, numbers_table
from relusgd.lessons.lab_links import lab_link
from relusgd.lessons.lesson import Lesson
from relusgd.lessons.measuring import Numbers, measured_numbers
from relusgd.lessons.page import lesson_html
from relusgd.lessons.printed_text import fitted
from relusgd.lessons.program import Printed, Program
from relusgd.lessons.ready_lesson import ReadyLesson
from relusgd.lessons.sheets import answers_text, exercise_text
from relusgd.runs.lab import write_lab

DONE, DIVERGED = 0, DivergedError.exit_code
"""Exit codes with which a run is there: a lesson may be about one that diverged."""


class LessonObserver(Protocol):
    """Watches, as the command line's progress does."""

    def trains(self, run: str) -> None:
        """Called before a run is trained, or found complete."""

    def ran(self, done: int, count: int) -> None:
        """Called after each command of the lesson: how many are done, and how many there are."""


@dataclass(frozen=True)
class _PlannedCommand:
    """A command that has to run.

    where: in the lesson. text: as the lesson has it. arguments: what relusgd is given. is_dark:
    whether it draws the dark picture.
    """

    where: str
    text: str
    arguments: tuple[str, ...]
    is_dark: bool = False


def build_lesson(
    lesson: Lesson,
    folder: Path,
    program: Program,
    observer: LessonObserver,
) -> ReadyLesson:
    """Put the lesson into a folder, and give it as it is there.

    Runs that are complete are used again; pictures and pages are made anew, each whole or not at
    all. Raises InputError where the folder holds something else, and RelusgdError where a command
    of the lesson fails.
    """
    check_folder(folder, lesson)
    begin_folder(folder, lesson)
    with _stopping(program):
        _train(lesson, folder, program, observer)
        printed = _run_commands(lesson, folder, program, observer)
    facts = {}
    for name, text in lesson.file.facts.items():
        facts[name] = _json(name, printed[text])
    ready = _ready(lesson, folder, printed, facts)
    _write_pages(ready)
    return ready


@contextmanager
def _stopping(program: Program) -> Iterator[None]:
    """End the program's commands when this process is stopped or something fails."""
    try:
        yield
    except BaseException:
        program.stop()
        raise


def run_command(name: str, *, is_sweep: bool) -> list[str]:
    """What trains a run of a lesson, word for word, typed in the lesson's folder."""
    verb = "sweep" if is_sweep else "train"
    return ["relusgd", verb, f"{CONFIGS}/{name}.yaml", "--out", f"{RUNS}/{name}"]


def run_commands(lesson: Lesson) -> list[list[str]]:
    """The command of every run of a lesson, in their order."""
    commands = []
    for name, config in lesson.configs.items():
        commands.append(run_command(name, is_sweep=config.sweep is not None))
    return commands


def _train(lesson: Lesson, folder: Path, program: Program, observer: LessonObserver) -> None:
    """Train the runs in their order, because one may begin with the network of another."""
    for name, command in zip(lesson.configs, run_commands(lesson), strict=True):
        observer.trains(name)
        printed = program.run(command[1:], folder)
        if printed.exit_code not in (DONE, DIVERGED):
            hint = (
                f"if the lesson has changed, remove {folder / RUNS / name}, or choose another --out"
            )
            raise _failed(f"the run {name}", " ".join(command), printed, hint)


def _run_commands(
    lesson: Lesson,
    folder: Path,
    program: Program,
    observer: LessonObserver,
) -> dict[str, Printed]:
    """What every command of the lesson printed, by its text. Those that draw draw twice."""
    planned = list(_planned_commands(lesson))
    printed: dict[str, Printed] = {}
    with ThreadPoolExecutor(program.workers) as threads:
        futures: dict[Future[Printed], _PlannedCommand] = {}
        for command in planned:
            future = threads.submit(program.run, command.arguments, folder)
            futures[future] = command
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                command = futures[future]
                result = future.result()
                if result.exit_code != DONE:
                    raise _failed(command.where, command.text, result)
                if not command.is_dark:
                    printed[command.text] = result
                observer.ran(done, len(planned))
        except BaseException:
            program.stop()
            threads.shutdown(wait=False, cancel_futures=True)
            raise
    return printed


def _planned_commands(lesson: Lesson) -> Iterator[_PlannedCommand]:
    """Every command of the lesson once, twice where it draws, and those of its facts."""
    seen: set[str] = set()
    for question in lesson.questions:
        for text in question.commands:
            if text in seen:
                continue
            seen.add(text)
            command = read_command(text)
            where = f"question {question.name}"
            yield _PlannedCommand(where, text, tuple(command.arguments))
            if command.out is not None:
                dark_arguments = tuple(command.dark_arguments)
                yield _PlannedCommand(where, text, dark_arguments, is_dark=True)
    for name, text in lesson.file.facts.items():
        arguments = tuple(read_command(text).arguments)
        yield _PlannedCommand(f"the fact {name}", text, arguments)


def _failed(where: str, command: str, printed: Printed, hint: str | None = None) -> RelusgdError:
    said = printed.stderr.strip().removeprefix("error: ")
    said = said or f"it ended with exit code {printed.exit_code}"
    return RelusgdError(f"{where}: `{command}` failed:\n{said}", hint)


def _json(name: str, printed: Printed) -> object:
    try:
        return json.loads(printed.stdout)
    except ValueError:
        raise RelusgdError(f"the fact {name} is no JSON", "its command needs --json") from None


def _ready(
    lesson: Lesson,
    folder: Path,
    printed: Mapping[str, Printed],
    facts: Mapping[str, object],
) -> ReadyLesson:
    """Everything that pages are made of."""
    commands = [read_command(text) for text in lesson.commands]
    for command in commands:
        if command.is_film:
            write_last_frames(folder, command)
    numbers = measured_numbers(lesson, Numbers(folder, facts))
    links = {}
    for question in lesson.questions:
        if question.lab is not None:
            links[question.name] = lab_link(question.lab, folder)
    outputs = {text: fitted(printed[text].stdout) for text in lesson.commands}
    return ReadyLesson(lesson, folder, numbers, links, outputs)


def _write_pages(ready: ReadyLesson) -> None:
    """The page last, so that a folder with a page is complete."""
    folder = ready.folder
    if ready.lab_links:
        write_lab(folder / LAB)
    write_whole(folder / NUMBERS, numbers_table(ready.numbers))
    write_whole(folder / EXERCISE, exercise_text(ready))
    write_whole(folder / ANSWERS, answers_text(ready))
    commands = [" ".join(command) for command in run_commands(ready.lesson)]
    write_whole(folder / PAGE, lesson_html(ready, commands))
