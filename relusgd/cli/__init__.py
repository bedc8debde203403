"""The command line. Importing it loads Typer and little else; every command imports what it needs
when it runs.
"""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from relusgd.cli import (
    comparing,
    compose,
    diagnose,
    explain,
    exporting,
    features,
    gradcheck,
    graph,
    lab,
    lesson,
    pictures,
    runs,
    step,
    sweeps,
    training,
    verify,
)
from relusgd.cli.boundary import guarded
from relusgd.cli.help import ReadableGroup, make_readable
from relusgd.cli.shell_completion import (
    Shell,
    install_completion,
    register_shells,
    show_completion,
)
from relusgd.cli.terminal import prepare_streams
from relusgd.own_process import claim_process, leave_process
from relusgd.version import __version__

app = typer.Typer(
    name="relusgd",
    cls=ReadableGroup,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start here:  relusgd new  ·  relusgd train config.yaml  ·  "
    "relusgd animate outputs/config",
)


def print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"relusgd {__version__}")
        raise typer.Exit


@app.callback()
def relusgd(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=print_version, is_eager=True),
    ] = False,
    installed: Annotated[
        Shell | None,
        typer.Option(
            "--install-completion",
            metavar="[SHELL]",
            help="Let the Tab key complete commands, keys and runs: in this shell, or in bash, "
            "zsh, fish, powershell or pwsh.",
            callback=install_completion,
            is_eager=True,
            show_default=False,
        ),
    ] = None,
    shown: Annotated[
        Shell | None,
        typer.Option(
            "--show-completion",
            metavar="[SHELL]",
            help="Print the script for it.",
            callback=show_completion,
            is_eager=True,
            show_default=False,
        ),
    ] = None,
) -> None:
    """Train ReLU networks of one input and one output with SGD, record every elbow, and film the
    learned function.
    """


training.register(app)
sweeps.register(app)
pictures.register(app)
lab.register(app)
lesson.register(app)
runs.register(app)
exporting.register(app)
comparing.register(app)
compose.register(app)
diagnose.register(app)
explain.register(app)
features.register(app)
verify.register(app)
gradcheck.register(app)
graph.register(app)
step.register(app)
make_readable(app)


def main() -> None:
    """The entry point of the `relusgd` command.

    Errors while Typer itself is at work, for example while it prints help, end in words, too.
    """
    claim_process()
    prepare_streams()
    register_shells()
    # relusgd writes no times into files; NumPy and matplotlib fail where this one is no number.
    os.environ.pop("SOURCE_DATE_EPOCH", None)
    try:
        guarded(app)(prog_name="relusgd")
    except typer.Exit as end:
        sys.exit(end.exit_code)
    finally:
        leave_process()
