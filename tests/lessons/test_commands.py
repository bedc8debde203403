"""Commands of a lesson: what they draw, in which size, and which lines are none."""

import pytest

from relusgd.errors import InputError
from relusgd.lessons.commands import read_command


def test_a_command_that_prints_stands_as_it_was_written():
    command = read_command("relusgd graph --function '(x**2)**2' --at 3")
    assert command.out is None
    assert command.arguments == ["graph", "--function", "(x**2)**2", "--at", "3"]


def test_a_picture_is_16_to_9_unless_the_command_has_a_size():
    still = read_command("relusgd plot runs/a --out pictures/a.png")
    film = read_command("relusgd animate runs/a --out pictures/a.gif")
    sized = read_command("relusgd plot runs/a --size square --out pictures/a.png")
    assert still.arguments[-2:] == ["--size", "1280x720"]
    assert film.arguments[-2:] == ["--size", "960x540"]
    assert "1280x720" not in sized.arguments


def test_the_size_of_a_sheets_function_is_none_of_a_picture():
    command = read_command("relusgd graph --function sheet-b --size 3 --out pictures/b.svg")
    assert command.arguments[-2:] == ["--size", "1280x720"]


def test_the_dark_picture_is_the_same_command_with_another_file_and_theme():
    command = read_command("relusgd plot runs/a --out pictures/a.png --epoch 3")
    assert str(command.dark_out) == "pictures/a-dark.png"
    assert command.dark_arguments == [
        *("plot", "runs/a", "--out", "pictures/a-dark.png", "--epoch", "3"),
        *("--size", "1280x720", "--theme", "dark"),
    ]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ls", "is not a relusgd command"),
        ("relusgd", "is not a relusgd command"),
        ("relusgd plot runs/a", "does not say where its picture goes"),
        ("relusgd animate runs/a", "does not say where its picture goes"),
        ("relusgd plot runs/a --out a.png", "is pictures/NAME with .png, .svg or .gif"),
        ("relusgd plot runs/a --out pictures/../../a.png", "is pictures/NAME"),
        ("relusgd plot runs/a --out pictures/a.pdf", "is pictures/NAME"),
        ("relusgd plot runs/a --out pictures/a.png --theme dark", "leave --theme out"),
        ("relusgd plot runs/seed=* --out pictures/a.png", "a lesson has no shell"),
        ("relusgd plot runs/{a,b} --out pictures/a.png", "a lesson has no shell"),
        ("relusgd list; rm -r runs", "holds ;"),
        ("relusgd train a.yaml --out /home/me/thesis --overwrite", "are trained by `runs:`"),
        ("relusgd export runs/a --out /home/me/thesis.csv", "the commands of a lesson are"),
        ("relusgd step runs/a --out /home/me/thesis.png", "is pictures/NAME"),
        ("relusgd list $HOME", "a lesson has no shell"),
        ("relusgd graph --function 'x", "opens a quote"),
    ],
)
def test_a_line_that_a_lesson_cannot_run_is_refused(line, words):
    with pytest.raises(InputError) as refused:
        read_command(line)
    assert words in refused.value.message
