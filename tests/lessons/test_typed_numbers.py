"""An answer holds no number that was typed by hand, but those of its question."""

import pytest
from made_lessons import SMALL, read

from relusgd.config.shipped import shipped_lessons
from relusgd.lessons.reading import read_lesson
from relusgd.lessons.typed_numbers import typed_numbers


def found(text, folder):
    return [(question.name, number) for question, number in typed_numbers(read(text, folder))]


@pytest.mark.parametrize("name", sorted(shipped_lessons()))
def test_every_number_of_a_shipped_answer_is_a_placeholder_or_in_its_question(name):
    lesson = read_lesson(shipped_lessons()[name])
    assert [(one.name, number) for one, number in typed_numbers(lesson)] == []


def test_numbers_of_the_question_its_commands_and_the_runs_are_not_typed(tmp_path):
    text = SMALL.replace("Its error is", "With 3 units, 20 samples, (x²)² at x = 3: it is")
    assert found(text, tmp_path) == []


@pytest.mark.parametrize("number", ["0.17", "1,234", "1e-6", "41"])
def test_any_other_number_is(tmp_path, number):
    text = SMALL.replace("Its error is", f"Its error is {number}, or")
    assert found(text, tmp_path) == [("1", number.replace(",", ""))]


def test_small_whole_numbers_of_formulas_are_not_but_results_in_code_are(tmp_path):
    text = SMALL.replace("Its error is", "With `2/λ` and `1 − 5η`: `0.17`, `7`, `150000 steps`")
    assert found(text, tmp_path) == [("1", "0.17"), ("1", "7"), ("1", "150000")]
