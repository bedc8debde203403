"""Lesson files: what they hold, and every fault with its line."""

import pytest
from made_lessons import SMALL, read

from relusgd.config.shipped import shipped_lessons
from relusgd.errors import ConfigError, InputError
from relusgd.lessons.reading import find_lesson, read_lesson


def test_a_lesson_has_its_runs_questions_and_commands(tmp_path):
    lesson = read(SMALL, tmp_path)
    assert lesson.name == "mine"
    assert lesson.configs["small"].network.hidden == (3,)
    assert [question.name for question in lesson.questions] == ["1", "2"]
    assert lesson.questions[0].lab.run == "small"
    assert lesson.commands == [
        "relusgd plot runs/small --out pictures/fit.png",
        "relusgd graph --function sheet-a --at 3",
    ]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("minutes: 5", "minuts: 5", ":3: minuts is not a known key; did you mean minutes?"),
        ("minutes: 5\n", "", "minutes is missing"),
        ("minutes: 5", "minutes: soon", ":3: minutes is 'soon': input should be a valid integer"),
        ("hidden: 3", "hiden: 3", ":9: runs.small.network.hiden is not a known key; did you mean"),
        ("{small: step}", "{smal: step}", "'smal' is no run and no fact; did you mean small?"),
        ("{small: step}", "{small: stepp}", "'stepp' is not known; did you mean step?"),
        ("{small: step}", "{small step}", "is no placeholder, which is written"),
        ("lab: small", "lab: smal", "lab is the run 'smal'; did you mean small?"),
        ("lab: small", "lab: {rum: small}", "rum is not a known key; did you mean run?"),
        ("relusgd plot", "relusg plot", "is not a relusgd command"),
        ("name: 2", "name: 1", "name is '1', as that of a question before"),
        (
            "name: 2",
            "name: 2\n    minutes: 6",
            ":3: minutes is 5, and those of the questions are 6",
        ),
        ("title: A derivative", "titel: A derivative", "did you mean title?"),
        ("paths: relusgd", "small: relusgd", "facts.small is a run's name, too"),
        ("small:\n    network", "sm/all:\n    network", "it is a folder"),
    ],
)
def test_a_fault_has_its_place_and_what_was_meant(tmp_path, old, new, sentence):
    assert old in SMALL
    with pytest.raises(ConfigError) as refused:
        read(SMALL.replace(old, new, 1), tmp_path)
    faults = refused.value.faults
    assert any(sentence in fault for fault in faults), faults
    assert all(fault.startswith(str(tmp_path / "mine.yaml")) for fault in faults)


def test_all_faults_are_told_at_once(tmp_path):
    text = SMALL.replace("{small: step}", "{smal: step}").replace("hidden: 3", "hiden: 3")
    with pytest.raises(ConfigError) as refused:
        read(text, tmp_path)
    assert len(refused.value.faults) == 2


@pytest.mark.parametrize("text", ["", "- a list", "title: [", "a: 1\na: 2"])
def test_what_is_no_lesson_is_refused_in_a_sentence(tmp_path, text):
    with pytest.raises(ConfigError) as refused:
        read(text, tmp_path)
    assert str(tmp_path / "mine.yaml") in refused.value.faults[0]


def test_a_lesson_is_found_by_its_name_or_its_path(tmp_path):
    (tmp_path / "mine.yaml").write_text(SMALL)
    assert find_lesson("sheet") == shipped_lessons()["sheet"]
    assert find_lesson(str(tmp_path / "mine.yaml")) == tmp_path / "mine.yaml"
    with pytest.raises(InputError, match="did you mean sheet"):
        find_lesson("shet")
    with pytest.raises(InputError, match="there is no such file"):
        find_lesson("nowhere/sheet.yaml")


@pytest.mark.parametrize("name", sorted(shipped_lessons()))
def test_every_shipped_lesson_is_read_and_has_an_answer_to_every_question(name):
    lesson = read_lesson(shipped_lessons()[name])
    assert lesson.file.minutes == 50
    assert lesson.file.takes
    assert all(question.answer for question in lesson.questions)
    assert sum(question.minutes for question in lesson.questions) == lesson.file.minutes
    assert lesson.content.startswith(b"# ")


def test_five_lessons_come_with_relusgd():
    assert sorted(shipped_lessons()) == ["elbows", "failing", "features", "optimizers", "sheet"]
