"""The numbers of a lesson: each placeholder's value in a run, or in what a command printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from relusgd.errors import InputError, RelusgdError
from relusgd.lessons.file_names import RUNS
from relusgd.lessons.lesson import Lesson
from relusgd.lessons.placeholders import Placeholder, placeholders_in
from relusgd.recipes.claims import chosen_moments
from relusgd.recipes.formula import number_of, parse_quantity
from relusgd.runs.find import load_run
from relusgd.runs.run import Run
from relusgd.words import comma_list, or_list, shown

NAMES = ("name", "label")
"""Keys by which an entry of a list is found."""


@dataclass(frozen=True)
class MeasuredNumber:
    """A number, or a text, as the lesson has it. question: the name of its question."""

    question: str
    placeholder: Placeholder
    value: float | str

    @property
    def words(self) -> str:
        return self.placeholder.words(self.value)


class Numbers:
    """What the placeholders of a lesson stand for."""

    def __init__(self, folder: Path, facts: Mapping[str, object]) -> None:
        """folder: of the lesson, with its runs. facts: name → the JSON that a command printed."""
        self.facts = facts
        self._run = lru_cache(lambda source: load_run(folder / RUNS / source))

    def value(self, placeholder: Placeholder) -> float | str:
        """Raises InputError where there is no such number, and RelusgdError for a damaged run."""
        source = placeholder.source
        if source in self.facts:
            return fact_at(self.facts[source], placeholder)
        run: Run = self._run(source)
        rows = chosen_moments(placeholder.at, run.history)
        quantity = parse_quantity(placeholder.asked)
        return number_of(quantity, run, rows)


def measured_numbers(lesson: Lesson, numbers: Numbers) -> list[MeasuredNumber]:
    """The numbers of all questions and answers, in their order.

    Raises RelusgdError where there is no such number: the runs are trained by then.
    """
    measured = []
    for question in lesson.questions:
        for text in (question.text, question.answer):
            for placeholder in placeholders_in(text):
                value = _value(numbers, placeholder, question.name)
                measured.append(MeasuredNumber(question.name, placeholder, value))
    return measured


def _value(numbers: Numbers, placeholder: Placeholder, question: str) -> float | str:
    try:
        return numbers.value(placeholder)
    except InputError as error:
        where = f"question {question}, {placeholder.written}"
        raise RelusgdError(f"{where}: {error.message}", error.hint) from None


def fact_at(fact: object, placeholder: Placeholder) -> float | str:
    """The number or text at a path in JSON, whose parts are keys, places in a list, and names.

    An entry of a list is found by its place, from 0 on, or by its `name` or `label`. Raises
    InputError where the path leads to nothing, or to more than one value.
    """
    value = fact
    for part in placeholder.asked.split("/"):
        value = _step_into(value, part.strip())
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise InputError(f"{placeholder.asked} is not a number or a text, but {shown(value)}")
    return value


def _step_into(value: object, part: str) -> object:
    """What a part of a path leads to in this value. Raises InputError where it leads nowhere."""
    if isinstance(value, Mapping):
        if part in value:
            return value[part]
        raise InputError(f"there is no {shown(part)}; there are {comma_list(value)}")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _entry(value, part)
    raise InputError(f"there is nothing below {shown(value)}, so no {shown(part)}")


def _entry(entries: Sequence[object], part: str) -> object:
    if part.isdigit() and int(part) < len(entries):
        return entries[int(part)]
    named = [entry for entry in entries if isinstance(entry, Mapping)]
    for entry in named:
        if any(entry.get(key) == part for key in NAMES):
            return entry
    names = []
    for entry in named:
        names += [str(entry[key]) for key in NAMES if key in entry]
    have = comma_list(names) or f"places below {len(entries)}"
    raise InputError(f"no entry has the {or_list(NAMES)} {shown(part)}; there are {have}")
