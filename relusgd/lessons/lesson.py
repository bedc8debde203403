"""A lesson as its file has it: runs, and questions with their commands and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from relusgd.config import Config
from relusgd.config.section import Section, Text, control_character_fault
from relusgd.config.values import FrozenMapping, freeze

LONGEST_TEXT = 20_000
"""Characters of one text of a lesson."""

EMPTY: Any = FrozenMapping({})


def _no_controls(text: str) -> str:
    if not text.replace("\n", "").isprintable():
        raise ValueError(control_character_fault(text))
    return text.strip()


def _one_in_a_list(value: object) -> object:
    """A single value may stand without a list."""
    return (value,) if isinstance(value, str) else value


def _as_text(value: object) -> object:
    """YAML takes the name of question 1 for a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def _run_alone(value: object) -> object:
    """The name of a run may stand for its whole block."""
    return {"run": value} if isinstance(value, str) else value


Prose = Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT), AfterValidator(_no_controls)]
Minutes = Annotated[int, Field(ge=1, le=1000)]
Settings = Annotated[Mapping[str, object], AfterValidator(freeze)]
Texts = Annotated[Mapping[str, Text], AfterValidator(freeze)]
CommandTexts = Annotated[tuple[Text, ...], BeforeValidator(_one_in_a_list), Field(strict=False)]


class LabExercise(Section):
    """An exercise in the lab: with what it opens.

    run and epoch: the network of a run, before its training where no epoch is given. config: keys
    of the lab, with or in place of a run. challenge: a task in the lab's format (docs/lab.md).
    words: what the link says.
    """

    run: Text | None = None
    epoch: Annotated[int, Field(ge=0)] | Literal["last"] = 0
    config: Settings = EMPTY
    challenge: Prose | None = None
    words: Text = "Try it in the lab"


class Question(Section):
    """A question of the sheet.

    name: as the sheet has it, such as 2a. minutes: for how long it is. text: the task. look:
    commands whose picture or output stands beside it. lab: a link. answer: folded. check: commands
    that stand in the answer.
    """

    name: Annotated[Text, BeforeValidator(_as_text)]
    title: Text
    minutes: Minutes | None = None
    text: Prose
    look: CommandTexts = ()
    lab: Annotated[LabExercise | None, BeforeValidator(_run_alone)] = None
    answer: Prose
    check: CommandTexts = ()

    @property
    def commands(self) -> tuple[str, ...]:
        """Those of the question, then those of its answer."""
        return (*self.look, *self.check)


class LessonFile(Section):
    """A lesson file.

    minutes: how long it is for. teaches: a sentence for the list of lessons. takes: the processor
    time of building it, in words. runs: name → keys of the notebook's config that are other ones;
    with `sweep:` it is a sweep. facts: name → a command that prints JSON.
    """

    title: Text
    minutes: Minutes
    teaches: Text
    takes: Text | None = None
    intro: Prose | None = None
    runs: Annotated[Mapping[str, Settings], AfterValidator(freeze)] = EMPTY
    facts: Texts = EMPTY
    questions: Annotated[tuple[Question, ...], Field(strict=False, min_length=1)]


@dataclass(frozen=True, eq=False)
class Lesson:
    """A lesson that has been read and checked.

    name: that of its file. path: as it was given. content: the file's bytes; file: what it says.
    configs: of its runs.
    """

    name: str
    path: Path
    content: bytes
    file: LessonFile
    configs: Mapping[str, Config]

    @property
    def questions(self) -> tuple[Question, ...]:
        return self.file.questions

    @property
    def commands(self) -> list[str]:
        """Every command of every question, each once, in the order of the sheet."""
        given = [command for question in self.questions for command in question.commands]
        return list(dict.fromkeys(given))
