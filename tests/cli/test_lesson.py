"""The command lesson: its table, its folder, and what it refuses."""

import pytest
from command import run
from made_lessons import SMALL, InThisProcess

from relusgd.cli.completions import complete_lessons
from relusgd.config.shipped import shipped_lessons
from relusgd.lessons import program


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """An empty folder to work in, with a lesson file of one's own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(program, "OwnProcesses", lambda workers: InThisProcess())
    (tmp_path / "mine.yaml").write_text(SMALL, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("arguments", [[], ["--list"]])
def test_without_a_name_the_lessons_are_listed(arguments):
    result = run("lesson", *arguments)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].split("  ")[0] == "lesson"
    assert lines[0].endswith("processor time")
    assert [line.split()[0] for line in lines[1:]] == list(shipped_lessons())


def test_a_lesson_of_ones_own_is_built_and_its_folder_printed(mine):
    result = run("lesson", "mine.yaml", "--out", "folder")
    assert result.exit_code == 0, result.stderr
    assert result.stdout == "folder\n"
    assert "open folder/index.html" in result.stderr
    assert "typed by hand" not in result.stderr
    assert (mine / "folder" / "index.html").is_file()


def test_numbers_that_were_typed_into_an_answer_are_named(mine, monkeypatch):
    text = SMALL.replace("Its error is", "Its error is 0.17 or rather")
    (mine / "mine.yaml").write_text(text, encoding="utf-8")
    result = run("lesson", "mine.yaml", "--out", "folder")
    assert result.exit_code == 0
    assert "note: the answer of question 1 holds 0.17, typed by hand" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sheet"], "try: relusgd lesson sheet --out lesson"),
        (["shet", "--out", "folder"], "'shet' is not a lesson; did you mean sheet?"),
        (["absent.yaml", "--out", "folder"], "absent.yaml: there is no such file"),
        (["--out", "folder"], "none is named"),
        (["mine.yaml", "--out", "mine.yaml"], "mine.yaml is not a folder"),
        (["mine.yaml", "--out", "."], "holds something else than a lesson: mine.yaml"),
    ],
)
def test_lesson_says_what_is_wrong_with_a_command(mine, arguments, words):
    result = run("lesson", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert result.stdout == ""
    assert [path.name for path in mine.iterdir()] == ["mine.yaml"]


def test_a_command_that_fails_ends_with_its_words_and_no_traceback(mine):
    (mine / "mine.yaml").write_text(SMALL.replace("plot runs/small", "plot runs/smal"))
    result = run("lesson", "mine.yaml", "--out", "folder")
    assert result.exit_code == 1
    assert "question 1: `relusgd plot runs/smal --out pictures/fit.png` failed:" in result.stderr
    assert "runs/smal" in result.stderr.split("failed:\n")[1]
    assert "Traceback" not in result.stderr


def test_names_of_lessons_and_files_are_completed(mine):
    assert complete_lessons("sh") == ["sheet"]
    assert complete_lessons("mi") == ["mine.yaml"]


def test_commands_find_this_package_whatever_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("PYTHONPATH", "/elsewhere")
    printed = program.OwnProcesses(1).run(["--version"], tmp_path)
    assert printed.exit_code == 0
    assert printed.stdout.startswith("relusgd ")
