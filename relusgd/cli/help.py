"""Help as people read it: without the types of the program, in whole paragraphs."""

from __future__ import annotations

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

from typer import Typer
from typer.core import TyperCommand, TyperGroup
from typer.models import CommandInfo

from relusgd.cli.boundary import exit_with
from relusgd.cli.shell_completion import with_shell_named
from relusgd.errors import InputError

PYDANTIC_PREFIX = "Value error, "
"""Typer's messages begin with this where pydantic found a value that is not among the choices."""

PANELS = {
    "Train": ("new", "train", "schema"),
    "Many runs": ("sweep", "list", "compare", "verify", "lesson"),
    "Look": ("animate", "plot", "view", "lab", "show", "predict", "export"),
    "Understand": ("explain", "step", "diagnose", "features", "graph", "gradcheck", "compose"),
}
"""The commands by what one wants to do, as `relusgd --help` shows them."""

SET_KEYS = "; a key of the config is changed with --set KEY=VALUE"


class ReadableCommand(TyperCommand):
    """A command whose help shows what is to be typed, and whose errors show the line to type."""

    def get_params(self, ctx: Any) -> Any:
        return without_types(super().get_params(ctx))

    def get_short_help_str(self, limit: int = 45) -> str:  # noqa: ARG002 - the base class says how
        """What shells show beside the name: the first clause of the help, which is never cut."""
        paragraph = (self.help or "").partition("\n\n")[0]
        return re.split(r"[.;:](?: |$)", paragraph, maxsplit=1)[0]

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        typed = list(args)  # reading them takes them away
        try:
            return super().parse_args(ctx, args)
        except Exception as problem:
            error: Any = problem
            if not hasattr(error, "exit_code"):
                raise
            from relusgd.cli.habits import corrected, similar_options

            better = corrected(self, ctx, typed)
            if better is not None:
                exit_with(better)
            if hasattr(error, "message"):
                error.message = error.message.removeprefix(PYDANTIC_PREFIX)
                if "=" in error.message and any("--set" in one.opts for one in self.params):
                    error.message += SET_KEYS
            if hasattr(error, "possibilities"):
                error.possibilities = similar_options(self, error.option_name)
            raise


class ReadableGroup(TyperGroup):
    """The command that holds all others, with such a help and such errors, too."""

    def get_params(self, ctx: Any) -> Any:
        return without_types(super().get_params(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        try:
            named = args if ctx.resilient_parsing else with_shell_named(args)
            return super().parse_args(ctx, named)
        except InputError as unknown:
            exit_with(unknown)
        except Exception as problem:
            error: Any = problem
            if hasattr(error, "option_name"):
                from relusgd.cli.command_habits import meant_option

                _exit_with_better(meant_option(error.option_name))
            if hasattr(error, "message"):
                error.message = error.message.removeprefix(PYDANTIC_PREFIX)
            raise

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        try:
            return super().resolve_command(ctx, args)
        except Exception as problem:
            if hasattr(problem, "exit_code"):
                from relusgd.cli.command_habits import meant_command

                _exit_with_better(meant_command(args, self.commands))
            raise


def _exit_with_better(error: InputError | None) -> None:
    """Exit with this error, if there is one, in place of Typer's own."""
    if error is not None:
        exit_with(error)


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
    panels: dict[str, str] = {}
    for panel, names in PANELS.items():
        panels |= dict.fromkeys(names, panel)
    for command in app.registered_commands:
        command.cls = ReadableCommand
        command.help = help_of(command.callback)
        command.rich_help_panel = panels[name_of(command)]
    order = list(panels)
    app.registered_commands.sort(key=lambda command: order.index(name_of(command)))
    if app.registered_callback is not None:
        app.registered_callback.help = help_of(app.registered_callback.callback)


def name_of(command: CommandInfo) -> str:
    """The name under which a command is typed."""
    return command.name or command.callback.__name__  # type: ignore[union-attr]


def help_of(function: Callable[..., Any] | None) -> str:
    """The paragraphs of a function's docstring, each in one line."""
    if function is None:
        return ""
    docstring = function.__doc__ or _docstring_in_source(function)
    paragraphs = inspect.cleandoc(docstring).split("\n\n")
    lines = [" ".join(paragraph.split()) for paragraph in paragraphs]
    return "\n\n".join(lines)


def _docstring_in_source(function: Callable[..., Any]) -> str:
    """For PYTHONOPTIMIZE=2, under which Python drops docstrings."""
    source = textwrap.dedent(inspect.getsource(function))
    definition = ast.parse(source).body[0]
    assert isinstance(definition, ast.FunctionDef)
    return ast.get_docstring(definition) or ""
