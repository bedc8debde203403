"""A lesson with its numbers, pictures and outputs: all that its page and its sheets are made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from relusgd.lessons.lesson import Lesson, Question
from relusgd.lessons.measuring import MeasuredNumber
from relusgd.lessons.placeholders import Placeholder, filled


@dataclass(frozen=True, eq=False)
class ReadyLesson:
    """numbers: of every question, in order. lab_links: by question. outputs: of every command, by
    its text, as lines that a page can show.
    """

    lesson: Lesson
    folder: Path
    numbers: Sequence[MeasuredNumber]
    lab_links: Mapping[str, str]
    outputs: Mapping[str, str]

    @cached_property
    def values(self) -> dict[Placeholder, float | str]:
        return {one.placeholder: one.value for one in self.numbers}

    def text(self, question: Question) -> str:
        """The text of the question with its numbers."""
        return filled(question.text, self.values)

    def answer(self, question: Question) -> str:
        """The answer with its numbers."""
        return filled(question.answer, self.values)
