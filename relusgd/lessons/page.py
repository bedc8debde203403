"""The page of a lesson: one offline HTML file, its pictures inside, its answers folded."""

from __future__ import annotations

import base64
import html
from collections.abc import Iterator, Sequence
from pathlib import Path

from relusgd.config.shipped import shipped_lessons
from relusgd.lessons.commands import LessonCommand, read_command
from relusgd.lessons.film_end import last_frame_of
from relusgd.lessons.lesson import Question
from relusgd.lessons.placeholders import Placeholder, split_text
from relusgd.lessons.ready_lesson import ReadyLesson
from relusgd.lessons.written_text import as_html
from relusgd.pictures.pages.page_assets import (
    assembled,
    light_on_paper,
    policy,
    script_of,
    style_of,
    title_text,
)
from relusgd.words import counted

SCRIPTS = ("controls/elements", "lesson/lesson")

KINDS = {".png": "image/png", ".svg": "image/svg+xml", ".gif": "image/gif"}


def lesson_html(ready: ReadyLesson, run_commands: Sequence[str]) -> str:
    """The page. run_commands: what trained the runs. Raises OSError for a picture that is gone."""
    file = ready.lesson.file
    script = script_of(SCRIPTS)
    style = style_of(["lesson/lesson"]) + light_on_paper()
    title = title_text(file.title)
    questions = [_question(ready, question) for question in ready.lesson.questions]
    parts = {
        "policy": policy([script], style),
        "title": html.escape(title),
        "style": style,
        "minutes": html.escape(counted(file.minutes, "minute")),
        "teaches": html.escape(file.teaches),
        "intro": as_html(file.intro) if file.intro else "",
        "contents": "\n".join(_contents(ready)),
        "questions": "\n".join(questions),
        "runs": _runs(ready, run_commands),
        "script": script,
    }
    return assembled("lesson/lesson.html", parts)


def _contents(ready: ReadyLesson) -> Iterator[str]:
    """A link to each question."""
    for question in ready.lesson.questions:
        name = html.escape(question.name)
        title = html.escape(question.title)
        yield f'<li><a href="#{_place(question)}"><b>{name}</b> {title}</a></li>'


def _place(question: Question) -> str:
    """The name of a question in an address."""
    letters = [letter if letter.isalnum() else "-" for letter in question.name.lower()]
    return f"question-{''.join(letters)}"


def _question(ready: ReadyLesson, question: Question) -> str:
    name = html.escape(question.name)
    title = html.escape(question.title)
    beside_task = [_shown(ready, question, text) for text in question.look]
    beside_answer = [_shown(ready, question, text) for text in question.check]
    parts = [
        f'<section id="{_place(question)}">',
        f"<h2><span>{name}</span> {title}{_minutes(question)}</h2>",
        as_html(ready.text(question)),
        *beside_task,
        _lab_link(ready, question),
        "<details><summary>Answer</summary>",
        _answer(ready, question),
        *beside_answer,
        "</details></section>",
    ]
    return "\n".join(part for part in parts if part)


def _minutes(question: Question) -> str:
    return f" <small>{question.minutes} min</small>" if question.minutes else ""


def _lab_link(ready: ReadyLesson, question: Question) -> str:
    if question.lab is None:
        return ""
    address = html.escape(ready.lab_links[question.name])
    words = html.escape(question.lab.words)
    return f'<p class="lab"><a href="{address}" target="_blank" rel="noopener">{words}</a></p>'


def _answer(ready: ReadyLesson, question: Question) -> str:
    """The answer; a number tells where it is from when one points at it.

    Numbers are put in as marks that no text holds, so that Markdown leaves them alone.
    """
    parts: list[str] = []
    numbers: list[str] = []
    for part in split_text(question.answer):
        if isinstance(part, Placeholder):
            parts.append(f"\0{len(numbers)}\0")
            numbers.append(_number(ready, part))
        else:
            parts.append(part)
    text = as_html("".join(parts))
    for place, number in enumerate(numbers):
        text = text.replace(f"\0{place}\0", number)
    return text


def _number(ready: ReadyLesson, placeholder: Placeholder) -> str:
    value = ready.values[placeholder]
    words = html.escape(placeholder.words(value))
    asked = placeholder.written.strip("{}").strip()
    source = html.escape(f"from {asked}")
    if isinstance(value, str):
        return f'<span title="{source}">{words}</span>'
    return f'<data value="{float(value)!r}" title="{source}">{words}</data>'


def _shown(ready: ReadyLesson, question: Question, text: str) -> str:
    """A command with its picture, or with what it prints."""
    command = read_command(text)
    copied = html.escape(command.text)
    line = (
        f'<div class="command"><code>{copied}</code>'
        '<button type="button" class="copy">Copy</button></div>'
    )
    if command.out is None:
        printed = html.escape(ready.outputs[text])
        return f"<figure><pre tabindex=0>{printed}</pre>{line}</figure>"
    words = html.escape(f"{question.title}: {text}")
    return f"<figure>{_picture(ready.folder, command, words)}{line}</figure>"


def _picture(folder: Path, command: LessonCommand, words: str) -> str:
    """The picture for light and dark pages; of a film also its last frame, for paper.

    The style sheet shows one of them: an element `picture` would not change its choice on paper.
    """
    assert command.out is not None
    assert command.dark_out is not None
    light, dark = command.out, command.dark_out
    if not command.is_film:
        shown = [("light", light), ("dark", dark)]
    else:
        shown = [
            ("light moving", light),
            ("dark moving", dark),
            ("light end", last_frame_of(light)),
            ("dark end", last_frame_of(dark)),
        ]
    return "".join(_image(folder / path, words, kind) for kind, path in shown)


def _image(path: Path, words: str, kind: str) -> str:
    size = 'width="1280" height="720"'
    return f'<img class="{kind}" alt="{words}" {size} src="{_data(path)}">'


def _data(path: Path) -> str:
    """A picture as an address that holds it."""
    kind = KINDS[path.suffix]
    content = base64.b64encode(path.read_bytes()).decode("ascii")
    return f"data:{kind};base64,{content}"


def _runs(ready: ReadyLesson, commands: Sequence[str]) -> str:
    """What trained the runs, as commands to copy, and how to have the folder."""
    if not commands:
        return ""
    lesson = ready.lesson
    lines = html.escape("\n".join(commands))
    parts = [
        "<section id=runs><h2>The runs</h2>",
        "<p>All commands work in the folder of this page. These trained its runs; typed again, "
        "they find them complete.</p>",
        f"<pre tabindex=0>{lines}</pre>",
    ]
    if shipped_lessons().get(lesson.name) == lesson.path:
        name = html.escape(lesson.name)
        parts.append(
            f"<p>Without the folder: <code>relusgd lesson {name} --out {name}</code> makes it.</p>"
        )
    return "\n".join([*parts, "</section>"])
