"""The help of commands, whatever Python was told."""

import inspect

import pytest
from command import run

from relusgd.cli import app
from relusgd.cli.help import help_of

COMMANDS = {
    command.name or command.callback.__name__: command.callback
    for command in app.registered_commands
}


@pytest.mark.parametrize("name", COMMANDS)
def test_help_needs_no_docstring_at_run_time(name, monkeypatch):
    """PYTHONOPTIMIZE=2 drops docstrings."""
    written = help_of(COMMANDS[name])
    assert " ".join(written.split()) == " ".join(inspect.getdoc(COMMANDS[name]).split())
    monkeypatch.setattr(COMMANDS[name], "__doc__", None)
    assert help_of(COMMANDS[name]) == written


def test_help_has_the_sentences_of_the_docstring():
    shown = " ".join(run("train", "--help").stdout.split())
    assert "The same command again confirms a complete run and resumes an interrupted one." in shown
