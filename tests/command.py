"""The command, called in this process by the words that a person types."""

from unittest.mock import patch

import typer.main
from typer.testing import CliRunner

from relusgd.cli import app

COMMAND = typer.main.get_command(app)
"""Made once: to make it takes longer than most commands."""


def run(*arguments):
    """The command's result: exit_code, stdout, stderr."""
    return invoke([str(argument) for argument in arguments], prog_name="relusgd")


def invoke(arguments, **options):
    """What Typer's runner gives for the command; options are those of the runner."""
    with patch("typer.testing._get_command", lambda app: COMMAND):
        return CliRunner().invoke(app, arguments, **options)
