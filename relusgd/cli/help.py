"""Help as people read it: without the types of the program, in whole paragraphs."""

from __future__ import annotations

import inspect
from typing import Any

from typer import Typer
from typer.core import TyperCommand, TyperGroup

PYDANTIC_PREFIX = "Value error, "
"""Typer's messages begin with this where pydantic found a value that is not among the choices."""


class ReadableCommand(TyperCommand):
    """A command whose help shows what is to be typed, and that recognises a config key typed as an
    option.
    """

    def get_params(self, ctx: Any) -> Any:
        return without_types(super().get_params(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except Exception as error:
            if hasattr(error, "message"):
                error.message = error.message.removeprefix(PYDANTIC_PREFIX)
            if any("--set" in parameter.opts for parameter in self.params):
                suggest_key(error)
            raise


class ReadableGroup(TyperGroup):
    """The same for the command that holds all others."""

    def get_params(self, ctx: Any) -> Any:
        return without_types(super().get_params(ctx))


def suggest_key(error: Any) -> None:
    """Let the error about an unknown option name the key that was meant: --set training.epochs=…
    for --epochs.
    """
    from relusgd.config import key_named

    option = getattr(error, "option_name", None)
    if option is None or not hasattr(error, "possibilities"):
        return
    key = key_named(option.lstrip("-").replace("-", "_"))
    if key:
        error.possibilities = [f"--set {key}=…"]


def without_types(parameters: Any) -> Any:
    """The parameters such that flags show no value and arguments show their names alone."""
    for parameter in parameters:
        if getattr(parameter, "is_flag", False):
            parameter.metavar = ""
        elif parameter.param_type_name == "argument":
            parameter.display_type_rich = lambda ctx: None  # noqa: ARG005
    return parameters


def make_readable(app: Typer) -> None:
    """Give all commands such a help, with the paragraphs of their docstrings joined into whole
    lines.
    """
    for command in app.registered_commands:
        docstring = (command.callback and command.callback.__doc__) or ""
        paragraphs = inspect.cleandoc(docstring).split("\n\n")
        command.cls = ReadableCommand
        command.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
