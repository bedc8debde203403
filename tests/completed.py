"""What the shell is offered, asked as the scripts ask, in this process."""

from command import invoke
from typer._completion_classes import completion_init

from relusgd.cli.shell_completion import ASKED


def answer(typed):
    """The lines that a script gets for what was typed of a line."""
    completion_init()
    asked = {
        "COLUMNS": "1000",
        ASKED: "complete_fish",
        "_TYPER_COMPLETE_FISH_ACTION": "get-args",
        "_TYPER_COMPLETE_ARGS": typed,
    }
    return invoke([], prog_name="relusgd", env=asked).stdout


def offered(typed):
    """The words that are offered for the last word of a line."""
    return [line.split("\t")[0] for line in answer(typed).splitlines() if line]
