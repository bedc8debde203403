"""The command, called in this process by the words that a person types."""

from typer.testing import CliRunner

from relusgd.cli import app


def run(*arguments):
    """The command's result: exit_code, stdout, stderr."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments], prog_name="relusgd")
