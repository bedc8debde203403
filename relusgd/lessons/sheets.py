"""The sheets of a lesson to print: the questions alone, and with their answers, as Markdown."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import PurePosixPath

from relusgd.lessons.commands import LessonCommand, read_command
from relusgd.lessons.film_end import last_frame_of
from relusgd.lessons.lesson import Question
from relusgd.lessons.ready_lesson import ReadyLesson
from relusgd.words import counted


def exercise_text(ready: ReadyLesson) -> str:
    """The questions."""
    questions = [_question(ready, question) for question in ready.lesson.questions]
    return _joined(_head(ready), *questions)


def answers_text(ready: ReadyLesson) -> str:
    """The questions, each with its answer."""
    parts = []
    for question in ready.lesson.questions:
        parts += [_question(ready, question), _answer(ready, question)]
    return _joined(_head(ready, ": answers"), *parts)


def _joined(*parts: Iterator[str]) -> str:
    blocks = chain.from_iterable(parts)
    return "\n\n".join(blocks) + "\n"


def _head(ready: ReadyLesson, more: str = "") -> Iterator[str]:
    file = ready.lesson.file
    yield f"# {file.title}{more}"
    yield f"{counted(file.minutes, 'minute')}. {file.teaches}"
    if file.intro:
        yield file.intro


def _question(ready: ReadyLesson, question: Question) -> Iterator[str]:
    minutes = f" ({question.minutes} min)" if question.minutes else ""
    yield f"## {question.name}. {question.title}{minutes}"
    yield ready.text(question)
    yield from _commands(ready, question, question.look)


def _answer(ready: ReadyLesson, question: Question) -> Iterator[str]:
    yield f"**Answer.** {ready.answer(question)}"
    yield from _commands(ready, question, question.check)


def _commands(ready: ReadyLesson, question: Question, texts: tuple[str, ...]) -> Iterator[str]:
    for text in texts:
        command = read_command(text)
        yield f"```sh\n{command.text}\n```"
        if command.out is None:
            yield f"```text\n{ready.outputs[text]}\n```"
        else:
            yield f"![{question.title}]({_on_paper(command, command.out)})"


def _on_paper(command: LessonCommand, out: PurePosixPath) -> PurePosixPath:
    """The picture of a command on paper, where no film moves."""
    return last_frame_of(out) if command.is_film else out
