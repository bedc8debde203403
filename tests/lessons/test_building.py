"""Building a lesson: what is in its folder, what is used again, and what is refused."""

import csv
import re

import pytest
from made_lessons import SMALL, InThisProcess, build, read
from PIL import Image

from relusgd.errors import InputError, RelusgdError
from relusgd.lessons.program import OwnProcesses, Printed
from relusgd.lessons.reading import read_lesson
from relusgd.runs.find import load_run

PAGES = ("index.html", "exercise.md", "answers.md", "numbers.csv", "lab.html", "lesson.yaml")


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The small lesson, built by commands in processes of their own."""
    folder = tmp_path_factory.mktemp("lessons")
    build(read(SMALL, folder), folder / "small", OwnProcesses(2))
    return folder / "small"


def test_a_lesson_has_a_page_two_sheets_its_pictures_and_its_runs(built):
    assert all((built / name).is_file() for name in PAGES)
    assert load_run(built / "runs" / "small").status == "complete"
    for name in ("fit.png", "fit-dark.png"):
        with Image.open(built / "pictures" / name) as picture:
            assert picture.size == (1280, 720)
    light, dark = (Image.open(built / "pictures" / name).getpixel((0, 0)) for name in NAMES)
    assert sum(light[:3]) > 700 > 200 > sum(dark[:3])


NAMES = ("fit.png", "fit-dark.png")


def test_nothing_half_written_is_left(built):
    assert [path.name for path in built.rglob(".*") if "partial" in path.name] == []


def test_the_numbers_of_the_answers_are_those_of_the_run(built):
    run = load_run(built / "runs" / "small")
    first, last = run.metrics["train_mse"][0], run.metrics["train_mse"][-1]
    answers = (built / "answers.md").read_text(encoding="utf-8")
    assert f"Its error is {last:.3g}, after {first:.3g} at the start." in answers
    assert "after 20 steps?" in answers
    assert "It is 114, which is 4x³ + 2x." in answers
    with (built / "numbers.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["as written"] for row in rows][:2] == ["20", f"{last:.3g}"]
    assert float(rows[1]["value"]) == last


def test_the_exercise_has_the_questions_and_no_answer(built):
    text = (built / "exercise.md").read_text(encoding="utf-8")
    assert "## 1. The fit" in text
    assert "relusgd plot runs/small --out pictures/fit.png --size 1280x720" in text
    assert "114" not in text
    assert "Answer" not in text


def test_every_command_of_the_page_works_in_the_lessons_folder(built):
    page = (built / "index.html").read_text(encoding="utf-8")
    commands = re.findall(r"<code>(relusgd [^<]*)</code>", page)
    trained = re.findall(r"relusgd train [^<\n]*", page)
    assert len(commands) == 2
    assert trained == ["relusgd train configs/small.yaml --out runs/small"]
    program = InThisProcess()
    for command in [*commands, *trained]:
        assert program.run(command.split()[1:], built).exit_code == 0, command


def test_the_page_asks_nothing_of_a_network_and_folds_its_answers(built):
    page = (built / "index.html").read_text(encoding="utf-8")
    assert "default-src 'none'" in page
    assert page.count("<details>") == 2
    assert 'href="lab.html#lab=' in page
    assert re.findall(r'(?:src|href)="(?!data:|#|lab\.html#)[^"]*"', page) == []


def test_a_lesson_built_twice_is_the_same_to_the_byte(built, tmp_path):
    build(read(SMALL, tmp_path), tmp_path / "again", InThisProcess(draws_dark=True))
    for name in (*PAGES, "pictures/fit.png", "configs/small.yaml"):
        assert (tmp_path / "again" / name).read_bytes() == (built / name).read_bytes(), name


def test_runs_that_are_complete_are_used_again(tmp_path):
    lesson = read(SMALL, tmp_path)
    build(lesson, tmp_path / "small")
    before = (tmp_path / "small" / "runs" / "small" / "run.json").stat().st_mtime_ns
    (tmp_path / "small" / "index.html").unlink()
    build(lesson, tmp_path / "small")
    assert (tmp_path / "small" / "runs" / "small" / "run.json").stat().st_mtime_ns == before
    assert (tmp_path / "small" / "index.html").is_file()


def test_an_answer_that_was_changed_is_built_into_the_same_folder(tmp_path):
    build(read(SMALL, tmp_path), tmp_path / "small")
    build(read(SMALL.replace("Its error", "The error"), tmp_path), tmp_path / "small")
    assert "The error is 0." in (tmp_path / "small" / "answers.md").read_text(encoding="utf-8")


def test_a_folder_that_holds_something_else_is_left_as_it_is(tmp_path):
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.tex").write_text("work")
    with pytest.raises(InputError, match=r"something else than a lesson: chapter\.tex"):
        build(read(SMALL, tmp_path), tmp_path / "thesis")
    assert [path.name for path in (tmp_path / "thesis").iterdir()] == ["chapter.tex"]


def test_a_building_that_was_killed_at_its_first_file_goes_on(tmp_path):
    (tmp_path / "small").mkdir()
    (tmp_path / "small" / ".lesson.partial-7.yaml").write_text("title: Thr")
    build(read(SMALL, tmp_path), tmp_path / "small")
    assert (tmp_path / "small" / "index.html").is_file()


def test_another_lesson_is_not_replaced(tmp_path):
    build(read(SMALL, tmp_path), tmp_path / "small")
    other = read(SMALL.replace("title: Three units", "title: Four units"), tmp_path)
    with pytest.raises(InputError, match="holds another lesson: 'Three units', not 'Four units'"):
        build(other, tmp_path / "small")


def test_a_run_of_another_config_is_not_trained_over(tmp_path):
    build(read(SMALL, tmp_path), tmp_path / "small")
    wider = read(SMALL.replace("hidden: 3", "hidden: 4"), tmp_path)
    with pytest.raises(RelusgdError, match=r"network\.hidden: ") as refused:
        build(wider, tmp_path / "small")
    assert f"remove {tmp_path / 'small' / 'runs' / 'small'}" in refused.value.hint


def test_a_command_that_fails_is_named_with_what_it_said_and_no_page_is_written(tmp_path):
    wrong = SMALL.replace("plot runs/small --out", "plot runs/smal --out")
    with pytest.raises(RelusgdError, match="question 1: `relusgd plot runs/smal") as failed:
        build(read(wrong, tmp_path), tmp_path / "small")
    assert "runs/smal" in failed.value.message.split("failed:\n")[1]
    assert not (tmp_path / "small" / "index.html").exists()


def test_a_number_that_is_not_there_is_told_with_what_is(tmp_path):
    wrong = SMALL.replace("nodes/x/derivative}", "nodes/y/derivative}")
    with pytest.raises(
        RelusgdError, match=r"question 2, \{paths: nodes/y/derivative\}: no entry"
    ) as told:
        build(read(wrong, tmp_path), tmp_path / "small")
    assert "there are x, f, g, h" in told.value.message
    assert not (tmp_path / "small" / "index.html").exists()


def test_a_fact_that_is_no_json_is_told_what_it_needs(tmp_path):
    wrong = SMALL.replace("--at 3 --json", "--at 3")
    with pytest.raises(RelusgdError, match="the fact paths is no JSON") as told:
        build(read(wrong, tmp_path), tmp_path / "small")
    assert told.value.hint == "its command needs --json"


def test_a_quantity_that_gives_several_numbers_is_refused(tmp_path):
    wrong = SMALL.replace("{small: train_mse}", "{small at all: train_mse}")
    with pytest.raises(RelusgdError, match="gives 21 numbers"):
        build(read(wrong, tmp_path), tmp_path / "small")


def test_a_table_goes_with_the_lesson_which_can_be_built_again_from_its_folder(tmp_path):
    (tmp_path / "mine.csv").write_text("a,b\n" + "".join(f"{i},{i * i}\n" for i in range(12)))
    data = "data: {kind: csv, path: mine.csv, x: a, y: b}"
    lesson = read(SMALL.replace("data: {samples: 20}", data), tmp_path)
    build(lesson, tmp_path / "small")
    assert load_run(tmp_path / "small" / "runs" / "small").config.data.x == "a"
    program = InThisProcess()
    trained = program.run(
        ["train", "configs/small.yaml", "--out", "runs/small"], tmp_path / "small"
    )
    assert (trained.exit_code, trained.stdout) == (0, "runs/small\n")
    build(read_lesson(tmp_path / "small" / "lesson.yaml"), tmp_path / "again")
    pages = [(tmp_path / name / "index.html").read_bytes() for name in ("small", "again")]
    assert pages[0] == pages[1]


def test_two_tables_of_one_name_are_not_mixed(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.csv").write_text(
            f"a,b\n1,2\n3,{len(folder)}\n5,1\n4,{folder == 'one':d}\n"
        )
    runs = "".join(
        f"  {name}:\n    data: {{kind: csv, path: {name}/mine.csv, x: a, y: b}}\n"
        "    training: {epochs: 1}\n"
        for name in ("one", "two")
    )
    lesson = read(SMALL.replace("runs:\n", f"runs:\n{runs}"), tmp_path)
    with pytest.raises(InputError, match="have one name"):
        build(lesson, tmp_path / "small")
    assert not (tmp_path / "small").exists()


def test_a_lesson_without_its_table_is_refused(tmp_path):
    data = "data: {kind: csv, path: absent.csv, x: a, y: b}"
    lesson = read(SMALL.replace("data: {samples: 20}", data), tmp_path)
    with pytest.raises(InputError, match=r"there is no file .*absent\.csv, the data of a run"):
        build(lesson, tmp_path / "small")
    assert not (tmp_path / "small").exists()


def test_a_film_leaves_its_last_frame_for_paper(tmp_path):
    film = SMALL.replace(
        "relusgd plot runs/small --out pictures/fit.png",
        "relusgd animate runs/small --frames 3 --out pictures/fit.gif",
    )
    build(read(film, tmp_path), tmp_path / "small")
    folder = tmp_path / "small"
    for name in ("fit-end.png", "fit-dark-end.png"):
        with Image.open(folder / "pictures" / name) as picture:
            assert picture.size == (960, 540)
    exercise = (folder / "exercise.md").read_text(encoding="utf-8")
    assert "(pictures/fit-end.png)" in exercise
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert page.count("data:image/gif") == 2
    assert page.count('class="light end"') == page.count('class="dark end"') == 1


def test_what_still_runs_is_stopped_when_the_building_is(tmp_path):
    class Stopped(InThisProcess):
        is_stopped = False

        def run(self, arguments, folder):
            if arguments[0] == "plot":
                raise KeyboardInterrupt
            return super().run(arguments, folder)

        def stop(self):
            self.is_stopped = True

    program = Stopped()
    with pytest.raises(KeyboardInterrupt):
        build(read(SMALL, tmp_path), tmp_path / "small", program)
    assert program.is_stopped
    build(read(SMALL, tmp_path), tmp_path / "small")
    assert (tmp_path / "small" / "index.html").is_file()


def test_a_program_that_was_stopped_starts_nothing(tmp_path):
    program = OwnProcesses(1)
    program.stop()
    assert program.run(["--version"], tmp_path) == Printed(1, "", "stopped")
