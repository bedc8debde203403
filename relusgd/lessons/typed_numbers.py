"""Numbers of answers that were typed by hand, and so may be wrong when a run changes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from relusgd.lessons.lesson import Lesson, Question
from relusgd.lessons.placeholders import Placeholder, split_text
from relusgd.words import value_text

NUMBER = re.compile(r"(?<![\w.])[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?")
CODE = re.compile(r"`[^`]*`")
LETTER = re.compile(r"[^\W\d_]")

LARGEST_OF_FORMULAS = 99
"""Whole numbers up to this one may stand in a formula, such as the 2 in `2/λ`."""


def typed_numbers(lesson: Lesson) -> Iterator[tuple[Question, str]]:
    """Each number of an answer that is neither a placeholder nor in the question.

    What stands in the question is its text and commands, its exercise of the lab, and the configs
    of the lesson's runs. Small whole numbers of formulas, in code, are no results.
    """
    given = set(_numbers(value_text(lesson.file.runs)))
    for question in lesson.questions:
        known = given | set(_numbers(_words_of(question)))
        for number in _numbers(_typed(question.answer)):
            if number not in known:
                yield question, number


def _words_of(question: Question) -> str:
    """All that stands in a question."""
    words = [question.title, question.text, *question.commands]
    lab = question.lab
    if lab is not None:
        words += [value_text(lab.config), lab.challenge or ""]
    return "\n".join(words)


def _typed(answer: str) -> str:
    """The answer without its placeholders and without the small numbers of its formulas."""
    parts = [" " if isinstance(part, Placeholder) else part for part in split_text(answer)]
    text = "".join(parts)
    return CODE.sub(_without_small, text)


def _without_small(code: re.Match[str]) -> str:
    if not LETTER.search(code[0]):
        return code[0]
    return NUMBER.sub(_nothing_for_small, code[0])


def _nothing_for_small(number: re.Match[str]) -> str:
    is_small = number[0].isdigit() and int(number[0]) <= LARGEST_OF_FORMULAS
    return "" if is_small else number[0]


def _numbers(text: str) -> list[str]:
    """The numbers of a text, without the commas of thousands."""
    return [found.replace(",", "") for found in NUMBER.findall(text)]
