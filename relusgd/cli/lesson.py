"""The command lesson: a sheet of questions with its answers, made from runs of its own."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from relusgd.cli.boundary import guarded
from relusgd.cli.completions import complete_lessons
from relusgd.cli.terminal import print_path, print_table, stderr_console, typed_text
from relusgd.errors import InputError
from relusgd.words import DASH, counted

if TYPE_CHECKING:
    from rich.table import Table

    from relusgd.lessons.lesson import Lesson

EPILOG = "Examples:  relusgd lesson sheet --out sheet  ·  relusgd lesson mine.yaml --out mine"

TRY = "try: relusgd lesson sheet --out sheet"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(epilog=EPILOG)(lesson)


@guarded
def lesson(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME|FILE",
            help="A lesson that comes with relusgd, or a lesson file of your own "
            "(docs/lessons.md). [dim]\\[default: a table of those that there are][/]",
            autocompletion=complete_lessons,
            show_default=False,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The folder that becomes the lesson.", show_default=False),
    ] = None,
    list_them: Annotated[bool, typer.Option("--list", help="Print the table of lessons.")] = False,
) -> None:
    """Make a lesson: train its runs, draw its pictures, and write a page with folded answers.

    DIR/index.html works offline; exercise.md and answers.md are for paper. Runs that are there
    already are used again. Prints the folder.
    """
    if name is None or list_them:
        if out is not None:
            raise InputError("--out is the folder of a lesson, and none is named", TRY)
        _list_lessons()
        return
    if out is None:
        raise InputError("a lesson needs a folder", f"try: relusgd lesson {name} --out lesson")
    _build(name, out)


def _build(name: str, out: Path) -> None:
    from relusgd.lessons.building import build_lesson
    from relusgd.lessons.program import OwnProcesses
    from relusgd.lessons.reading import find_lesson, read_lesson
    from relusgd.systems import available_cores

    chosen = read_lesson(find_lesson(typed_text(name) or name))
    console = stderr_console()
    with console.status("") if console.is_terminal else nullcontext() as status:

        class LessonProgress:
            def trains(self, run: str) -> None:
                self._say(f"training {run}")

            def ran(self, done: int, count: int) -> None:
                self._say(f"{done} of {counted(count, 'command')}")

            def _say(self, text: str) -> None:
                if status:
                    status.update(text)

        program = OwnProcesses(available_cores())
        build_lesson(chosen, out, program, LessonProgress())
    _note_typed_numbers(chosen)
    typer.echo(f"open {out / 'index.html'}", err=True)
    print_path(out)


def _note_typed_numbers(chosen: Lesson) -> None:
    """Say which numbers of answers do not come from a run."""
    from relusgd.lessons.typed_numbers import typed_numbers

    for question, number in typed_numbers(chosen):
        typer.echo(
            f"note: the answer of question {question.name} holds {number}, typed by hand; "
            "a placeholder takes it from a run",
            err=True,
        )


def _list_lessons() -> None:
    from relusgd.config.shipped import shipped_lessons
    from relusgd.lessons.reading import read_lesson

    lessons = [read_lesson(path) for path in shipped_lessons().values()]
    print_table(lesson_table(lessons))


def lesson_table(lessons: list[Lesson]) -> Table:
    """A line per lesson: its name, its length, what it teaches, and what it takes to build it."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("lesson", no_wrap=True)
    table.add_column("minutes", justify="right")
    table.add_column("what it teaches", overflow="fold")
    table.add_column("processor time", justify="right", no_wrap=True)
    for one in lessons:
        file = one.file
        table.add_row(one.name, str(file.minutes), file.teaches, file.takes or DASH)
    return table
