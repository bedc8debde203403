"""The page on lessons: its example is built as it stands, and its words are the program's."""

import re

import pytest
from command import run
from documents import ROOT, code_blocks
from made_lessons import InThisProcess

from relusgd.config.shipped import shipped_lessons
from relusgd.lessons import program
from relusgd.lessons.lesson import LessonFile, Question
from relusgd.lessons.placeholders import FORMATS
from relusgd.lessons.reading import read_lesson

PAGE = (ROOT / "docs" / "lessons.md").read_text(encoding="utf-8")


@pytest.fixture
def example(tmp_path, monkeypatch):
    """A folder with the page's lesson and its table."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(program, "OwnProcesses", lambda workers: InThisProcess())
    (lesson,) = code_blocks(PAGE, "yaml")
    (table,) = [text for text in code_blocks(PAGE, "text") if text.startswith("# tea.csv")]
    (tmp_path / "cooling.yaml").write_text(lesson, encoding="utf-8")
    (tmp_path / "tea.csv").write_text(table.partition("\n")[2], encoding="utf-8")
    return tmp_path


def test_the_example_is_built_as_it_stands(example):
    result = run("lesson", "cooling.yaml", "--out", "tea")
    assert result.exit_code == 0, result.stderr
    assert "typed by hand" not in result.stderr
    answers = (example / "tea" / "answers.md").read_text(encoding="utf-8")
    answer = " ".join(answers.split())
    measured = r"training error is (\S+) of the variance .* a straight line has (\S+)\. "
    error, line = re.search(measured, answer).groups()
    assert 0 < float(error) < float(line) < 0.5


def test_the_error_of_the_page_is_the_one_that_is_given(example):
    text = (example / "cooling.yaml").read_text(encoding="utf-8")
    wrong = text.replace("learning_rate", "learning_rat", 1)
    (example / "cooling.yaml").write_text(wrong, encoding="utf-8")
    result = run("lesson", "cooling.yaml", "--out", "tea")
    assert result.exit_code == 2
    assert result.stderr.splitlines()[0] in PAGE


def test_the_page_lists_every_lesson_with_what_it_teaches():
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PAGE, flags=re.MULTILINE)
    taught = {
        name: read_lesson(path).file.teaches.lower() for name, path in shipped_lessons().items()
    }
    listed = {name: words.strip().lower() for name, words in rows if name in taught}
    assert listed == taught


def test_the_page_has_every_key_and_every_format():
    for key in [*LessonFile.model_fields, *Question.model_fields, *FORMATS]:
        assert f"`{key}`" in PAGE or f"| {key}`" in PAGE, key
