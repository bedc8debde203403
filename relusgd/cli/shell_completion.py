"""Completion in the shell: the scripts that the shells load, and where they are put.

The scripts are files in `shells/`. They ask relusgd what to offer by Typer's protocol for fish,
which takes the line as it was typed, because bash breaks words at signs that our names hold.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

import typer

from relusgd.errors import InputError
from relusgd.files import write_whole

SCRIPTS = Path(__file__).parent / "shells"
SHELL_OPTIONS = ("--install-completion", "--show-completion")
ASKED = "_RELUSGD_COMPLETE"
"""The environment variable by which a script asks."""


class Shell(StrEnum):
    bash = "bash"
    zsh = "zsh"
    fish = "fish"
    powershell = "powershell"
    pwsh = "pwsh"


def with_shell_named(arguments: Sequence[str]) -> list[str]:
    """The arguments with the shell that relusgd was called from, where an option about completion
    names none.
    """
    named: list[str] = []
    for place, word in enumerate(arguments):
        named.append(word)
        following = arguments[place + 1 : place + 2]
        is_last = not following or following[0].startswith("-")
        if word in SHELL_OPTIONS and is_last:
            named.append(current_shell(word))
    return named


def current_shell(option: str) -> str:
    """The name of the shell above this process. Raises InputError where it is not known."""
    from shellingham import ShellDetectionFailure, detect_shell

    try:
        name, _ = detect_shell()
    except ShellDetectionFailure:
        name = Path(os.environ.get("SHELL", "")).name
    if name not in list(Shell):
        raise InputError(
            f"{option}: the shell that this was typed in could not be told",
            f"name it: {option} bash, zsh, fish, powershell or pwsh",
        )
    return str(name)


def script(shell: Shell) -> str:
    """What the shell has to load."""
    file = SCRIPTS / f"completion.{shell}"
    if file.is_file():
        return file.read_text(encoding="utf-8").rstrip()
    from typer._completion_shared import get_completion_script

    return get_completion_script(prog_name="relusgd", complete_var=ASKED, shell=shell)


def show_completion(shell: Shell | None) -> None:
    if shell is None:
        return
    typer.echo(script(shell))
    raise typer.Exit


def install_completion(shell: Shell | None) -> None:
    """Put the script where the shell finds it: Typer knows the places, the script is ours."""
    if shell is None:
        return
    from typer._completion_shared import install

    try:
        _, file = install(shell=shell, prog_name="relusgd", complete_var=ASKED)
        if (SCRIPTS / f"completion.{shell}").is_file():
            write_whole(file, f"{script(shell)}\n")
    except OSError as error:
        raise InputError(
            f"the home folder takes no completion script: {error}",
            f"relusgd --show-completion {shell} prints it, for a place of your own",
        ) from None
    typer.echo(f"completion for {shell} is in {file}; open a new terminal to have it", err=True)
    raise typer.Exit


def register_shells() -> None:
    """Let Typer answer a script that asks."""
    if ASKED in os.environ:
        from typer._completion_classes import completion_init

        completion_init()
